#include "postgres/snapshot/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/patterns.h"
#include "postgres/server/failure.h"
#include "postgres/server/result.h"

/* How long one of the locks may be waited for: whoever holds it off is changing the table. */
static const char table_lock_timeout[] = "10s";

/* Pages of 8 KiB in a range: enough that starting a COPY does not count, few enough that workers end
 * together. */
enum { FEWEST_PAGES = 1024, MOST_PAGES = 32768, RANGES_PER_WORKER = 8 };

/* ---- Tables and columns ---- */

/* PostgreSQL 14 knows neither column lists nor row filters. */
static void append_tables_query(leat_buffer *sql, int version, const char *publication)
{
    leat_buffer_append_string(sql, "SELECT c.oid, n.nspname, c.relname, n.nspname || '.' || c.relname, ");
    leat_buffer_append_string(sql, version >= 150000 ? "pg_get_expr(p.qual, p.relid)" : "NULL");
    leat_buffer_append_string(sql, " FROM pg_get_publication_tables(");
    leat_postgres_append_literal(sql, publication);
    leat_buffer_append_string(sql, ") p JOIN pg_class c ON c.oid = p.relid"
                                   " JOIN pg_namespace n ON n.oid = c.relnamespace"
                                   " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"");
}

static void append_columns_query(leat_buffer *sql, int version, const char *publication)
{
    leat_buffer_append_string(sql,
                              "SELECT a.attrelid, a.attname, a.atttypid, a.atttypmod, a.attgenerated <> ''"
                              " FROM pg_get_publication_tables(");
    leat_postgres_append_literal(sql, publication);
    leat_buffer_append_string(sql, ") p JOIN pg_attribute a ON a.attrelid = p.relid AND a.attnum > 0"
                                   " AND NOT a.attisdropped WHERE ");
    leat_buffer_append_string(sql, version >= 150000 ? "(p.attrs IS NULL AND a.attgenerated = '')"
                                                       " OR a.attnum = ANY (p.attrs)"
                                                     : "a.attgenerated = ''");
    leat_buffer_append_string(sql, " ORDER BY a.attrelid, a.attnum");
}

static void keep_tables(const leat_source_options *options, const PGresult *rows,
                        leat_postgres_snapshot_plan *plan)
{
    leat_arena *arena = &plan->arena;
    plan->tables = leat_arena_allocate_array(arena, (size_t)PQntuples(rows) + 1, sizeof *plan->tables);
    for (int row = 0; row < PQntuples(rows); row++) {
        if (!leat_patterns_match(options->tables, options->table_count,
                                 leat_postgres_result_text(rows, row, 3)))
            continue;
        leat_postgres_snapshot_table *table = &plan->tables[plan->table_count++];
        table->relation.identifier = leat_postgres_result_oid(rows, row, 0);
        table->relation.schema = leat_arena_string(arena, leat_postgres_result_text(rows, row, 1));
        table->relation.name = leat_arena_string(arena, leat_postgres_result_text(rows, row, 2));
        if (!PQgetisnull(rows, row, 4))
            table->filter = leat_arena_string(arena, leat_postgres_result_text(rows, row, 4));
    }
}

/* Rows come by OID of their table: gives the first with this one or a greater one. */
static int first_row_of(const PGresult *rows, Oid identifier)
{
    int low = 0;
    int high = PQntuples(rows);
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (leat_postgres_result_oid(rows, middle, 0) < identifier)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int count_rows_of(const PGresult *rows, int first, Oid identifier)
{
    int count = 0;
    while (first + count < PQntuples(rows) && leat_postgres_result_oid(rows, first + count, 0) == identifier)
        count++;
    return count;
}

static void keep_columns(const PGresult *rows, leat_postgres_snapshot_plan *plan)
{
    for (size_t i = 0; i < plan->table_count; i++) {
        leat_postgres_relation *relation = &plan->tables[i].relation;
        int first = first_row_of(rows, relation->identifier);
        int count = count_rows_of(rows, first, relation->identifier);
        leat_postgres_relation_column *columns =
            leat_arena_allocate_array(&plan->arena, (size_t)count + 1, sizeof *columns);
        for (int column = 0; column < count; column++) {
            int row = first + column;
            columns[column].name = leat_arena_string(&plan->arena, leat_postgres_result_text(rows, row, 1));
            columns[column].type = leat_postgres_result_oid(rows, row, 2);
            columns[column].typmod = (int32_t)leat_postgres_result_number(rows, row, 3, -1);
            plan->tables[i].has_generated |= leat_postgres_result_true(rows, row, 4);
        }
        relation->columns = columns;
        relation->column_count = (size_t)count;
    }
}

/* ---- What holds the rows ---- */

/* Read from pg_inherits, which the snapshot covers; pg_partition_tree would tell of now. */
static void append_parts_query(leat_buffer *sql, const leat_postgres_snapshot_plan *plan)
{
    leat_buffer_append_string(sql, "WITH RECURSIVE parts AS (SELECT t.root, t.root AS oid FROM unnest(");
    leat_postgres_snapshot_plan_append_array(sql, plan);
    leat_buffer_append_string(
        sql,
        ") t(root) UNION ALL SELECT p.root, i.inhrelid FROM parts p"
        " JOIN pg_class c ON c.oid = p.oid AND c.relkind = 'p' JOIN pg_inherits i ON i.inhparent = p.oid)"
        " SELECT p.root, c.oid, n.nspname, c.relname, c.reltuples::bigint,"
        " COALESCE(pg_relation_size(c.oid), 0) / current_setting('block_size')::bigint"
        " FROM parts p JOIN pg_class c ON c.oid = p.oid AND c.relkind = 'r'"
        " JOIN pg_namespace n ON n.oid = c.relnamespace ORDER BY p.root, c.oid");
}

static void keep_part(const PGresult *rows, int row, size_t table, leat_postgres_snapshot_plan *plan)
{
    leat_postgres_snapshot_part *part = &plan->parts[plan->part_count++];
    int64_t *estimate = &plan->tables[table].row_estimate;
    int64_t tuples = leat_postgres_result_number(rows, row, 4, -1);
    part->table = table;
    part->identifier = leat_postgres_result_oid(rows, row, 1);
    part->schema = leat_arena_string(&plan->arena, leat_postgres_result_text(rows, row, 2));
    part->name = leat_arena_string(&plan->arena, leat_postgres_result_text(rows, row, 3));
    part->pages = leat_postgres_result_number(rows, row, 5, 0);
    *estimate = tuples < 0 || *estimate < 0 ? -1 : *estimate + tuples;
}

static void keep_parts(const PGresult *rows, leat_postgres_snapshot_plan *plan)
{
    plan->parts = leat_arena_allocate_array(&plan->arena, (size_t)PQntuples(rows) + 1, sizeof *plan->parts);
    for (size_t table = 0; table < plan->table_count; table++) {
        Oid identifier = plan->tables[table].relation.identifier;
        int first = first_row_of(rows, identifier);
        int count = count_rows_of(rows, first, identifier);
        for (int i = 0; i < count; i++)
            keep_part(rows, first + i, table, plan);
    }
}

/* ---- Ranges ---- */

static int64_t pages_per_range(const leat_postgres_snapshot_plan *plan, unsigned workers)
{
    int64_t pages = 0;
    for (size_t i = 0; i < plan->part_count; i++)
        pages += plan->parts[i].pages;
    if (workers <= 1)
        return INT64_MAX / 2;
    pages /= (int64_t)workers * RANGES_PER_WORKER;
    if (pages < FEWEST_PAGES)
        return FEWEST_PAGES;
    return pages > MOST_PAGES ? MOST_PAGES : pages;
}

static size_t count_ranges(const leat_postgres_snapshot_part *part, int64_t pages)
{
    return part->pages <= pages ? 1 : (size_t)((part->pages + pages - 1) / pages);
}

static void add_range(leat_postgres_snapshot_plan *plan, leat_postgres_snapshot_range range)
{
    plan->ranges[plan->range_count++] = range;
    plan->tables[range.table].ranges++;
}

/* The last one has no end: the file may have grown since it was measured, and what the snapshot sees may
 * stand there. */
static void divide_part(leat_postgres_snapshot_plan *plan, const leat_postgres_snapshot_part *part,
                        int64_t pages)
{
    size_t count = count_ranges(part, pages);
    for (size_t i = 0; i < count; i++)
        add_range(plan, (leat_postgres_snapshot_range){
                            .table = part->table,
                            .part = part,
                            .whole = count == 1,
                            .first_page = (uint32_t)((int64_t)i * (count == 1 ? 0 : pages)),
                            .end_page = i + 1 == count ? 0 : (uint32_t)((int64_t)(i + 1) * pages),
                        });
}

static void divide(leat_postgres_snapshot_plan *plan, unsigned workers)
{
    int64_t pages = pages_per_range(plan, workers);
    size_t room = plan->table_count;
    for (size_t i = 0; i < plan->part_count; i++)
        room += count_ranges(&plan->parts[i], pages);
    plan->ranges = leat_arena_allocate_array(&plan->arena, room + 1, sizeof *plan->ranges);
    for (size_t i = 0; i < plan->part_count; i++)
        divide_part(plan, &plan->parts[i], pages);
    for (size_t i = 0; i < plan->table_count; i++)
        if (plan->tables[i].ranges == 0)
            add_range(plan, (leat_postgres_snapshot_range){.table = i, .whole = true});
}

/* ---- Locks ---- */

/* Partitions by name, because one that was detached since is no longer locked with its root. */
static void append_lock(leat_buffer *sql, const leat_postgres_snapshot_plan *plan)
{
    const char *separator = "LOCK TABLE ONLY ";
    for (size_t i = 0; i < plan->table_count; i++) {
        leat_buffer_append_string(sql, separator);
        leat_postgres_append_qualified(sql, plan->tables[i].relation.schema, plan->tables[i].relation.name);
        separator = ", ONLY ";
    }
    for (size_t i = 0; i < plan->part_count; i++) {
        const leat_postgres_snapshot_part *part = &plan->parts[i];
        if (part->identifier == plan->tables[part->table].relation.identifier)
            continue;
        leat_buffer_append_string(sql, separator);
        leat_postgres_append_qualified(sql, part->schema, part->name);
    }
    leat_buffer_append_string(sql, " IN ACCESS SHARE MODE");
}

static leat_status limit_waiting(leat_postgres_session *anchor, leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_printf(&sql, "SET LOCAL lock_timeout = '%s'", table_lock_timeout);
    leat_status status = leat_postgres_execute(anchor, leat_buffer_string(&sql), error);
    leat_buffer_free(&sql);
    return status;
}

static leat_status lock_tables(leat_postgres_session *anchor, const leat_postgres_snapshot_plan *plan,
                               leat_error *error)
{
    leat_buffer sql = {0};
    append_lock(&sql, plan);
    leat_status status = leat_postgres_execute(anchor, leat_buffer_string(&sql), error);
    leat_buffer_free(&sql);
    return status;
}

/* A table that is gone since the snapshot, or held by whoever changes it, passes by itself: the next try sees
 * the change. */
static leat_status explain(const leat_error *failure, leat_error *error)
{
    if (leat_error_has_code(failure, LEAT_POSTGRES_LOCK_NOT_AVAILABLE)) {
        return leat_error_fail(error, LEAT_RETRY,
                               "leat tries again; who it is says: SELECT pid, relation::regclass, query FROM "
                               "pg_locks JOIN pg_stat_activity USING (pid) WHERE granted AND mode = "
                               "'AccessExclusiveLock' AND relation IS NOT NULL;",
                               "the captured tables cannot be locked for the snapshot: a schema change, or a "
                               "LOCK TABLE, has held one of them for %s",
                               table_lock_timeout);
    }
    if (leat_error_has_code(failure, LEAT_POSTGRES_UNDEFINED_TABLE) ||
        leat_error_has_code(failure, LEAT_POSTGRES_INVALID_SCHEMA))
        return leat_error_set(error, LEAT_RETRY,
                              "a captured table went away before the snapshot could lock it (%s)",
                              failure->message);
    if (error != NULL)
        *error = *failure;
    return failure->status;
}

/* ---- The whole ---- */

typedef void (*append_query)(leat_buffer *sql, int version, const char *publication);

static leat_status ask(leat_postgres_session *anchor, const leat_postgres_names *names, append_query append,
                       PGresult **rows, leat_error *error)
{
    leat_buffer sql = {0};
    append(&sql, leat_postgres_session_version(anchor), names->publication);
    leat_status status = leat_postgres_query(anchor, leat_buffer_string(&sql), rows, error);
    leat_buffer_free(&sql);
    return status;
}

static leat_status read_tables(const leat_source_options *options, const leat_postgres_names *names,
                               leat_postgres_session *anchor, leat_postgres_snapshot_plan *plan,
                               leat_error *error)
{
    PGresult *tables = NULL;
    PGresult *columns = NULL;
    leat_status status = ask(anchor, names, append_tables_query, &tables, error);
    if (status == LEAT_OK)
        status = ask(anchor, names, append_columns_query, &columns, error);
    if (status == LEAT_OK) {
        keep_tables(options, tables, plan);
        keep_columns(columns, plan);
    }
    PQclear(tables);
    PQclear(columns);
    if (status == LEAT_OK && plan->table_count == 0)
        return leat_error_set(error, LEAT_USAGE, "publication \"%s\" has no table that source.tables selects",
                              names->publication);
    return status;
}

static leat_status read_parts(leat_postgres_session *anchor, leat_postgres_snapshot_plan *plan,
                              leat_error *error)
{
    leat_buffer sql = {0};
    PGresult *rows = NULL;
    append_parts_query(&sql, plan);
    leat_status status = leat_postgres_query(anchor, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return status;
    keep_parts(rows, plan);
    PQclear(rows);
    return LEAT_OK;
}

leat_status leat_postgres_snapshot_plan_make(const leat_source_options *options,
                                             const leat_postgres_names *names, leat_postgres_session *anchor,
                                             leat_postgres_snapshot_plan *plan, leat_error *error)
{
    leat_error failure;
    leat_status status = limit_waiting(anchor, &failure);
    if (status == LEAT_OK)
        status = read_tables(options, names, anchor, plan, &failure);
    if (status == LEAT_OK)
        status = read_parts(anchor, plan, &failure);
    if (status == LEAT_OK)
        status = lock_tables(anchor, plan, &failure);
    if (status == LEAT_OK)
        status = leat_postgres_snapshot_plan_guard(options, plan, anchor, &failure);
    if (status != LEAT_OK)
        return explain(&failure, error);
    divide(plan, options->snapshot_workers);
    return LEAT_OK;
}

void leat_postgres_snapshot_plan_free(leat_postgres_snapshot_plan *plan)
{
    leat_arena_free(&plan->arena);
    *plan = (leat_postgres_snapshot_plan){0};
}
