/* The binlog's frame and the small events, on events that servers sent. */
#include "mysql_event_reader.h"

/* ---- Opening ---- */

/* Numbers are what mysqlbinlog prints of the same event. */
static void header_is_taken_apart(void **state)
{
    const leat_binlog_event *event = opened(*state, "mysql_write_a");
    assert_int_equal(event->type, LEAT_BINLOG_WRITE_ROWS);
    assert_int_equal(event->server_id, 97);
    assert_int_equal(event->length, 47);
    assert_int_equal(event->log_pos, 1127);
    assert_int_equal(event->flags, 0);
    assert_int_equal(event->body.length, 47 - 19 - 4);
    assert_false(event->mariadb);
    assert_true(opened(*state, "maria_write_a")->mariadb);
}

/* MariaDB 11.4 and later. */
static void log_pos_zero_is_not_artificial(void **state)
{
    const leat_binlog_event *event = opened(*state, "maria11_write_a");
    assert_int_equal(event->log_pos, 0);
    assert_int_equal(event->flags & LEAT_BINLOG_FLAG_ARTIFICIAL, 0);
    assert_int_not_equal(opened(*state, "maria_rotate_artificial")->flags & LEAT_BINLOG_FLAG_ARTIFICIAL, 0);
    assert_int_not_equal(opened(*state, "mysql_rows_query")->flags & LEAT_BINLOG_FLAG_IGNORABLE, 0);
}

static void every_captured_event_opens(void **state)
{
    event_reader *reader = *state;
    for (size_t i = 0; i < MYSQL_EVENT_COUNT; i++)
        if (strstr(mysql_events[i].name, "unchecked") == NULL)
            opened(reader, mysql_events[i].name);
}

/* A changed type too, even one that turns the event into a FORMAT_DESCRIPTION, which ends in another way. */
static void any_changed_bit_is_seen(void **state)
{
    event_reader *reader = *state;
    static const char *const names[] = {"mysql_write_a", "maria_format", "mysql_format_unchecked",
                                        "mysql_rotate_artificial"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        opened(reader, names[i]);
        for (size_t bit = 0; bit < reader->raw.length * 8; bit++) {
            leat_binlog_event event;
            reader->raw.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            leat_status status = leat_binlog_open(&reader->format, leat_buffer_slice(&reader->raw), false,
                                                  &event, &reader->error);
            reader->raw.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            if (status == LEAT_OK)
                fail_msg("%s: bit %zu", names[i], bit);
        }
    }
}

/* Seen with binlog_checksum = NONE and a start behind byte 4: no place, and the checksum of the time when it
 * had one. */
static void format_in_the_midst_of_a_file_without_checksums(void **state)
{
    event_reader *reader = *state;
    enum { LOG_POS_AT = 13 };
    leat_binlog_format none = {0};
    leat_slice raw = captured_event(&reader->raw, "maria_format_unchecked");
    memset(reader->raw.data + LOG_POS_AT, 0, 4);
    must(reader, leat_binlog_open(&none, raw, false, &reader->event, &reader->error), "format");
    must(reader, leat_binlog_parse_format(reader->event.body, &reader->format, &reader->error), "format");
    assert_false(reader->format.checksum);
}

static void wrong_checksum_names_type_and_place(void **state)
{
    event_reader *reader = *state;
    leat_binlog_event event;
    opened(reader, "mysql_write_a");
    reader->raw.data[30] ^= 1;
    assert_int_equal(
        leat_binlog_open(&reader->format, leat_buffer_slice(&reader->raw), false, &event, &reader->error),
        LEAT_FAILED);
    assert_non_null(strstr(reader->error.message, "WRITE_ROWS that ends at 1127"));
    assert_non_null(strstr(reader->error.message, "checksum"));
    assert_non_null(strstr(reader->error.mend, "mysqlbinlog"));
}

static void shorter_and_longer_events_are_refused(void **state)
{
    event_reader *reader = *state;
    leat_binlog_event event;
    opened(reader, "mysql_write_a");
    for (size_t length = 0; length < reader->raw.length; length++) {
        char *copy = leat_duplicate_bytes(reader->raw.data, length);
        assert_int_equal(
            leat_binlog_open(&reader->format, leat_slice_of(copy, length), false, &event, &reader->error),
            LEAT_FAILED);
        leat_release(copy);
    }
    leat_buffer_append_byte(&reader->raw, 0);
    assert_int_equal(
        leat_binlog_open(&reader->format, leat_buffer_slice(&reader->raw), false, &event, &reader->error),
        LEAT_FAILED);
}

/* The server was asked for CRC32, so that the first ROTATE has one. */
static void artificial_rotate_comes_before_the_format(void **state)
{
    event_reader *reader = *state;
    leat_binlog_format none = {0};
    leat_binlog_rotate rotate;
    leat_slice raw = captured_event(&reader->raw, "mysql_rotate_artificial");
    must(reader, leat_binlog_open(&none, raw, false, &reader->event, &reader->error), "rotate");
    must(reader, leat_binlog_parse_rotate(reader->event.body, &rotate, &reader->error), "rotate");
    assert_int_equal(rotate.offset, 4);
    assert_text(rotate.file, "binlog.000021");

    raw = captured_event(&reader->raw, "mysql_xid");
    assert_int_equal(leat_binlog_open(&none, raw, false, &reader->event, &reader->error), LEAT_FAILED);
    assert_non_null(strstr(reader->error.message, "before the FORMAT_DESCRIPTION"));
}

static void embedded_events_have_no_checksum(void **state)
{
    event_reader *reader = *state;
    know_format(reader, "mysql_format");
    /* A QUERY's header alone, 19 bytes long. */
    leat_slice raw = bytes_of_hex(&reader->raw, "00000000026100000013000000000000000000");
    must(reader, leat_binlog_open(&reader->format, raw, true, &reader->event, &reader->error), "embedded");
    assert_int_equal(reader->event.body.length, 0);
    assert_int_equal(leat_binlog_open(&reader->format, raw, false, &reader->event, &reader->error),
                     LEAT_FAILED);
}

static void unknown_types_have_a_number(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(leat_binlog_type_name(LEAT_BINLOG_TABLE_MAP, text), "TABLE_MAP");
    assert_string_equal(leat_binlog_type_name(LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED, text),
                        "DELETE_ROWS_COMPRESSED");
    assert_string_equal(leat_binlog_type_name(77, text), "type 77");
    assert_string_equal(leat_binlog_type_name(0, text), "type 0");
    assert_string_equal(leat_binlog_type_name(255, text), "type 255");
}

/* ---- FORMAT_DESCRIPTION ---- */

static void format_tells_version_vendor_and_checksums(void **state)
{
    event_reader *reader = *state;
    know_format(reader, "maria_format");
    assert_true(reader->format.seen && reader->format.checksum && reader->format.mariadb);
    assert_string_equal(reader->format.server_version, "10.11.19-MariaDB-0+deb12u1-log");
    assert_int_equal(reader->format.post_header[LEAT_BINLOG_MARIADB_GTID], 19);
    assert_int_equal(reader->format.created, 0);

    know_format(reader, "mysql_format");
    assert_true(reader->format.seen && reader->format.checksum && !reader->format.mariadb);
    assert_string_equal(reader->format.server_version, "9.7.4-2");
    assert_int_equal(reader->format.post_header[LEAT_BINLOG_TRANSACTION_PAYLOAD], 40);
    assert_int_equal(reader->format.post_header[LEAT_BINLOG_MARIADB_GTID], 0);
}

/* binlog_checksum = NONE: the format's own checksum stays, those behind it are gone. */
static void without_checksums(void **state)
{
    event_reader *reader = *state;
    static const char *const families[][2] = {{"maria_format_unchecked", "maria_unchecked"},
                                              {"mysql_format_unchecked", "mysql_unchecked"}};
    for (size_t i = 0; i < 2; i++) {
        know_format(reader, families[i][0]);
        assert_false(reader->format.checksum);
        leat_slice raw = captured_event(&reader->raw, families[i][1]);
        must(reader, leat_binlog_open(&reader->format, raw, false, &reader->event, &reader->error), "event");
        assert_int_equal(reader->event.body.length, raw.length - 19);
    }
}

static leat_status parse_changed_format(event_reader *reader, size_t at, uint8_t byte)
{
    leat_binlog_event event = *opened(reader, "mysql_format");
    reader->raw.data[19 + at] = byte;
    return leat_binlog_parse_format(event.body, &reader->format, &reader->error);
}

static void formats_of_others_are_refused(void **state)
{
    event_reader *reader = *state;
    enum { VERSION = 0, HEADER_LENGTH = 56, QUERY_LENGTH = 58, ALGORITHM = 123 - 19 - 5 };
    assert_int_equal(parse_changed_format(reader, VERSION, 3), LEAT_FAILED);
    assert_int_equal(parse_changed_format(reader, HEADER_LENGTH, 13), LEAT_FAILED);
    assert_int_equal(parse_changed_format(reader, QUERY_LENGTH, 14), LEAT_FAILED);
    assert_non_null(strstr(reader->error.message, "QUERY"));
    assert_int_equal(parse_changed_format(reader, ALGORITHM, 2), LEAT_FAILED);
    assert_int_equal(parse_changed_format(reader, QUERY_LENGTH, 13), LEAT_OK);
}

static void short_formats_are_refused(void **state)
{
    event_reader *reader = *state;
    leat_binlog_event event = *opened(reader, "mysql_format");
    for (size_t length = 0; length < 57 + 5; length++) {
        leat_slice body = leat_slice_of(event.body.data, length);
        assert_int_equal(leat_binlog_parse_format(body, &reader->format, &reader->error), LEAT_FAILED);
    }
}

/* ---- Small events ---- */

static void rotate(void **state)
{
    event_reader *reader = *state;
    leat_binlog_rotate rotate;
    const leat_binlog_event *event = opened(reader, "maria_rotate");
    must(reader, leat_binlog_parse_rotate(event->body, &rotate, &reader->error), "rotate");
    assert_int_equal(rotate.offset, 4);
    assert_text(rotate.file, "binlog.000014");
    for (size_t length = 0; length <= 8; length++)
        assert_int_equal(
            leat_binlog_parse_rotate(leat_slice_of(event->body.data, length), &rotate, &reader->error),
            LEAT_FAILED);
}

static void heartbeats(void **state)
{
    event_reader *reader = *state;
    static const struct {
        const char *name;
        const char *file;
        uint64_t offset;
    } cases[] = {
        {"maria_heartbeat", "binlog.000016", 339},
        {"mysql_heartbeat", "binlog.000024", 245},
        {"mysql_heartbeat_2", "binlog.000001", 10030},
    };
    leat_binlog_rotate place;
    for (size_t i = 0; i < 3; i++) {
        const leat_binlog_event *event = opened(reader, cases[i].name);
        must(reader, leat_binlog_parse_heartbeat(event, &place, &reader->error), cases[i].name);
        assert_text(place.file, cases[i].file);
        assert_int_equal(place.offset, cases[i].offset);
    }
}

/* log_pos wraps at 4 GiB, and the field does not: 254 and eight bytes (here 2^33 + 4), in libs/mysql/binlog.
 */
static void second_heartbeat_tells_offsets_beyond_four_gigabytes(void **state)
{
    event_reader *reader = *state;
    leat_binlog_rotate place;
    const leat_binlog_event *event =
        made(reader, LEAT_BINLOG_HEARTBEAT_V2, "0105622e3030310209fe040000000200000007016100");
    must(reader, leat_binlog_parse_heartbeat(event, &place, &reader->error), "heartbeat");
    assert_text(place.file, "b.001");
    assert_true(place.offset == (UINT64_C(1) << 33) + 4);
}

static leat_status parse_heartbeat(event_reader *reader, const leat_binlog_event *event)
{
    leat_binlog_rotate place;
    return leat_binlog_parse_heartbeat(event, &place, &reader->error);
}

static leat_status parse_prepare(event_reader *reader, const leat_binlog_event *event)
{
    leat_binlog_xa_prepare prepare;
    return leat_binlog_parse_xa_prepare(event, &prepare, &reader->error);
}

static void xa_prepare(void **state)
{
    event_reader *reader = *state;
    static const char *const names[] = {"mysql_xa_prepare", "maria_xa_prepare"};
    leat_binlog_xa_prepare prepare;
    for (size_t i = 0; i < 2; i++) {
        const leat_binlog_event *event = opened(reader, names[i]);
        must(reader, leat_binlog_parse_xa_prepare(event, &prepare, &reader->error), names[i]);
        assert_false(prepare.one_phase);
        assert_int_equal(prepare.xid.format, 7);
        assert_text(prepare.xid.global, "gone");
        assert_text(prepare.xid.branch, "branch");
    }
    must(reader, leat_binlog_parse_xa_prepare(opened(reader, "mysql_xa_one_phase"), &prepare, &reader->error),
         "xa");
    assert_true(prepare.one_phase);
    assert_text(prepare.xid.global, "x2");
    assert_int_equal(prepare.xid.branch.length, 0);
}

/* A branch that claims four gigabytes. */
static void xa_prepare_with_lengths_beyond_the_event(void **state)
{
    event_reader *reader = *state;
    const leat_binlog_event *event = made(reader, LEAT_BINLOG_XA_PREPARE, "000100000001000000ffffffff61");
    assert_int_equal(parse_prepare(reader, event), LEAT_FAILED);
}

/* No server makes one on demand: libs/mysql/binlog/event/control_events.h, Incident_event; 1 is LOST_EVENTS.
 */
static void incident(void **state)
{
    event_reader *reader = *state;
    leat_binlog_incident incident;
    const leat_binlog_event *event = made(reader, LEAT_BINLOG_INCIDENT, "0100046c6f7374");
    must(reader, leat_binlog_parse_incident(event, &incident, &reader->error), "incident");
    assert_int_equal(incident.number, 1);
    assert_text(incident.message, "lost");
    for (size_t length = 0; length < 7; length++) {
        leat_binlog_event shorter = *event;
        shorter.body.length = length;
        assert_int_equal(leat_binlog_parse_incident(&shorter, &incident, &reader->error), LEAT_FAILED);
    }
}

static void cut_and_padded_bodies_are_refused(void **state)
{
    event_reader *reader = *state;
    refuses_shorter(reader, "mysql_heartbeat_2", parse_heartbeat, NULL);
    refuses_shorter(reader, "mysql_xa_prepare", parse_prepare, NULL);
    refuses_longer(reader, "mysql_heartbeat_2", parse_heartbeat);
    refuses_longer(reader, "maria_xa_prepare", parse_prepare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_reader, tear_down_reader)
        TEST(header_is_taken_apart),
        TEST(log_pos_zero_is_not_artificial),
        TEST(every_captured_event_opens),
        TEST(any_changed_bit_is_seen),
        TEST(format_in_the_midst_of_a_file_without_checksums),
        TEST(wrong_checksum_names_type_and_place),
        TEST(shorter_and_longer_events_are_refused),
        TEST(artificial_rotate_comes_before_the_format),
        TEST(embedded_events_have_no_checksum),
        cmocka_unit_test(unknown_types_have_a_number),
        TEST(format_tells_version_vendor_and_checksums),
        TEST(without_checksums),
        TEST(formats_of_others_are_refused),
        TEST(short_formats_are_refused),
        TEST(rotate),
        TEST(heartbeats),
        TEST(second_heartbeat_tells_offsets_beyond_four_gigabytes),
        TEST(xa_prepare),
        TEST(xa_prepare_with_lengths_beyond_the_event),
        TEST(incident),
        TEST(cut_and_padded_bodies_are_refused),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
