/* Files of the file sink. */
#include "state/store.h"

#include "base/list.h"

leat_status leat_state_file_put(leat_state *state, const leat_state_file *file, leat_error *error)
{
    leat_status status = leat_store_begin(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] =
        "INSERT INTO sink_file (working_path, final_path, table_name, version, first, last, length, records, "
        "stage)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (working_path) DO UPDATE SET"
        " final_path = excluded.final_path, table_name = excluded.table_name, version = excluded.version,"
        " first = excluded.first, last = excluded.last, length = excluded.length, records = excluded.records,"
        " stage = excluded.stage";
    leat_query query = leat_query_begin(state, sql, "cannot record a file");
    leat_query_text(&query, file->working_path);
    leat_query_text(&query, file->final_path);
    leat_query_text(&query, file->table);
    leat_query_count(&query, file->version);
    leat_query_text(&query, file->first);
    leat_query_text(&query, file->last);
    leat_query_count(&query, file->length);
    leat_query_count(&query, file->records);
    leat_query_integer(&query, (int64_t)file->stage);
    return leat_query_run(&query, error);
}

static leat_state_file file_of(leat_query *query, leat_arena *arena)
{
    return (leat_state_file){
        .working_path = leat_query_get_text(query, 0, arena),
        .final_path = leat_query_get_text(query, 1, arena),
        .table = leat_query_get_text(query, 2, arena),
        .version = (unsigned)leat_query_get_count(query, 3),
        .first = leat_query_get_text(query, 4, arena),
        .last = leat_query_get_text(query, 5, arena),
        .length = leat_query_get_count(query, 6),
        .records = leat_query_get_count(query, 7),
        .stage = (leat_state_file_stage)leat_query_get_integer(query, 8),
    };
}

leat_status leat_state_file_list(leat_state *state, leat_state_file_stage stage, leat_arena *arena,
                                 leat_state_file **files, size_t *count, leat_error *error)
{
    *count = 0;
    *files = NULL;
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    size_t capacity = 0;
    static const char sql[] =
        "SELECT working_path, final_path, table_name, version, first, last, length, records,"
        " stage FROM sink_file WHERE stage = ? ORDER BY id";
    leat_query query = leat_query_begin(state, sql, "cannot read the files");
    leat_query_integer(&query, (int64_t)stage);
    while (leat_query_row(&query)) {
        *files = leat_arena_list_room(arena, *files, *count, &capacity, sizeof **files);
        (*files)[(*count)++] = file_of(&query, arena);
    }
    return leat_query_end(&query, error);
}

leat_status leat_state_file_totals(leat_state *state, uint64_t *files, uint64_t *records, uint64_t *bytes,
                                   leat_error *error)
{
    *files = *records = *bytes = 0;
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "SELECT files, records, bytes FROM published_total";
    leat_query query = leat_query_begin(state, sql, "cannot read the files");
    if (leat_query_row(&query)) {
        *files = leat_query_get_count(&query, 0);
        *records = leat_query_get_count(&query, 1);
        *bytes = leat_query_get_count(&query, 2);
    }
    return leat_query_end(&query, error);
}

leat_status leat_state_tidy_get(leat_state *state, bool *tidy, leat_error *error)
{
    *tidy = false;
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "SELECT 1 FROM fact WHERE name = 'tidy' AND value = 'yes'";
    leat_query query = leat_query_begin(state, sql, "cannot read the store's own facts");
    *tidy = leat_query_row(&query);
    return leat_query_end(&query, error);
}

leat_status leat_state_tidy_put(leat_state *state, bool tidy, leat_error *error)
{
    leat_status status = leat_store_begin(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "INSERT INTO fact (name, value) VALUES ('tidy', ?)"
                              " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    leat_query query = leat_query_begin(state, sql, "cannot write the store's own facts");
    leat_query_text(&query, tidy ? "yes" : "no");
    return leat_query_run(&query, error);
}
