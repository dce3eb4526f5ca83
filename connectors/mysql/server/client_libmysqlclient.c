/* Oracle's library: its non-blocking calls are called again until they are done, without a word on what they
 * wait for. */
#include <openssl/x509.h>
#include <poll.h>

#include "base/clock.h"
#include "mysql/server/client.h"

enum { ASK_AGAIN_MILLISECONDS = 5 };

/* The library sends clear-text passwords only when MYSQL_ENABLE_CLEARTEXT_PLUGIN says so. */
void leat_mysql_client_prepare(MYSQL *connection, const leat_mysql_url *url, leat_mysql_tls tls)
{
    static const unsigned modes[] = {
        [LEAT_MYSQL_TLS_PREFERRED] = SSL_MODE_PREFERRED,
        [LEAT_MYSQL_TLS_OFF] = SSL_MODE_DISABLED,
        [LEAT_MYSQL_TLS_REQUIRED] = SSL_MODE_REQUIRED,
        [LEAT_MYSQL_TLS_VERIFY] = SSL_MODE_VERIFY_IDENTITY,
    };
    bool yes = true;
    bool verify = tls == LEAT_MYSQL_TLS_VERIFY;
    mysql_options(connection, MYSQL_OPT_SSL_MODE, &modes[tls]);
    mysql_options(connection, MYSQL_OPT_GET_SERVER_PUBLIC_KEY, &yes);
    mysql_options(connection, MYSQL_ENABLE_CLEARTEXT_PLUGIN, &verify);
    if (verify) /* it wants one to be named */
        mysql_options(connection, MYSQL_OPT_SSL_CA, url->ca != NULL ? url->ca : X509_get_default_cert_file());
    if (tls != LEAT_MYSQL_TLS_OFF && url->certificate != NULL) {
        mysql_options(connection, MYSQL_OPT_SSL_CERT, url->certificate);
        mysql_options(connection, MYSQL_OPT_SSL_KEY, url->key);
    }
}

leat_mysql_wait leat_mysql_client_connect(MYSQL *connection, const leat_mysql_url *url,
                                          const leat_mysql_host *host, const leat_mysql_patience *patience,
                                          bool *refused)
{
    bool local = url->socket != NULL;
    for (;;) {
        enum net_async_status state =
            mysql_real_connect_nonblocking(connection, local ? NULL : host->name, url->user, url->password,
                                           NULL, host->port, url->socket, 0);
        *refused = state == NET_ASYNC_ERROR;
        if (state != NET_ASYNC_NOT_READY)
            return LEAT_MYSQL_WAIT_OVER;
        /* It may wait to write, or not have a socket yet: a short while of any kind serves. */
        leat_mysql_patience a_while = *patience;
        a_while.deadline = leat_clock_monotonic() + (int64_t)ASK_AGAIN_MILLISECONDS * 1000;
        leat_mysql_wait wait = leat_mysql_wait_for_socket(-1, POLLIN, &a_while, ASK_AGAIN_MILLISECONDS, NULL);
        if (wait != LEAT_MYSQL_WAIT_OVER && wait != LEAT_MYSQL_WAIT_TIMED_OUT)
            return wait;
        if (leat_clock_monotonic() > patience->deadline)
            return LEAT_MYSQL_WAIT_TIMED_OUT;
    }
}

int leat_mysql_client_socket(MYSQL *connection)
{
    return connection->net.fd;
}
