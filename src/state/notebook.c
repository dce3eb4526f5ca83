/* The connector's notebook: durable at once, or with the unit of work that is open. */
#include "base/memory.h"
#include "state/store.h"

static leat_status get(void *context, const char *key, char **value, leat_error *error)
{
    leat_state *state = context;
    *value = NULL;
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "SELECT value FROM notebook WHERE key = ?";
    leat_arena scratch = {0};
    leat_query query = leat_query_begin(state, sql, "cannot read the notebook");
    leat_query_text(&query, key);
    if (leat_query_row(&query))
        *value = leat_duplicate_string(leat_query_get_text(&query, 0, &scratch));
    status = leat_query_end(&query, error);
    leat_arena_free(&scratch);
    return status;
}

static leat_status forget(leat_state *state, const char *key, leat_error *error)
{
    static const char sql[] = "DELETE FROM notebook WHERE key = ?";
    leat_query query = leat_query_begin(state, sql, "cannot write the notebook");
    leat_query_text(&query, key);
    return leat_query_run(&query, error);
}

static leat_status keep(leat_state *state, const char *key, const char *value, leat_error *error)
{
    static const char sql[] = "INSERT INTO notebook (key, value) VALUES (?, ?)"
                              " ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    leat_query query = leat_query_begin(state, sql, "cannot write the notebook");
    leat_query_text(&query, key);
    leat_query_text(&query, value);
    return leat_query_run(&query, error);
}

/* What the source notes while a batch is open is about that batch's place in the log: it counts with it, or
 * is noted again when that place is read again. */
static leat_status put(void *context, const char *key, const char *value, leat_error *error)
{
    leat_state *state = context;
    bool joins = state->in_unit;
    leat_status status = leat_store_begin(state, error);
    if (status == LEAT_OK)
        status = value == NULL ? forget(state, key, error) : keep(state, key, value, error);
    if (joins)
        return status;
    if (status == LEAT_OK)
        status = leat_state_commit(state, error);
    if (status != LEAT_OK)
        leat_state_rollback(state);
    return status;
}

leat_notebook leat_state_notebook(leat_state *state)
{
    return (leat_notebook){.context = state, .get = get, .put = put};
}
