/* The pump between a scripted source and a sink in memory: whatever fails wherever, each record is committed
 * once, in order, and nothing is acknowledged that is not committed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/memory.h"
#include "pipeline/messages.h"
#include "pipeline/pump.h"

/* ---- A log: transactions of rows, the same however often it is read ---- */

enum { TRANSACTIONS = 60, LOG_TEXT = 16 };

typedef struct script {
    unsigned rows[TRANSACTIONS];
    bool alters[TRANSACTIONS]; /* the table is altered in the middle of this transaction */
    unsigned snapshot_rows;
    bool trickles; /* a transaction begins as soon as it is waited for, and is not there before */
} script;

typedef struct scripted_source {
    leat_source base;
    const script *script;
    leat_table *table;
    leat_event event;
    leat_datum row[1];
    char log[LOG_TEXT], name[LOG_TEXT], sequence[LOG_TEXT];
    unsigned reached;     /* the log text of where it stands is this number */
    uint8_t order[1];     /* and this is its key */
    unsigned transaction; /* the one being read, from 1; the log text of its end is its number */
    unsigned at;          /* 0: begin is next; 1: table; then the rows; then the commit */
    bool snapshotting;
    bool altered;   /* the present transaction's new definition was given */
    char native[3]; /* a value in the bytes that the present description's encoder takes, and no other's */
    unsigned fail_after; /* events until the connection is lost; 0 never */
    long acknowledged;
    const long *committed; /* what the sink has made durable */
} scripted_source;

static scripted_source *scripted(leat_source *source)
{
    return (scripted_source *)source;
}

/* The first byte is what this description's values begin with; the rest is the text. */
static leat_encoding encode_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    const char *form = encoder->facts;
    if (native.length != 2 || native.data[0] != (uint8_t)*form)
        return LEAT_MALFORMED;
    leat_encode_bytes(out, leat_slice_of(native.data + 1, 1));
    return LEAT_ENCODED;
}

static const leat_avro_type string_type = {.kind = LEAT_AVRO_STRING};

/* The definition that so many alterations have led to; they differ in a comment, and in nothing else. */
static leat_table *make_table(unsigned alterations, const char *form)
{
    leat_table *table = leat_table_new();
    table->database = "d";
    table->schema = "public";
    table->name = "t";
    table->comment = leat_arena_printf(&table->arena, "altered %u times", alterations);
    table->column_count = 1;
    table->columns = leat_arena_allocate(&table->arena, sizeof *table->columns);
    table->columns[0] = (leat_column){.name = "v",
                                      .type_text = "text",
                                      .encoder = {.encode = encode_text,
                                                  .facts = leat_arena_string(&table->arena, form),
                                                  .type = &string_type}};
    return table;
}

static void set_transaction(scripted_source *source, unsigned number)
{
    snprintf(source->name, LOG_TEXT, "t%u", number);
    snprintf(source->sequence, LOG_TEXT, "%08u", number);
    source->event.transaction = (leat_transaction){
        .name = leat_slice_of_string(source->name),
        .identifier = leat_slice_of_string(source->name),
        .sequence = leat_slice_of_string(source->sequence),
        .commit_time = 1700000000000000,
    };
}

static leat_log_place place_of(scripted_source *source)
{
    snprintf(source->log, LOG_TEXT, "%u", source->reached);
    source->order[0] = (uint8_t)source->reached;
    return (leat_log_place){.order = leat_slice_of(source->order, 1), .log = source->log};
}

static void give(scripted_source *source, leat_event_kind kind)
{
    source->event.kind = kind;
    source->event.table = source->table;
    source->event.operation = source->snapshotting ? LEAT_READ : LEAT_CREATE;
    source->row[0] = (leat_datum){.kind = LEAT_DATUM_VALUE, .value = leat_slice_of_string(source->native)};
    source->event.after = source->row;
}

static unsigned alterations_before(const script *script, unsigned transaction)
{
    unsigned count = 0;
    for (unsigned t = 0; t < transaction && t < TRANSACTIONS; t++)
        count += script->alters[t];
    return count;
}

/* Each description takes other native bytes, be the definition the same or not, as the snapshot's and the
 * log's do. */
static void define(scripted_source *source, unsigned alterations)
{
    const char form[] = {(char)('a' + (source->native[0] - 'a' + 1) % 26), '\0'};
    leat_table_release(source->table);
    source->table = make_table(alterations, form);
    snprintf(source->native, sizeof source->native, "%sx", form);
    give(source, LEAT_EVENT_TABLE);
}

/* In the middle of a transaction that alters the table, its new definition comes once. */
static bool alter_now(scripted_source *source, unsigned rows)
{
    bool due = !source->snapshotting && source->script->alters[source->transaction] &&
               source->at == rows / 2 + 2 && rows > 0 && !source->altered;
    source->altered = due;
    if (due)
        define(source, alterations_before(source->script, source->transaction) + 1);
    return due;
}

static void next_of(scripted_source *source, unsigned rows, leat_event_kind begin, leat_event_kind end)
{
    if (alter_now(source, rows))
        return;
    if (source->at == 0) {
        give(source, begin);
        source->event.position = "1"; /* of a snapshot: where the stream takes over */
    } else if (source->at == 1)
        define(source, alterations_before(source->script, source->transaction));
    else if (source->at < rows + 2)
        give(source, LEAT_EVENT_ROW);
    else {
        give(source, end);
        source->reached = source->transaction;
        if (end == LEAT_EVENT_COMMIT)
            source->event.order = place_of(source).order;
        else
            source->event.position = place_of(source).log;
        source->transaction++;
        source->at = 0;
        return;
    }
    source->at++;
}

static leat_status source_next(leat_source *base, int64_t timeout, const leat_event **event,
                               leat_error *error)
{
    scripted_source *source = scripted(base);
    if (source->script->trickles && source->at == 0 && timeout == 0) {
        give(source, LEAT_EVENT_IDLE);
        *event = &source->event;
        return LEAT_OK;
    }
    if (source->fail_after > 0 && --source->fail_after == 0)
        return leat_error_set(error, LEAT_RETRY, "the scripted connection was lost");
    *event = &source->event;
    set_transaction(source, source->transaction);
    if (source->snapshotting) {
        next_of(source, source->script->snapshot_rows, LEAT_EVENT_SNAPSHOT_BEGIN, LEAT_EVENT_SNAPSHOT_END);
        source->snapshotting = source->event.kind != LEAT_EVENT_SNAPSHOT_END;
    } else if (source->transaction >= TRANSACTIONS) {
        give(source, LEAT_EVENT_IDLE);
    } else {
        next_of(source, source->script->rows[source->transaction], LEAT_EVENT_BEGIN, LEAT_EVENT_COMMIT);
    }
    return LEAT_OK;
}

static leat_status source_snapshot(leat_source *base, leat_error *error)
{
    scripted_source *source = scripted(base);
    (void)error;
    source->snapshotting = true;
    source->transaction = 1;
    return LEAT_OK;
}

static leat_status source_begin_without_snapshot(leat_source *source, char **log, leat_error *error)
{
    (void)source;
    (void)error;
    *log = leat_duplicate_string("0");
    return LEAT_OK;
}

static leat_status source_start(leat_source *base, const leat_position *position, leat_error *error)
{
    scripted_source *source = scripted(base);
    (void)error;
    source->reached = (unsigned)strtoul(position->log, NULL, 10);
    source->transaction = source->reached + 1;
    source->at = 0;
    return LEAT_OK;
}

static leat_status source_acknowledge(leat_source *base, const char *log, leat_error *error)
{
    scripted_source *source = scripted(base);
    (void)error;
    source->acknowledged = strtol(log, NULL, 10);
    assert_true(source->acknowledged <= *source->committed);
    return LEAT_OK;
}

static leat_status source_keep_alive(leat_source *source, leat_error *error)
{
    (void)source;
    (void)error;
    return LEAT_OK;
}

static leat_status source_progress(leat_source *source, const char *acknowledged,
                                   leat_source_progress *progress, leat_error *error)
{
    (void)source;
    (void)acknowledged;
    (void)error;
    char text[LOG_TEXT];
    snprintf(text, sizeof text, "%d", TRANSACTIONS - 1);
    progress->current = leat_duplicate_string(text);
    return LEAT_OK;
}

static leat_log_place source_place(leat_source *base)
{
    return place_of(scripted(base));
}

static leat_status source_covers(leat_source *base, const char *log, bool *covers, leat_error *error)
{
    (void)error;
    *covers = scripted(base)->reached >= strtoul(log, NULL, 10);
    return LEAT_OK;
}

static const leat_source_ops source_ops = {
    .snapshot = source_snapshot,
    .begin_without_snapshot = source_begin_without_snapshot,
    .start = source_start,
    .next = source_next,
    .acknowledge = source_acknowledge,
    .keep_alive = source_keep_alive,
    .progress = source_progress,
    .place = source_place,
    .covers = source_covers,
};

static const leat_source_kind source_kind = {.type = "scripted", .connector = "scripted"};

/* ---- A sink in memory: what is committed survives a crash, what is only appended does not ---- */

enum { MOST_RECORDS = 20000, MOST_ANNOUNCED = 100, SEQUENCE_TEXT = 32 };

typedef struct store {
    char records[MOST_RECORDS][SEQUENCE_TEXT];
    char operations[MOST_RECORDS];
    unsigned versions[MOST_RECORDS];
    size_t committed;
    unsigned announced[MOST_ANNOUNCED];      /* numbers of versions */
    size_t announced_before[MOST_ANNOUNCED]; /* the record that came next */
    size_t announced_committed;
    unsigned commits;
    leat_position position;
    long committed_log;
} store;

typedef struct memory_sink {
    leat_sink base;
    store *store;
    size_t appended;
    size_t announced;
    unsigned full_every;  /* records after which the sink wants a commit */
    unsigned fail_commit; /* commits until one fails; 0 never */
    leat_state *state;
} memory_sink;

static memory_sink *memory_sink_of(leat_sink *sink)
{
    return (memory_sink *)(void *)sink;
}

static leat_status sink_recover(leat_sink *base, leat_position *position, leat_error *error)
{
    memory_sink *sink = memory_sink_of(base);
    (void)error;
    if (sink->store->position.log != NULL)
        leat_position_copy(position, &sink->store->position);
    sink->appended = sink->store->committed;
    sink->announced = sink->store->announced_committed;
    return LEAT_OK;
}

static leat_status sink_open_table(leat_sink *sink, leat_sink_table *table, leat_error *error)
{
    (void)sink;
    (void)error;
    table->key_frame = leat_slice_of_string("key:");
    table->value_frame = leat_slice_of_string("value:");
    return LEAT_OK;
}

/* The table has no key. The value is a string of one letter, in one piece with the frame before it. */
static void expect_framed(const leat_record *record)
{
    assert_int_equal(record->key.length, 0);
    assert_int_equal(record->other_key.length, 0);
    leat_slice framed = leat_record_framed(record->value, record->table->value_frame);
    assert_int_equal(framed.length, strlen("value:") + record->value.length);
    assert_memory_equal(framed.data, "value:", strlen("value:"));
    assert_true(record->value.length >= 2);
}

static leat_status sink_append(leat_sink *base, const leat_record *record, bool *full, leat_error *error)
{
    memory_sink *sink = memory_sink_of(base);
    (void)error;
    expect_framed(record);
    assert_true(sink->appended < MOST_RECORDS && record->sequence.length < SEQUENCE_TEXT);
    char *slot = sink->store->records[sink->appended];
    memset(slot, 0, SEQUENCE_TEXT);
    memcpy(slot, record->sequence.data, record->sequence.length);
    sink->store->versions[sink->appended] = record->table->version->number;
    sink->store->operations[sink->appended++] = (char)record->operation;
    *full = sink->full_every > 0 && (sink->appended - sink->store->committed) >= sink->full_every;
    return LEAT_OK;
}

static leat_status sink_announce(leat_sink *base, const leat_announcement *announcement, leat_error *error)
{
    memory_sink *sink = memory_sink_of(base);
    (void)error;
    static const char field[] = "\"to_version\":";
    assert_string_equal(announcement->table, "public.t");
    assert_true(sink->announced < MOST_ANNOUNCED);
    const char *number = strstr(announcement->event, field) + strlen(field);
    sink->store->announced[sink->announced] = (unsigned)strtoul(number, NULL, 10);
    sink->store->announced_before[sink->announced++] = sink->appended;
    return LEAT_OK;
}

static leat_status sink_commit(leat_sink *base, const leat_position *position, leat_error *error)
{
    memory_sink *sink = memory_sink_of(base);
    if (sink->fail_commit > 0 && --sink->fail_commit == 0)
        return leat_error_set(error, LEAT_RETRY, "the scripted disk is full");
    sink->store->committed = sink->appended;
    sink->store->announced_committed = sink->announced;
    sink->store->commits++;
    leat_position_copy(&sink->store->position, position);
    sink->store->committed_log = strtol(position->log, NULL, 10);
    return leat_state_commit(sink->state, error);
}

static void sink_close(leat_sink *sink)
{
    leat_release(sink);
}

static const leat_sink_ops sink_ops = {
    .type = "memory",
    .table_size = sizeof(leat_sink_table),
    .recover = sink_recover,
    .open_table = sink_open_table,
    .append = sink_append,
    .announce = sink_announce,
    .commit = sink_commit,
    .close = sink_close,
};

/* ---- One run, as the supervisor makes it ---- */

typedef struct faults {
    unsigned source_fails_after, sink_full_every, sink_fails_commit;
    bool sink_holds_position;
} faults;

/* One that shows its records at a commit wants it to follow another no sooner than is measurable at all. */
static leat_sink *open_sink(store *store, leat_state *state, const faults *faults, bool shows)
{
    memory_sink *sink = leat_allocate(sizeof *sink);
    *sink = (memory_sink){
        .base = {.ops = &sink_ops,
                 .traits = {.needs_key = true,
                            .shows_at_commit = shows,
                            .quiet_spacing = 1,
                            .holds_position = faults->sink_holds_position}},
        .store = store,
        .full_every = faults->sink_full_every,
        .fail_commit = faults->sink_fails_commit,
        .state = state,
    };
    return &sink->base;
}

static leat_status run_pump(const script *script, store *store, const char *state_path, faults faults,
                            bool snapshot, leat_error *error)
{
    leat_state *state;
    assert_int_equal(leat_state_open(state_path, "test", false, &state, error), LEAT_OK);
    scripted_source source = {.base = {.ops = &source_ops, .kind = &source_kind},
                              .script = script,
                              .table = NULL,
                              .transaction = 1,
                              .fail_after = faults.source_fails_after,
                              .committed = &store->committed_log};
    leat_sink *sink = open_sink(store, state, &faults, script->trickles);
    leat_board board;
    leat_pipeline_observer observer = {0};
    leat_board_open(&board, &observer);
    leat_schema_options schema = {.envelope = LEAT_ENVELOPE_FLAT, .prefix = "test"};
    leat_pump_parts parts = {.source = &source.base,
                             .sink = sink,
                             .state = state,
                             .board = &board,
                             .schema = &schema,
                             .pipeline = "test",
                             .snapshot = snapshot,
                             .until_current = true,
                             .commit_every = script->trickles ? INT64_C(3600000000) : 0,
                             .heartbeat_every = 1000000};
    leat_status status = leat_pump_run(&parts, error);
    leat_board_close(&board);
    leat_table_release(source.table);
    leat_sink_close(sink);
    leat_state_close(state);
    return status;
}

static void expect_everything_once(const script *script, const store *store, bool snapshot)
{
    size_t at = 0;
    unsigned first = snapshot ? 2 : 1; /* the snapshot stands in place of the first transaction */
    for (unsigned i = 0; snapshot && i < script->snapshot_rows; i++) {
        char wanted[SEQUENCE_TEXT];
        snprintf(wanted, sizeof wanted, "00000001.%010X", i + 1);
        assert_string_equal(store->records[at], wanted);
        assert_int_equal(store->operations[at++], 'r');
    }
    for (unsigned t = first; t < TRANSACTIONS; t++) {
        for (unsigned row = 1; row <= script->rows[t]; row++) {
            char wanted[SEQUENCE_TEXT];
            snprintf(wanted, sizeof wanted, "%08u.%010X", t, row);
            bool altered = script->alters[t] && row > script->rows[t] / 2;
            assert_int_equal(store->versions[at], 1 + alterations_before(script, t) + altered);
            assert_string_equal(store->records[at++], wanted);
        }
    }
    assert_int_equal(store->committed, at);
}

/* Each version once, in order, and before its first record. */
static void expect_announced(const script *script, const store *store)
{
    assert_int_equal(store->announced_committed, 1 + alterations_before(script, TRANSACTIONS));
    for (size_t i = 0; i < store->announced_committed; i++) {
        assert_int_equal(store->announced[i], i + 1);
        for (size_t record = 0; record < store->committed; record++)
            assert_int_equal(store->versions[record] > i, record >= store->announced_before[i]);
    }
}

static void temporary_path(char *path, size_t size)
{
    snprintf(path, size, "/tmp/leat-test-pump-XXXXXX");
    assert_non_null(mkdtemp(path));
    strncat(path, "/state.db", size - strlen(path) - 1);
}

static void remove_state(char *path)
{
    char command[256];
    *strrchr(path, '/') = '\0';
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
}

/* What the state store counts for its tables is what the sink has committed. */
static void expect_counted(const store *store, const char *path)
{
    leat_state *state;
    leat_state_table *tables;
    leat_arena arena = {0};
    leat_error error;
    size_t count;
    uint64_t records = 0;
    assert_int_equal(leat_state_open(path, "test", true, &state, &error), LEAT_OK);
    assert_int_equal(leat_state_table_list(state, &arena, &tables, &count, &error), LEAT_OK);
    for (size_t i = 0; i < count; i++)
        records += tables[i].records;
    assert_int_equal(records, store->committed);
    leat_arena_free(&arena);
    leat_state_close(state);
}

static void random_script(script *script, unsigned *seed)
{
    for (unsigned t = 0; t < TRANSACTIONS; t++) {
        script->rows[t] = rand_r(seed) % 8 == 0 ? rand_r(seed) % 300 : rand_r(seed) % 4;
        script->alters[t] = t > 1 && script->rows[t] > 1 && rand_r(seed) % 4 == 0;
    }
    script->snapshot_rows = rand_r(seed) % 50;
}

static void any_failure_anywhere_still_gives_each_record_once_in_order(void **state)
{
    (void)state;
    for (unsigned round = 1; round <= 60; round++) {
        unsigned seed = round;
        char path[128];
        temporary_path(path, sizeof path);
        script script;
        random_script(&script, &seed);
        store *store = leat_allocate(sizeof *store);
        leat_error error;
        leat_status status = LEAT_RETRY;
        for (unsigned attempt = 0; status == LEAT_RETRY; attempt++) {
            assert_true(attempt < 1000);
            bool fail = attempt < 40;
            faults faults = {.sink_full_every = 1 + rand_r(&seed) % 100,
                             .source_fails_after = fail ? 1 + rand_r(&seed) % 400 : 0,
                             .sink_fails_commit = fail && rand_r(&seed) % 2 ? 1 + rand_r(&seed) % 10 : 0,
                             .sink_holds_position = round % 3 == 0};
            status = run_pump(&script, store, path, faults, round % 2 == 0, &error);
        }
        assert_int_equal(status, LEAT_OK);
        expect_everything_once(&script, store, round % 2 == 0);
        expect_announced(&script, store);
        expect_counted(store, path);
        leat_position_clear(&store->position);
        leat_release(store);
        remove_state(path);
    }
}

/* Where records are seen at a commit, whatever comes with the least of pauses is committed in the pause. */
static void source_that_trickles_has_pauses(void **state)
{
    (void)state;
    char path[128];
    temporary_path(path, sizeof path);
    script script = {.trickles = true};
    for (unsigned t = 1; t < TRANSACTIONS; t++)
        script.rows[t] = 1;
    store *store = leat_allocate(sizeof *store);
    leat_error error;
    assert_int_equal(run_pump(&script, store, path, (faults){0}, false, &error), LEAT_OK);
    expect_everything_once(&script, store, false);
    assert_true(store->commits >= TRANSACTIONS - 1);
    leat_position_clear(&store->position);
    leat_release(store);
    remove_state(path);
}

static void snapshot_cut_short_leaves_nothing_behind(void **state)
{
    (void)state;
    char path[128];
    temporary_path(path, sizeof path);
    script script = {.snapshot_rows = 100};
    store *store = leat_allocate(sizeof *store);
    leat_error error;
    faults faults = {.source_fails_after = 50, .sink_full_every = 10};
    assert_int_equal(run_pump(&script, store, path, faults, true, &error), LEAT_RETRY);
    assert_int_equal(store->committed, 0);
    assert_null(store->position.log);
    leat_release(store);
    remove_state(path);
}

static void another_transaction_in_place_of_the_cut_one_is_refused(void **state)
{
    (void)state;
    char path[128];
    temporary_path(path, sizeof path);
    script script = {.rows = {0, 5, 5}};
    store *store = leat_allocate(sizeof *store);
    leat_position_set(&store->position, "1", "t7", 3); /* the log has t2 there */
    leat_error error;
    assert_int_equal(run_pump(&script, store, path, (faults){0}, false, &error), LEAT_OPERATOR);
    assert_non_null(strstr(error.message, "t7"));
    assert_int_equal(store->committed, 0);
    leat_position_clear(&store->position);
    leat_release(store);
    remove_state(path);
}

static void cut_transaction_that_became_shorter_is_refused(void **state)
{
    (void)state;
    char path[128];
    temporary_path(path, sizeof path);
    script script = {.rows = {0, 5, 5}};
    store *store = leat_allocate(sizeof *store);
    leat_position_set(&store->position, "1", "t2", 6);
    leat_error error;
    assert_int_equal(run_pump(&script, store, path, (faults){0}, false, &error), LEAT_OPERATOR);
    leat_position_clear(&store->position);
    leat_release(store);
    remove_state(path);
}

static void the_table_of_messages_is_marked(void **state)
{
    (void)state;
    leat_table *messages = leat_message_table();
    leat_table *other = leat_table_new();
    assert_true(messages->of_messages);
    assert_false(other->of_messages);
    leat_table_release(messages);
    leat_table_release(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(source_that_trickles_has_pauses),
        cmocka_unit_test(any_failure_anywhere_still_gives_each_record_once_in_order),
        cmocka_unit_test(snapshot_cut_short_leaves_nothing_behind),
        cmocka_unit_test(another_transaction_in_place_of_the_cut_one_is_refused),
        cmocka_unit_test(cut_transaction_that_became_shorter_is_refused),
        cmocka_unit_test(the_table_of_messages_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
