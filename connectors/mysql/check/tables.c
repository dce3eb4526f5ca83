#include <string.h>
#include <strings.h>

#include "base/patterns.h"
#include "mysql/check/check_internal.h"
#include "mysql/server/result.h"

enum { MARIADB_WITHOUT_GENERATED = 110000 };

/* ---- Patterns ---- */

static bool matches_anything(const leat_mysql_check_context *check, const char *pattern)
{
    for (size_t i = 0; i < check->tables.count; i++)
        if (leat_patterns_match(&pattern, 1, check->tables.items[i].full_name))
            return true;
    return false;
}

static void check_each_pattern(leat_mysql_check_context *check)
{
    for (size_t i = 0; i < check->options->table_count; i++) {
        const char *pattern = check->options->tables[i];
        if (pattern[0] != '!' && !matches_anything(check, pattern))
            leat_findings_add(
                check->findings, LEAT_FINDING_WARNING, "pattern", pattern, NULL,
                "the pattern \"%s\" in source.tables matches no table that account %s can see; it "
                "is held against \"database.table\"",
                pattern, check->account);
    }
}

/* Whether some pattern spells the name out: who writes "shop.report" wants to know that it is a view; who
 * writes "shop.*" does not. */
static bool is_named(const leat_mysql_check_context *check, const char *full_name)
{
    for (size_t i = 0; i < check->options->table_count; i++)
        if (strcmp(check->options->tables[i], full_name) == 0)
            return true;
    return false;
}

static void check_uncapturable(leat_mysql_check_context *check, const leat_mysql_listed_table *table)
{
    bool sequence = table->kind == LEAT_MYSQL_SEQUENCE;
    if (leat_mysql_check_captured(check, table->database, table->name) != NULL ||
        !is_named(check, table->full_name))
        return;
    leat_mysql_check_report_table(
        check, LEAT_FINDING_WARNING, "relation_kind", table->full_name, NULL,
        "%s is selected but not captured: it is %s", table->full_name,
        sequence ? "a sequence, which holds no rows"
                 : "a view: a view has no changes of its own in the log; select the tables "
                   "under it");
}

void leat_mysql_check_patterns(leat_mysql_check_context *check)
{
    check_each_pattern(check);
    for (size_t i = 0; i < check->tables.count; i++)
        check_uncapturable(check, &check->tables.items[i]);
    if (check->captured_count == 0)
        leat_findings_add(
            check->findings, LEAT_FINDING_ERROR, "tables", "source.tables", NULL,
            "source.tables selects no table that can be captured and that account %s can see: a "
            "server shows an account only what it has a right to",
            check->account);
    else
        leat_findings_add(check->findings, LEAT_FINDING_FINE, "tables", "source.tables", NULL,
                          "captured tables: %zu", check->captured_count);
}

/* ---- Engines and system versioning ---- */

static void check_engine(leat_mysql_check_context *check, const leat_mysql_listed_table *table)
{
    leat_buffer mend = {0};
    if (table->transactional)
        return;
    leat_buffer_append_string(&mend, "ALTER TABLE ");
    leat_mysql_append_qualified(&mend, table->database, table->name);
    leat_buffer_append_string(&mend, " ENGINE = InnoDB;");
    leat_mysql_check_report_table(
        check, LEAT_FINDING_WARNING, "engine", table->full_name, leat_buffer_string(&mend),
        "%s is of engine %s, which has no snapshots: the initial snapshot locks it against writes until it "
        "is "
        "read%s",
        table->full_name, table->engine,
        strcasecmp(table->engine, "MEMORY") == 0 ? "; a restart of the server empties it" : "");
    leat_buffer_free(&mend);
}

static void check_versioned(leat_mysql_check_context *check, const leat_mysql_listed_table *table)
{
    if (table->kind == LEAT_MYSQL_VERSIONED_TABLE)
        leat_mysql_check_report_table(
            check, LEAT_FINDING_FINE, "system_versioning", table->full_name, NULL,
            "%s is system-versioned: its current rows are captured, its history is not", table->full_name);
}

/* Where history goes by transactions and not by time, MariaDB logs statements whatever binlog_format is. */
static leat_status check_versioned_by_transaction(leat_mysql_check_context *check, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "SELECT table_schema, table_name FROM information_schema.columns WHERE "
                                    "generation_expression = 'ROW END' AND data_type = 'bigint' AND ");
    leat_mysql_check_append_databases(check, "table_schema", &sql);
    leat_status status = leat_mysql_query(check->session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return status;
    const char *const *row = NULL;
    while ((row = leat_mysql_next_row(rows)) != NULL) {
        const leat_mysql_listed_table *table =
            leat_mysql_check_captured(check, leat_mysql_row_text(row, 0), leat_mysql_row_text(row, 1));
        if (table != NULL)
            leat_mysql_check_report_table(
                check, LEAT_FINDING_ERROR, "system_versioning", table->full_name, NULL,
                "%s is system-versioned by transactions (its period is of BIGINT "
                "columns): the server logs its "
                "changes as statements, never as rows, so that it cannot be captured; "
                "version it by time, with "
                "TIMESTAMP(6) columns, or leave it out of source.tables",
                table->full_name);
    }
    mysql_free_result(rows);
    return LEAT_OK;
}

/* ---- Generated columns ---- */

/* Their names by table: periods of system versioning are generated too, and always logged. */
static leat_status query_generated(leat_mysql_check_context *check, MYSQL_RES **rows, leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "SELECT table_schema, table_name, GROUP_CONCAT(column_name ORDER BY "
                                    "ordinal_position SEPARATOR ', ') FROM information_schema.columns WHERE "
                                    "generation_expression NOT IN ('', 'ROW START', 'ROW END') AND ");
    leat_mysql_check_append_databases(check, "table_schema", &sql);
    leat_buffer_append_string(&sql, " GROUP BY table_schema, table_name");
    leat_status status = leat_mysql_query(check->session, leat_buffer_string(&sql), rows, error);
    leat_buffer_free(&sql);
    return status;
}

/* Whatever binlog_row_image is. MariaDB 10.11 logs them, and 11.8 does not. */
static leat_status check_generated(leat_mysql_check_context *check, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    if (!check->server->mariadb || check->server->version < MARIADB_WITHOUT_GENERATED)
        return LEAT_OK;
    leat_status status = query_generated(check, &rows, error);
    if (status != LEAT_OK)
        return status;
    const char *const *row = NULL;
    while ((row = leat_mysql_next_row(rows)) != NULL) {
        const leat_mysql_listed_table *table =
            leat_mysql_check_captured(check, leat_mysql_row_text(row, 0), leat_mysql_row_text(row, 1));
        if (table != NULL)
            leat_mysql_check_report_table(
                check, LEAT_FINDING_WARNING, "generated_columns", table->full_name, NULL,
                "%s has generated columns (%s), which MariaDB %s leaves out of what it logs of updates and "
                "deletes; they then come as null with the note \"absent\"",
                table->full_name, leat_mysql_row_text(row, 2), check->server->version_text);
    }
    mysql_free_result(rows);
    return LEAT_OK;
}

/* ---- Keys ---- */

/* Which unique indexes can be no key: those with a part that is an expression or can be null. Of a
 * system-versioned table the column that ends a row's life is in its indexes, and is never null. */
static leat_status query_keys(leat_mysql_check_context *check, MYSQL_RES **rows, leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql,
                              "SELECT table_schema, table_name FROM information_schema.statistics WHERE "
                              "non_unique = 0 AND ");
    leat_mysql_check_append_databases(check, "table_schema", &sql);
    leat_buffer_append_string(&sql, " GROUP BY table_schema, table_name, index_name"
                                    " HAVING SUM(column_name IS NULL OR nullable = 'YES') = 0");
    leat_status status = leat_mysql_query(check->session, leat_buffer_string(&sql), rows, error);
    leat_buffer_free(&sql);
    return status;
}

static void report_without_key(leat_mysql_check_context *check, const leat_mysql_listed_table *table)
{
    leat_buffer mend = {0};
    leat_buffer_append_string(&mend, "ALTER TABLE ");
    leat_mysql_append_qualified(&mend, table->database, table->name);
    leat_buffer_append_string(&mend, " ADD PRIMARY KEY (...);");
    leat_mysql_check_report_table(
        check, LEAT_FINDING_WARNING, "key", table->full_name, leat_buffer_string(&mend),
        "%s has neither a primary key nor a unique index over columns that are NOT NULL: its "
        "events have no key, and who reads them cannot tell equal rows apart",
        table->full_name);
    leat_buffer_free(&mend);
}

/* By place in the list of all tables, which the captured ones are part of. */
static void mark_keyed(const leat_mysql_check_context *check, MYSQL_RES *rows, bool *keyed)
{
    const char *const *row = NULL;
    while ((row = leat_mysql_next_row(rows)) != NULL) {
        const leat_mysql_listed_table *table =
            leat_mysql_check_captured(check, leat_mysql_row_text(row, 0), leat_mysql_row_text(row, 1));
        if (table != NULL)
            keyed[table - check->tables.items] = true;
    }
}

static leat_status check_keys(leat_mysql_check_context *check, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    bool *keyed = leat_arena_allocate_array(&check->arena, check->tables.count, sizeof *keyed);
    leat_status status = query_keys(check, &rows, error);
    if (status != LEAT_OK)
        return status;
    mark_keyed(check, rows, keyed);
    mysql_free_result(rows);
    for (size_t i = 0; i < check->captured_count; i++)
        if (!keyed[check->captured[i] - check->tables.items])
            report_without_key(check, check->captured[i]);
    return LEAT_OK;
}

leat_status leat_mysql_check_tables(leat_mysql_check_context *check, leat_error *error)
{
    for (size_t i = 0; i < check->captured_count; i++) {
        check_engine(check, check->captured[i]);
        check_versioned(check, check->captured[i]);
    }
    if (check->captured_count == 0)
        return LEAT_OK;
    leat_status status = LEAT_OK;
    if (check->server->mariadb)
        status = check_versioned_by_transaction(check, error);
    if (status == LEAT_OK)
        status = check_generated(check, error);
    return status == LEAT_OK ? check_keys(check, error) : status;
}
