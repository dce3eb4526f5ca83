/* The dump: what is sent for each kind of start, how packets become events, and what each end of it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_mysql.h"
#include "mysql/dump/reader.h"
#include "mysql/dump/transport.h"

static const char uuid[] = "0b52a3c4-5f6e-4a7b-8c9d-1e2f3a4b5c6d";

typedef struct dumped {
    fake_mysql server;
    char url[128];
    leat_source_options options;
    leat_mysql_session *session;
} dumped;

static void begin(dumped *it, const char *version, fake_mysql_script script)
{
    leat_error error;
    const char *type = strstr(version, "MariaDB") == NULL ? "mysql" : "mariadb";
    *it = (dumped){.server = {.version = version, .dump = script}};
    fake_mysql_start(&it->server);
    snprintf(it->url, sizeof it->url, "mysql://tester@127.0.0.1:%u", it->server.port);
    it->options = (leat_source_options){
        .pipeline = "shop", .type = type, .url = it->url, .connect_timeout = 10 * 1000 * 1000};
    if (leat_mysql_session_open(&it->options, &it->session, &error) != LEAT_OK)
        fail_msg("%s", error.message);
}

static void finish(dumped *it)
{
    leat_mysql_session_close(it->session);
    fake_mysql_stop(&it->server);
    fake_mysql_free(&it->server);
}

static leat_mysql_dump dump_by_file(const char *file, uint64_t offset)
{
    return (leat_mysql_dump){
        .server_id = 0x41424344, .uuid = uuid, .file = file, .offset = offset, .heartbeat = 5 * 1000 * 1000};
}

/* ---- What is sent ---- */

typedef struct start {
    const char *version;
    const char *gtids;
    const char *gtid_set;
    size_t gtid_set_length;
    const char *command;
    size_t command_length;
    const char *says;     /* to the server, before */
    const char *says_not; /* NULL: nothing in particular */
} start;

/* Layouts: MySQL's page_protocol_com_binlog_dump and _dump_gtid. */
static const start starts[] = {
    {.version = "8.0.45",
     .command = "\x12\xd2\x04\0\0\0\0DCBAbinlog.000007",
     .command_length = 11 + 13,
     .says = "@master_binlog_checksum = 'CRC32', @source_binlog_checksum = 'CRC32', "
             "@master_heartbeat_period = 5000000000, @source_heartbeat_period = 5000000000, "
             "@slave_uuid = '0b52a3c4-5f6e-4a7b-8c9d-1e2f3a4b5c6d', "
             "@replica_uuid = '0b52a3c4-5f6e-4a7b-8c9d-1e2f3a4b5c6d'\n",
     .says_not = "mariadb"},
    {.version = "8.0.45",
     .gtids = "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5",
     .gtid_set = "whatever it is",
     .gtid_set_length = 14,
     .command = "\x1e\0\0DCBA\0\0\0\0\4\0\0\0\0\0\0\0\x0e\0\0\0whatever it is",
     .command_length = 23 + 14,
     .says = "@source_heartbeat_period",
     .says_not = "connect_state"},
    {.version = "10.11.19-MariaDB",
     .gtids = "0-1-100,7-2-3",
     .command = "\x12\4\0\0\0\2\0DCBA",
     .command_length = 11,
     .says = "@mariadb_slave_capability = 4, @slave_gtid_strict_mode = 1, @slave_gtid_ignore_duplicates = 0, "
             "@slave_connect_state = '0-1-100,7-2-3'\n"},
    {.version = "10.11.19-MariaDB",
     .gtids = "",
     .command = "\x12\4\0\0\0\2\0DCBA",
     .command_length = 11,
     .says = "@slave_connect_state = ''\n"},
    {.version = "10.11.19-MariaDB",
     .command = "\x12\xd2\x04\0\0\2\0DCBAbinlog.000007",
     .command_length = 11 + 13,
     .says = "@mariadb_slave_capability = 4\n",
     .says_not = "connect_state"},
};

static void each_start_has_its_command(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        const start *wanted = &starts[i];
        leat_error error;
        dumped it;
        begin(&it, wanted->version, NULL);
        leat_mysql_dump dump = dump_by_file("binlog.000007", 1234);
        dump.gtids = wanted->gtids;
        dump.gtid_set = leat_slice_of(wanted->gtid_set, wanted->gtid_set_length);
        assert_int_equal(leat_mysql_transport_open(it.session, &dump, &error), LEAT_OK);
        leat_mysql_session_close(it.session);
        fake_mysql_stop(&it.server);
        assert_int_equal(it.server.command.length, wanted->command_length);
        assert_memory_equal(it.server.command.data, wanted->command, wanted->command_length);
        assert_non_null(strstr(leat_buffer_string(&it.server.heard), wanted->says));
        if (wanted->says_not != NULL)
            assert_null(strstr(leat_buffer_string(&it.server.heard), wanted->says_not));
        fake_mysql_free(&it.server);
    }
}

static void an_offset_that_no_command_can_name_is_refused(void **state)
{
    (void)state;
    leat_error error;
    dumped it;
    begin(&it, "8.0.45", NULL);
    leat_mysql_dump dump = dump_by_file("binlog.000007", (uint64_t)UINT32_MAX + 1);
    assert_int_equal(leat_mysql_transport_open(it.session, &dump, &error), LEAT_OPERATOR);
    assert_non_null(strstr(error.message, "binlog.000007:4294967296"));
    finish(&it);
}

/* ---- What comes ---- */

enum { HUGE_EVENT = (16 << 20) + 12345 };

static void send_three(fake_mysql *server)
{
    uint8_t *huge = leat_allocate(HUGE_EVENT);
    memset(huge, 'h', HUGE_EVENT);
    fake_mysql_send_event(server, leat_slice_of("first", 5));
    fake_mysql_send_event(server, leat_slice_of(huge, HUGE_EVENT));
    fake_mysql_send_event(server, leat_slice_of("third", 5));
    leat_release(huge);
    fake_mysql_wait_for_end(server);
}

static leat_status next_of(dumped *it, leat_slice *event, leat_error *error)
{
    return leat_mysql_transport_next(it->session, event, error);
}

static void open_dump(dumped *it)
{
    leat_error error;
    leat_mysql_dump dump = dump_by_file("binlog.000007", 4);
    if (leat_mysql_transport_open(it->session, &dump, &error) != LEAT_OK)
        fail_msg("%s", error.message);
}

/* An event of more than 16 MiB comes in several packets, and the memory for it does not stay. */
static void events_come_whole(void **state)
{
    (void)state;
    leat_error error;
    leat_slice event;
    dumped it;
    begin(&it, "8.0.45", send_three);
    open_dump(&it);
    assert_int_equal(next_of(&it, &event, &error), LEAT_OK);
    assert_true(leat_slice_equals_string(event, "first"));
    assert_int_equal(next_of(&it, &event, &error), LEAT_OK);
    assert_int_equal(event.length, HUGE_EVENT);
    assert_int_equal(event.data[0], 'h');
    assert_int_equal(event.data[HUGE_EVENT - 1], 'h');
    assert_int_equal(next_of(&it, &event, &error), LEAT_OK);
    assert_true(leat_slice_equals_string(event, "third"));
    assert_true(leat_mysql_session_connection(it.session)->net.max_packet < HUGE_EVENT);
    finish(&it);
}

static void end_stream(fake_mysql *server)
{
    fake_mysql_send_eof(server);
}

static void refuse_purged(fake_mysql *server)
{
    fake_mysql_send_event(server, leat_slice_of("rotate", 6));
    fake_mysql_send_error(server, 1236, "Could not find first log file name in binary log index file");
}

static void send_nonsense(fake_mysql *server)
{
    fake_mysql_send(server, leat_slice_of("\1something", 10));
}

static void send_nothing_in_a_packet(fake_mysql *server)
{
    fake_mysql_send(server, leat_slice_of("", 0));
}

static void hang_up(fake_mysql *server)
{
    (void)server;
}

static void hang_up_in_the_middle(fake_mysql *server)
{
    fake_mysql_write(server, "\x10\0\0\1\0half", 9);
}

static const struct {
    fake_mysql_script script;
    unsigned events;
    leat_status status;
    const char *says;
} ends[] = {
    {end_stream, 0, LEAT_RETRY, "ended the stream"},
    {refuse_purged, 1, LEAT_OPERATOR, "does not have the binary log file of position binlog.000007:4"},
    {send_nonsense, 0, LEAT_FAILED, "a packet of 10 bytes and kind 1"},
    {hang_up, 0, LEAT_RETRY, "the connection was lost"},
    {hang_up_in_the_middle, 0, LEAT_RETRY, "the connection was lost"},
};

static void each_end_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        leat_error error;
        leat_slice event;
        dumped it;
        begin(&it, "10.11.19-MariaDB", ends[i].script);
        open_dump(&it);
        for (unsigned event_number = 0; event_number < ends[i].events; event_number++)
            assert_int_equal(next_of(&it, &event, &error), LEAT_OK);
        leat_status status = next_of(&it, &event, &error);
        if (status != ends[i].status || strstr(error.message, ends[i].says) == NULL)
            fail_msg("%zu: %d %s", i, (int)status, error.message);
        assert_int_equal(error.status, status);
        finish(&it);
    }
}

static void a_packet_of_nothing_is_no_event(void **state)
{
    (void)state;
    leat_error error;
    leat_slice event;
    dumped it;
    begin(&it, "8.0.45", send_nothing_in_a_packet);
    open_dump(&it);
    assert_int_not_equal(next_of(&it, &event, &error), LEAT_OK);
    finish(&it);
}

/* A server that is there and says nothing at all, not even by a heartbeat. */
static void a_silent_server_is_given_up(void **state)
{
    (void)state;
    leat_error error;
    leat_slice event;
    dumped it;
    begin(&it, "8.0.45", fake_mysql_wait_for_end);
    leat_mysql_dump dump = dump_by_file("binlog.000007", 4);
    dump.heartbeat = 1000;
    assert_int_equal(leat_mysql_transport_open(it.session, &dump, &error), LEAT_OK);
    assert_int_equal(next_of(&it, &event, &error), LEAT_RETRY);
    assert_non_null(strstr(error.message, "not even a heartbeat"));
    finish(&it);
}

/* ---- With the reader ---- */

static leat_status next(void *session, leat_slice *event, leat_error *error)
{
    return leat_mysql_transport_next(session, event, error);
}

static void interrupt(void *session)
{
    leat_mysql_session_interrupt(session);
}

static void send_one_and_wait(fake_mysql *server)
{
    fake_mysql_send_event(server, leat_slice_of("one", 3));
    fake_mysql_wait_for_end(server);
}

static void closing_the_reader_ends_a_wait_for_the_server(void **state)
{
    (void)state;
    enum { LONG_TIME = 20 * 1000 * 1000 };
    leat_mysql_reading reading;
    leat_slice event;
    leat_error error;
    dumped it;
    begin(&it, "10.11.19-MariaDB", send_one_and_wait);
    open_dump(&it);
    leat_mysql_reader *reader = leat_mysql_reader_open(next, interrupt, it.session);
    assert_int_equal(leat_mysql_reader_next(reader, LONG_TIME, &reading, &event, &error), LEAT_OK);
    assert_int_equal(reading, LEAT_MYSQL_READ_EVENT);
    assert_true(leat_slice_equals_string(event, "one"));
    leat_mysql_reader_close(reader);
    assert_int_equal(leat_mysql_transport_next(it.session, &event, &error), LEAT_RETRY);
    assert_non_null(strstr(error.message, "interrupted"));
    finish(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_start_has_its_command),
        cmocka_unit_test(an_offset_that_no_command_can_name_is_refused),
        cmocka_unit_test(events_come_whole),
        cmocka_unit_test(each_end_is_told),
        cmocka_unit_test(a_packet_of_nothing_is_no_event),
        cmocka_unit_test(a_silent_server_is_given_up),
        cmocka_unit_test(closing_the_reader_ends_a_wait_for_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
