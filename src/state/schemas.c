/* Schemas that a registry knows. */
#include "state/store.h"

leat_status leat_state_schema_get(leat_state *state, const char *registry, const char *subject,
                                  const char *hash, uint32_t *identifier, bool *found, leat_error *error)
{
    *found = false;
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] = "SELECT id FROM registered_schema WHERE registry = ? AND subject = ?"
                              " AND hash = ?";
    leat_query query = leat_query_begin(state, sql, "cannot read the registered schemas");
    leat_query_text(&query, registry);
    leat_query_text(&query, subject);
    leat_query_text(&query, hash);
    if (leat_query_row(&query)) {
        *identifier = (uint32_t)leat_query_get_count(&query, 0);
        *found = true;
    }
    return leat_query_end(&query, error);
}

leat_status leat_state_schema_put(leat_state *state, const char *registry, const char *subject,
                                  const char *hash, uint32_t identifier, leat_error *error)
{
    leat_status status = leat_store_begin(state, error);
    if (status != LEAT_OK)
        return status;
    static const char sql[] =
        "INSERT INTO registered_schema (registry, subject, hash, id) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (registry, subject, hash) DO UPDATE SET id = excluded.id";
    leat_query query = leat_query_begin(state, sql, "cannot record a registered schema");
    leat_query_text(&query, registry);
    leat_query_text(&query, subject);
    leat_query_text(&query, hash);
    leat_query_count(&query, identifier);
    return leat_query_run(&query, error);
}
