#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "demo/postgres.h"

struct leat_demo_client {
    PGconn *connection;
};

static leat_status fail(PGconn *connection, const char *what, leat_error *error)
{
    const char *message = PQerrorMessage(connection);
    return leat_error_set(error, LEAT_FAILED, "the demo's database: %s: %.*s", what,
                          (int)strcspn(message, "\n"), message);
}

/* What matters comes back as an error; the rest has no place among the events. */
static void ignore_notice(void *context, const char *message)
{
    (void)context;
    (void)message;
}

bool leat_demo_postgres_takes_connections(const leat_demo_server *server)
{
    char *url = leat_demo_postgres_url(server, "postgres");
    bool ready = PQping(url) == PQPING_OK;
    leat_release(url);
    return ready;
}

leat_status leat_demo_postgres_connect(const leat_demo_server *server, const char *database,
                                       leat_demo_client **client, leat_error *error)
{
    char *url = leat_demo_postgres_url(server, database == NULL ? "postgres" : database);
    PGconn *connection = PQconnectdb(url);
    leat_release(url);
    PQsetNoticeProcessor(connection, ignore_notice, NULL);
    *client = leat_allocate(sizeof **client);
    (*client)->connection = connection;
    return PQstatus(connection) == CONNECTION_OK ? LEAT_OK : fail(connection, "cannot connect", error);
}

leat_status leat_demo_postgres_query(leat_demo_client *client, const char *sql, uint64_t *rows,
                                     uint64_t *value, leat_error *error)
{
    PGresult *result = PQexec(client->connection, sql);
    ExecStatusType outcome = PQresultStatus(result);
    leat_status status = outcome == PGRES_COMMAND_OK || outcome == PGRES_TUPLES_OK
                             ? LEAT_OK
                             : fail(client->connection, sql, error);
    if (rows != NULL)
        *rows += strtoull(PQcmdTuples(result), NULL, 10);
    if (value != NULL && PQntuples(result) > 0)
        *value = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return status;
}

void leat_demo_postgres_close(leat_demo_client *client)
{
    PQfinish(client->connection);
    leat_release(client);
}
