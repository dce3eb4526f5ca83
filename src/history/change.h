/* What a version changes in a table: what is told to those who want to know of it. */
#ifndef LEAT_HISTORY_CHANGE_H
#define LEAT_HISTORY_CHANGE_H

#include <stdbool.h>

#include "history/compare.h"
#include "state/state.h"

/* A version, the one before it, and what is different. */
typedef struct leat_schema_change {
    leat_state_version version;
    bool has_previous;
    leat_state_version previous;
    const leat_definition_change *changes; /* none where there was no version before */
    size_t change_count;
} leat_schema_change;

/* What version `number` of `table` ("schema.table") changes, as it is recorded, in the unit of work at hand
 * too. `found` false where that version is not. Everything in it lives in `arena`. LEAT_FAILED for a record
 * that cannot be read, or as the state says. */
leat_status leat_schema_change_find(leat_state *state, const char *table, unsigned number, leat_arena *arena,
                                    leat_schema_change *change, bool *found, leat_error *error);

/* Puts what that version changes before an error's message: "version 2 (since version 1: price retyped)".
 * Nothing where it changes nothing, or cannot be found out. */
void leat_schema_change_explain(leat_state *state, const char *table, unsigned number, leat_error *error);

#endif
