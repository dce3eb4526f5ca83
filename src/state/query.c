/* One use of a prepared statement. */
#include "state/store.h"

static sqlite3_stmt *prepare(leat_state *state, const char *sql, int *result)
{
    for (size_t i = 0; i < state->statement_count; i++)
        if (state->statements[i].sql == sql)
            return state->statements[i].prepared;
    if (state->statement_count == LEAT_STORE_STATEMENTS) {
        *result = SQLITE_INTERNAL;
        return NULL;
    }
    leat_store_statement *entry = &state->statements[state->statement_count];
    *result = sqlite3_prepare_v3(state->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &entry->prepared, NULL);
    if (*result != SQLITE_OK)
        return NULL;
    entry->sql = sql;
    state->statement_count++;
    return entry->prepared;
}

leat_query leat_query_begin(leat_state *state, const char *sql, const char *what)
{
    leat_query query = {.state = state, .what = what, .result = SQLITE_OK};
    query.statement = prepare(state, sql, &query.result);
    return query;
}

/* Notes the first result that is an error. */
static void note(leat_query *query, int result)
{
    if (query->result == SQLITE_OK)
        query->result = result;
}

void leat_query_text(leat_query *query, const char *text)
{
    if (query->statement != NULL)
        note(query, sqlite3_bind_text(query->statement, ++query->parameter, text, -1, SQLITE_STATIC));
}

void leat_query_integer(leat_query *query, int64_t value)
{
    if (query->statement != NULL)
        note(query, sqlite3_bind_int64(query->statement, ++query->parameter, value));
}

void leat_query_count(leat_query *query, uint64_t value)
{
    leat_query_integer(query, (int64_t)value);
}

bool leat_query_row(leat_query *query)
{
    if (query->statement == NULL || query->result != SQLITE_OK)
        return false;
    int result = sqlite3_step(query->statement);
    if (result == SQLITE_ROW)
        return true;
    if (result != SQLITE_DONE)
        query->result = result;
    return false;
}

char *leat_query_get_text(leat_query *query, int column, leat_arena *arena)
{
    const unsigned char *text = sqlite3_column_text(query->statement, column);
    if (text == NULL)
        return NULL;
    size_t length = (size_t)sqlite3_column_bytes(query->statement, column);
    return leat_arena_slice_string(arena, leat_slice_of(text, length));
}

int64_t leat_query_get_integer(leat_query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

uint64_t leat_query_get_count(leat_query *query, int column)
{
    return (uint64_t)leat_query_get_integer(query, column);
}

leat_status leat_query_end(leat_query *query, leat_error *error)
{
    leat_status status = LEAT_OK;
    if (query->result != SQLITE_OK)
        status = leat_store_error(query->state, query->result, query->what, error);
    if (query->statement != NULL) {
        sqlite3_reset(query->statement);
        sqlite3_clear_bindings(query->statement);
    }
    return status;
}

leat_status leat_query_run(leat_query *query, leat_error *error)
{
    while (leat_query_row(query))
        ;
    leat_status status = leat_query_end(query, error);
    if (status != LEAT_OK && query->state->in_unit)
        query->state->unit_failed = true;
    return status;
}
