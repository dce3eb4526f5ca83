#include "mysql/snapshot/units.h"

#include <stdlib.h>

#include "mysql/snapshot/ranges.h"
#include "mysql/types/types.h"

/* ---- Dividing ---- */

static leat_status read_bounds(leat_mysql_session *session, const leat_mysql_snapshot_table *table,
                               const leat_mysql_column *column, size_t pieces, leat_arena *arena,
                               const char **bounds, size_t *count, leat_error *error)
{
    leat_buffer sql = {0};
    MYSQL_RES *rows = NULL;
    leat_buffer_append_string(&sql, "SELECT MIN(");
    leat_mysql_append_identifier(&sql, column->name);
    leat_buffer_append_string(&sql, "), MAX(");
    leat_mysql_append_identifier(&sql, column->name);
    leat_buffer_append_string(&sql, ") FROM ");
    leat_mysql_append_qualified(&sql, table->listed->database, table->listed->name);
    leat_status status = leat_mysql_query(session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    MYSQL_ROW row = status == LEAT_OK ? mysql_fetch_row(rows) : NULL;
    *count = 0;
    if (row != NULL && row[0] != NULL && row[1] != NULL)
        *count = leat_mysql_snapshot_divide(leat_slice_of_string(row[0]), leat_slice_of_string(row[1]),
                                            column->is_unsigned, pieces, arena, bounds);
    mysql_free_result(rows);
    return leat_error_context(error, status, "table %s", table->listed->full_name);
}

/* The first and the last have no bound: rows may have come beyond either end until the snapshot's point. */
static void add_units(leat_mysql_snapshot_plan *plan, size_t table, const char *column,
                      const char *const *bounds, size_t bound_count)
{
    plan->tables[table].units = bound_count + 1;
    for (size_t i = 0; i <= bound_count; i++)
        plan->units[plan->unit_count++] =
            (leat_mysql_snapshot_unit){.table = table,
                                       .column = bound_count == 0 ? NULL : column,
                                       .from = i == 0 ? NULL : bounds[i - 1],
                                       .before = i == bound_count ? NULL : bounds[i]};
}

static leat_status divide_table(const leat_source_options *options, leat_mysql_session *session,
                                leat_mysql_snapshot_plan *plan, size_t table, leat_error *error)
{
    const leat_mysql_snapshot_table *planned = &plan->tables[table];
    const leat_mysql_listed_table *listed = planned->listed;
    const leat_mysql_column *column = leat_mysql_snapshot_dividing_column(planned->definition);
    size_t pieces =
        leat_mysql_snapshot_pieces(listed->row_estimate, listed->bytes, options->snapshot_workers);
    if (column == NULL || !listed->transactional)
        pieces = 1;
    const char **bounds = leat_arena_allocate_array(&plan->arena, pieces, sizeof *bounds);
    size_t count = 0;
    leat_status status = LEAT_OK;
    if (pieces > 1)
        status = read_bounds(session, planned, column, pieces, &plan->arena, bounds, &count, error);
    add_units(plan, table, column == NULL ? NULL : column->name, bounds, count);
    return status;
}

/* ---- Order ---- */

/* A table's place in the order of reading. */
typedef struct ranked_table {
    size_t table;
    bool transactional;
    int64_t bytes;
    int64_t rows;
} ranked_table;

/* Tables that others cannot write to until they are read come first; then the largest, so that workers end
 * together. */
static int compare_rank(const void *left, const void *right)
{
    const ranked_table *one = left;
    const ranked_table *other = right;
    if (one->transactional != other->transactional)
        return one->transactional ? 1 : -1;
    if (one->bytes != other->bytes)
        return one->bytes > other->bytes ? -1 : 1;
    if (one->rows != other->rows)
        return one->rows > other->rows ? -1 : 1;
    return one->table < other->table ? -1 : 1;
}

static ranked_table *rank_tables(leat_mysql_snapshot_plan *plan)
{
    ranked_table *ranks = leat_arena_allocate_array(&plan->arena, plan->table_count, sizeof *ranks);
    for (size_t i = 0; i < plan->table_count; i++) {
        const leat_mysql_listed_table *listed = plan->tables[i].listed;
        ranks[i] = (ranked_table){.table = i,
                                  .transactional = listed->transactional,
                                  .bytes = listed->bytes,
                                  .rows = listed->row_estimate};
    }
    qsort(ranks, plan->table_count, sizeof *ranks, compare_rank);
    return ranks;
}

leat_status leat_mysql_snapshot_units_make(const leat_source_options *options, leat_mysql_session *session,
                                           leat_mysql_snapshot_plan *plan, leat_error *error)
{
    const ranked_table *ranks = rank_tables(plan);
    size_t room = 0;
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < plan->table_count; i++)
        room += leat_mysql_snapshot_pieces(plan->tables[i].listed->row_estimate,
                                           plan->tables[i].listed->bytes, options->snapshot_workers);
    plan->units = leat_arena_allocate_array(&plan->arena, room, sizeof *plan->units);
    for (size_t i = 0; i < plan->table_count && status == LEAT_OK; i++) {
        status = divide_table(options, session, plan, ranks[i].table, error);
        if (!ranks[i].transactional)
            plan->locked_units = plan->unit_count;
    }
    return status;
}

/* ---- Statements ---- */

static void append_condition(leat_buffer *sql, const leat_mysql_snapshot_unit *unit)
{
    const char *separator = " WHERE ";
    if (unit->from != NULL) {
        leat_buffer_append_string(sql, separator);
        leat_mysql_append_identifier(sql, unit->column);
        leat_buffer_printf(sql, " >= %s", unit->from);
        separator = " AND ";
    }
    if (unit->before != NULL) {
        leat_buffer_append_string(sql, separator);
        leat_mysql_append_identifier(sql, unit->column);
        leat_buffer_printf(sql, " < %s", unit->before);
    }
}

void leat_mysql_snapshot_append_select(leat_buffer *sql, const leat_mysql_snapshot_plan *plan,
                                       const leat_mysql_snapshot_unit *unit)
{
    const leat_mysql_definition *definition = plan->tables[unit->table].definition;
    leat_buffer_append_string(sql, "SELECT ");
    for (size_t i = 0; i < definition->column_count; i++) {
        leat_buffer_append_string(sql, i == 0 ? "" : ", ");
        leat_mysql_select_expression(&definition->columns[i], sql);
    }
    leat_buffer_append_string(sql, " FROM ");
    leat_mysql_append_qualified(sql, definition->database, definition->name);
    /* A scan of the whole table for each range is what no estimate may lead to. */
    if (unit->column != NULL)
        leat_buffer_append_string(sql, " FORCE INDEX (PRIMARY)");
    append_condition(sql, unit);
}
