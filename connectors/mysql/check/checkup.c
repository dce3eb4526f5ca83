/* What the check reads before it judges. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "mysql/check/checkup.h"
#include "mysql/server/result.h"

/* ---- Statements that may be refused ---- */

static bool is_refusal(unsigned number)
{
    enum { DATABASE_DENIED = 1044, TABLE_DENIED = 1142, COLUMN_DENIED = 1143, PRIVILEGE_MISSING = 1227 };
    return number == DATABASE_DENIED || number == TABLE_DENIED || number == COLUMN_DENIED ||
           number == PRIVILEGE_MISSING;
}

leat_status leat_mysql_checkup_try(leat_mysql_checkup *checkup, const char *sql, MYSQL_RES **rows,
                                   leat_error *error)
{
    *rows = NULL;
    leat_status status = leat_mysql_query(checkup->session, sql, rows, error);
    if (status != LEAT_OK && is_refusal(mysql_errno(leat_mysql_session_connection(checkup->session))))
        return LEAT_OK;
    return status;
}

bool leat_mysql_checkup_lost(const leat_mysql_checkup *checkup, leat_status status)
{
    enum { FIRST_OF_CLIENT = 2000, LAST_OF_CLIENT = 2999 };
    unsigned number = mysql_errno(leat_mysql_session_connection(checkup->session));
    return status == LEAT_STOPPED || number == 0 || (number >= FIRST_OF_CLIENT && number <= LAST_OF_CLIENT);
}

/* ---- The account ---- */

static leat_status read_grant_lines(leat_mysql_checkup *checkup, const char *sql, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    const char *const *row = NULL;
    leat_status status = leat_mysql_checkup_try(checkup, sql, &rows, error);
    if (status != LEAT_OK || rows == NULL)
        return status;
    while ((row = leat_mysql_next_row(rows)) != NULL)
        leat_mysql_grants_add(&checkup->grants, leat_mysql_row_text(row, 0));
    mysql_free_result(rows);
    return LEAT_OK;
}

/* MySQL lists what comes by a role only for roles that are named; CURRENT_ROLE() gives them as they are to be
 * named. MariaDB lists the current role's with the rest. */
static leat_status read_role_grants(leat_mysql_checkup *checkup, leat_error *error)
{
    char *roles = NULL;
    leat_buffer sql = {0};
    leat_status status = leat_mysql_value(checkup->session, "SELECT CURRENT_ROLE()", &roles, error);
    if (status == LEAT_OK && roles != NULL && strcmp(roles, "NONE") != 0) {
        leat_buffer_printf(&sql, "SHOW GRANTS FOR CURRENT_USER() USING %s", roles);
        status = read_grant_lines(checkup, leat_buffer_string(&sql), error);
    }
    leat_buffer_free(&sql);
    leat_release(roles);
    return status;
}

static leat_status read_account(leat_mysql_checkup *checkup, leat_error *error)
{
    char *account = NULL;
    leat_status status = leat_mysql_value(checkup->session, "SELECT CURRENT_USER()", &account, error);
    if (status != LEAT_OK)
        return status;
    checkup->account = leat_mysql_account_quote(account == NULL ? "" : account, &checkup->arena);
    leat_release(account);
    status = read_grant_lines(checkup, "SHOW GRANTS", error);
    if (status == LEAT_OK && !checkup->server->mariadb && checkup->server->version >= 80000)
        status = read_role_grants(checkup, error);
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

static const char *field_text(leat_mysql_checkup *checkup, MYSQL_RES *rows, const char *const *row,
                              const char *name)
{
    int place = find_field(rows, name);
    return place < 0 || row == NULL
               ? ""
               : leat_arena_string(&checkup->arena, leat_mysql_row_text(row, (unsigned)place));
}

/* Whether this server speaks of sources and replicas. */
static bool has_new_words(const leat_mysql_checkup *checkup, unsigned version)
{
    return !checkup->server->mariadb && checkup->server->version >= version;
}

static leat_status read_log_status(leat_mysql_checkup *checkup, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    const char *sql = has_new_words(checkup, 80200) ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";
    checkup->log = (leat_mysql_log_status){.only = "", .ignore = ""};
    leat_status status = leat_mysql_checkup_try(checkup, sql, &rows, error);
    if (status != LEAT_OK || rows == NULL)
        return status;
    const char *const *row = leat_mysql_next_row(rows);
    checkup->log = (leat_mysql_log_status){
        .allowed = true,
        .only = field_text(checkup, rows, row, "Binlog_Do_DB"),
        .ignore = field_text(checkup, rows, row, "Binlog_Ignore_DB"),
    };
    mysql_free_result(rows);
    return LEAT_OK;
}

static leat_status read_replicas(leat_mysql_checkup *checkup, leat_error *error)
{
    enum { SERVER_ID, HOST };
    MYSQL_RES *rows = NULL;
    const char *const *row = NULL;
    const char *sql = has_new_words(checkup, 80022) ? "SHOW REPLICAS" : "SHOW SLAVE HOSTS";
    leat_status status = leat_mysql_checkup_try(checkup, sql, &rows, error);
    if (status != LEAT_OK || rows == NULL)
        return status;
    checkup->replicas_known = true;
    checkup->replicas = leat_arena_allocate_array(&checkup->arena, (size_t)mysql_num_rows(rows) + 1,
                                                  sizeof *checkup->replicas);
    while ((row = leat_mysql_next_row(rows)) != NULL)
        checkup->replicas[checkup->replica_count++] = (leat_mysql_connected_replica){
            .server_id = leat_mysql_row_number(row, SERVER_ID, 0),
            .host = leat_arena_string(&checkup->arena, leat_mysql_row_text(row, HOST)),
        };
    mysql_free_result(rows);
    return LEAT_OK;
}

/* Without the right to ask: MariaDB tells everybody how many sources it is reading from, and what it ever got
 * from any. */
static leat_status guess_source(leat_mysql_checkup *checkup, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    if (!checkup->server->mariadb)
        return LEAT_OK;
    leat_status status =
        leat_mysql_query(checkup->session, "SHOW GLOBAL STATUS LIKE 'Slaves_running'", &rows, error);
    if (status != LEAT_OK)
        return status;
    const char *const *row = leat_mysql_next_row(rows);
    checkup->has_source = row != NULL && leat_mysql_row_number(row, 1, 0) > 0;
    checkup->source_known =
        checkup->has_source || leat_mysql_setting_text(&checkup->settings, "gtid_slave_pos")[0] == '\0';
    mysql_free_result(rows);
    return LEAT_OK;
}

static leat_status read_source(leat_mysql_checkup *checkup, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    const char *sql = checkup->server->mariadb        ? "SHOW ALL SLAVES STATUS"
                      : has_new_words(checkup, 80022) ? "SHOW REPLICA STATUS"
                                                      : "SHOW SLAVE STATUS";
    leat_status status = leat_mysql_checkup_try(checkup, sql, &rows, error);
    if (status != LEAT_OK)
        return status;
    if (rows == NULL)
        return guess_source(checkup, error);
    checkup->source_known = true;
    checkup->has_source = mysql_num_rows(rows) > 0;
    mysql_free_result(rows);
    return LEAT_OK;
}

/* ---- Tables ---- */

static bool is_captured(const leat_mysql_listed_table *table)
{
    return table->kind == LEAT_MYSQL_BASE_TABLE || table->kind == LEAT_MYSQL_VERSIONED_TABLE;
}

static leat_status read_tables(leat_mysql_checkup *checkup, leat_error *error)
{
    const leat_source_options *options = checkup->options;
    leat_mysql_table_list *tables = &checkup->tables;
    leat_status status =
        leat_mysql_catalog_list(checkup->session, options->tables, options->table_count, tables, error);
    if (status != LEAT_OK)
        return status;
    checkup->captured =
        leat_arena_allocate_array(&checkup->arena, tables->count + 1, sizeof *checkup->captured);
    for (size_t i = 0; i < tables->count; i++)
        if (is_captured(&tables->items[i]))
            checkup->captured[checkup->captured_count++] = &tables->items[i];
    return LEAT_OK;
}

static int compare_name(const void *key, const void *item)
{
    const leat_mysql_listed_table *wanted = key;
    const leat_mysql_listed_table *table = *(const leat_mysql_listed_table *const *)item;
    int order = strcmp(wanted->database, table->database);
    return order != 0 ? order : strcmp(wanted->name, table->name);
}

const leat_mysql_listed_table *leat_mysql_checkup_captured(const leat_mysql_checkup *checkup,
                                                           const char *database, const char *name)
{
    leat_mysql_listed_table wanted = {.database = database, .name = name};
    const leat_mysql_listed_table *const *found =
        bsearch(&wanted, checkup->captured, checkup->captured_count, sizeof *checkup->captured, compare_name);
    return found == NULL ? NULL : *found;
}

/* Tables stand in order of their databases. */
void leat_mysql_checkup_append_databases(const leat_mysql_checkup *checkup, const char *column,
                                         leat_buffer *sql)
{
    const char *last = NULL;
    leat_buffer_printf(sql, "%s IN (", column);
    for (size_t i = 0; i < checkup->captured_count; i++) {
        const char *database = checkup->captured[i]->database;
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

leat_status leat_mysql_checkup_read(leat_mysql_checkup *checkup, const leat_source_options *options,
                                    leat_mysql_session *session, leat_findings *findings, leat_error *error)
{
    checkup->options = options;
    checkup->session = session;
    checkup->server = leat_mysql_session_server(session);
    checkup->findings = findings;
    leat_status status = leat_mysql_settings_read(session, &checkup->arena, &checkup->settings, error);
    if (status == LEAT_OK)
        status = read_account(checkup, error);
    if (status == LEAT_OK)
        status = read_log_status(checkup, error);
    if (status == LEAT_OK)
        status = read_replicas(checkup, error);
    if (status == LEAT_OK)
        status = read_source(checkup, error);
    return status == LEAT_OK ? read_tables(checkup, error) : status;
}

void leat_mysql_checkup_close(leat_mysql_checkup *checkup)
{
    leat_mysql_table_list_free(&checkup->tables);
    leat_mysql_grants_free(&checkup->grants);
    leat_arena_free(&checkup->arena);
    *checkup = (leat_mysql_checkup){0};
}

/* ---- Findings ---- */

void leat_mysql_checkup_fine(leat_mysql_checkup *checkup, const char *code, const char *format, ...)
{
    leat_buffer message = {0};
    va_list arguments;
    va_start(arguments, format);
    leat_buffer_vprintf(&message, format, arguments);
    va_end(arguments);
    leat_findings_add(checkup->findings, LEAT_FINDING_FINE, code, "server", NULL, "%s",
                      leat_buffer_string(&message));
    leat_buffer_free(&message);
}

void leat_mysql_checkup_table(leat_mysql_checkup *checkup, leat_finding_level level, const char *code,
                              const char *full_name, const char *mend, const char *format, ...)
{
    leat_buffer object = {0};
    leat_buffer message = {0};
    va_list arguments;
    leat_buffer_printf(&object, "table %s", full_name);
    va_start(arguments, format);
    leat_buffer_vprintf(&message, format, arguments);
    va_end(arguments);
    leat_findings_add(checkup->findings, level, code, leat_buffer_string(&object), mend, "%s",
                      leat_buffer_string(&message));
    leat_buffer_free(&message);
    leat_buffer_free(&object);
}
