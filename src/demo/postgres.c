#include "demo/postgres.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
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

char *leat_demo_postgres_url(const leat_demo_server *server, const char *database)
{
    leat_buffer url = {0};
    leat_buffer_printf(&url, "postgresql://postgres@/%s?host=", database);
    leat_demo_url_append(&url, server->folder);
    leat_buffer_append_string(&url, "&port=5432");
    return leat_buffer_detach_string(&url);
}

static char *shop_url(const leat_demo_server *server)
{
    return leat_demo_postgres_url(server, "shop");
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
    .takes_connections = leat_demo_postgres_takes_connections,
    .url = shop_url,
    .connect = leat_demo_postgres_connect,
    .query = leat_demo_postgres_query,
    .close = leat_demo_postgres_close,
};
