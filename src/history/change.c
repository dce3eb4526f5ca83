#include "history/change.h"

#include "base/buffer.h"

/* The recorded version and the one before it. */
static leat_status find_versions(leat_state *state, const char *table, unsigned number, leat_arena *arena,
                                 leat_schema_change *change, bool *found, leat_error *error)
{
    leat_state_version *versions;
    size_t count;
    leat_status status = leat_state_version_list(state, table, arena, &versions, &count, error);
    for (size_t i = 0; status == LEAT_OK && i < count; i++) {
        if (versions[i].number == number) {
            *found = true;
            change->version = versions[i];
        } else if (versions[i].number < number) {
            change->has_previous = true; /* they are in order */
            change->previous = versions[i];
        }
    }
    return status;
}

leat_status leat_schema_change_find(leat_state *state, const char *table, unsigned number, leat_arena *arena,
                                    leat_schema_change *change, bool *found, leat_error *error)
{
    *change = (leat_schema_change){0};
    *found = false;
    leat_status status = find_versions(state, table, number, arena, change, found, error);
    if (status != LEAT_OK || !*found || !change->has_previous)
        return status;
    leat_definition_change *changes;
    status = leat_history_compare(change->previous.definition, change->version.definition, arena, &changes,
                                  &change->change_count, error);
    change->changes = changes;
    return status;
}

/* ---- For errors ---- */

static void list_changes(const leat_schema_change *change, leat_buffer *out)
{
    for (size_t i = 0; i < change->change_count; i++) {
        const char *column = change->changes[i].column;
        leat_buffer_printf(out, "%s%s %s", i > 0 ? ", " : "", column != NULL ? column : "the table's",
                           leat_change_kind_name(change->changes[i].kind));
    }
}

void leat_schema_change_explain(leat_state *state, const char *table, unsigned number, leat_error *error)
{
    leat_arena scratch = {0};
    leat_buffer list = {0};
    leat_schema_change change;
    leat_error ignored;
    bool found;
    if (leat_schema_change_find(state, table, number, &scratch, &change, &found, &ignored) == LEAT_OK &&
        change.change_count > 0) {
        list_changes(&change, &list);
        (void)leat_error_context(error, LEAT_FAILED, "version %u (since version %u: %.400s)",
                                 change.version.number, change.previous.number, leat_buffer_string(&list));
    }
    leat_buffer_free(&list);
    leat_arena_free(&scratch);
}
