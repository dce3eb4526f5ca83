/* The four kinds of GTID events, and MariaDB's GTID_LIST. */
#include "mysql_event_reader.h"

static leat_binlog_gtid gtid_of(event_reader *reader, const char *name)
{
    leat_binlog_gtid gtid;
    must(reader, leat_binlog_parse_gtid(opened(reader, name), &gtid, &reader->error), name);
    return gtid;
}

static leat_binlog_mariadb_gtid mariadb_gtid_of(event_reader *reader, const char *name)
{
    leat_binlog_mariadb_gtid gtid;
    must(reader, leat_binlog_parse_mariadb_gtid(opened(reader, name), &gtid, &reader->error), name);
    return gtid;
}

static void assert_gtid(const leat_binlog_gtid *gtid, const char *text)
{
    leat_buffer out = {0};
    leat_mysql_gtid_format(&gtid->gtid, &out);
    assert_string_equal(leat_buffer_string(&out), text);
    leat_buffer_free(&out);
}

/* Expected: @@server_uuid and @@gtid_executed of the server; lengths are the sums of the events' of the
 * transaction; times are the seven bytes as Python's int.from_bytes reads them. */
static void gtid(void **state)
{
    leat_binlog_gtid gtid = gtid_of(*state, "mysql_gtid");
    assert_gtid(&gtid, "a6c7a12c-e716-11f1-af90-02fc00000001:121");
    assert_false(gtid.anonymous);
    assert_int_equal(gtid.commit_time, INT64_C(1795423377804374));
    assert_int_equal(gtid.length, 79 + 75 + 68 + 47 + 31);

    gtid = gtid_of(*state, "mysql_gtid_ddl");
    assert_gtid(&gtid, "a6c7a12c-e716-11f1-af90-02fc00000001:120");
    assert_int_equal(gtid.length, 77 + 138);
}

static void tagged(void **state)
{
    leat_binlog_gtid gtid = gtid_of(*state, "mysql_gtid_tagged");
    assert_gtid(&gtid, "a6c7a12c-e716-11f1-af90-02fc00000001:mytag:4");
    assert_int_equal(gtid.commit_time, INT64_C(1795423379704987));
    assert_int_equal(gtid.length, 303);
}

/* Of another MySQL 9.7.4, whose numbers of bytes differ: the first of a tag, gtid_executed "…:mytag:1". */
static void tagged_of_another_server(void **state)
{
    event_reader *reader = *state;
    leat_binlog_gtid gtid;
    const leat_binlog_event *event = made(reader, LEAT_BINLOG_GTID_TAGGED,
                                          "02780000000272d50241038699037d0322c503c502a604f1030000000204"
                                          "04060a6d797461670889090a91090c7fd0ee4d15e860061029051283120b");
    must(reader, leat_binlog_parse_gtid(event, &gtid, &reader->error), "tagged");
    assert_gtid(&gtid, "39b5d043-e6df-11f1-b153-02fc00000001:mytag:1");
    assert_int_equal(gtid.length, 330);
}

static void anonymous(void **state)
{
    leat_binlog_gtid gtid = gtid_of(*state, "mysql_anonymous");
    assert_true(gtid.anonymous);
    assert_int_equal(gtid.gtid.number, 0);
    assert_int_equal(gtid.commit_time, INT64_C(1795423380053972));
}

/* MySQL 5.6 stops at the number, 5.7 behind the logical clock, 8.0.1 behind the times. */
static void older_servers_say_less(void **state)
{
    event_reader *reader = *state;
    static const size_t allowed[] = {25, 42, 49, 52, 0};
    leat_binlog_event event = *opened(reader, "mysql_gtid");
    for (size_t i = 0; allowed[i] != 0; i++) {
        leat_binlog_gtid gtid;
        leat_binlog_event shorter = event;
        shorter.body.length = allowed[i];
        must(reader, leat_binlog_parse_gtid(&shorter, &gtid, &reader->error), "older");
        assert_gtid(&gtid, "a6c7a12c-e716-11f1-af90-02fc00000001:121");
        assert_int_equal(gtid.commit_time, i < 2 ? 0 : INT64_C(1795423377804374));
        assert_int_equal(gtid.length, i < 3 ? 0 : 300);
    }
}

/* The highest bits of time and version announce the original server's (control_events.cpp); a ticket of a
 * commit group stands at the end. Time 1 and length 5 of our server. */
static void original_times_and_versions_are_passed_over(void **state)
{
    event_reader *reader = *state;
    leat_binlog_gtid gtid;
    const char *hex = "00000102030405060708090a0b0c0d0e0f070000000000000002"
                      "01000000000000000200000000000000"
                      "01000000000080020000000000000550620180516201000900000000000000";
    must(reader, leat_binlog_parse_gtid(made(reader, LEAT_BINLOG_GTID, hex), &gtid, &reader->error), "gtid");
    assert_gtid(&gtid, "00010203-0405-0607-0809-0a0b0c0d0e0f:7");
    assert_int_equal(gtid.commit_time, 1);
    assert_int_equal(gtid.length, 5);
}

static leat_status parse_gtid(event_reader *reader, const leat_binlog_event *event)
{
    leat_binlog_gtid gtid;
    return leat_binlog_parse_gtid(event, &gtid, &reader->error);
}

static leat_status parse_mariadb_gtid(event_reader *reader, const leat_binlog_event *event)
{
    leat_binlog_mariadb_gtid gtid;
    return leat_binlog_parse_mariadb_gtid(event, &gtid, &reader->error);
}

static void numbers_that_are_none(void **state)
{
    event_reader *reader = *state;
    static const char *const wrong[] = {
        "00000102030405060708090a0b0c0d0e0f0000000000000000",                                   /* 0 */
        "00000102030405060708090a0b0c0d0e0fffffffffffffffff",                                   /* -1 */
        "00000102030405060708090a0b0c0d0e0f01000000000000000101000000000000000200000000000000", /* clock */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(parse_gtid(reader, made(reader, LEAT_BINLOG_GTID, wrong[i])), LEAT_FAILED);
}

/* Sizes and versions in front; field ids 0 and 1 with a uuid of zeros; then the number. */
static void tagged_fields(void **state)
{
    event_reader *reader = *state;
#define ZEROS "00000000000000000000000000000000"
    static const struct {
        const char *hex;
        bool fine;
    } cases[] = {
        {"022e00000002" ZEROS "041c", false},         /* a size of 23, and 24 bytes */
        {"023000000002" ZEROS "041c", true},          /* number 7 */
        {"023000000002" ZEROS "0402", false},         /* number -1 */
        {"043000000002" ZEROS "041c", false},         /* version 2 */
        {"02301a000002" ZEROS "041c", false},         /* its thirteenth field may not be left unread */
        {"023018000002" ZEROS "041c", true},          /* its twelfth is known */
        {"023600000002" ZEROS "041c180000", true},    /* fields that are unknown, at the end */
        {"023400000002" ZEROS "041c0000", false},     /* a field comes twice */
        {"023800000002" ZEROS "041c06044141", false}, /* a tag of capitals */
        {"023800000002" ZEROS "041c06043161", false}, /* a tag that begins with a digit */
        {"023800000002" ZEROS "041c06046131", true},  /* a1 */
        {"023800000002" ZEROS "041c06ff6131", false}, /* a tag longer than the event */
        {"022c00000002" ZEROS, false},                /* no number */
    };
#undef ZEROS
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_status status = parse_gtid(reader, made(reader, LEAT_BINLOG_GTID_TAGGED, cases[i].hex));
        if ((status == LEAT_OK) != cases[i].fine)
            fail_msg("case %zu: %s", i, status == LEAT_OK ? "taken" : reader->error.message);
    }
}

/* A varint of eight more bytes, all of them in use: length 0xfedcba9876543210. */
static void longest_varint(void **state)
{
    event_reader *reader = *state;
    leat_binlog_gtid gtid;
    const char *hex = "02440000000200000000000000000000000000000000041c10ff1032547698badcfe";
    must(reader, leat_binlog_parse_gtid(made(reader, LEAT_BINLOG_GTID_TAGGED, hex), &gtid, &reader->error),
         "tagged");
    assert_true(gtid.length == UINT64_C(0xfedcba9876543210));
    assert_int_equal(gtid.gtid.number, 7);
}

/* ---- MariaDB ---- */

/* Sequences and the server's id are what gtid_binlog_pos printed; flags as SHOW BINLOG EVENTS tells them. */
static void mariadb_statements_and_transactions(void **state)
{
    leat_binlog_mariadb_gtid gtid = mariadb_gtid_of(*state, "maria_gtid_ddl");
    assert_true(gtid.standalone && gtid.ddl && !gtid.transactional);
    assert_int_equal(gtid.gtid.domain, 0);
    assert_int_equal(gtid.gtid.server_id, 10);

    leat_binlog_mariadb_gtid next = mariadb_gtid_of(*state, "maria_gtid");
    assert_true(!next.standalone && !next.ddl && next.transactional && !next.prepared && !next.completed);
    assert_int_equal(next.gtid.sequence, gtid.gtid.sequence + 1);
    assert_false(next.has_thread);
}

static void mariadb_names_the_thread(void **state)
{
    leat_binlog_mariadb_gtid gtid = mariadb_gtid_of(*state, "maria11_gtid_thread");
    assert_true(gtid.has_thread);
    assert_int_equal(gtid.thread, 0x1f);
    assert_int_equal(gtid.gtid.server_id, 11);
}

static void mariadb_distributed_transactions(void **state)
{
    leat_binlog_mariadb_gtid gtid = mariadb_gtid_of(*state, "maria_gtid_prepare");
    assert_true(gtid.prepared && !gtid.completed && !gtid.standalone);
    assert_int_equal(gtid.xid.format, 7);
    assert_text(gtid.xid.global, "gone");
    assert_text(gtid.xid.branch, "branch");

    gtid = mariadb_gtid_of(*state, "maria_gtid_commit");
    assert_true(gtid.completed && !gtid.prepared && gtid.standalone);
    assert_text(gtid.xid.global, "gone");
    assert_text(gtid.xid.branch, "branch");

    gtid = mariadb_gtid_of(*state, "maria11_gtid_prepare");
    assert_text(gtid.xid.global, "q");
    assert_int_equal(gtid.xid.branch.length, 0);
    assert_true(gtid.has_thread);
    assert_int_equal(gtid.thread, 0x23);
}

static void mariadb_two_phase_alter(void **state)
{
    leat_binlog_mariadb_gtid start = mariadb_gtid_of(*state, "maria_gtid_start_alter");
    assert_true(start.start_alter && !start.commit_alter && !start.rollback_alter);
    leat_binlog_mariadb_gtid commit = mariadb_gtid_of(*state, "maria_gtid_commit_alter");
    assert_true(!commit.start_alter && commit.commit_alter && !commit.rollback_alter);
    assert_int_equal(commit.alter_start, start.gtid.sequence);
    leat_binlog_mariadb_gtid rollback = mariadb_gtid_of(*state, "maria_gtid_rollback_alter");
    assert_true(!rollback.start_alter && !rollback.commit_alter && rollback.rollback_alter);
    assert_int_equal(rollback.alter_start, rollback.gtid.sequence - 1);
}

/* sql/log_event.cc, Gtid_log_event: flags 2 puts eight bytes of commit id where the padding was. */
static void mariadb_group_commit(void **state)
{
    event_reader *reader = *state;
    leat_binlog_mariadb_gtid gtid;
    const leat_binlog_event *event =
        made(reader, LEAT_BINLOG_MARIADB_GTID, "0900000000000000020000000e0102030405060708");
    must(reader, leat_binlog_parse_mariadb_gtid(event, &gtid, &reader->error), "group");
    assert_int_equal(gtid.gtid.sequence, 9);
    assert_int_equal(gtid.gtid.domain, 2);
    assert_int_equal(gtid.gtid.server_id, 7);
    assert_true(gtid.transactional);
}

static void mariadb_flags_that_are_unknown(void **state)
{
    event_reader *reader = *state;
    const leat_binlog_event *event =
        made(reader, LEAT_BINLOG_MARIADB_GTID, "090000000000000002000000002000000000");
    assert_int_equal(parse_mariadb_gtid(reader, event), LEAT_FAILED);
    assert_non_null(strstr(reader->error.message, "0x20"));
}

static void cut_and_padded_bodies_are_refused(void **state)
{
    event_reader *reader = *state;
    static const size_t older[] = {25, 42, 49, 52, 0};
    /* Padding may be missing, and with it the byte of extra flags. */
    static const size_t unpadded[] = {13, 18, 0};
    refuses_shorter(reader, "mysql_gtid", parse_gtid, older);
    refuses_shorter(reader, "mysql_gtid_tagged", parse_gtid, NULL);
    refuses_shorter(reader, "maria11_gtid_thread", parse_mariadb_gtid, unpadded);
    refuses_longer(reader, "mysql_gtid_tagged", parse_gtid);
    refuses_longer(reader, "maria_gtid", parse_mariadb_gtid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_reader, tear_down_reader)
        TEST(gtid),
        TEST(tagged),
        TEST(tagged_of_another_server),
        TEST(anonymous),
        TEST(older_servers_say_less),
        TEST(original_times_and_versions_are_passed_over),
        TEST(numbers_that_are_none),
        TEST(tagged_fields),
        TEST(longest_varint),
        TEST(mariadb_statements_and_transactions),
        TEST(mariadb_names_the_thread),
        TEST(mariadb_distributed_transactions),
        TEST(mariadb_two_phase_alter),
        TEST(mariadb_group_commit),
        TEST(mariadb_flags_that_are_unknown),
        TEST(cut_and_padded_bodies_are_refused),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
