/* What a new session is told and asked first. */
#include <string.h>

#include "mysql/server/failure.h"
#include "mysql/server/session_internal.h"

/* Nothing of what we read may hang on the settings of the server or of the user, and no limit may end or
 * shorten a long statement. net_write_timeout is how long the server waits while we take our time with its
 * rows or its log. */
static const char *const pinned[] = {
    "SET NAMES utf8mb4",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "SET SESSION time_zone = '+00:00', sql_mode = '', autocommit = 1, character_set_results = NULL, "
    "sql_select_limit = 18446744073709551615, sql_big_selects = 1, sql_safe_updates = 0, sql_auto_is_null = "
    "0, "
    "sql_quote_show_create = 1, wait_timeout = 86400, net_read_timeout = 86400, net_write_timeout = 86400",
};
/* A primary key that the server made is in the log, so that the catalog must not keep it to itself. */
static const char pinned_mysql[] = "SET SESSION max_execution_time = 0 "
                                   "/*!80030 , show_gipk_in_create_table_and_information_schema = ON */";
static const char pinned_mariadb[] =
    "SET SESSION max_statement_time = 0, idle_transaction_timeout = 0, "
    "idle_readonly_transaction_timeout = 0, idle_write_transaction_timeout = 0";

static leat_status pin(leat_mysql_session *session, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < sizeof pinned / sizeof *pinned && status == LEAT_OK; i++)
        status = leat_mysql_execute(session, pinned[i], error);
    if (status == LEAT_OK)
        status = leat_mysql_execute(session, session->server.mariadb ? pinned_mariadb : pinned_mysql, error);
    return status;
}

static leat_status refuse_kind(const leat_mysql_session *session, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR, "the server at %s is %s %s, not %s as source.type says",
                   session->server.address, session->server.mariadb ? "MariaDB" : "MySQL",
                   session->server.version_text, leat_mysql_product(session->options));
    leat_error_mend(error, "set source.type: %s, or point source.url at the right server",
                    session->server.mariadb ? "mariadb" : "mysql");
    return LEAT_OPERATOR;
}

static leat_status read_kind(leat_mysql_session *session, leat_error *error)
{
    leat_mysql_server *server = &session->server;
    server->version_text = leat_arena_string(&session->arena, mysql_get_server_info(session->connection));
    server->version = (unsigned)mysql_get_server_version(session->connection);
    server->mariadb = strstr(server->version_text, "MariaDB") != NULL;
    bool expected = strcmp(leat_mysql_product(session->options), "MariaDB") == 0;
    return server->mariadb == expected ? LEAT_OK : refuse_kind(session, error);
}

static const char *text_or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* MariaDB has nothing that is one server's alone, so that where it runs has to serve. */
static leat_status read_identity(leat_mysql_session *session, leat_error *error)
{
    leat_mysql_server *server = &session->server;
    MYSQL_RES *rows = NULL;
    const char *sql = server->mariadb ? "SELECT @@hostname, @@port, @@server_id"
                                      : "SELECT @@server_uuid, @@global.gtid_mode";
    leat_status status = leat_mysql_query(session, sql, &rows, error);
    if (status != LEAT_OK)
        return status;
    MYSQL_ROW row = rows == NULL ? NULL : mysql_fetch_row(rows);
    if (row == NULL)
        status = leat_error_set(error, LEAT_FAILED, "%s does not say which server it is", server->address);
    else if (server->mariadb)
        server->identity = leat_arena_printf(&session->arena, "%s:%s/%s", text_or_empty(row[0]),
                                             text_or_empty(row[1]), text_or_empty(row[2]));
    else
        server->identity = leat_arena_string(&session->arena, text_or_empty(row[0]));
    server->gtid = server->mariadb || (row != NULL && strcmp(text_or_empty(row[1]), "ON") == 0);
    mysql_free_result(rows);
    return status;
}

leat_status leat_mysql_session_settle(leat_mysql_session *session, leat_error *error)
{
    leat_status status = read_kind(session, error);
    if (status == LEAT_OK)
        status = pin(session, error);
    return status == LEAT_OK ? read_identity(session, error) : status;
}
