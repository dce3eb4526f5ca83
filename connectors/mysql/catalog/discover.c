#include "mysql/catalog/catalog.h"

static bool is_captured(const leat_mysql_listed_table *table)
{
    return table->kind == LEAT_MYSQL_BASE_TABLE || table->kind == LEAT_MYSQL_VERSIONED_TABLE;
}

static void keep_tables(const leat_mysql_table_list *list, leat_discovery *discovery)
{
    discovery->tables =
        leat_arena_allocate_array(&discovery->arena, list->count + 1, sizeof *discovery->tables);
    discovery->count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (is_captured(&list->items[i]))
            discovery->tables[discovery->count++] = (leat_discovered_table){
                .name = leat_arena_string(&discovery->arena, list->items[i].full_name),
                .row_estimate = list->items[i].row_estimate,
                .bytes = list->items[i].bytes,
            };
}

leat_status leat_mysql_discover(const leat_source_options *options, leat_discovery *discovery,
                                leat_error *error)
{
    leat_mysql_session *session = NULL;
    leat_mysql_table_list list = {0};
    leat_status status = leat_mysql_session_open(options, &session, error);
    if (status != LEAT_OK)
        return status;
    /* Tables are listed that somebody may be changing. */
    status = leat_mysql_execute(session, "SET SESSION lock_wait_timeout = 10", error);
    if (status == LEAT_OK)
        status = leat_mysql_catalog_list(session, options->tables, options->table_count, &list, error);
    if (status == LEAT_OK)
        keep_tables(&list, discovery);
    leat_mysql_table_list_free(&list);
    leat_mysql_session_close(session);
    return status;
}
