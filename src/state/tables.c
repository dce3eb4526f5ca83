/* Running counts of tables. */
#include "state/store.h"

#include "base/list.h"

leat_status leat_state_table_add(leat_state *state, const char *name, unsigned version, uint64_t records,
                                 uint64_t snapshot_records, int64_t last_change, leat_error *error)
{
    leat_status status = leat_store_begin(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] =
        "INSERT INTO table_count (name, version, records, snapshot_records, last_change) VALUES (?, ?, ?, ?, "
        "?)"
        " ON CONFLICT (name) DO UPDATE SET version = excluded.version, records = records + excluded.records,"
        " snapshot_records = snapshot_records + excluded.snapshot_records,"
        " last_change = max(last_change, excluded.last_change)";
    leat_query query = leat_query_begin(state, sql, "cannot record a table's counts");
    leat_query_text(&query, name);
    leat_query_count(&query, version);
    leat_query_count(&query, records);
    leat_query_count(&query, snapshot_records);
    leat_query_integer(&query, last_change);
    return leat_query_run(&query, error);
}

leat_status leat_state_table_list(leat_state *state, leat_arena *arena, leat_state_table **tables,
                                  size_t *count, leat_error *error)
{
    *count = 0;
    *tables = NULL;
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    size_t capacity = 0;
    static const char sql[] = "SELECT name, version, records, snapshot_records, last_change FROM table_count"
                              " ORDER BY name";
    leat_query query = leat_query_begin(state, sql, "cannot read the tables");
    while (leat_query_row(&query)) {
        *tables = leat_arena_list_room(arena, *tables, *count, &capacity, sizeof **tables);
        (*tables)[(*count)++] = (leat_state_table){
            .name = leat_query_get_text(&query, 0, arena),
            .version = (unsigned)leat_query_get_count(&query, 1),
            .records = leat_query_get_count(&query, 2),
            .snapshot_records = leat_query_get_count(&query, 3),
            .last_change = leat_query_get_integer(&query, 4),
        };
    }
    return leat_query_end(&query, error);
}
