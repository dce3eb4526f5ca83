/* MariaDB Connector/C: its non-blocking calls run the blocking ones on a stack of their own and come back
 * wherever those would wait. */
#include <poll.h>

#include "mysql/server/client.h"

/* The stack of a connecting call: name resolution, TLS and log-in plugins run on it. Only what is touched
 * takes memory. */
static const size_t connecting_stack = (size_t)1 << 20;

static const char safe_logins[] =
    "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519,parsec";
static const char all_logins[] = "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519,"
                                 "parsec,mysql_clear_password,dialog";

/* Every option is set, also to what is the default now: the default of verification changed in 3.4. Without a
 * ca this system's own certificates verify. A server without TLS is refused by the library only when it
 * verifies. */
void leat_mysql_client_prepare(MYSQL *connection, const leat_mysql_url *url, leat_mysql_tls tls)
{
    my_bool enforce = (my_bool)(tls != LEAT_MYSQL_TLS_OFF);
    my_bool verify = (my_bool)(tls == LEAT_MYSQL_TLS_VERIFY);
    mysql_optionsv(connection, MYSQL_OPT_NONBLOCK, &connecting_stack);
    mysql_optionsv(connection, MYSQL_OPT_SSL_ENFORCE, &enforce);
    mysql_optionsv(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    if (url->ca != NULL)
        mysql_optionsv(connection, MYSQL_OPT_SSL_CA, url->ca);
    if (enforce && url->certificate != NULL) {
        mysql_optionsv(connection, MYSQL_OPT_SSL_CERT, url->certificate);
        mysql_optionsv(connection, MYSQL_OPT_SSL_KEY, url->key);
    }
    mysql_optionsv(connection, MARIADB_OPT_RESTRICTED_AUTH, verify ? all_logins : safe_logins);
}

static short events_of(int wanted)
{
    return (short)((wanted & MYSQL_WAIT_READ ? POLLIN : 0) | (wanted & MYSQL_WAIT_WRITE ? POLLOUT : 0) |
                   (wanted & MYSQL_WAIT_EXCEPT ? POLLPRI : 0));
}

/* A socket that has failed is both readable and writable: the call that goes on finds the failure. */
static int waits_of(int wanted, short happened)
{
    int failed = (happened & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    int waits = 0;
    if (failed || (happened & POLLIN) != 0)
        waits |= wanted & MYSQL_WAIT_READ;
    if (failed || (happened & POLLOUT) != 0)
        waits |= wanted & MYSQL_WAIT_WRITE;
    if (failed || (happened & POLLPRI) != 0)
        waits |= wanted & MYSQL_WAIT_EXCEPT;
    return waits;
}

leat_mysql_wait leat_mysql_client_connect(MYSQL *connection, const leat_mysql_url *url,
                                          const leat_mysql_host *host, const leat_mysql_patience *patience,
                                          bool *refused)
{
    MYSQL *made = NULL;
    bool local = url->socket != NULL;
    int wanted = mysql_real_connect_start(&made, connection, local ? NULL : host->name, url->user,
                                          url->password, NULL, host->port, url->socket, 0);
    while (wanted != 0) {
        short happened = 0;
        leat_mysql_wait wait =
            leat_mysql_wait_for_socket(mysql_get_socket(connection), events_of(wanted), patience,
                                       LEAT_MYSQL_STOP_QUESTION_MILLISECONDS, &happened);
        if (wait != LEAT_MYSQL_WAIT_OVER)
            return wait;
        wanted = mysql_real_connect_cont(&made, connection, waits_of(wanted, happened));
    }
    *refused = made == NULL;
    return LEAT_MYSQL_WAIT_OVER;
}

int leat_mysql_client_socket(MYSQL *connection)
{
    return mysql_get_socket(connection);
}
