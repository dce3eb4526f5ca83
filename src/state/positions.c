/* The durable position. */
#include "state/store.h"

leat_status leat_state_position_get(leat_state *state, leat_position *position, leat_error *error)
{
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "SELECT log, cut_transaction, ordinal FROM durable_position";
    leat_arena scratch = {0};
    leat_query query = leat_query_begin(state, sql, "cannot read the position");
    if (leat_query_row(&query))
        leat_position_set(position, leat_query_get_text(&query, 0, &scratch),
                          leat_query_get_text(&query, 1, &scratch), leat_query_get_count(&query, 2));
    status = leat_query_end(&query, error);
    leat_arena_free(&scratch);
    return status;
}

leat_status leat_state_position_put(leat_state *state, const leat_position *position, int64_t committed_at,
                                    uint64_t records, leat_error *error)
{
    leat_status status = leat_store_begin(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] =
        "INSERT INTO durable_position (only, log, cut_transaction, ordinal, committed_at, records)"
        " VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT (only) DO UPDATE SET log = excluded.log,"
        " cut_transaction = excluded.cut_transaction, ordinal = excluded.ordinal,"
        " committed_at = excluded.committed_at, records = records + excluded.records";
    leat_query query = leat_query_begin(state, sql, "cannot record the position");
    leat_query_text(&query, position->log);
    leat_query_text(&query, position->transaction);
    leat_query_count(&query, position->ordinal);
    leat_query_integer(&query, committed_at);
    leat_query_count(&query, records);
    return leat_query_run(&query, error);
}

leat_status leat_state_position_facts(leat_state *state, int64_t *committed_at, uint64_t *records,
                                      leat_error *error)
{
    *committed_at = 0;
    *records = 0;
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "SELECT committed_at, records FROM durable_position";
    leat_query query = leat_query_begin(state, sql, "cannot read the position");
    if (leat_query_row(&query)) {
        *committed_at = leat_query_get_integer(&query, 0);
        *records = leat_query_get_count(&query, 1);
    }
    return leat_query_end(&query, error);
}
