/* The schema history: which version of a table a definition is. */
#ifndef LEAT_HISTORY_HISTORY_H
#define LEAT_HISTORY_HISTORY_H

#include <stdbool.h>

#include "base/error.h"
#include "base/log.h"
#include "event/schema.h"
#include "leat/table.h"
#include "state/state.h"

/* Opaque. Pump thread. `state` and the options' texts outlive it. */
typedef struct leat_history leat_history;

leat_history *leat_history_open(leat_state *state, const leat_schema_options *options, leat_log *log);
void leat_history_close(leat_history *history);

/* Settles which version `table` is, at `position` (text form): the newest one of its name when the
 * fingerprint is the same, else the next number, recorded in the state's unit of work (so a version becomes
 * durable with the first batch that uses it, and a crash before forgets it with that batch). Another value
 * schema for the same fingerprint (the config's envelope or prefix has changed) is a new number too: a
 * version has one schema.
 *
 * `replayed` says that the log is being read again where its versions are recorded already (a transaction
 * that was cut): then the newest version with that definition is meant, though a later one may follow.
 *
 * `version` lives until the history is closed; it holds the table that it was first settled for, and a repeat
 * of the same definition gives the same object. `fresh` says that it is a new number. After
 * leat_state_rollback the history must be closed: it may know versions that the state has forgotten. */
leat_status leat_history_settle(leat_history *history, leat_table *table, const char *position, bool replayed,
                                const leat_table_version **version, bool *fresh, leat_error *error);

#endif
