#include <errno.h>
#include <mysql.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "demo/server.h"
#include "demo/shop.h"
#include "demo/url.h"

enum { READ_SIZE = 65536, CONNECT_SECONDS = 10 };

/* ---- Programs ---- */

/* The "10.11.19" of "mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)";
 * MySQL's mysqld names no MariaDB. */
static char *read_version(const char *printed)
{
    static const char before[] = " Ver ";
    const char *start = strstr(printed, before);
    if (start == NULL || strstr(start, "-MariaDB") == NULL)
        return NULL;
    start += sizeof before - 1;
    return leat_duplicate_bytes(start, strcspn(start, "- \n"));
}

/* "/usr" of "/usr/sbin/mariadbd", behind all links: where this server was installed to. Heap; NULL when there
 * is none. */
static char *base_of(const char *server)
{
    char *real = realpath(server, NULL);
    char *folder = real == NULL ? NULL : strrchr(real, '/');
    if (folder != NULL)
        *folder = '\0';
    char *base = folder == NULL ? NULL : strrchr(real, '/');
    char *found = base == NULL ? NULL : leat_duplicate_bytes(real, (size_t)(base - real));
    free(real);
    return found;
}

/* The first of the server's files of SQL; where they are and how they are called has changed. */
static char *find_maker(const char *server)
{
    static const char *const places[] = {"share/mysql", "share/mariadb", "share"};
    static const char *const families[] = {"mariadb", "mysql"};
    char *base = base_of(server);
    char *found = NULL;
    for (size_t i = 0; base != NULL && found == NULL && i < 6; i++) {
        leat_buffer path = {0};
        leat_buffer_printf(&path, "%s/%s/%s_system_tables.sql", base, places[i / 2], families[i % 2]);
        if (access(leat_buffer_string(&path), R_OK) == 0)
            found = leat_buffer_detach_string(&path);
        leat_buffer_free(&path);
    }
    leat_release(base);
    return found;
}

/* ---- Server ---- */

static char *socket_path(const leat_demo_server *server)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/socket", server->folder);
    return leat_buffer_detach_string(&path);
}

/* No file of settings of the user's own reaches it: that has to be the first option. */
static void add_common(const leat_demo_server *server, leat_demo_words *words)
{
    char *base = base_of(server->binaries.server);
    leat_demo_words_add(words, "%s", server->binaries.server);
    leat_demo_words_add(words, "--no-defaults");
    leat_demo_words_add(words, "--basedir=%s", base == NULL ? "/usr" : base);
    leat_demo_words_add(words, "--datadir=%s/data", server->folder);
    leat_demo_words_add(words, "--tmpdir=%s", server->folder);
    leat_release(base);
}

/* Small, and without a thought for the day after. Asynchronous I/O needs rights that are not everywhere. */
static const char *const haste[] = {
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--sync-binlog=0",
    "--loose-debug-no-sync=1", /* it makes hundreds of files at first, and else waits for the disk at each */
    "--loose-innodb-use-native-aio=0",
    "--performance-schema=0",
    NULL,
};

static leat_status append_file(const char *path, leat_buffer *out, leat_error *error)
{
    FILE *file = fopen(path, "r");
    size_t length = 1;
    while (file != NULL && length > 0) {
        length = fread(leat_buffer_reserve(out, READ_SIZE), 1, READ_SIZE, file);
        leat_buffer_commit(out, length);
    }
    bool good = file != NULL && ferror(file) == 0;
    int number = errno;
    if (file != NULL)
        fclose(file);
    return good ? LEAT_OK : leat_error_system(error, LEAT_FAILED, number, "cannot read %s", path);
}

/* The system's tables as mariadb-install-db makes them, but neither help texts nor procedures. That script
 * would need programs of another package and takes several times as long. The first of the three files is
 * known. */
static leat_status append_system_tables(const char *first, leat_buffer *input, leat_error *error)
{
    static const char *const names[] = {"system_tables.sql", "performance_tables.sql",
                                        "system_tables_data.sql"};
    int before = (int)(strlen(first) - strlen(names[0]));
    leat_status status = LEAT_OK;
    leat_buffer_append_string(input, "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n");
    for (size_t i = 0; status == LEAT_OK && i < sizeof names / sizeof names[0]; i++) {
        leat_buffer path = {0};
        leat_buffer_printf(&path, "%.*s%s", before, first, names[i]);
        status = append_file(leat_buffer_string(&path), input, error);
        leat_buffer_free(&path);
        leat_buffer_append_byte(input, '\n');
    }
    return status;
}

static leat_status make(const leat_demo_server *server, leat_demo_words *words, leat_buffer *input,
                        leat_error *error)
{
    add_common(server, words);
    leat_demo_words_add(words, "--bootstrap");
    leat_demo_words_add(words, "--max-allowed-packet=8M");
    leat_demo_words_add_all(words, haste);
    return append_system_tables(server->binaries.maker, input, error);
}

static void run(const leat_demo_server *server, leat_demo_words *words)
{
    static const char *const options[] = {"--skip-networking",
                                          "--server-id=1",
                                          "--log-bin=binlog",
                                          "--binlog-format=ROW",
                                          "--binlog-row-image=FULL",
                                          "--binlog-row-metadata=FULL",
                                          NULL};
    char *socket = socket_path(server);
    add_common(server, words);
    leat_demo_words_add(words, "--socket=%s", socket);
    leat_demo_words_add(words, "--pid-file=%s/pid", server->folder);
    leat_demo_words_add_all(words, options);
    leat_release(socket);
}

static char *shop_url(const leat_demo_server *server)
{
    leat_buffer url = {0};
    char *socket = socket_path(server);
    leat_buffer_append_string(&url, "mariadb://root@localhost/?socket=");
    leat_demo_url_append(&url, socket);
    leat_release(socket);
    return leat_buffer_detach_string(&url);
}

/* ---- Clients ---- */

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

static leat_status open_client(const leat_demo_server *server, const char *database,
                               leat_demo_client **client, leat_error *error)
{
    char *socket = socket_path(server);
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

static void close_client(leat_demo_client *client)
{
    if (client->connection != NULL)
        mysql_close(client->connection);
    mysql_thread_end();
    leat_release(client);
}

static bool takes_connections(const leat_demo_server *server)
{
    leat_demo_client *client;
    leat_error ignored;
    bool ready = open_client(server, NULL, &client, &ignored) == LEAT_OK;
    close_client(client);
    return ready;
}

/* A statement that gives rows back has to have them fetched before the next one. */
static leat_status query(leat_demo_client *client, const char *sql, uint64_t *rows, uint64_t *value,
                         leat_error *error)
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

/* ---- The kind ---- */

static const char *const users[] = {"mysql", "nobody", NULL};
static const char *const programs[] = {"mariadbd", "mysqld", NULL};
static const char *const places[] = {
    "/usr/sbin",
    "/usr/bin",
    "/usr/libexec",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/local/libexec",
    "/usr/local/mysql/bin",
    "/usr/local/mariadb*/bin",
    "/opt/mysql*/bin",
    "/opt/mariadb*/bin",
    NULL,
};
static const char *const ask_version[] = {"--no-defaults", "--version", NULL};

/* Of clients, a password that is none of root's above all; of the server, how it is to make its files. */
static const char *const variables[] = {
    "MYSQL_PWD",
    "MYSQL_HOST",
    "MYSQL_UNIX_PORT",
    "MYSQL_TCP_PORT",
    "MYSQL_HOME",
    "MARIADB_HOME",
    "MARIADB_PLUGIN_DIR",
    "LIBMYSQL_PLUGIN_DIR",
    "LIBMYSQL_PLUGINS",
    "MYSQL_GROUP_SUFFIX",
    "UMASK",
    "UMASK_DIR",
    NULL,
};

const leat_demo_kind leat_demo_mariadb = {
    .name = "mariadb",
    .title = "MariaDB",
    .schema = "shop",
    .users = users,
    .variables = variables,
    .shop = &leat_demo_mariadb_shop,
    .programs = programs,
    .places = places,
    .ask_version = ask_version,
    .oldest = "10.5", /* the first whose log can tell all of its columns */
    .maker = "*_system_tables.sql",
    .package = "mariadb-server-core",
    .read_version = read_version,
    .find_maker = find_maker,
    .make = make,
    .run = run,
    .haste = haste,
    .end = SIGTERM, /* it is deaf to SIGINT */
    .takes_connections = takes_connections,
    .url = shop_url,
    .connect = open_client,
    .query = query,
    .close = close_client,
};
