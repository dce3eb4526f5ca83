/* Row to Avro bytes: one pass over the columns, into the shape of an envelope. */
#ifndef LEAT_EVENT_ENVELOPE_H
#define LEAT_EVENT_ENVELOPE_H

#include "base/buffer.h"
#include "event/schema.h"
#include "leat/event.h"

/* Encodes records of one table version; made once for each. Opaque. Pump thread. */
typedef struct leat_envelope leat_envelope;

/* What stands around a row: the transaction, the place in it, the kind of change. Slices live for the call.
 */
typedef struct leat_change {
    leat_operation operation;
    bool snapshot;
    const leat_datum *before; /* NULL: none */
    const leat_datum *after;  /* NULL: none */
    const leat_transaction *transaction;
    leat_slice sequence;    /* the whole text of "__seq": the transaction's sequence, '.', the ordinal */
    uint64_t ordinal;       /* from 1, in the transaction */
    uint64_t table_ordinal; /* from 1, among the changes of this table in the transaction */
    const leat_fact *facts; /* the source's; may be NULL */
    int64_t made_at;        /* wall microseconds, when leat made the event */
} leat_change;

/* `table` outlives the envelope, which holds it. `connector` and `pipeline` fill the debezium Source record.
 */
leat_envelope *leat_envelope_open(leat_table *table, const leat_schema_options *options,
                                  const char *connector, const char *pipeline);
void leat_envelope_close(leat_envelope *envelope);

/* Appends the record's value bytes to `value`.
 *
 * The row is `after`, and for a delete `before`; a truncate has none. What an update left out as UNCHANGED is
 * taken from `before` where that has it. A datum that is not there (unchanged, absent) or that Avro cannot
 * hold becomes null and a note under the name of its field; the debezium envelope's old row of an update
 * notes under "before." and that name. Only ABSENT in an old row is no note: such a row often holds just the
 * key. A required column without a value, and a malformed value, are LEAT_FAILED and name table, column and
 * text; `value` is then as it was. Adds the notes it made to `notes` (a count; may be NULL). */
leat_status leat_envelope_value(leat_envelope *envelope, const leat_change *change, leat_buffer *value,
                                uint64_t *notes, leat_error *error);

/* Appends the key's bytes, taken from `after`, or from `before` for a delete; nothing for a table without a
 * key, or for a truncate. LEAT_FAILED names a column that the row does not have; `key` is then as it was. */
leat_status leat_envelope_key(leat_envelope *envelope, const leat_change *change, leat_buffer *key,
                              leat_error *error);

#endif
