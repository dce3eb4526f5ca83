/* Versions of tables, and which of them were told of. */
#include "state/store.h"

#include "base/list.h"

leat_status leat_state_version_put(leat_state *state, const leat_state_version *version, leat_error *error)
{
    leat_status status = leat_store_begin(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "INSERT INTO table_version (table_name, number, fingerprint, position, seen_at,"
                              " value_schema, definition) VALUES (?, ?, ?, ?, ?, ?, ?)";
    leat_query query = leat_query_begin(state, sql, "cannot record a table version");
    leat_query_text(&query, version->table);
    leat_query_count(&query, version->number);
    leat_query_text(&query, version->fingerprint);
    leat_query_text(&query, version->position);
    leat_query_integer(&query, version->seen_at);
    leat_query_text(&query, version->value_schema);
    leat_query_text(&query, version->definition);
    return leat_query_run(&query, error);
}

#define VERSION_COLUMNS "table_name, number, fingerprint, position, seen_at, value_schema, definition"

static leat_state_version version_of(leat_query *query, leat_arena *arena)
{
    return (leat_state_version){
        .table = leat_query_get_text(query, 0, arena),
        .number = (unsigned)leat_query_get_count(query, 1),
        .fingerprint = leat_query_get_text(query, 2, arena),
        .position = leat_query_get_text(query, 3, arena),
        .seen_at = leat_query_get_integer(query, 4),
        .value_schema = leat_query_get_text(query, 5, arena),
        .definition = leat_query_get_text(query, 6, arena),
    };
}

leat_status leat_state_version_latest(leat_state *state, const char *table, leat_arena *arena,
                                      leat_state_version *version, bool *found, leat_error *error)
{
    *found = false;
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "SELECT " VERSION_COLUMNS " FROM table_version WHERE table_name = ?"
                              " ORDER BY number DESC LIMIT 1";
    leat_query query = leat_query_begin(state, sql, "cannot read the table versions");
    leat_query_text(&query, table);
    if (leat_query_row(&query)) {
        *version = version_of(&query, arena);
        *found = true;
    }
    return leat_query_end(&query, error);
}

leat_status leat_state_version_list(leat_state *state, const char *table, leat_arena *arena,
                                    leat_state_version **versions, size_t *count, leat_error *error)
{
    *count = 0;
    *versions = NULL;
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    size_t capacity = 0;
    static const char sql[] = "SELECT " VERSION_COLUMNS " FROM table_version"
                              " WHERE ?1 IS NULL OR table_name = ?1 ORDER BY table_name, number";
    leat_query query = leat_query_begin(state, sql, "cannot read the table versions");
    leat_query_text(&query, table);
    while (leat_query_row(&query)) {
        *versions = leat_arena_list_room(arena, *versions, *count, &capacity, sizeof **versions);
        (*versions)[(*count)++] = version_of(&query, arena);
    }
    return leat_query_end(&query, error);
}

/* ---- Told of ---- */

leat_status leat_state_announced_get(leat_state *state, const char *table, unsigned number, bool *announced,
                                     leat_error *error)
{
    *announced = false;
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "SELECT 1 FROM announced_version WHERE table_name = ? AND number = ?";
    leat_query query = leat_query_begin(state, sql, "cannot read the announced versions");
    leat_query_text(&query, table);
    leat_query_count(&query, number);
    *announced = leat_query_row(&query);
    return leat_query_end(&query, error);
}

leat_status leat_state_announced_put(leat_state *state, const char *table, unsigned number, leat_error *error)
{
    leat_status status = leat_store_begin(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "INSERT INTO announced_version (table_name, number) VALUES (?, ?)"
                              " ON CONFLICT (table_name, number) DO NOTHING";
    leat_query query = leat_query_begin(state, sql, "cannot record an announced version");
    leat_query_text(&query, table);
    leat_query_count(&query, number);
    return leat_query_run(&query, error);
}
