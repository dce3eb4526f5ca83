#include "event/envelope.h"

#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "event/names.h"
#include "event/row.h"
#include "leat/encode.h"

struct leat_envelope {
    leat_table *table;
    leat_envelope_kind kind;
    leat_arena arena;
    leat_row_column *columns;     /* as the value's record has them */
    leat_row_column *key_columns; /* as the key's record has them; by their place in the table too */
    leat_notes notes;
    leat_buffer scratch;
    leat_buffer source_head;  /* Source's version, connector and name, encoded */
    leat_buffer source_place; /* its db, schema and table */
    size_t fact_count;
    const leat_fact_field *fact_fields;
    size_t place_fact; /* the place among the facts of the change's own place in the log; SIZE_MAX: none */
};

/* ---- Opening ---- */

static leat_row_column *columns_of(leat_envelope *envelope, const leat_column_names *names,
                                   bool keys_required)
{
    const leat_table *table = envelope->table;
    leat_row_column *columns =
        leat_arena_allocate_array(&envelope->arena, table->column_count, sizeof *columns);
    for (size_t i = 0; i < table->column_count; i++) {
        const leat_column *column = &table->columns[i];
        columns[i] = (leat_row_column){.encoder = &column->encoder,
                                       .field = names[i].field,
                                       .required = keys_required && column->key_ordinal > 0 &&
                                                   !column->encoder.partial};
    }
    return columns;
}

static void encode_text(leat_buffer *out, const char *text)
{
    leat_encode_bytes(out, leat_slice_of_string(text));
}

/* What is the same in every event is encoded once. */
static void encode_constants(leat_envelope *envelope, const char *connector, const char *pipeline)
{
    encode_text(&envelope->source_head, LEAT_VERSION);
    encode_text(&envelope->source_head, connector);
    encode_text(&envelope->source_head, pipeline);
    encode_text(&envelope->source_place, envelope->table->database);
    if (envelope->table->schema != NULL)
        encode_text(&envelope->source_place, envelope->table->schema);
    encode_text(&envelope->source_place, envelope->table->name);
}

static size_t find_place_fact(const leat_schema_options *options)
{
    for (size_t i = 0; i < options->fact_field_count; i++)
        if (options->fact_fields[i].place)
            return i;
    return SIZE_MAX;
}

leat_envelope *leat_envelope_open(leat_table *table, const leat_schema_options *options,
                                  const char *connector, const char *pipeline)
{
    leat_envelope *envelope = leat_allocate(sizeof *envelope);
    envelope->table = leat_table_hold(table);
    envelope->kind = options->envelope;
    const leat_column_names *names = leat_names_make(table, &envelope->arena);
    envelope->columns = columns_of(envelope, names, envelope->kind == LEAT_ENVELOPE_DEBEZIUM);
    envelope->key_columns = columns_of(envelope, names, true);
    envelope->notes.items =
        leat_arena_allocate_array(&envelope->arena, 2 * table->column_count, sizeof(leat_note));
    envelope->fact_count = options->fact_field_count;
    envelope->fact_fields = options->fact_fields;
    envelope->place_fact = find_place_fact(options);
    encode_constants(envelope, connector, pipeline);
    return envelope;
}

void leat_envelope_close(leat_envelope *envelope)
{
    if (envelope == NULL)
        return;
    leat_buffer_free(&envelope->scratch);
    leat_buffer_free(&envelope->notes.described);
    leat_buffer_free(&envelope->source_head);
    leat_buffer_free(&envelope->source_place);
    leat_arena_free(&envelope->arena);
    leat_table_release(envelope->table);
    leat_release(envelope);
}

/* ---- What both shapes share ---- */

static leat_row row_of(const leat_envelope *envelope, const leat_row_column *columns,
                       const leat_change *change, bool old)
{
    return (leat_row){
        .table = envelope->table,
        .columns = columns,
        .datums = old ? change->before : change->after,
        .old = old ? NULL : change->before,
        .beside_new = old && change->after != NULL,
    };
}

static void encode_operation(leat_operation operation, leat_buffer *out)
{
    uint8_t *at = leat_buffer_reserve(out, 2);
    at[0] = 2; /* a length of one */
    at[1] = (uint8_t)operation;
    leat_buffer_commit(out, 2);
}

/* The row that the operation is about has to be there. */
static leat_status check_rows(const leat_envelope *envelope, const leat_change *change, leat_error *error)
{
    bool gone = change->operation == LEAT_DELETE;
    if (change->operation == LEAT_TRUNCATE || (gone ? change->before : change->after) != NULL)
        return LEAT_OK;
    return leat_error_set(error, LEAT_FAILED,
                          "table %s: the source gave a change of kind '%c' without its %s",
                          envelope->table->name, (char)change->operation, gone ? "old row" : "new row");
}

/* ---- Flat ---- */

static void encode_flat_head(const leat_change *change, leat_buffer *out)
{
    const leat_transaction *transaction = change->transaction;
    leat_buffer_reserve(out, 64 + change->sequence.length + transaction->identifier.length);
    encode_operation(change->operation, out);
    leat_encode_long(out, transaction->commit_time);
    leat_encode_bytes(out, change->sequence);
    leat_buffer_append_byte(out, transaction->identifier.length == 0 ? LEAT_BRANCH_NULL : LEAT_BRANCH_VALUE);
    if (transaction->identifier.length > 0)
        leat_encode_bytes(out, transaction->identifier);
    leat_encode_boolean(out, change->operation == LEAT_DELETE);
}

/* Notes stand before the columns, which were written as if there were none: makes room for them. */
static void insert_notes(leat_envelope *envelope, size_t at, leat_buffer *out)
{
    leat_buffer_reset(&envelope->scratch);
    leat_notes_encode(&envelope->notes, &envelope->scratch);
    size_t more = envelope->scratch.length - 1;
    leat_buffer_reserve(out, more);
    memmove(out->data + at + 1 + more, out->data + at + 1, out->length - at - 1);
    memcpy(out->data + at, envelope->scratch.data, envelope->scratch.length);
    leat_buffer_commit(out, more);
}

static leat_status encode_flat(leat_envelope *envelope, const leat_change *change, leat_buffer *out,
                               leat_error *error)
{
    encode_flat_head(change, out);
    size_t notes_at = out->length;
    leat_buffer_append_byte(out, LEAT_BRANCH_NULL);
    if (change->operation == LEAT_TRUNCATE) {
        for (size_t i = 0; i < envelope->table->column_count; i++)
            leat_buffer_append_byte(out, LEAT_BRANCH_NULL);
        return LEAT_OK;
    }
    leat_row row = row_of(envelope, envelope->columns, change, change->operation == LEAT_DELETE);
    leat_status status = leat_row_encode(&row, &envelope->notes, out, error);
    if (status == LEAT_OK && __builtin_expect(envelope->notes.count > 0, 0))
        insert_notes(envelope, notes_at, out);
    return status;
}

/* ---- Debezium ---- */

static int64_t milliseconds_of(int64_t microseconds)
{
    int64_t quotient = microseconds / 1000;
    return microseconds % 1000 < 0 ? quotient - 1 : quotient;
}

/* printf is most of what this envelope would cost. */
static void append_decimal(leat_buffer *out, int64_t number)
{
    uint8_t digits[20];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (uint8_t)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        leat_buffer_append_byte(out, '-');
    leat_buffer_append(out, digits + at, sizeof digits - at);
}

/* A JSON array of texts: where the transaction, the change, and the record stand. */
static void encode_sequence(leat_envelope *envelope, const leat_change *change, leat_buffer *out)
{
    leat_buffer *text = &envelope->scratch;
    leat_buffer_reset(text);
    leat_buffer_append_string(text, "[\"");
    leat_buffer_append_slice(text, change->transaction->sequence);
    leat_buffer_append_string(text, "\",\"");
    size_t place = envelope->place_fact;
    if (place != SIZE_MAX && change->facts != NULL && !change->facts[place].null) {
        append_decimal(text, change->facts[place].number);
        leat_buffer_append_string(text, "\",\"");
    }
    append_decimal(text, (int64_t)change->ordinal);
    leat_buffer_append_string(text, "\"]");
    leat_buffer_append_byte(out, LEAT_BRANCH_VALUE);
    leat_encode_bytes(out, leat_buffer_slice(text));
}

static void encode_facts(const leat_envelope *envelope, const leat_fact *facts, leat_buffer *out)
{
    for (size_t i = 0; i < envelope->fact_count; i++) {
        bool null = facts == NULL || facts[i].null;
        leat_buffer_append_byte(out, null ? LEAT_BRANCH_NULL : LEAT_BRANCH_VALUE);
        if (null)
            continue;
        if (envelope->fact_fields[i].kind == LEAT_FACT_STRING)
            leat_encode_bytes(out, facts[i].text);
        else
            leat_encode_long(out, facts[i].number);
    }
}

static void encode_source(leat_envelope *envelope, const leat_change *change, leat_buffer *out)
{
    int64_t time = change->transaction->commit_time;
    int64_t nanoseconds;
    leat_buffer_append_slice(out, leat_buffer_slice(&envelope->source_head));
    leat_encode_long(out, milliseconds_of(time));
    leat_buffer_append_byte(out, LEAT_BRANCH_VALUE);
    leat_encode_long(out, time);
    bool fits = !__builtin_mul_overflow(time, 1000, &nanoseconds);
    leat_buffer_append_byte(out, fits ? LEAT_BRANCH_VALUE : LEAT_BRANCH_NULL);
    if (fits)
        leat_encode_long(out, nanoseconds);
    leat_buffer_append_byte(out, 0); /* the first branch of `snapshot` is the string */
    encode_text(out, change->snapshot ? "true" : "false");
    leat_buffer_append_slice(out, leat_buffer_slice(&envelope->source_place));
    encode_sequence(envelope, change, out);
    encode_facts(envelope, change->facts, out);
}

static leat_status encode_made_at(int64_t made_at, leat_buffer *out, leat_error *error)
{
    int64_t nanoseconds;
    if (__builtin_mul_overflow(made_at, 1000, &nanoseconds)) {
        return leat_error_fail(error, LEAT_FAILED, "Set the clock",
                               "this machine's clock stands at %lld s after 1970, which ts_ns cannot hold",
                               (long long)(made_at / 1000000));
    }
    leat_encode_long(out, milliseconds_of(made_at));
    leat_encode_long(out, made_at);
    leat_encode_long(out, nanoseconds);
    return LEAT_OK;
}

static void encode_transaction(const leat_change *change, leat_buffer *out)
{
    leat_slice identifier = change->transaction->identifier;
    leat_buffer_append_byte(out, identifier.length == 0 ? LEAT_BRANCH_NULL : LEAT_BRANCH_VALUE);
    if (identifier.length == 0)
        return;
    leat_encode_bytes(out, identifier);
    leat_encode_long(out, (int64_t)change->ordinal);
    leat_encode_long(out, (int64_t)change->table_ordinal);
}

static leat_status encode_image(leat_envelope *envelope, const leat_change *change, bool old,
                                leat_buffer *out, leat_error *error)
{
    const leat_datum *datums = old ? change->before : change->after;
    leat_buffer_append_byte(out, datums == NULL ? LEAT_BRANCH_NULL : LEAT_BRANCH_VALUE);
    if (datums == NULL)
        return LEAT_OK;
    leat_row row = row_of(envelope, envelope->columns, change, old);
    return leat_row_encode(&row, &envelope->notes, out, error);
}

static leat_status encode_debezium(leat_envelope *envelope, const leat_change *change, leat_buffer *out,
                                   leat_error *error)
{
    leat_status status = encode_image(envelope, change, true, out, error);
    if (status == LEAT_OK)
        status = encode_image(envelope, change, false, out, error);
    if (status != LEAT_OK)
        return status;
    encode_source(envelope, change, out);
    encode_operation(change->operation, out);
    status = encode_made_at(change->made_at, out, error);
    if (status != LEAT_OK)
        return status;
    encode_transaction(change, out);
    leat_notes_encode(&envelope->notes, out);
    return LEAT_OK;
}

/* ---- The way in ---- */

leat_status leat_envelope_value(leat_envelope *envelope, const leat_change *change, leat_buffer *value,
                                uint64_t *notes, leat_error *error)
{
    size_t start = value->length;
    envelope->notes.count = 0;
    leat_status status = check_rows(envelope, change, error);
    if (status == LEAT_OK)
        status = envelope->kind == LEAT_ENVELOPE_FLAT ? encode_flat(envelope, change, value, error)
                                                      : encode_debezium(envelope, change, value, error);
    if (status != LEAT_OK)
        value->length = start;
    else if (notes != NULL)
        *notes += envelope->notes.count;
    return status;
}

leat_status leat_envelope_key(leat_envelope *envelope, const leat_change *change, leat_buffer *key,
                              leat_error *error)
{
    if (envelope->table->key_count == 0 || change->operation == LEAT_TRUNCATE)
        return LEAT_OK;
    leat_status status = check_rows(envelope, change, error);
    if (status != LEAT_OK)
        return status;
    size_t start = key->length;
    leat_row row = row_of(envelope, envelope->key_columns, change, change->operation == LEAT_DELETE);
    status = leat_row_encode_key(&row, key, error);
    if (status != LEAT_OK)
        key->length = start;
    return status;
}
