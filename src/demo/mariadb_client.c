#include <mysql.h>
#include <stdlib.h>

#include "base/memory.h"
#include "demo/mariadb.h"

enum { CONNECT_SECONDS = 10 };

struct leat_demo_client {
    MYSQL *connection; /* NULL when not even that could be had */
};

static leat_status fail(MYSQL *connection, const char *what, leat_error *error)
{
    return leat_error_set(error, LEAT_FAILED, "the demo's database: %s: %s", what,
                          connection == NULL ? "out of memory" : mysql_error(connection));
}

/* Nobody can listen to a socket that is ours alone. The two client libraries have each their own way to say
 * so. */
static void forgo_tls(MYSQL *connection)
{
#ifdef MARIADB_PACKAGE_VERSION
    my_bool no = 0;
    mysql_optionsv(connection, MYSQL_OPT_SSL_ENFORCE, &no);
    mysql_optionsv(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &no);
#else
    unsigned mode = SSL_MODE_DISABLED;
    mysql_options(connection, MYSQL_OPT_SSL_MODE, &mode);
#endif
}

/* Times in SQL are UTC, where no hour is missing. */
static void prepare(MYSQL *connection)
{
    unsigned seconds = CONNECT_SECONDS;
    forgo_tls(connection);
    mysql_options(connection, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(connection, MYSQL_INIT_COMMAND, "SET time_zone = '+00:00'");
}

leat_status leat_demo_mariadb_connect(const leat_demo_server *server, const char *database,
                                      leat_demo_client **client, leat_error *error)
{
    char *socket = leat_demo_mariadb_socket(server);
    MYSQL *connection = mysql_init(NULL);
    bool connected = false;
    if (connection != NULL) {
        prepare(connection);
        connected = mysql_real_connect(connection, NULL, "root", NULL, database, 0, socket, 0) != NULL;
    }
    leat_release(socket);
    *client = leat_allocate(sizeof **client);
    (*client)->connection = connection;
    return connected ? LEAT_OK : fail(connection, "cannot connect", error);
}

bool leat_demo_mariadb_takes_connections(const leat_demo_server *server)
{
    leat_demo_client *client;
    leat_error ignored;
    bool ready = leat_demo_mariadb_connect(server, NULL, &client, &ignored) == LEAT_OK;
    leat_demo_mariadb_close(client);
    return ready;
}

/* A statement that gives rows back has to have them fetched before the next one. */
leat_status leat_demo_mariadb_query(leat_demo_client *client, const char *sql, uint64_t *rows,
                                    uint64_t *value, leat_error *error)
{
    MYSQL *connection = client->connection;
    if (mysql_query(connection, sql) != 0)
        return fail(connection, sql, error);
    MYSQL_RES *result = mysql_store_result(connection);
    if (result == NULL && mysql_errno(connection) != 0)
        return fail(connection, sql, error);
    if (rows != NULL)
        *rows += mysql_affected_rows(connection);
    MYSQL_ROW row = value == NULL || result == NULL ? NULL : mysql_fetch_row(result);
    if (row != NULL && row[0] != NULL)
        *value = strtoull(row[0], NULL, 10);
    mysql_free_result(result);
    return LEAT_OK;
}

void leat_demo_mariadb_close(leat_demo_client *client)
{
    if (client->connection != NULL)
        mysql_close(client->connection);
    mysql_thread_end();
    leat_release(client);
}
