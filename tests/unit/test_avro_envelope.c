/* Rows to Avro bytes, held byte for byte against Avro C, which writes the same values by our schema. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <avro.h>
#include <cmocka.h>

#include "avro_envelope_model.h"
#include "avro_rows.h"
#include "base/memory.h"
#include "event/envelope.h"

/* ---- The same by Avro C ---- */

typedef struct avro_oracle {
    avro_schema_t schema;
    avro_value_iface_t *class;
    avro_value_t value;
    char bytes[64 * 1024];
    size_t length;
} avro_oracle;

static void oracle_open(avro_oracle *oracle, const char *json)
{
    assert_int_equal(avro_schema_from_json_length(json, strlen(json), &oracle->schema), 0);
    oracle->class = avro_generic_class_from_schema(oracle->schema);
    assert_int_equal(avro_generic_value_new(oracle->class, &oracle->value), 0);
}

static void oracle_close(avro_oracle *oracle)
{
    avro_value_decref(&oracle->value);
    avro_value_iface_decref(oracle->class);
    avro_schema_decref(oracle->schema);
}

static void oracle_write(avro_oracle *oracle)
{
    avro_writer_t writer = avro_writer_memory(oracle->bytes, sizeof oracle->bytes);
    assert_int_equal(avro_value_write(writer, &oracle->value), 0);
    oracle->length = (size_t)avro_writer_tell(writer);
    avro_writer_free(writer);
}

static avro_value_t child(avro_value_t *record, const char *name)
{
    avro_value_t found = {NULL, NULL};
    if (avro_value_get_by_name(record, name, &found, NULL) != 0)
        fail_msg("the schema has no field %s", name);
    return found;
}

static avro_value_t branch(avro_value_t *any, int number)
{
    avro_value_t chosen = {NULL, NULL};
    assert_int_equal(avro_value_set_branch(any, number, &chosen), 0);
    return chosen;
}

static void put_null(avro_value_t *record, const char *name)
{
    avro_value_t field = child(record, name);
    avro_value_t chosen = branch(&field, 0);
    assert_int_equal(avro_value_set_null(&chosen), 0);
}

static void put_text(avro_value_t *record, const char *name, bool in_union, const char *text)
{
    avro_value_t field = child(record, name);
    if (in_union)
        field = branch(&field, 1);
    assert_int_equal(avro_value_set_string(&field, text), 0);
}

static void put_long(avro_value_t *record, const char *name, bool in_union, int64_t number)
{
    avro_value_t field = child(record, name);
    if (in_union)
        field = branch(&field, 1);
    assert_int_equal(avro_value_set_long(&field, number), 0);
}

static void put_cell(avro_value_t *field, const model_cell *cell, size_t column)
{
    char text[601];
    switch (column) {
    case FLAG:
        assert_int_equal(avro_value_set_boolean(field, (int)cell->number), 0);
        break;
    case SMALL:
        assert_int_equal(avro_value_set_int(field, (int32_t)cell->number), 0);
        break;
    case REAL:
        assert_int_equal(avro_value_set_float(field, cell->real), 0);
        break;
    case WIDE:
        assert_int_equal(avro_value_set_double(field, cell->wide), 0);
        break;
    case BLOB:
    case PRICE:
        assert_int_equal(avro_value_set_bytes(field, (void *)cell->bytes, cell->length), 0);
        break;
    case WORD:
        memcpy(text, cell->bytes, cell->length);
        text[cell->length] = '\0';
        assert_int_equal(avro_value_set_string_len(field, text, cell->length + 1), 0);
        break;
    default:
        assert_int_equal(avro_value_set_long(field, cell->number), 0);
    }
}

static const char *const field_names[COLUMNS] = {"id",    "flag", "small", "big",   "real",
                                                 "wi_de", "blob", "word",  "price", "area"};

/* The cell that counts, as docs/events.md tells it: what is unchanged is what it was before. */
static const model_cell *counted(const model_row *now, const model_row *old, size_t column)
{
    const model_cell *cell = &now->cells[column];
    if (cell->kind != LEAT_DATUM_UNCHANGED || old == NULL)
        return cell;
    leat_datum_kind was = old->cells[column].kind;
    return was == LEAT_DATUM_VALUE || was == LEAT_DATUM_NULL ? &old->cells[column] : cell;
}

typedef struct expected_note {
    char field[40];
    int what;
    const char *text;
} expected_note;

typedef struct expected_notes {
    expected_note items[2 * COLUMNS];
    size_t count;
} expected_notes;

static void expect_note(expected_notes *notes, const char *prefix, size_t column, int what, const char *text)
{
    expected_note *note = &notes->items[notes->count++];
    snprintf(note->field, sizeof note->field, "%s%s", prefix, field_names[column]);
    note->what = what;
    note->text = text;
}

/* Puts a row's columns into the record; `prefix` as the row stands in the event. */
static void put_row(avro_value_t *record, const model_row *now, const model_row *old, const char *prefix,
                    bool keys_required, expected_notes *notes)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        const model_cell *cell = counted(now, old, i);
        bool plain = keys_required && i == ID;
        if (cell->kind == LEAT_DATUM_VALUE && !cell->unrepresentable) {
            avro_value_t field = child(record, field_names[i]);
            if (!plain)
                field = branch(&field, 1);
            put_cell(&field, cell, i);
            continue;
        }
        put_null(record, field_names[i]);
        if (cell->unrepresentable && cell->kind == LEAT_DATUM_VALUE)
            expect_note(notes, prefix, i, 2, "x");
        else if (cell->kind == LEAT_DATUM_UNCHANGED)
            expect_note(notes, prefix, i, 0, NULL);
        else if (cell->kind == LEAT_DATUM_ABSENT)
            expect_note(notes, prefix, i, 1, NULL);
    }
}

static void put_notes(avro_value_t *record, const char *name, const expected_notes *notes)
{
    avro_value_t field = child(record, name);
    if (notes->count == 0) {
        put_null(record, name);
        return;
    }
    avro_value_t array = branch(&field, 1);
    for (size_t i = 0; i < notes->count; i++) {
        avro_value_t note;
        assert_int_equal(avro_value_append(&array, &note, NULL), 0);
        put_text(&note, "column", false, notes->items[i].field);
        avro_value_t what = child(&note, "what");
        assert_int_equal(avro_value_set_enum(&what, notes->items[i].what), 0);
        if (notes->items[i].text == NULL)
            put_null(&note, "text");
        else
            put_text(&note, "text", true, notes->items[i].text);
    }
}

/* ---- Changes ---- */

static leat_transaction transaction_of(int64_t commit_time, const char *identifier)
{
    return (leat_transaction){.name = leat_slice_of_string("n"),
                              .identifier = leat_slice_of_string(identifier),
                              .sequence = leat_slice_of_string("00000000016B3748"),
                              .commit_time = commit_time};
}

static void put_flat(avro_oracle *oracle, const leat_change *change, const model_row *now,
                     const model_row *old, expected_notes *notes)
{
    avro_value_t *record = &oracle->value;
    char text[64];
    char operation[2] = {(char)change->operation, '\0'};
    avro_value_reset(record);
    put_text(record, "__op", false, operation);
    put_long(record, "__ts", false, change->transaction->commit_time);
    snprintf(text, sizeof text, "%.*s", LEAT_SLICE_FORMAT(change->sequence));
    put_text(record, "__seq", false, text);
    snprintf(text, sizeof text, "%.*s", LEAT_SLICE_FORMAT(change->transaction->identifier));
    if (text[0] != '\0')
        put_text(record, "__tx", true, text);
    else
        put_null(record, "__tx");
    avro_value_t deleted = child(record, "__deleted");
    avro_value_set_boolean(&deleted, change->operation == LEAT_DELETE);
    if (now != NULL)
        put_row(record, now, old, "", false, notes);
    for (size_t i = 0; now == NULL && i < COLUMNS; i++)
        put_null(record, field_names[i]);
    put_notes(record, "__notes", notes);
    oracle_write(oracle);
}

static void put_source(avro_value_t *record, const leat_change *change)
{
    avro_value_t source = child(record, "source");
    int64_t time = change->transaction->commit_time;
    put_text(&source, "version", false, LEAT_VERSION);
    put_text(&source, "connector", false, "postgresql");
    put_text(&source, "name", false, "shop");
    put_long(&source, "ts_ms", false, time >= 0 ? time / 1000 : -((-time + 999) / 1000));
    put_long(&source, "ts_us", true, time);
    put_long(&source, "ts_ns", true, time * 1000);
    avro_value_t snapshot = child(&source, "snapshot");
    snapshot = branch(&snapshot, 0);
    avro_value_set_string(&snapshot, change->snapshot ? "true" : "false");
    put_text(&source, "db", false, "db");
    put_text(&source, "schema", false, "public");
    put_text(&source, "table", false, "things");
    char sequence[100];
    snprintf(sequence, sizeof sequence, "[\"00000000016B3748\",\"%lld\",\"%llu\"]",
             (long long)change->facts[0].number, (unsigned long long)change->ordinal);
    put_text(&source, "sequence", true, sequence);
    put_long(&source, "offset", true, change->facts[0].number);
    if (change->facts[1].null)
        put_null(&source, "origin");
    else
        put_text(&source, "origin", true, "elsewhere");
}

static void put_image(avro_value_t *record, const char *name, const model_row *now, const model_row *old,
                      const char *prefix, expected_notes *notes)
{
    avro_value_t field = child(record, name);
    if (now == NULL) {
        put_null(record, name);
        return;
    }
    avro_value_t value = branch(&field, 1);
    put_row(&value, now, old, prefix, true, notes);
}

static void put_debezium(avro_oracle *oracle, const leat_change *change, const model_row *now,
                         const model_row *old, expected_notes *notes)
{
    avro_value_t *record = &oracle->value;
    char operation[2] = {(char)change->operation, '\0'};
    avro_value_reset(record);
    put_image(record, "before", old, NULL, now != NULL ? "before." : "", notes);
    put_image(record, "after", now, old, "", notes);
    put_source(record, change);
    put_text(record, "op", false, operation);
    put_long(record, "ts_ms", false, change->made_at / 1000);
    put_long(record, "ts_us", false, change->made_at);
    put_long(record, "ts_ns", false, change->made_at * 1000);
    avro_value_t transaction = child(record, "transaction");
    transaction = branch(&transaction, 1);
    put_text(&transaction, "id", false, "771");
    put_long(&transaction, "total_order", false, (int64_t)change->ordinal);
    put_long(&transaction, "data_collection_order", false, (int64_t)change->table_ordinal);
    put_notes(record, "notes", notes);
    oracle_write(oracle);
}

static void assert_same(const leat_buffer *ours, const avro_oracle *theirs, const char *what, int round)
{
    if (ours->length != theirs->length || memcmp(ours->data, theirs->bytes, ours->length) != 0)
        fail_msg("%s, round %d: %zu bytes of ours are not the %zu of Avro C", what, round, ours->length,
                 theirs->length);
}

typedef struct workbench {
    leat_table *table;
    leat_envelope *envelope;
    avro_oracle oracle;
} workbench;

static void workbench_open(workbench *bench, leat_envelope_kind kind)
{
    leat_error error = {0};
    char *schema = NULL;
    leat_schema_options options = options_of(kind);
    bench->table = make_table();
    assert_int_equal(leat_schema_value(bench->table, &options, &schema, &error), LEAT_OK);
    oracle_open(&bench->oracle, schema);
    leat_release(schema);
    bench->envelope = leat_envelope_open(bench->table, &options, "postgresql", "shop");
}

static void workbench_close(workbench *bench)
{
    leat_envelope_close(bench->envelope);
    leat_table_release(bench->table);
    oracle_close(&bench->oracle);
}

/* One random change of one of the kinds, its rows in `rows`. */
static leat_change random_change(const leat_transaction *transaction, const leat_fact *facts,
                                 model_row rows[2], const model_row **now, const model_row **old)
{
    static const leat_operation operations[] = {LEAT_CREATE, LEAT_UPDATE,   LEAT_DELETE,
                                                LEAT_READ,   LEAT_TRUNCATE, LEAT_MESSAGE};
    leat_operation operation = operations[rand() % 20 == 0 ? 4 + rand() % 2 : rand() % 4];
    int trouble = rand() % 3 * 20;
    fill(&rows[0], trouble);
    fill(&rows[1], trouble);
    bool has_now = operation != LEAT_DELETE && operation != LEAT_TRUNCATE;
    bool has_old = operation == LEAT_DELETE || (operation == LEAT_UPDATE && rand() % 2);
    *now = has_now ? &rows[0] : NULL;
    *old = has_old ? &rows[1] : NULL;
    return (leat_change){.operation = operation,
                         .snapshot = operation == LEAT_READ,
                         .before = has_old ? rows[1].datums : NULL,
                         .after = has_now ? rows[0].datums : NULL,
                         .transaction = transaction,
                         .sequence = leat_slice_of_string("00000000016B3748.000000002A"),
                         .ordinal = 1 + random64() % 1000000,
                         .table_ordinal = 1 + random64() % 1000,
                         .facts = facts,
                         .made_at = INT64_C(1773129600123456)};
}

static void rows_are_byte_identical_with_avro_c(leat_envelope_kind kind)
{
    static workbench with;
    static model_row rows[2];
    workbench_open(&with, kind);
    leat_buffer value = {0};
    uint64_t notes_made = 0;
    uint64_t notes_wanted = 0;
    for (int round = 0; round < 20000; round++) {
        leat_error error = {0};
        const model_row *now;
        const model_row *old;
        leat_transaction transaction =
            transaction_of((int64_t)(random64() >> 16) * (rand() % 4 ? 1 : -1),
                           kind == LEAT_ENVELOPE_FLAT && rand() % 4 == 0 ? "" : "771");
        leat_fact facts[] = {{.number = (int64_t)random64()},
                             {.null = rand() % 2 != 0, .text = leat_slice_of_string("elsewhere")}};
        leat_change change = random_change(&transaction, facts, rows, &now, &old);
        expected_notes notes = {.count = 0};
        if (kind == LEAT_ENVELOPE_DEBEZIUM)
            put_debezium(&with.oracle, &change, now, old, &notes);
        else if (change.operation == LEAT_DELETE)
            put_flat(&with.oracle, &change, old, NULL, &notes);
        else
            put_flat(&with.oracle, &change, now, old, &notes);
        leat_buffer_reset(&value);
        if (leat_envelope_value(with.envelope, &change, &value, &notes_made, &error) != LEAT_OK)
            fail_msg("round %d: %s", round, error.message);
        assert_same(&value, &with.oracle, "value", round);
        notes_wanted += notes.count;
    }
    assert_int_equal(notes_made, notes_wanted);
    assert_true(notes_wanted > 1000); /* else the rows were too tame to tell */
    leat_buffer_free(&value);
    workbench_close(&with);
}

static void flat_rows_are_byte_identical_with_avro_c(void **state)
{
    (void)state;
    srand(7);
    rows_are_byte_identical_with_avro_c(LEAT_ENVELOPE_FLAT);
}

static void debezium_rows_are_byte_identical_with_avro_c(void **state)
{
    (void)state;
    srand(11);
    rows_are_byte_identical_with_avro_c(LEAT_ENVELOPE_DEBEZIUM);
}

/* The key: "area" (nullable, since its type is partial), then "id". */
static void keys_are_byte_identical_with_avro_c(void **state)
{
    (void)state;
    srand(13);
    static avro_oracle theirs;
    static model_row now;
    leat_error error = {0};
    char *schema = NULL;
    leat_table *table = make_table();
    leat_schema_options options = options_of(LEAT_ENVELOPE_FLAT);
    assert_int_equal(leat_schema_key(table, &options, &schema, &error), LEAT_OK);
    oracle_open(&theirs, schema);
    leat_envelope *envelope = leat_envelope_open(table, &options, "postgresql", "shop");
    leat_transaction transaction = transaction_of(0, "771");
    leat_buffer key = {0};
    for (int round = 0; round < 1000; round++) {
        fill(&now, 0);
        bool null = round % 3 == 0;
        bool deleted = round % 2 == 0;
        if (null)
            now.datums[AREA].value.length = 1; /* unrepresentable */
        leat_change change = {.operation = deleted ? LEAT_DELETE : LEAT_CREATE,
                              .before = deleted ? now.datums : NULL,
                              .after = deleted ? NULL : now.datums,
                              .transaction = &transaction};
        avro_value_reset(&theirs.value);
        put_long(&theirs.value, "id", false, now.cells[ID].number);
        if (null)
            put_null(&theirs.value, "area");
        else
            put_long(&theirs.value, "area", true, now.cells[AREA].number);
        oracle_write(&theirs);
        leat_buffer_reset(&key);
        assert_int_equal(leat_envelope_key(envelope, &change, &key, &error), LEAT_OK);
        assert_same(&key, &theirs, "key", round);
    }
    leat_release(schema);
    leat_buffer_free(&key);
    leat_envelope_close(envelope);
    leat_table_release(table);
    oracle_close(&theirs);
}

/* ---- What is refused ---- */

/* Encodes into a buffer that holds something already, and expects a failure that leaves it as it was. */
static void assert_refused(leat_envelope_kind kind, const leat_change *change, bool key,
                           const char *const *words)
{
    leat_error error = {0};
    leat_table *table = make_table();
    leat_schema_options options = options_of(kind);
    leat_envelope *envelope = leat_envelope_open(table, &options, "postgresql", "shop");
    leat_buffer out = {0};
    leat_buffer_append_string(&out, "kept");
    leat_status status = key ? leat_envelope_key(envelope, change, &out, &error)
                             : leat_envelope_value(envelope, change, &out, NULL, &error);
    assert_int_equal(status, LEAT_FAILED);
    assert_string_equal(leat_buffer_string(&out), "kept");
    for (; *words != NULL; words++)
        if (strstr(error.message, *words) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error.message, *words);
    assert_null(strstr(error.message, "NEVER"));
    leat_buffer_free(&out);
    leat_envelope_close(envelope);
    leat_table_release(table);
}

static leat_change plain_create(const leat_transaction *transaction, const model_row *now)
{
    return (leat_change){.operation = LEAT_CREATE,
                         .after = now->datums,
                         .transaction = transaction,
                         .sequence = leat_slice_of_string("s")};
}

static void malformed_text_is_named(void **state)
{
    (void)state;
    static model_row now;
    leat_transaction transaction = transaction_of(0, "771");
    char text[300];
    memset(text, 'y', sizeof text);
    memcpy(text, "12\x01\xff", 4);
    memcpy(text + 240, "NEVER", 5);
    fill(&now, 0);
    now.datums[AREA].value = leat_slice_of(text, sizeof text);
    leat_change change = plain_create(&transaction, &now);
    const char *const words[] = {"public.things", "column area", "bigint", "12\x01\\xffyyy", "…", NULL};
    assert_refused(LEAT_ENVELOPE_FLAT, &change, false, words);
    assert_refused(LEAT_ENVELOPE_DEBEZIUM, &change, false, words);
    assert_refused(LEAT_ENVELOPE_FLAT, &change, true, words);
}

static void a_malformed_old_value_is_named(void **state)
{
    (void)state;
    static model_row rows[2];
    leat_transaction transaction = transaction_of(0, "771");
    fill(&rows[0], 0);
    fill(&rows[1], 0);
    rows[0].datums[BIG] = (leat_datum){.kind = LEAT_DATUM_UNCHANGED};
    rows[1].datums[BIG].value = leat_slice_of_string("of old");
    leat_change change = plain_create(&transaction, &rows[0]);
    change.operation = LEAT_UPDATE;
    change.before = rows[1].datums;
    const char *const words[] = {"column big", "\"of old\"", NULL};
    assert_refused(LEAT_ENVELOPE_FLAT, &change, false, words);
}

static void a_missing_key_is_named(void **state)
{
    (void)state;
    static model_row now;
    leat_transaction transaction = transaction_of(0, "771");
    fill(&now, 0);
    leat_change change = plain_create(&transaction, &now);
    static const leat_datum_kind kinds[] = {LEAT_DATUM_NULL, LEAT_DATUM_ABSENT, LEAT_DATUM_UNCHANGED};
    static const char *const why[] = {"null", "left out", "unchanged"};
    for (size_t i = 0; i < 3; i++) {
        now.datums[ID].kind = kinds[i];
        const char *const words[] = {"public.things", "column id", why[i], NULL};
        assert_refused(LEAT_ENVELOPE_DEBEZIUM, &change, false, words);
        assert_refused(LEAT_ENVELOPE_FLAT, &change, true, words);
    }
    now.datums[ID].kind = LEAT_DATUM_VALUE;
    now.datums[AREA].kind = LEAT_DATUM_ABSENT; /* nullable, but null would be another row's key */
    const char *const words[] = {"column area", "left out", NULL};
    assert_refused(LEAT_ENVELOPE_FLAT, &change, true, words);
}

/* What a source can do so that rows carry their key, only its connector knows. */
static void the_mend_of_a_missing_key_is_the_table_s(void **state)
{
    (void)state;
    static model_row now;
    leat_transaction transaction = transaction_of(0, "771");
    fill(&now, 0);
    now.datums[ID].kind = LEAT_DATUM_ABSENT;
    leat_change change = plain_create(&transaction, &now);
    const char *const mends[] = {"ask the source for it", NULL};
    for (size_t i = 0; i < 2; i++) {
        leat_error error = {0};
        leat_buffer key = {0};
        leat_table *table = make_table();
        table->key_mend = mends[i];
        leat_schema_options options = options_of(LEAT_ENVELOPE_FLAT);
        leat_envelope *envelope = leat_envelope_open(table, &options, "postgresql", "shop");
        assert_int_equal(leat_envelope_key(envelope, &change, &key, &error), LEAT_FAILED);
        assert_string_equal(error.mend, mends[i] == NULL ? "" : mends[i]);
        leat_envelope_close(envelope);
        leat_table_release(table);
        leat_buffer_free(&key);
    }
}

static bool contains(const leat_buffer *bytes, const char *text)
{
    return memmem(bytes->data, bytes->length, text, strlen(text)) != NULL;
}

/* The sequence of Debezium's Source record: the transaction, the place where there is one, the ordinal. */
static void the_place_of_a_change_is_the_fact_that_is_marked(void **state)
{
    (void)state;
    static model_row now;
    fill(&now, 0);
    leat_transaction transaction = transaction_of(0, "771");
    leat_change change = plain_create(&transaction, &now);
    const leat_fact facts[] = {{.number = 4711}, {.null = true}};
    change.facts = facts;
    change.ordinal = 3;
    leat_error error;
    for (int marked = 0; marked < 2; marked++) {
        leat_buffer out = {0};
        leat_table *table = make_table();
        leat_schema_options options = options_of(LEAT_ENVELOPE_DEBEZIUM);
        options.fact_fields = marked == 1 ? fact_fields : unmarked_fields;
        leat_envelope *envelope = leat_envelope_open(table, &options, "postgresql", "shop");
        assert_int_equal(leat_envelope_value(envelope, &change, &out, NULL, &error), LEAT_OK);
        assert_int_equal(contains(&out, "[\"00000000016B3748\",\"4711\",\"3\"]"), marked == 1);
        assert_int_equal(contains(&out, "[\"00000000016B3748\",\"3\"]"), marked == 0);
        leat_envelope_close(envelope);
        leat_table_release(table);
        leat_buffer_free(&out);
    }
}

static void a_change_without_its_row_is_refused(void **state)
{
    (void)state;
    static model_row now;
    fill(&now, 0);
    leat_transaction transaction = transaction_of(0, "771");
    leat_change change = plain_create(&transaction, &now);
    change.operation = LEAT_DELETE;
    const char *const old_words[] = {"things", "'d'", "old row", NULL};
    assert_refused(LEAT_ENVELOPE_FLAT, &change, false, old_words);
    assert_refused(LEAT_ENVELOPE_DEBEZIUM, &change, true, old_words);
    change.operation = LEAT_UPDATE;
    change.after = NULL;
    const char *const new_words[] = {"things", "'u'", "new row", NULL};
    assert_refused(LEAT_ENVELOPE_FLAT, &change, false, new_words);
}

/* A text of the source that is no UTF-8 stands in its note as hex. */
static void a_note_is_always_text(void **state)
{
    (void)state;
    static workbench with;
    static model_row now;
    leat_error error = {0};
    leat_transaction transaction = transaction_of(5, "771");
    workbench_open(&with, LEAT_ENVELOPE_FLAT);
    fill(&now, 0);
    now.cells[BIG].unrepresentable = true;
    now.datums[BIG].value = leat_slice_of("\xfe", 1);
    leat_change change = plain_create(&transaction, &now);
    expected_notes notes = {.count = 0};
    put_flat(&with.oracle, &change, &now, NULL, &notes);
    assert_int_equal(notes.count, 1);
    notes.items[0].text = "\\xfe";
    put_notes(&with.oracle.value, "__notes", &(expected_notes){.count = 0});
    put_notes(&with.oracle.value, "__notes", &notes);
    oracle_write(&with.oracle);
    leat_buffer value = {0};
    assert_int_equal(leat_envelope_value(with.envelope, &change, &value, NULL, &error), LEAT_OK);
    assert_same(&value, &with.oracle, "value", 0);
    leat_buffer_free(&value);
    workbench_close(&with);
}

static void a_table_without_a_key_has_none(void **state)
{
    (void)state;
    static model_row now;
    leat_error error = {0};
    leat_transaction transaction = transaction_of(0, "771");
    leat_table *table = make_table();
    leat_schema_options options = options_of(LEAT_ENVELOPE_FLAT);
    leat_envelope *keyed = leat_envelope_open(table, &options, "postgresql", "shop");
    fill(&now, 0);
    leat_change change = {.operation = LEAT_TRUNCATE, .transaction = &transaction};
    leat_buffer key = {0};
    assert_int_equal(leat_envelope_key(keyed, &change, &key, &error), LEAT_OK);
    assert_int_equal(key.length, 0);
    leat_envelope_close(keyed);
    leat_table_set_key(table, NULL, 0);
    leat_envelope *keyless = leat_envelope_open(table, &options, "postgresql", "shop");
    change = plain_create(&transaction, &now);
    assert_int_equal(leat_envelope_key(keyless, &change, &key, &error), LEAT_OK);
    assert_int_equal(key.length, 0);
    leat_envelope_close(keyless);
    leat_buffer_free(&key);
    leat_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flat_rows_are_byte_identical_with_avro_c),
        cmocka_unit_test(debezium_rows_are_byte_identical_with_avro_c),
        cmocka_unit_test(keys_are_byte_identical_with_avro_c),
        cmocka_unit_test(malformed_text_is_named),
        cmocka_unit_test(a_malformed_old_value_is_named),
        cmocka_unit_test(a_missing_key_is_named),
        cmocka_unit_test(the_mend_of_a_missing_key_is_the_table_s),
        cmocka_unit_test(the_place_of_a_change_is_the_fact_that_is_marked),
        cmocka_unit_test(a_change_without_its_row_is_refused),
        cmocka_unit_test(a_note_is_always_text),
        cmocka_unit_test(a_table_without_a_key_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
