/* The stream against a server that says what the test wants: events, positions, status updates, and every way
 * the stream can end. Messages are those that a real server made; the catalog is the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_postgres.h"
#include "pgoutput_messages.h"
#include "postgres/server/settings.h"
#include "postgres/stream/stream.h"

/* Where the captured transaction stands: begin says 0/199F458, commit ends it at 0/199F488. */
#define COMMIT_LSN UINT64_C(0x199F458)
#define COMMIT_END UINT64_C(0x199F488)
#define CHANGE_LSN UINT64_C(0x199F248)

struct leat_postgres_catalog {
    char noted_type[64];
};

leat_status leat_postgres_catalog_describe(leat_postgres_catalog *catalog,
                                           const leat_postgres_relation *relation, leat_table **table,
                                           leat_error *error)
{
    static const size_t first_column[] = {0};
    (void)catalog;
    (void)error;
    *table = leat_table_new();
    (*table)->schema = leat_arena_string(&(*table)->arena, relation->schema);
    (*table)->name = leat_arena_string(&(*table)->arena, relation->name);
    (*table)->column_count = relation->column_count;
    (*table)->columns =
        leat_arena_allocate_array(&(*table)->arena, relation->column_count, sizeof *(*table)->columns);
    leat_table_set_key(*table, first_column, 1);
    return LEAT_OK;
}

void leat_postgres_catalog_note_type(leat_postgres_catalog *catalog, Oid type, const char *schema,
                                     const char *name)
{
    snprintf(catalog->noted_type, sizeof catalog->noted_type, "%u %s.%s", type, schema, name);
}

typedef struct fixture {
    fake_postgres server;
    leat_postgres_catalog catalog;
    leat_source_options options;
    leat_postgres_stream *stream;
    bool ended;
    const leat_event *event;
    leat_error error;
} fixture;

static void *set_up(void **state, fake_postgres_script script)
{
    static const char *const patterns[] = {"public.plain", "public.whole"};
    static const leat_postgres_source_settings settings = {.messages = true};
    fixture *test = leat_allocate(sizeof *test);
    fake_start(&test->server, "15.4", script);
    test->options = (leat_source_options){.pipeline = "shop",
                                          .url = test->server.url,
                                          .tables = patterns,
                                          .table_count = 2,
                                          .settings = &settings,
                                          .connect_timeout = 5000000,
                                          .heartbeat_every = 10000000};
    *state = test;
    return test;
}

static leat_status open_stream(fixture *test, leat_lsn from)
{
    char slot[] = "s\"lot";
    char publication[] = "pub'\"l";
    const leat_postgres_names names = {.slot = slot, .publication = publication};
    leat_postgres_session *session = NULL;
    leat_status status =
        leat_postgres_session_open(&test->options, LEAT_POSTGRES_REPLICATION, &session, &test->error);
    if (status != LEAT_OK)
        return status;
    return leat_postgres_stream_open(&test->options, &names, session, &test->catalog, from, &test->stream,
                                     &test->error);
}

/* Closes the stream and waits for the server's script: what it kept can then be looked at. */
static void end(fixture *test)
{
    leat_postgres_stream_close(test->stream);
    test->stream = NULL;
    if (!test->ended)
        fake_join(&test->server);
    test->ended = true;
}

static int tear_down(void **state)
{
    fixture *test = *state;
    end(test);
    fake_free(&test->server);
    leat_release(test);
    return 0;
}

static leat_status next(fixture *test)
{
    return leat_postgres_stream_next(test->stream, 5000000, &test->event, &test->error);
}

static const leat_event *expect(fixture *test, leat_event_kind kind)
{
    leat_status status = next(test);
    if (status != LEAT_OK)
        fail_msg("wanted an event, got \"%s\"", test->error.message);
    assert_int_equal(test->event->kind, kind);
    return test->event;
}

/* The event has a position, whose key is the number that its text says. */
static void assert_position(fixture *test, const leat_event *event, const char *wanted)
{
    leat_lsn lsn = 0;
    uint64_t key = 0;
    leat_log_place place = leat_postgres_stream_place(test->stream);
    assert_string_equal(place.log, wanted);
    assert_true(leat_lsn_parse(wanted, &lsn));
    assert_true(leat_slice_equal(event->order, place.order));
    assert_int_equal(event->order.length, sizeof key);
    for (size_t i = 0; i < sizeof key; i++)
        key = key << 8 | event->order.data[i];
    assert_int_equal(key, lsn);
    assert_true(leat_postgres_stream_covers(test->stream, lsn));
    assert_false(leat_postgres_stream_covers(test->stream, lsn + 1));
}

static void expect_end(fixture *test, leat_status status, const char *words)
{
    leat_status got = LEAT_OK;
    while (got == LEAT_OK)
        got = next(test);
    assert_int_equal(got, status);
    if (strstr(test->error.message, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", test->error.message, words);
}

/* ---- Parts of scripts ---- */

static void start_stream(fake_postgres *server)
{
    fake_welcome(server);
    (void)fake_receive_query(server);
    fake_start_copy(server);
}

static void send_named(fake_postgres *server, uint64_t lsn, const char *name)
{
    leat_buffer bytes = {0};
    append_message(&bytes, name);
    fake_send_data(server, lsn, leat_buffer_slice(&bytes));
    leat_buffer_free(&bytes);
}

static void send_named_list(fake_postgres *server, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        send_named(server, CHANGE_LSN, names[i]);
}

/* The server reads all that the client still says: a socket that is closed with something unread is reset, and
 * the client may then find the connection broken before it finds what the server said last. */
static void see_off(fake_postgres *server)
{
    while (fake_receive(server) != '\0')
        ;
}

static void end_copy(fake_postgres *server)
{
    fake_send(server, 'c', leat_slice_of("", 0));
    fake_send(server, 'C', leat_slice_of("COPY 0", 7));
    see_off(server);
}

/* Until the client ends the COPY or goes. */
static void wait_for_end(fake_postgres *server)
{
    char type;
    do
        type = fake_receive(server);
    while (type != 'c' && type != '\0');
    fake_send(server, 'c', leat_slice_of("", 0));
    fake_send(server, 'C', leat_slice_of("COPY 0", 7));
    fake_send_ready(server);
}

/* ---- Events ---- */

static void whole_transaction(fake_postgres *server)
{
    static const char *const names[] = {"begin",          "type",           "relation_plain", "insert",
                                        "update_new_key", "relation_child", "delete_key",     "commit"};
    start_stream(server);
    send_named_list(server, names, sizeof names / sizeof names[0]);
    wait_for_end(server);
}

static int set_up_whole(void **state)
{
    return set_up(state, whole_transaction) == NULL;
}

static void a_transaction_comes_whole_with_its_facts(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);

    const leat_event *event = expect(test, LEAT_EVENT_BEGIN);
    assert_true(leat_slice_equals_string(event->transaction.name, "0/199F458:748"));
    assert_true(leat_slice_equals_string(event->transaction.identifier, "748"));
    assert_true(leat_slice_equals_string(event->transaction.sequence, "000000000199F458"));
    assert_int_equal(event->transaction.commit_time, INT64_C(1795412883088379));

    event = expect(test, LEAT_EVENT_TABLE);
    assert_string_equal(event->table->name, "plain");
    assert_string_equal(test->catalog.noted_type, "16393 public.mood");

    event = expect(test, LEAT_EVENT_ROW);
    assert_int_equal(event->operation, LEAT_CREATE);
    assert_int_equal(event->facts[0].number, 748);
    assert_int_equal(event->facts[1].number, CHANGE_LSN);
    assert_true(event->facts[2].null);
    assert_true(event->facts[3].null);
    assert_true(leat_slice_equals_string(event->transaction.identifier, "748"));

    event = expect(test, LEAT_EVENT_ROW);
    assert_int_equal(event->operation, LEAT_UPDATE);
    assert_true(event->key_changed);

    /* The relation that is not captured gives no event. */
    event = expect(test, LEAT_EVENT_ROW);
    assert_int_equal(event->operation, LEAT_DELETE);

    event = expect(test, LEAT_EVENT_COMMIT);
    assert_position(test, event, "0/199F488");
}

static void truncate_and_message(fake_postgres *server)
{
    static const char *const names[] = {"message_alone",  "begin",    "message_inside", "relation_plain",
                                        "relation_child", "truncate", "commit"};
    start_stream(server);
    send_named_list(server, names, sizeof names / sizeof names[0]);
    wait_for_end(server);
}

static int set_up_truncate(void **state)
{
    return set_up(state, truncate_and_message) == NULL;
}

static void a_truncate_names_captured_tables_and_messages_know_their_place(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);

    const leat_event *event = expect(test, LEAT_EVENT_MESSAGE);
    assert_false(event->transactional);
    assert_position(test, event, "0/199F210");
    assert_true(leat_slice_equals_string(event->transaction.name, "0/199F210:message"));
    assert_true(leat_slice_equals_string(event->transaction.sequence, "000000000199F210"));
    assert_true(event->facts[0].null);

    expect(test, LEAT_EVENT_BEGIN);
    event = expect(test, LEAT_EVENT_MESSAGE);
    assert_true(event->transactional);
    assert_int_equal(event->order.length, 0);
    assert_true(leat_slice_equals_string(event->message_prefix, "inside"));
    assert_true(leat_slice_equals_string(event->message_content, "two\nlines"));

    expect(test, LEAT_EVENT_TABLE);
    event = expect(test, LEAT_EVENT_TRUNCATE);
    assert_int_equal(event->table_count, 1);
    assert_string_equal(event->tables[0]->name, "plain");
    expect(test, LEAT_EVENT_COMMIT);
}

static void transaction_from_elsewhere(fake_postgres *server)
{
    static const char *const names[] = {"begin_with_origin", "origin", "relation_plain", "insert",
                                        "commit_with_origin"};
    start_stream(server);
    send_named_list(server, names, sizeof names / sizeof names[0]);
    wait_for_end(server);
}

static int set_up_origin(void **state)
{
    return set_up(state, transaction_from_elsewhere) == NULL;
}

static void an_origin_is_a_fact_of_its_transactions_changes(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    expect(test, LEAT_EVENT_BEGIN);
    expect(test, LEAT_EVENT_TABLE);
    const leat_event *event = expect(test, LEAT_EVENT_ROW);
    assert_false(event->facts[3].null);
    assert_true(leat_slice_equals_string(event->facts[3].text, "elsewhere"));
    expect(test, LEAT_EVENT_COMMIT);
}

/* ---- What the command says ---- */

static char asked[256];

static void keep_query(fake_postgres *server)
{
    fake_welcome(server);
    snprintf(asked, sizeof asked, "%s", fake_receive_query(server));
    fake_start_copy(server);
    wait_for_end(server);
}

static int set_up_query(void **state)
{
    return set_up(state, keep_query) == NULL;
}

static void the_command_quotes_names_and_asks_for_messages(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, UINT64_C(0x16B374D848)), LEAT_OK);
    end(test);
    assert_string_equal(asked, "START_REPLICATION SLOT \"s\"\"lot\" LOGICAL 16/B374D848 (proto_version '1', "
                               "publication_names '\"pub''\"\"l\"', messages 'on')");
}

/* ---- Positions and acknowledgement ---- */

/* Time makes statuses too: how many there are is nobody's to say. Of those beyond, the last is kept. */
static fake_status statuses[32];
static size_t status_count;

static bool keep_status(fake_postgres *server)
{
    fake_status status;
    if (!fake_receive_status(server, &status))
        return false;
    if (status_count == sizeof statuses / sizeof statuses[0])
        status_count--;
    statuses[status_count++] = status;
    return true;
}

static void keepalives_around_a_transaction(fake_postgres *server)
{
    static const char *const first[] = {"begin", "relation_plain", "insert"};
    status_count = 0;
    start_stream(server);
    fake_send_keepalive(server, 0x1990000, true);
    if (!keep_status(server))
        return;
    send_named_list(server, first, 3);
    fake_send_keepalive(server, 0x199F500, true); /* while the transaction is open */
    if (!keep_status(server))
        return;
    send_named(server, COMMIT_END, "commit");
    while (keep_status(server))
        ;
}

static int set_up_keepalives(void **state)
{
    return set_up(state, keepalives_around_a_transaction) == NULL;
}

/* A heartbeat is given when nothing waits behind it; the server may have been quick enough that something
 * does. */
static const leat_event *expect_behind_heartbeat(fixture *test, const char *position, leat_event_kind kind)
{
    assert_int_equal(next(test), LEAT_OK);
    if (test->event->kind != LEAT_EVENT_HEARTBEAT) {
        assert_int_equal(test->event->kind, kind);
        return test->event;
    }
    assert_position(test, test->event, position);
    return expect(test, kind);
}

static void nothing_is_acknowledged_that_was_not_told_to_be(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0x1980000), LEAT_OK);

    expect_behind_heartbeat(test, "0/1990000", LEAT_EVENT_BEGIN);
    expect(test, LEAT_EVENT_TABLE);
    expect(test, LEAT_EVENT_ROW);
    /* The server's end inside the transaction is no position before the transaction's own. */
    assert_position(test, expect(test, LEAT_EVENT_COMMIT), "0/199F488");
    assert_position(test, expect(test, LEAT_EVENT_HEARTBEAT), "0/199F500");

    assert_int_equal(leat_postgres_stream_acknowledge(test->stream, 0x199F501, &test->error), LEAT_FAILED);
    assert_non_null(strstr(test->error.message, "0/199F501"));
    assert_int_equal(leat_postgres_stream_acknowledge(test->stream, COMMIT_END, &test->error), LEAT_OK);
    assert_int_equal(leat_postgres_stream_acknowledge(test->stream, COMMIT_LSN, &test->error), LEAT_OK);
    end(test);

    /* Before anything was given: the start is durable, and all there is. */
    assert_in_range(status_count, 4, sizeof statuses / sizeof statuses[0]);
    assert_int_equal(statuses[0].flushed, 0x1980000);
    assert_int_equal(statuses[0].written, 0x1980000);
    size_t untold = 0;
    for (size_t i = 0; i < status_count; i++) {
        assert_true(statuses[i].flushed <= statuses[i].written);
        assert_int_equal(statuses[i].applied, statuses[i].flushed);
        assert_true(i == 0 || statuses[i].written >= statuses[i - 1].written);
        untold += statuses[i].flushed == 0x1980000 ? 1 : 0;
    }
    /* The server had two before it ended the transaction. */
    assert_in_range(untold, 2, status_count - 2);
    assert_true(statuses[1].written < COMMIT_LSN);
    /* Told at once, and again before the end of the COPY; the older one changed nothing. */
    for (size_t i = untold; i < status_count; i++) {
        assert_int_equal(statuses[i].flushed, COMMIT_END);
        assert_int_equal(statuses[i].written, 0x199F500);
    }
}

static void wait_for_acknowledgement(fake_postgres *server)
{
    fake_status status = {0};
    start_stream(server);
    fake_send_keepalive(server, 0x2000000, false);
    do
        fake_send_keepalive(server, 0x2000000, true);
    while (fake_receive_status(server, &status) && status.flushed < 0x2000000);
    end_copy(server);
}

static int set_up_acknowledgement(void **state)
{
    return set_up(state, wait_for_acknowledgement) == NULL;
}

/* So does a server that shuts down: it does not end before everything is acknowledged. */
static void a_position_that_the_server_waits_for_is_told_as_such(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    do
        assert_position(test, expect(test, LEAT_EVENT_HEARTBEAT), "0/2000000");
    while (!test->event->awaited);
    assert_int_equal(leat_postgres_stream_acknowledge(test->stream, 0x2000000, &test->error), LEAT_OK);
    expect_end(test, LEAT_RETRY, "ended the stream");
}

static void answer_questions(fake_postgres *server)
{
    fake_status status = {0};
    start_stream(server);
    while (fake_receive_status(server, &status))
        if (status.asks)
            fake_send_keepalive(server, 0x2000000, false);
}

static int set_up_questions(void **state)
{
    return set_up(state, answer_questions) == NULL;
}

static void keep_alive_asks_how_far_the_server_is(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    assert_int_equal(leat_postgres_stream_keep_alive(test->stream, &test->error), LEAT_OK);
    assert_position(test, expect(test, LEAT_EVENT_HEARTBEAT), "0/2000000");
    assert_int_equal(leat_postgres_stream_next(test->stream, 1000, &test->event, &test->error), LEAT_OK);
    assert_int_equal(test->event->kind, LEAT_EVENT_IDLE);
}

/* ---- Ends ---- */

static void shut_down(fake_postgres *server)
{
    start_stream(server);
    send_named(server, CHANGE_LSN, "begin");
    fake_send_error(server, "57P01", "terminating connection due to administrator command");
    see_off(server);
}

static int set_up_shut_down(void **state)
{
    return set_up(state, shut_down) == NULL;
}

static void a_server_that_shuts_down_is_tried_again(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    expect(test, LEAT_EVENT_BEGIN);
    expect_end(test, LEAT_RETRY, "administrator command");
}

static void fail_late(fake_postgres *server)
{
    start_stream(server);
    fake_send_error(server, "42704", "publication \"p\" does not exist");
    fake_send_ready(server);
    see_off(server);
}

static int set_up_late(void **state)
{
    return set_up(state, fail_late) == NULL;
}

static void a_failure_after_the_start_is_told_with_its_words(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    expect_end(test, LEAT_OPERATOR, "publication \"p\" does not exist");
}

static void hang_up(fake_postgres *server)
{
    static const char *const names[] = {"begin", "relation_plain", "insert"};
    start_stream(server);
    send_named_list(server, names, 3);
}

static int set_up_hang_up(void **state)
{
    return set_up(state, hang_up) == NULL;
}

static void what_arrived_before_the_end_is_given_before_the_error(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    expect(test, LEAT_EVENT_BEGIN);
    expect(test, LEAT_EVENT_TABLE);
    expect(test, LEAT_EVENT_ROW);
    expect_end(test, LEAT_RETRY, "broke");
}

static void end_of_copy(fake_postgres *server)
{
    start_stream(server);
    end_copy(server);
}

static int set_up_end_of_copy(void **state)
{
    return set_up(state, end_of_copy) == NULL;
}

static void an_end_without_an_error_is_tried_again(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    expect_end(test, LEAT_RETRY, "ended the stream");
}

static void slot_in_use(fake_postgres *server)
{
    fake_welcome(server);
    (void)fake_receive_query(server);
    fake_send_error(server, "55006", "replication slot \"s\" is active for PID 7");
    fake_send_ready(server);
    (void)fake_receive(server);
}

static int set_up_slot_in_use(void **state)
{
    return set_up(state, slot_in_use) == NULL;
}

static void a_slot_in_use_is_tried_again(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_RETRY);
    assert_non_null(strstr(test->error.message, "active for PID 7"));
}

/* ---- What must not pass ---- */

static const char *const *bad_messages;

static void send_bad(fake_postgres *server)
{
    size_t count = 0;
    while (bad_messages[count] != NULL)
        count++;
    start_stream(server);
    send_named_list(server, bad_messages, count);
    wait_for_end(server);
}

static void assert_fails_with(const char *const *messages, const char *words)
{
    void *state;
    bad_messages = messages;
    fixture *test = set_up(&state, send_bad);
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    expect_end(test, LEAT_FAILED, words);
    tear_down(&state);
}

static void messages_out_of_order_are_refused(void **state)
{
    (void)state;
    static const char *const outside[] = {"relation_plain", "insert", NULL};
    static const char *const twice[] = {"begin", "begin", NULL};
    static const char *const end_alone[] = {"commit", NULL};
    static const char *const other_end[] = {"begin", "commit_with_origin", NULL};
    static const char *const unknown[] = {"begin", "insert", NULL};
    static const char *const truncate_unknown[] = {"begin", "relation_plain", "truncate", NULL};
    static const char *const message_inside[] = {"begin", "message_alone", NULL};
    static const char *const message_outside[] = {"message_inside", NULL};
    assert_fails_with(outside, "a change outside a transaction");
    assert_fails_with(twice, "a BEGIN inside a transaction");
    assert_fails_with(end_alone, "a COMMIT outside a transaction");
    assert_fails_with(other_end, "makes no sense");
    assert_fails_with(unknown, "never announced");
    assert_fails_with(truncate_unknown, "never announced");
    assert_fails_with(message_inside, "logical message");
    assert_fails_with(message_outside, "logical message");
}

/* A position that goes back would be acknowledged as if it were new. */
static void a_commit_before_the_start_is_refused(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, COMMIT_END), LEAT_OK);
    expect_end(test, LEAT_FAILED, "after 0/199F488");
}

static void strange_frames(fake_postgres *server)
{
    start_stream(server);
    fake_send(server, 'd', leat_slice_of("z123", 4));
    wait_for_end(server);
}

static int set_up_strange(void **state)
{
    return set_up(state, strange_frames) == NULL;
}

static void a_frame_of_unknown_kind_is_refused(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    expect_end(test, LEAT_FAILED, "unknown kind 0x7a");
}

static void short_keepalive(fake_postgres *server)
{
    start_stream(server);
    fake_send(server, 'd', leat_slice_of("k1234567", 8));
    wait_for_end(server);
}

static int set_up_short_keepalive(void **state)
{
    return set_up(state, short_keepalive) == NULL;
}

static void a_short_keepalive_is_refused(void **state)
{
    fixture *test = *state;
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    expect_end(test, LEAT_FAILED, "keepalive");
}

/* ---- A stop ---- */

static bool stopping;

static bool stop_requested(void *context)
{
    (void)context;
    return stopping;
}

static void a_stop_ends_the_wait_for_events(void **state)
{
    fixture *test = *state;
    test->options.stop.requested = stop_requested;
    stopping = false;
    assert_int_equal(open_stream(test, 0), LEAT_OK);
    stopping = true;
    assert_int_equal(next(test), LEAT_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_transaction_comes_whole_with_its_facts, set_up_whole, tear_down),
        cmocka_unit_test_setup_teardown(a_truncate_names_captured_tables_and_messages_know_their_place,
                                        set_up_truncate, tear_down),
        cmocka_unit_test_setup_teardown(an_origin_is_a_fact_of_its_transactions_changes, set_up_origin,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_command_quotes_names_and_asks_for_messages, set_up_query,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_acknowledged_that_was_not_told_to_be, set_up_keepalives,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_position_that_the_server_waits_for_is_told_as_such,
                                        set_up_acknowledgement, tear_down),
        cmocka_unit_test_setup_teardown(keep_alive_asks_how_far_the_server_is, set_up_questions, tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_shuts_down_is_tried_again, set_up_shut_down, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_after_the_start_is_told_with_its_words, set_up_late,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_arrived_before_the_end_is_given_before_the_error, set_up_hang_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_end_without_an_error_is_tried_again, set_up_end_of_copy,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_slot_in_use_is_tried_again, set_up_slot_in_use, tear_down),
        cmocka_unit_test(messages_out_of_order_are_refused),
        cmocka_unit_test_setup_teardown(a_commit_before_the_start_is_refused, set_up_whole, tear_down),
        cmocka_unit_test_setup_teardown(a_frame_of_unknown_kind_is_refused, set_up_strange, tear_down),
        cmocka_unit_test_setup_teardown(a_short_keepalive_is_refused, set_up_short_keepalive, tear_down),
        cmocka_unit_test_setup_teardown(a_stop_ends_the_wait_for_events, set_up_query, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
