#include <libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "demo/server.h"
#include "demo/shop.h"
#include "demo/url.h"

/* ---- Programs ---- */

/* The "15.4" of "postgres (PostgreSQL) 15.4 (Debian 15.4-1)". */
static char *read_version(const char *printed)
{
    static const char before[] = "(PostgreSQL) ";
    const char *start = strstr(printed, before);
    if (start == NULL)
        return NULL;
    start += sizeof before - 1;
    return leat_duplicate_bytes(start, strcspn(start, " \n"));
}

static char *find_maker(const char *server)
{
    leat_buffer path = {0};
    leat_buffer_append(&path, server, (size_t)(strrchr(server, '/') - server));
    leat_buffer_append_string(&path, "/initdb");
    char *maker = leat_buffer_detach_string(&path);
    if (access(maker, X_OK) == 0)
        return maker;
    leat_release(maker);
    return NULL;
}

/* ---- Server ---- */

static leat_status make(const leat_demo_server *server, leat_demo_words *words, leat_buffer *input,
                        leat_error *error)
{
    static const char *const options[] = {"--username", "postgres",    "--auth",    "trust", "--encoding",
                                          "UTF8",       "--no-locale", "--no-sync", NULL};
    leat_demo_words_add(words, "%s", server->binaries.maker);
    leat_demo_words_add(words, "--pgdata=%s/data", server->folder);
    leat_demo_words_add_all(words, options);
    (void)input;
    (void)error;
    return LEAT_OK;
}

static void run(const leat_demo_server *server, leat_demo_words *words)
{
    static const char *const options[] = {"-c", "listen_addresses=", "-c", "port=5432",
                                          "-c", "wal_level=logical", NULL};
    leat_demo_words_add(words, "%s", server->binaries.server);
    leat_demo_words_add(words, "-D");
    leat_demo_words_add(words, "%s/data", server->folder);
    leat_demo_words_add(words, "-k");
    leat_demo_words_add(words, "%s", server->folder);
    leat_demo_words_add_all(words, options);
}

static const char *const haste[] = {
    "-c", "fsync=off",         "-c", "shared_buffers=32MB",
    "-c", "max_wal_senders=8", "-c", "max_replication_slots=8",
    NULL,
};

static char *database_url(const leat_demo_server *server, const char *database)
{
    leat_buffer url = {0};
    leat_buffer_printf(&url, "postgresql://postgres@/%s?host=", database);
    leat_demo_url_append(&url, server->folder);
    leat_buffer_append_string(&url, "&port=5432");
    return leat_buffer_detach_string(&url);
}

static char *shop_url(const leat_demo_server *server)
{
    return database_url(server, "shop");
}

/* ---- Clients ---- */

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

static bool takes_connections(const leat_demo_server *server)
{
    char *url = database_url(server, "postgres");
    bool ready = PQping(url) == PQPING_OK;
    leat_release(url);
    return ready;
}

static leat_status open_client(const leat_demo_server *server, const char *database,
                               leat_demo_client **client, leat_error *error)
{
    char *url = database_url(server, database == NULL ? "postgres" : database);
    PGconn *connection = PQconnectdb(url);
    leat_release(url);
    PQsetNoticeProcessor(connection, ignore_notice, NULL);
    *client = leat_allocate(sizeof **client);
    (*client)->connection = connection;
    return PQstatus(connection) == CONNECTION_OK ? LEAT_OK : fail(connection, "cannot connect", error);
}

static leat_status query(leat_demo_client *client, const char *sql, uint64_t *rows, uint64_t *value,
                         leat_error *error)
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

static void close_client(leat_demo_client *client)
{
    PQfinish(client->connection);
    leat_release(client);
}

/* ---- The kind ---- */

static const char *const users[] = {"postgres", "nobody", NULL};
static const char *const programs[] = {"postgres", NULL};
static const char *const places[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", NULL};
static const char *const ask_folder[] = {"pg_config", "--bindir", NULL};
static const char *const ask_version[] = {"--version", NULL};

static const char *const variables[] = {
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGPASSWORD",
    "PGSERVICE",
    "PGOPTIONS",
    "PGSERVICEFILE",
    "PGSSLMODE",
    "PGREQUIRESSL",
    "PGAPPNAME",
    "PGREQUIREPEER",
    "PGCONNECT_TIMEOUT",
    "PGCLIENTENCODING",
    "PGTZ",
    "PGDATESTYLE",
    "PGTARGETSESSIONATTRS",
    "PGCHANNELBINDING",
    "PGGSSENCMODE",
    NULL,
};

const leat_demo_kind leat_demo_postgres = {
    .name = "postgres",
    .title = "PostgreSQL",
    .schema = "public",
    .users = users,
    .variables = variables,
    .shop = &leat_demo_postgres_shop,
    .programs = programs,
    .places = places,
    .ask_folder = ask_folder,
    .ask_version = ask_version,
    .oldest = "14",
    .maker = "initdb",
    .package = "postgresql",
    .read_version = read_version,
    .find_maker = find_maker,
    .make = make,
    .run = run,
    .haste = haste,
    .end = SIGINT, /* its fast shutdown */
    .takes_connections = takes_connections,
    .url = shop_url,
    .connect = open_client,
    .query = query,
    .close = close_client,
};
