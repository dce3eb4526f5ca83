/* The columns of a row, one after the other, and the notes that arise. Part of the envelope. */
#ifndef LEAT_EVENT_ROW_H
#define LEAT_EVENT_ROW_H

#include "base/buffer.h"
#include "base/error.h"
#include "leat/event.h"

/* The index of a branch of ["null", T], as Avro writes it. */
enum { LEAT_BRANCH_NULL = 0, LEAT_BRANCH_VALUE = 2 };

/* In the order of the schema's enum. */
typedef enum leat_note_kind {
    LEAT_NOTE_UNCHANGED,
    LEAT_NOTE_ABSENT,
    LEAT_NOTE_UNREPRESENTABLE,
    LEAT_NOTE_TRUNCATED,
} leat_note_kind;

typedef struct leat_note {
    const char *field;
    bool of_old_row; /* of the old row of an update, beside which there is a new one */
    leat_note_kind kind;
    leat_slice native;           /* what is unrepresentable or truncated; as long as the row */
    const leat_encoder *encoder; /* that knows the native value's text */
} leat_note;

/* As many as two rows can make; owned by the envelope. */
typedef struct leat_notes {
    leat_note *items;
    size_t count;
    leat_buffer described; /* the text at hand */
} leat_notes;

/* What the encoding of one column needs, side by side for the loop over them. */
typedef struct leat_row_column {
    const leat_encoder *encoder;
    const char *field; /* its name in Avro */
    bool required;     /* written without a union */
} leat_row_column;

/* One row to encode. */
typedef struct leat_row {
    const leat_table *table;
    const leat_row_column *columns;
    const leat_datum *datums;
    const leat_datum *old; /* where a datum that is UNCHANGED may be found; or NULL */
    bool beside_new;       /* an old row beside a new one */
} leat_row;

/* Appends every column of `row`; adds to `notes`. LEAT_FAILED names table, column and text; what was appended
 * is then the caller's to take back. */
leat_status leat_row_encode(const leat_row *row, leat_notes *notes, leat_buffer *out, leat_error *error);

/* Appends the columns of the table's key, in key order. Makes no notes: the value does. */
leat_status leat_row_encode_key(const leat_row *row, leat_buffer *out, leat_error *error);

/* Appends the union ["null", array of Note]. */
void leat_notes_encode(leat_notes *notes, leat_buffer *out);

#endif
