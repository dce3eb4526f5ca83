/* What the check reads before it judges. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "mysql/check/check_internal.h"
#include "mysql/server/result.h"

/* ---- Statements that may be refused ---- */

static bool is_refusal(unsigned number)
{
    enum { DATABASE_DENIED = 1044, TABLE_DENIED = 1142, COLUMN_DENIED = 1143, PRIVILEGE_MISSING = 1227 };
    return number == DATABASE_DENIED || number == TABLE_DENIED || number == COLUMN_DENIED ||
           number == PRIVILEGE_MISSING;
}

leat_status leat_mysql_check_try_query(leat_mysql_check_context *check, const char *sql, MYSQL_RES **rows,
                                       leat_error *error)
{
    *rows = NULL;
    leat_status status = leat_mysql_query(check->session, sql, rows, error);
    if (status != LEAT_OK && is_refusal(mysql_errno(leat_mysql_session_connection(check->session))))
        return LEAT_OK;
    return status;
}

bool leat_mysql_check_is_lost(const leat_mysql_check_context *check, leat_status status)
{
    enum { FIRST_OF_CLIENT = 2000, LAST_OF_CLIENT = 2999 };
    unsigned number = mysql_errno(leat_mysql_session_connection(check->session));
    return status == LEAT_STOPPED || number == 0 || (number >= FIRST_OF_CLIENT && number <= LAST_OF_CLIENT);
}

/* ---- The account ---- */

static leat_status read_grant_lines(leat_mysql_check_context *check, const char *sql, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    const char *const *row = NULL;
    leat_status status = leat_mysql_check_try_query(check, sql, &rows, error);
    if (status != LEAT_OK || rows == NULL)
        return status;
    while ((row = leat_mysql_next_row(rows)) != NULL)
        leat_mysql_grants_add(&check->grants, leat_mysql_row_text(row, 0));
    mysql_free_result(rows);
    return LEAT_OK;
}

/* MySQL lists what comes by a role only for roles that are named; CURRENT_ROLE() gives them as they are to be
 * named. MariaDB lists the current role's with the rest. */
static leat_status read_role_grants(leat_mysql_check_context *check, leat_error *error)
{
    char *roles = NULL;
    leat_buffer sql = {0};
    leat_status status = leat_mysql_value(check->session, "SELECT CURRENT_ROLE()", &roles, error);
    if (status == LEAT_OK && roles != NULL && strcmp(roles, "NONE") != 0) {
        leat_buffer_printf(&sql, "SHOW GRANTS FOR CURRENT_USER() USING %s", roles);
        status = read_grant_lines(check, leat_buffer_string(&sql), error);
    }
    leat_buffer_free(&sql);
    leat_release(roles);
    return status;
}

static leat_status read_account(leat_mysql_check_context *check, leat_error *error)
{
    char *account = NULL;
    leat_status status = leat_mysql_value(check->session, "SELECT CURRENT_USER()", &account, error);
    if (status != LEAT_OK)
        return status;
    check->account = leat_mysql_account_quote(account == NULL ? "" : account, &check->arena);
    leat_release(account);
    status = read_grant_lines(check, "SHOW GRANTS", error);
    if (status == LEAT_OK && !check->server->mariadb && check->server->version >= 80000)
        status = read_role_grants(check, error);
    return status;
}

/* ---- Replication ---- */

/* The place of a result's column by name; -1. */
static int find_field(MYSQL_RES *rows, const char *name)
{
    const MYSQL_FIELD *fields = mysql_fetch_fields(rows);
    for (unsigned i = 0; i < mysql_num_fields(rows); i++)
        if (strcasecmp(fields[i].name, name) == 0)
            return (int)i;
    return -1;
}

static const char *field_text(leat_mysql_check_context *check, MYSQL_RES *rows, const char *const *row,
                              const char *name)
{
    int place = find_field(rows, name);
    return place < 0 || row == NULL
               ? ""
               : leat_arena_string(&check->arena, leat_mysql_row_text(row, (unsigned)place));
}

/* Whether this server speaks of sources and replicas. */
static bool has_new_words(const leat_mysql_check_context *check, unsigned version)
{
    return !check->server->mariadb && check->server->version >= version;
}

static leat_status read_log_status(leat_mysql_check_context *check, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    const char *sql = has_new_words(check, 80200) ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";
    check->log = (leat_mysql_log_status){.only = "", .ignore = ""};
    leat_status status = leat_mysql_check_try_query(check, sql, &rows, error);
    if (status != LEAT_OK || rows == NULL)
        return status;
    const char *const *row = leat_mysql_next_row(rows);
    check->log = (leat_mysql_log_status){
        .allowed = true,
        .only = field_text(check, rows, row, "Binlog_Do_DB"),
        .ignore = field_text(check, rows, row, "Binlog_Ignore_DB"),
    };
    mysql_free_result(rows);
    return LEAT_OK;
}

static leat_status read_replicas(leat_mysql_check_context *check, leat_error *error)
{
    enum { SERVER_ID, HOST };
    MYSQL_RES *rows = NULL;
    const char *const *row = NULL;
    const char *sql = has_new_words(check, 80022) ? "SHOW REPLICAS" : "SHOW SLAVE HOSTS";
    leat_status status = leat_mysql_check_try_query(check, sql, &rows, error);
    if (status != LEAT_OK || rows == NULL)
        return status;
    check->replicas_known = true;
    check->replicas =
        leat_arena_allocate_array(&check->arena, (size_t)mysql_num_rows(rows) + 1, sizeof *check->replicas);
    while ((row = leat_mysql_next_row(rows)) != NULL)
        check->replicas[check->replica_count++] = (leat_mysql_connected_replica){
            .server_id = leat_mysql_row_number(row, SERVER_ID, 0),
            .host = leat_arena_string(&check->arena, leat_mysql_row_text(row, HOST)),
        };
    mysql_free_result(rows);
    return LEAT_OK;
}

/* Without the right to ask: MariaDB tells everybody how many sources it is reading from, and what it ever got
 * from any. */
static leat_status guess_source(leat_mysql_check_context *check, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    if (!check->server->mariadb)
        return LEAT_OK;
    leat_status status =
        leat_mysql_query(check->session, "SHOW GLOBAL STATUS LIKE 'Slaves_running'", &rows, error);
    if (status != LEAT_OK)
        return status;
    const char *const *row = leat_mysql_next_row(rows);
    check->has_source = row != NULL && leat_mysql_row_number(row, 1, 0) > 0;
    check->source_known =
        check->has_source || leat_mysql_setting_text(&check->settings, "gtid_slave_pos")[0] == '\0';
    mysql_free_result(rows);
    return LEAT_OK;
}

static leat_status read_source(leat_mysql_check_context *check, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    const char *sql = check->server->mariadb        ? "SHOW ALL SLAVES STATUS"
                      : has_new_words(check, 80022) ? "SHOW REPLICA STATUS"
                                                    : "SHOW SLAVE STATUS";
    leat_status status = leat_mysql_check_try_query(check, sql, &rows, error);
    if (status != LEAT_OK)
        return status;
    if (rows == NULL)
        return guess_source(check, error);
    check->source_known = true;
    check->has_source = mysql_num_rows(rows) > 0;
    mysql_free_result(rows);
    return LEAT_OK;
}

/* ---- Tables ---- */

static bool is_captured(const leat_mysql_listed_table *table)
{
    return table->kind == LEAT_MYSQL_BASE_TABLE || table->kind == LEAT_MYSQL_VERSIONED_TABLE;
}

static leat_status read_tables(leat_mysql_check_context *check, leat_error *error)
{
    const leat_source_options *options = check->options;
    leat_mysql_table_list *tables = &check->tables;
    leat_status status =
        leat_mysql_catalog_list(check->session, options->tables, options->table_count, tables, error);
    if (status != LEAT_OK)
        return status;
    check->captured = leat_arena_allocate_array(&check->arena, tables->count + 1, sizeof *check->captured);
    for (size_t i = 0; i < tables->count; i++)
        if (is_captured(&tables->items[i]))
            check->captured[check->captured_count++] = &tables->items[i];
    return LEAT_OK;
}

static int compare_name(const void *key, const void *item)
{
    const leat_mysql_listed_table *wanted = key;
    const leat_mysql_listed_table *table = *(const leat_mysql_listed_table *const *)item;
    int order = strcmp(wanted->database, table->database);
    return order != 0 ? order : strcmp(wanted->name, table->name);
}

const leat_mysql_listed_table *leat_mysql_check_captured(const leat_mysql_check_context *check,
                                                         const char *database, const char *name)
{
    leat_mysql_listed_table wanted = {.database = database, .name = name};
    const leat_mysql_listed_table *const *found =
        bsearch(&wanted, check->captured, check->captured_count, sizeof *check->captured, compare_name);
    return found == NULL ? NULL : *found;
}

/* Tables stand in order of their databases. */
void leat_mysql_check_append_databases(const leat_mysql_check_context *check, const char *column,
                                       leat_buffer *sql)
{
    const char *last = NULL;
    leat_buffer_printf(sql, "%s IN (", column);
    for (size_t i = 0; i < check->captured_count; i++) {
        const char *database = check->captured[i]->database;
        if (last != NULL && strcmp(last, database) == 0)
            continue;
        if (last != NULL)
            leat_buffer_append_string(sql, ", ");
        leat_mysql_append_literal(sql, database);
        last = database;
    }
    leat_buffer_append_string(sql, last == NULL ? "'')" : ")");
}

/* ---- All together ---- */

leat_status leat_mysql_check_read(leat_mysql_check_context *check, const leat_source_options *options,
                                  leat_mysql_session *session, leat_findings *findings, leat_error *error)
{
    check->options = options;
    check->session = session;
    check->server = leat_mysql_session_server(session);
    check->findings = findings;
    leat_status status = leat_mysql_settings_read(session, &check->arena, &check->settings, error);
    if (status == LEAT_OK)
        status = read_account(check, error);
    if (status == LEAT_OK)
        status = read_log_status(check, error);
    if (status == LEAT_OK)
        status = read_replicas(check, error);
    if (status == LEAT_OK)
        status = read_source(check, error);
    return status == LEAT_OK ? read_tables(check, error) : status;
}

void leat_mysql_check_close(leat_mysql_check_context *check)
{
    leat_mysql_table_list_free(&check->tables);
    leat_mysql_grants_free(&check->grants);
    leat_arena_free(&check->arena);
    *check = (leat_mysql_check_context){0};
}

/* ---- Findings ---- */

void leat_mysql_check_report_fine(leat_mysql_check_context *check, const char *code, const char *format, ...)
{
    leat_buffer message = {0};
    va_list arguments;
    va_start(arguments, format);
    leat_buffer_vprintf(&message, format, arguments);
    va_end(arguments);
    leat_findings_add(check->findings, LEAT_FINDING_FINE, code, "server", NULL, "%s",
                      leat_buffer_string(&message));
    leat_buffer_free(&message);
}

void leat_mysql_check_report_table(leat_mysql_check_context *check, leat_finding_level level,
                                   const char *code, const char *full_name, const char *mend,
                                   const char *format, ...)
{
    leat_buffer object = {0};
    leat_buffer message = {0};
    va_list arguments;
    leat_buffer_printf(&object, "table %s", full_name);
    va_start(arguments, format);
    leat_buffer_vprintf(&message, format, arguments);
    va_end(arguments);
    leat_findings_add(check->findings, level, code, leat_buffer_string(&object), mend, "%s",
                      leat_buffer_string(&message));
    leat_buffer_free(&message);
    leat_buffer_free(&object);
}
