#include <string.h>

#include "base/buffer.h"
#include "base/patterns.h"
#include "postgres/check/check.h"
#include "postgres/server/result.h"

static void add_for_table(leat_postgres_checkup *checkup, leat_finding_level level, const char *code,
                          const char *full_name, const char *mend, const char *message)
{
    leat_buffer object = {0};
    leat_buffer_printf(&object, "table %s", full_name);
    leat_findings_add(checkup->findings, level, code, leat_buffer_string(&object), mend, "%s", message);
    leat_buffer_free(&object);
}

/* ---- Patterns ---- */

static bool matches_anything(const leat_postgres_checkup *checkup, const char *pattern)
{
    for (size_t i = 0; i < checkup->tables.count; i++)
        if (leat_patterns_match(&pattern, 1, checkup->tables.entries[i].full_name))
            return true;
    return false;
}

static void check_each_pattern(leat_postgres_checkup *checkup)
{
    for (size_t i = 0; i < checkup->options->table_count; i++) {
        const char *pattern = checkup->options->tables[i];
        if (pattern[0] != '!' && !matches_anything(checkup, pattern))
            leat_findings_add(checkup->findings, LEAT_FINDING_WARNING, "pattern", pattern, NULL,
                              "the pattern \"%s\" in source.tables matches no table; it is held against "
                              "\"schema.table\"",
                              pattern);
    }
}

static const char *kind_text(const leat_postgres_table_entry *entry)
{
    switch (entry->kind) {
    case 'v':
        return "is a view: a view has no changes of its own in the log; select the tables under it";
    case 'm':
        return "is a materialized view: its refreshes are not in the stream; select the tables under it";
    case 'f':
        return "is a foreign table: its rows are another server's; read that one";
    default:
        return "is unlogged: its changes are not in the log";
    }
}

/* Whether some pattern spells the name out: who writes "public.report" wants to know that it is a view; who
 * writes "public.*" does not. */
static bool is_named(const leat_postgres_checkup *checkup, const char *full_name)
{
    for (size_t i = 0; i < checkup->options->table_count; i++)
        if (strcmp(checkup->options->tables[i], full_name) == 0)
            return true;
    return false;
}

static void check_uncapturable(leat_postgres_checkup *checkup, const leat_postgres_table_entry *entry)
{
    bool unlogged = (entry->kind == 'r' || entry->kind == 'p') && entry->persistence != 'p';
    if (!unlogged && !is_named(checkup, entry->full_name))
        return;
    leat_buffer mend = {0};
    leat_buffer message = {0};
    if (unlogged && entry->kind == 'r') {
        leat_buffer_append_string(&mend, "ALTER TABLE ");
        leat_postgres_append_qualified(&mend, entry->schema, entry->name);
        leat_buffer_append_string(&mend, " SET LOGGED;");
    }
    leat_buffer_printf(&message, "%s is selected but not captured: it %s", entry->full_name,
                       kind_text(entry));
    add_for_table(checkup, LEAT_FINDING_WARNING, unlogged ? "unlogged" : "relation_kind", entry->full_name,
                  mend.length == 0 ? NULL : leat_buffer_string(&mend), leat_buffer_string(&message));
    leat_buffer_free(&message);
    leat_buffer_free(&mend);
}

leat_status leat_postgres_check_patterns(leat_postgres_checkup *checkup, leat_error *error)
{
    (void)error;
    check_each_pattern(checkup);
    for (size_t i = 0; i < checkup->tables.count; i++) {
        const leat_postgres_table_entry *entry = &checkup->tables.entries[i];
        bool capturable = (entry->kind == 'r' || entry->kind == 'p') && entry->persistence == 'p';
        if (entry->matched && !capturable)
            check_uncapturable(checkup, entry);
    }
    if (checkup->tables.captured_count == 0)
        leat_findings_add(checkup->findings, LEAT_FINDING_ERROR, "tables", "source.tables", NULL,
                          "source.tables selects no table of database \"%s\" that can be captured",
                          checkup->database);
    else
        leat_findings_add(checkup->findings, LEAT_FINDING_FINE, "tables", "source.tables", NULL,
                          "captured tables: %zu", checkup->tables.captured_count);
    return LEAT_OK;
}

/* ---- Rights ---- */

static leat_status query_relations(leat_postgres_checkup *checkup, const char *rest, PGresult **rows,
                                   leat_error *error)
{
    leat_buffer sql = {0};
    leat_postgres_tables_append_relations(&sql, &checkup->tables);
    leat_buffer_append_string(&sql, rest);
    leat_status status = leat_postgres_query(checkup->session, leat_buffer_string(&sql), rows, error);
    leat_buffer_free(&sql);
    return status;
}

static void report_unreadable(leat_postgres_checkup *checkup, const PGresult *rows, int row)
{
    const char *schema = leat_postgres_result_text(rows, row, 0);
    const char *name = leat_postgres_result_text(rows, row, 1);
    leat_buffer full_name = {0};
    leat_buffer mend = {0};
    leat_buffer message = {0};
    leat_buffer_printf(&full_name, "%s.%s", schema, name);
    if (!leat_postgres_result_true(rows, row, 2)) {
        leat_buffer_append_string(&mend, "GRANT USAGE ON SCHEMA ");
        leat_postgres_append_identifier(&mend, schema);
        leat_buffer_append_string(&mend, " TO ");
        leat_postgres_append_identifier(&mend, checkup->role);
        leat_buffer_append_string(&mend, "; ");
    }
    leat_buffer_append_string(&mend, "GRANT SELECT ON TABLE ");
    leat_postgres_append_qualified(&mend, schema, name);
    leat_buffer_append_string(&mend, " TO ");
    leat_postgres_append_identifier(&mend, checkup->role);
    leat_buffer_append_byte(&mend, ';');
    leat_buffer_printf(&message, "role \"%s\" may not read %s, which the snapshot copies", checkup->role,
                       leat_buffer_string(&full_name));
    add_for_table(checkup, LEAT_FINDING_ERROR, "select", leat_buffer_string(&full_name),
                  leat_buffer_string(&mend), leat_buffer_string(&message));
    leat_buffer_free(&message);
    leat_buffer_free(&mend);
    leat_buffer_free(&full_name);
}

/* Partitions are read one by one, so a right on their root is not enough. */
static leat_status check_select(leat_postgres_checkup *checkup, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = query_relations(
        checkup,
        "SELECT n.nspname, c.relname, has_schema_privilege(n.oid, 'USAGE') FROM relations r"
        " JOIN pg_class c ON c.oid = r.oid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))"
        " ORDER BY 1, 2",
        &rows, error);
    if (status != LEAT_OK)
        return status;
    for (int row = 0; row < PQntuples(rows); row++)
        report_unreadable(checkup, rows, row);
    if (PQntuples(rows) == 0)
        leat_findings_add(checkup->findings, LEAT_FINDING_FINE, "select", "source.tables", NULL,
                          "role \"%s\" may read all captured tables", checkup->role);
    PQclear(rows);
    return LEAT_OK;
}

static void report_row_security(leat_postgres_checkup *checkup, const char *full_name)
{
    leat_buffer mend = {0};
    leat_buffer message = {0};
    leat_buffer_append_string(&mend, "ALTER ROLE ");
    leat_postgres_append_identifier(&mend, checkup->role);
    leat_buffer_append_string(&mend, " BYPASSRLS;");
    leat_buffer_printf(
        &message,
        "row-level security hides rows of %s from role \"%s\": the stream would have them, the "
        "snapshot would not",
        full_name, checkup->role);
    add_for_table(checkup, LEAT_FINDING_ERROR, "row_security", full_name, leat_buffer_string(&mend),
                  leat_buffer_string(&message));
    leat_buffer_free(&message);
    leat_buffer_free(&mend);
}

static leat_status check_row_security(leat_postgres_checkup *checkup, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = query_relations(
        checkup,
        "SELECT n.nspname || '.' || c.relname FROM relations r JOIN pg_class c ON c.oid = r.oid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE r.leaf AND row_security_active(c.oid) ORDER BY "
        "1",
        &rows, error);
    if (status != LEAT_OK)
        return status;
    for (int row = 0; row < PQntuples(rows); row++)
        report_row_security(checkup, leat_postgres_result_text(rows, row, 0));
    PQclear(rows);
    return LEAT_OK;
}

leat_status leat_postgres_check_rights(leat_postgres_checkup *checkup, leat_error *error)
{
    if (checkup->tables.captured_count == 0)
        return LEAT_OK;
    leat_status status = check_select(checkup, error);
    return status == LEAT_OK ? check_row_security(checkup, error) : status;
}

/* ---- Partitions ---- */

static void check_whole(leat_postgres_checkup *checkup, const leat_postgres_table_entry *entry)
{
    leat_buffer message = {0};
    leat_buffer_printf(
        &message,
        "%s is partitioned and captured as one table: TRUNCATE of one partition, DETACH and "
        "DROP of a partition, and rows in a table that is ATTACHed make no events; DELETE rows "
        "before their partition goes if their going shall be seen",
        entry->full_name);
    add_for_table(checkup, LEAT_FINDING_WARNING, "partitions", entry->full_name, NULL,
                  leat_buffer_string(&message));
    leat_buffer_free(&message);
}

/* A partition that a pattern excludes comes all the same with its root. */
static void check_excluded(leat_postgres_checkup *checkup, const leat_postgres_table_entry *entry)
{
    leat_buffer message = {0};
    leat_buffer_printf(&message,
                       "%s is not selected by source.tables, but it is a partition of a table that is, and "
                       "comes as part of that one",
                       entry->full_name);
    add_for_table(checkup, LEAT_FINDING_WARNING, "partition_excluded", entry->full_name, NULL,
                  leat_buffer_string(&message));
    leat_buffer_free(&message);
}

/* Whether an exclusion, and not only the want of a match, leaves the name out. */
static bool is_excluded(const leat_postgres_checkup *checkup, const char *full_name)
{
    for (size_t i = 0; i < checkup->options->table_count; i++) {
        const char *pattern = checkup->options->tables[i];
        if (pattern[0] != '!')
            continue;
        pattern = &pattern[1];
        if (leat_patterns_match(&pattern, 1, full_name))
            return true;
    }
    return false;
}

leat_status leat_postgres_check_partitions(leat_postgres_checkup *checkup, leat_error *error)
{
    (void)error;
    for (size_t i = 0; i < checkup->tables.count; i++) {
        const leat_postgres_table_entry *entry = &checkup->tables.entries[i];
        if (entry->matched && !entry->within && entry->kind == 'p')
            check_whole(checkup, entry);
        if (entry->within && !entry->matched && is_excluded(checkup, entry->full_name))
            check_excluded(checkup, entry);
    }
    return LEAT_OK;
}
