/* The plan in statements: the COPY of a range, and the relations as an array. */
#include <inttypes.h>

#include "postgres/snapshot/plan.h"

void leat_postgres_snapshot_plan_append_array(leat_buffer *sql, const leat_postgres_snapshot_plan *plan)
{
    leat_buffer_append_string(sql, "'{");
    for (size_t i = 0; i < plan->table_count; i++)
        leat_buffer_printf(sql, "%s%u", i == 0 ? "" : ",", plan->tables[i].relation.identifier);
    for (size_t i = 0; i < plan->part_count; i++)
        if (plan->parts[i].identifier != plan->tables[plan->parts[i].table].relation.identifier)
            leat_buffer_printf(sql, ",%u", plan->parts[i].identifier);
    leat_buffer_append_string(sql, "}'::oid[]");
}

static void append_columns(leat_buffer *sql, const leat_postgres_relation *relation)
{
    for (size_t i = 0; i < relation->column_count; i++) {
        leat_buffer_append_string(sql, i == 0 ? "" : ", ");
        leat_postgres_append_identifier(sql, relation->columns[i].name);
    }
}

static void append_condition(leat_buffer *sql, const leat_postgres_snapshot_table *table,
                             const leat_postgres_snapshot_range *range)
{
    const char *separator = " WHERE ";
    if (range->first_page > 0) {
        leat_buffer_printf(sql, "%sctid >= '(%" PRIu32 ",0)'::tid", separator, range->first_page);
        separator = " AND ";
    }
    if (range->end_page > 0) {
        leat_buffer_printf(sql, "%sctid < '(%" PRIu32 ",0)'::tid", separator, range->end_page);
        separator = " AND ";
    }
    if (table->filter != NULL)
        leat_buffer_printf(sql, "%s(%s)", separator, table->filter);
}

void leat_postgres_snapshot_plan_append_copy(leat_buffer *sql, const leat_postgres_snapshot_plan *plan,
                                             const leat_postgres_snapshot_range *range)
{
    const leat_postgres_snapshot_table *table = &plan->tables[range->table];
    /* The plain form spares the server an executor between the table and the line; it refuses generated
     * columns, and cannot name none. */
    if (range->whole && table->filter == NULL && !table->has_generated && table->relation.column_count > 0) {
        leat_buffer_append_string(sql, "COPY ");
        leat_postgres_append_qualified(sql, range->part->schema, range->part->name);
        leat_buffer_append_string(sql, " (");
        append_columns(sql, &table->relation);
        leat_buffer_append_string(sql, ") TO STDOUT");
        return;
    }
    leat_buffer_append_string(sql, "COPY (SELECT ");
    append_columns(sql, &table->relation);
    leat_buffer_append_string(sql, " FROM ONLY ");
    leat_postgres_append_qualified(sql, range->part->schema, range->part->name);
    append_condition(sql, table, range);
    leat_buffer_append_string(sql, ") TO STDOUT");
}
