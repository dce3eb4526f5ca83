/* TRANSACTION_PAYLOAD: one that a server sent, and made ones. */
#include <zstd.h>

#include "mysql/binlog/payload.h"
#include "mysql_row_reader.h"

typedef struct payload_reader {
    rows_reader rows; /* the first */
    leat_binlog_payload *payload;
    leat_buffer packed; /* the body of a made event */
} payload_reader;

static int set_up(void **state)
{
    payload_reader *test = leat_allocate(sizeof *test);
    test->rows.rows = leat_binlog_rows_new();
    test->payload = leat_binlog_payload_new();
    *state = test;
    return 0;
}

static int tear_down(void **state)
{
    payload_reader *test = *state;
    leat_binlog_payload_free(test->payload);
    leat_buffer_free(&test->packed);
    return tear_down_rows(state);
}

static event_reader *reader_of(payload_reader *test)
{
    return &test->rows.reader;
}

static leat_status open_payload(payload_reader *test, const leat_binlog_event *event)
{
    return leat_binlog_payload_open(test->payload, event, &reader_of(test)->error);
}

static leat_status next_raw(payload_reader *test, leat_slice *raw)
{
    return leat_binlog_payload_next(test->payload, raw, &reader_of(test)->error);
}

static leat_binlog_event next_event(payload_reader *test, uint8_t type)
{
    leat_slice raw;
    leat_binlog_event event;
    event_reader *reader = reader_of(test);
    must(reader, next_raw(test, &raw), "next");
    must(reader, leat_binlog_open(&reader->format, raw, true, &event, &reader->error), "open");
    assert_int_equal(event.type, type);
    assert_int_equal(event.log_pos, 0);
    return event;
}

/* Rows of a captured map and event, one behind the other. */
static void assert_next_rows(payload_reader *test, uint8_t type, const char *expected)
{
    leat_binlog_event map = next_event(test, LEAT_BINLOG_TABLE_MAP);
    know_map(&test->rows, &map);
    leat_binlog_event rows = next_event(test, type);
    assert_string_equal(rows_text(&test->rows, &rows), expected);
}

static void transaction_of_a_server(void **state)
{
    payload_reader *test = *state;
    event_reader *reader = reader_of(test);
    leat_slice raw;
    const leat_binlog_event payload = *opened(reader, "mysql_payload");
    for (int again = 0; again < 2; again++) {
        leat_binlog_query query;
        must(reader, open_payload(test, &payload), "payload");
        leat_binlog_event event = next_event(test, LEAT_BINLOG_QUERY);
        must(reader, leat_binlog_parse_query(&event, &reader->arena, &query, &reader->error), "query");
        assert_text(query.sql, "BEGIN");
        assert_next_rows(test, LEAT_BINLOG_WRITE_ROWS,
                         "c: 08000000 'cccccccccccccccccccc'\nc: 09000000 'dddddddddddddddddddd'\n");
        assert_next_rows(test, LEAT_BINLOG_UPDATE_ROWS,
                         "u: 08000000 'cccccccccccccccccccc' > 08000000 'e'\n");
        next_event(test, LEAT_BINLOG_XID);
        must(reader, next_raw(test, &raw), "end");
        assert_int_equal(raw.length, 0);
        must(reader, next_raw(test, &raw), "end again");
        assert_int_equal(raw.length, 0);
    }
}

static leat_status read_all_events(event_reader *reader, const leat_binlog_event *event)
{
    payload_reader *test = (payload_reader *)reader; /* its first member's first */
    leat_slice raw = leat_slice_of("", 1);
    leat_status status = open_payload(test, event);
    while (status == LEAT_OK && raw.length > 0)
        status = next_raw(test, &raw);
    return status;
}

static void cut_anywhere(void **state)
{
    payload_reader *test = *state;
    refuses_shorter(reader_of(test), "mysql_payload", read_all_events, NULL);
    refuses_longer(reader_of(test), "mysql_payload", read_all_events);
}

/* ---- Made ones ---- */

/* Events of these lengths, filled with a byte. */
static leat_buffer events_of(const uint32_t *lengths, size_t count)
{
    leat_buffer plain = {0};
    for (size_t i = 0; i < count; i++) {
        size_t start = plain.length;
        memset(leat_buffer_reserve(&plain, lengths[i]), 'a' + (int)i, lengths[i]);
        leat_buffer_commit(&plain, lengths[i]);
        for (unsigned j = 0; j < 4; j++)
            plain.data[start + 9 + j] = (uint8_t)(lengths[i] >> 8 * j);
    }
    return plain;
}

static void append_field(leat_buffer *out, uint8_t kind, uint64_t value)
{
    leat_buffer_append_byte(out, kind);
    leat_buffer_append_byte(out, 9);
    leat_buffer_append_byte(out, 254);
    for (unsigned i = 0; i < 8; i++)
        leat_buffer_append_byte(out, (uint8_t)(value >> 8 * i));
}

/* The body of an event that says of its payload what is given. */
static leat_binlog_event payload_of(payload_reader *test, uint8_t compression, uint64_t plain_size,
                                    leat_slice payload)
{
    leat_buffer_reset(&test->packed);
    append_field(&test->packed, 2, compression);
    append_field(&test->packed, 3, plain_size);
    append_field(&test->packed, 1, payload.length);
    leat_buffer_append_byte(&test->packed, 0);
    leat_buffer_append_slice(&test->packed, payload);
    return (leat_binlog_event){.type = LEAT_BINLOG_TRANSACTION_PAYLOAD,
                               .body = leat_buffer_slice(&test->packed)};
}

/* Compressed in as many frames. */
static leat_buffer compressed(leat_slice plain, size_t frames)
{
    leat_buffer out = {0};
    for (size_t i = 0; i < frames; i++) {
        size_t from = plain.length * i / frames;
        size_t length = plain.length * (i + 1) / frames - from;
        size_t room = ZSTD_compressBound(length);
        uint8_t *to = leat_buffer_reserve(&out, room);
        size_t made = ZSTD_compress(to, room, plain.data + from, length, 1);
        assert_false(ZSTD_isError(made));
        leat_buffer_commit(&out, made);
    }
    return out;
}

static void assert_lengths(payload_reader *test, const leat_binlog_event *event, const uint32_t *lengths,
                           size_t count)
{
    leat_slice raw;
    event_reader *reader = reader_of(test);
    must(reader, open_payload(test, event), "payload");
    for (size_t i = 0; i < count; i++) {
        must(reader, next_raw(test, &raw), "event");
        assert_int_equal(raw.length, lengths[i]);
        assert_int_equal(raw.data[0], 'a' + (int)i);
        assert_int_equal(raw.data[raw.length - 1], 'a' + (int)i);
    }
    must(reader, next_raw(test, &raw), "end");
    assert_int_equal(raw.length, 0);
}

static void frames_and_steps(void **state)
{
    payload_reader *test = *state;
    static const uint32_t lengths[] = {19, 20, 40 * 1000 * 1000, 131072, 19, 300000};
    leat_buffer plain = events_of(lengths, 6);
    for (size_t frames = 1; frames <= 3; frames++) {
        leat_buffer packed = compressed(leat_buffer_slice(&plain), frames);
        leat_binlog_event event = payload_of(test, 0, plain.length, leat_buffer_slice(&packed));
        assert_lengths(test, &event, lengths, 6);
        leat_buffer_free(&packed);
    }
    leat_buffer_free(&plain);
}

static void not_compressed(void **state)
{
    payload_reader *test = *state;
    static const uint32_t lengths[] = {19, 200, 19};
    leat_buffer plain = events_of(lengths, 3);
    leat_binlog_event event = payload_of(test, 255, 0, leat_buffer_slice(&plain));
    assert_lengths(test, &event, lengths, 3);
    leat_buffer_free(&plain);
}

static void nothing_inside(void **state)
{
    payload_reader *test = *state;
    leat_buffer packed = compressed(leat_slice_of("", 0), 1);
    leat_binlog_event event = payload_of(test, 0, 0, leat_buffer_slice(&packed));
    assert_lengths(test, &event, NULL, 0);
    event = payload_of(test, 255, 0, leat_slice_of("", 0));
    assert_lengths(test, &event, NULL, 0);
    leat_buffer_free(&packed);
}

static void assert_refused(payload_reader *test, leat_binlog_event event, const char *what)
{
    event_reader *reader = reader_of(test);
    if (read_all_events(reader, &event) != LEAT_FAILED)
        fail_msg("%s was taken", what);
}

static void sizes_that_are_not_true(void **state)
{
    payload_reader *test = *state;
    static const uint32_t lengths[] = {19, 200, 19};
    leat_buffer plain = events_of(lengths, 3);
    leat_slice events = leat_buffer_slice(&plain);
    leat_buffer packed = compressed(events, 1);
    leat_slice payload = leat_buffer_slice(&packed);
    assert_refused(test, payload_of(test, 0, events.length - 1, payload), "a smaller size");
    assert_refused(test, payload_of(test, 0, events.length - 19, payload), "a size without the last event");
    assert_refused(test, payload_of(test, 0, events.length + 1, payload), "a size of a byte more");
    assert_refused(test, payload_of(test, 0, events.length + 19, payload), "a size of an event more");
    assert_refused(test, payload_of(test, 0, UINT64_MAX, payload), "no size at all");
    assert_refused(test, payload_of(test, 1, events.length, payload), "an unknown compression");
    assert_refused(test, payload_of(test, 0, events.length, events), "no zstd");
    assert_refused(test, payload_of(test, 255, 0, leat_slice_of(events.data, events.length - 1)),
                   "a cut event");
    leat_binlog_event event = payload_of(test, 0, events.length, payload);
    event.body.length--;
    assert_refused(test, event, "a payload of a byte less than it says");
    leat_buffer_free(&plain);
    leat_buffer_free(&packed);
}

static void lengths_of_events_that_are_none(void **state)
{
    payload_reader *test = *state;
    static const uint32_t wrong[] = {0, 18, 21, UINT32_MAX};
    static const uint32_t lengths[] = {20};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        leat_buffer plain = events_of(lengths, 1);
        for (unsigned j = 0; j < 4; j++)
            plain.data[9 + j] = (uint8_t)(wrong[i] >> 8 * j);
        leat_buffer packed = compressed(leat_buffer_slice(&plain), 1);
        assert_refused(test, payload_of(test, 0, 20, leat_buffer_slice(&packed)), "a length inside zstd");
        assert_refused(test, payload_of(test, 255, 20, leat_buffer_slice(&plain)), "a length");
        leat_buffer_free(&plain);
        leat_buffer_free(&packed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(transaction_of_a_server),
        TEST(cut_anywhere),
        TEST(frames_and_steps),
        TEST(not_compressed),
        TEST(nothing_inside),
        TEST(sizes_that_are_not_true),
        TEST(lengths_of_events_that_are_none),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
