#include "mysql/snapshot/plan.h"

#include <string.h>

#include "base/memory.h"
#include "mysql/snapshot/units.h"

/* ---- What the server says of a table ---- */

leat_status leat_mysql_snapshot_read_made(leat_mysql_session *session, const char *database, const char *name,
                                          char **made, leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql,
                              "SELECT create_time FROM information_schema.tables WHERE table_schema = ");
    leat_mysql_append_literal(&sql, database);
    leat_buffer_append_string(&sql, " AND table_name = ");
    leat_mysql_append_literal(&sql, name);
    leat_status status = leat_mysql_value(session, leat_buffer_string(&sql), made, error);
    leat_buffer_free(&sql);
    return status;
}

static leat_status went_away(const leat_mysql_listed_table *listed, leat_error *error)
{
    return leat_error_set(error, LEAT_RETRY,
                          "table %s went away while the snapshot was prepared: it begins again",
                          listed->full_name);
}

/* information_schema leaves out columns that the user has no right to, and the rows would come without them.
 */
static leat_status require_all_columns(leat_mysql_session *session, const leat_mysql_listed_table *listed,
                                       leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "SELECT * FROM ");
    leat_mysql_append_qualified(&sql, listed->database, listed->name);
    leat_buffer_append_string(&sql, " LIMIT 0");
    leat_status status = leat_mysql_execute(session, leat_buffer_string(&sql), error);
    leat_buffer_free(&sql);
    return leat_error_context(error, status, "table %s", listed->full_name);
}

static leat_status describe(leat_mysql_session *session, const leat_mysql_collations *collations,
                            leat_mysql_snapshot_table *table, leat_error *error)
{
    const leat_mysql_listed_table *listed = table->listed;
    leat_status status = require_all_columns(session, listed, error);
    if (status == LEAT_OK)
        status = leat_mysql_catalog_definition(session, collations, listed->database, listed->name,
                                               &table->definition, error);
    if (status == LEAT_OK && table->definition == NULL)
        return went_away(listed, error);
    if (status == LEAT_OK)
        status = leat_mysql_snapshot_read_made(session, listed->database, listed->name, &table->made, error);
    return status;
}

/* ---- The whole ---- */

static bool is_captured(const leat_mysql_listed_table *listed)
{
    return listed->kind == LEAT_MYSQL_BASE_TABLE || listed->kind == LEAT_MYSQL_VERSIONED_TABLE;
}

static leat_status describe_tables(leat_mysql_session *session, const leat_mysql_collations *collations,
                                   leat_mysql_snapshot_plan *plan, leat_error *error)
{
    leat_status status = LEAT_OK;
    plan->tables = leat_arena_allocate_array(&plan->arena, plan->list.count + 1, sizeof *plan->tables);
    for (size_t i = 0; i < plan->list.count && status == LEAT_OK; i++) {
        if (!is_captured(&plan->list.items[i]))
            continue;
        leat_mysql_snapshot_table *table = &plan->tables[plan->table_count++];
        table->listed = &plan->list.items[i];
        status = describe(session, collations, table, error);
    }
    return status;
}

leat_status leat_mysql_snapshot_plan_make(const leat_source_options *options, leat_mysql_session *session,
                                          const leat_mysql_collations *collations,
                                          leat_mysql_snapshot_plan *plan, leat_error *error)
{
    leat_status status =
        leat_mysql_catalog_list(session, options->tables, options->table_count, &plan->list, error);
    if (status == LEAT_OK)
        status = describe_tables(session, collations, plan, error);
    if (status == LEAT_OK && plan->table_count == 0)
        return leat_error_set(error, LEAT_USAGE, "source.tables selects no table that is there");
    if (status == LEAT_OK)
        status = leat_mysql_snapshot_units_make(options, session, plan, error);
    return status;
}

/* ---- Tables that came ---- */

/* Both lists are in one order; what has gone since is the guard's business. */
static const leat_mysql_listed_table *find_new(const leat_mysql_snapshot_plan *plan,
                                               const leat_mysql_table_list *now)
{
    size_t known = 0;
    for (size_t i = 0; i < now->count; i++) {
        if (!is_captured(&now->items[i]))
            continue;
        while (known < plan->table_count &&
               strcmp(plan->tables[known].listed->full_name, now->items[i].full_name) != 0)
            known++;
        if (known == plan->table_count)
            return &now->items[i];
    }
    return NULL;
}

leat_status leat_mysql_snapshot_plan_is_whole(const leat_mysql_snapshot_plan *plan,
                                              const leat_source_options *options, leat_mysql_session *session,
                                              leat_error *error)
{
    leat_mysql_table_list now = {0};
    leat_status status = leat_mysql_catalog_list(session, options->tables, options->table_count, &now, error);
    const leat_mysql_listed_table *found = status == LEAT_OK ? find_new(plan, &now) : NULL;
    if (found != NULL)
        status = leat_error_set(
            error, LEAT_RETRY, "table %s came while the snapshot was taken: it begins again, with this table",
            found->full_name);
    leat_mysql_table_list_free(&now);
    return status;
}

void leat_mysql_snapshot_plan_free(leat_mysql_snapshot_plan *plan)
{
    for (size_t i = 0; i < plan->table_count; i++) {
        leat_mysql_definition_free(plan->tables[i].definition);
        leat_release(plan->tables[i].made);
    }
    leat_mysql_table_list_free(&plan->list);
    leat_arena_free(&plan->arena);
    *plan = (leat_mysql_snapshot_plan){0};
}
