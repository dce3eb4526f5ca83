/* From a tuple message to the old and new row of an event. */
#ifndef LEAT_POSTGRES_STREAM_ROW_H
#define LEAT_POSTGRES_STREAM_ROW_H

#include "base/error.h"
#include "leat/event.h"
#include "postgres/stream/relation.h"
#include "postgres/wire/pgoutput.h"

/* Fills operation, table, before, after and key_changed of `event`, which has none yet, from an INSERT,
 * UPDATE or DELETE of a captured relation. The rows are the message's own datums, completed in place:
 *
 * - of a 'K' tuple only the columns of the replica identity are values; the others are ABSENT, not null;
 * - what the new row left out as unchanged is filled from the old one where that has it;
 * - `before` is given for a delete, for a full old row ('O'), and for a 'K' tuple only when the key really
 *   changed: PostgreSQL also sends one when a key column is merely stored out of line.
 *
 * LEAT_FAILED when a tuple does not have the columns that were announced. */
leat_status leat_postgres_row_fill(const leat_postgres_known_relation *known, leat_pgoutput_message *message,
                                   leat_event *event, leat_error *error);

#endif
