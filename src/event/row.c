#include "event/row.h"

#include <string.h>

#include "base/encode.h"
#include "base/utf8.h"
#include "leat/encode.h"

enum { EXCERPT_BYTES = 200 };

/* The text in a form that fits an error: cut, and with what is no text escaped. */
static void append_excerpt(leat_buffer *out, leat_slice text)
{
    bool cut = text.length > EXCERPT_BYTES;
    size_t length = cut ? EXCERPT_BYTES : text.length;
    while (cut && length > 0 && (text.data[length] & 0xc0) == 0x80)
        length--; /* not within a character */
    leat_utf8_append_escaped(out, leat_slice_of(text.data, length));
    if (cut)
        leat_buffer_append_string(out, "…");
}

/* The source's text of a native value; where it had to be made, in `described`. */
static leat_slice text_of(const leat_encoder *encoder, leat_slice native, leat_buffer *described)
{
    if (encoder->describe == NULL)
        return native;
    leat_buffer_reset_bounded(described);
    encoder->describe(encoder, native, described);
    return leat_buffer_slice(described);
}

static leat_status malformed(const leat_row *row, size_t place, leat_slice native, leat_error *error)
{
    const leat_column *column = &row->table->columns[place];
    leat_buffer described = {0};
    leat_buffer excerpt = {0};
    append_excerpt(&excerpt, text_of(row->columns[place].encoder, native, &described));
    leat_buffer_free(&described);
    leat_error_set(error, LEAT_FAILED, "table %s.%s, column %s: this is not a value of type %s: \"%s\"",
                   row->table->schema != NULL ? row->table->schema : row->table->database, row->table->name,
                   column->name, column->type_text != NULL ? column->type_text : "unknown",
                   leat_buffer_string(&excerpt));
    leat_buffer_free(&excerpt);
    leat_error_mend(error, "leat and the source disagree about this type. Please report it with the "
                           "table's definition and this text");
    return LEAT_FAILED;
}

static const char *why_missing(leat_datum_kind kind)
{
    switch (kind) {
    case LEAT_DATUM_NULL:
        return "is null";
    case LEAT_DATUM_UNCHANGED:
        return "was left out by the source as unchanged";
    case LEAT_DATUM_ABSENT:
    case LEAT_DATUM_NO_KEY:
        return "was left out by the source";
    case LEAT_DATUM_VALUE:
        break;
    }
    return "holds a value that its Avro type cannot";
}

static leat_status missing(const leat_row *row, size_t place, leat_datum_kind kind, leat_error *error)
{
    const char *mend = row->table->key_mend;
    return leat_error_fail(error, LEAT_FAILED, mend != NULL ? mend : "",
                           "table %s.%s: column %s belongs to the key but %s",
                           row->table->schema != NULL ? row->table->schema : row->table->database,
                           row->table->name, row->table->columns[place].name, why_missing(kind));
}

static void add_note(const leat_row *row, size_t place, leat_note_kind kind, leat_slice native,
                     leat_notes *notes)
{
    notes->items[notes->count++] = (leat_note){.field = row->columns[place].field,
                                               .of_old_row = row->beside_new,
                                               .kind = kind,
                                               .native = native,
                                               .encoder = row->columns[place].encoder};
}

/* A column without a value of its own: null, and a note unless null is what the source says, or the row is
 * one that is told by its key alone. */
static leat_status encode_missing(const leat_row *row, size_t place, leat_datum_kind kind, leat_notes *notes,
                                  leat_buffer *out, leat_error *error)
{
    if (row->columns[place].required)
        return missing(row, place, kind, error);
    leat_buffer_append_byte(out, LEAT_BRANCH_NULL);
    if (kind == LEAT_DATUM_UNCHANGED)
        add_note(row, place, LEAT_NOTE_UNCHANGED, leat_slice_of(NULL, 0), notes);
    if (kind == LEAT_DATUM_ABSENT)
        add_note(row, place, LEAT_NOTE_ABSENT, leat_slice_of(NULL, 0), notes);
    return LEAT_OK;
}

/* The datum that counts: an unchanged one is the old row's where that has it. */
static inline const leat_datum *settled(const leat_row *row, size_t place)
{
    const leat_datum *datum = &row->datums[place];
    if (datum->kind != LEAT_DATUM_UNCHANGED || row->old == NULL)
        return datum;
    const leat_datum *old = &row->old[place];
    return old->kind == LEAT_DATUM_VALUE || old->kind == LEAT_DATUM_NULL ? old : datum;
}

static leat_status encode_refused(const leat_row *row, size_t place, leat_encoding answer, leat_slice native,
                                  leat_notes *notes, leat_buffer *out, leat_error *error)
{
    if (answer == LEAT_MALFORMED)
        return malformed(row, place, native, error);
    if (row->columns[place].required)
        return missing(row, place, LEAT_DATUM_VALUE, error);
    leat_buffer_append_byte(out, LEAT_BRANCH_NULL);
    if (notes != NULL)
        add_note(row, place, LEAT_NOTE_UNREPRESENTABLE, native, notes);
    return LEAT_OK;
}

static inline leat_status encode_value(const leat_row *row, size_t place, leat_slice native,
                                       leat_notes *notes, leat_buffer *out, leat_error *error)
{
    const leat_row_column *column = &row->columns[place];
    size_t mark = out->length;
    if (!column->required)
        leat_buffer_append_byte(out, LEAT_BRANCH_VALUE);
    leat_encoding answer = column->encoder->encode(column->encoder, native, out);
    if (__builtin_expect(answer == LEAT_ENCODED, 1))
        return LEAT_OK;
    out->length = mark;
    return encode_refused(row, place, answer, native, notes, out, error);
}

leat_status leat_row_encode(const leat_row *row, leat_notes *notes, leat_buffer *out, leat_error *error)
{
    size_t count = row->table->column_count;
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < count && status == LEAT_OK; i++) {
        const leat_datum *datum = settled(row, i);
        status = datum->kind == LEAT_DATUM_VALUE ? encode_value(row, i, datum->value, notes, out, error)
                                                 : encode_missing(row, i, datum->kind, notes, out, error);
    }
    return status;
}

/* A column of the key that the row does not have would make the key another row's. */
static leat_status encode_key_column(const leat_row *row, size_t place, leat_buffer *out, leat_error *error)
{
    const leat_datum *datum = settled(row, place);
    if (datum->kind == LEAT_DATUM_VALUE)
        return encode_value(row, place, datum->value, NULL, out, error);
    if (datum->kind != LEAT_DATUM_NULL || row->columns[place].required)
        return missing(row, place, datum->kind, error);
    leat_buffer_append_byte(out, LEAT_BRANCH_NULL);
    return LEAT_OK;
}

leat_status leat_row_encode_key(const leat_row *row, leat_buffer *out, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < row->table->key_count && status == LEAT_OK; i++)
        status = encode_key_column(row, row->table->key_columns[i], out, error);
    return status;
}

static void encode_note_field(const leat_note *note, leat_buffer *out)
{
    static const char old_row[] = "before.";
    size_t prefix = note->of_old_row ? sizeof old_row - 1 : 0;
    size_t length = strlen(note->field);
    leat_encode_long(out, (int64_t)(prefix + length));
    leat_buffer_append(out, old_row, prefix);
    leat_buffer_append(out, note->field, length);
}

/* The source's text, or "\x…" in hex where its bytes are none. */
static void encode_note_text(leat_slice text, leat_buffer *out)
{
    if (leat_utf8_valid(text)) {
        leat_encode_bytes(out, text);
        return;
    }
    leat_encode_long(out, (int64_t)(2 + 2 * text.length));
    leat_buffer_append_string(out, "\\x");
    for (size_t i = 0; i < text.length; i++)
        leat_buffer_printf(out, "%02x", text.data[i]);
}

static void encode_note(const leat_note *note, leat_buffer *described, leat_buffer *out)
{
    encode_note_field(note, out);
    leat_encode_long(out, note->kind);
    bool has_text = note->kind == LEAT_NOTE_UNREPRESENTABLE || note->kind == LEAT_NOTE_TRUNCATED;
    leat_buffer_append_byte(out, has_text ? LEAT_BRANCH_VALUE : LEAT_BRANCH_NULL);
    if (has_text)
        encode_note_text(text_of(note->encoder, note->native, described), out);
}

void leat_notes_encode(leat_notes *notes, leat_buffer *out)
{
    if (notes->count == 0) {
        leat_buffer_append_byte(out, LEAT_BRANCH_NULL);
        return;
    }
    leat_buffer_append_byte(out, LEAT_BRANCH_VALUE);
    leat_encode_long(out, (int64_t)notes->count);
    for (size_t i = 0; i < notes->count; i++)
        encode_note(&notes->items[i], &notes->described, out);
    leat_encode_long(out, 0);
}
