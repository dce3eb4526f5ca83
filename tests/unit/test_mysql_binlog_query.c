/* QUERY events: statements with the settings that they are to be read by. */
#include "mysql_event_reader.h"

/* Collation ids are those of information_schema.collations. */
enum {
    LATIN1_SWEDISH = 8,
    UTF8MB4_GENERAL = 45,
    LATIN2_BIN = 77,
    UTF8MB4_0900 = 255,
    UTF8MB4_UCA1400 = 2304
};

static leat_binlog_query query_of(event_reader *reader, const leat_binlog_event *event)
{
    leat_binlog_query query;
    must(reader, leat_binlog_parse_query(event, &reader->arena, &query, &reader->error), "query");
    return query;
}

static void create_table(void **state)
{
    event_reader *reader = *state;
    leat_binlog_query query = query_of(reader, opened(reader, "maria_query_create"));
    assert_text(query.database, "shop");
    assert_text(query.sql, "create table a (id int primary key, v varchar(20))");
    assert_int_equal(query.error_code, 0);
    assert_int_equal(query.thread, 0xb2);
    assert_int_equal(query.client_collation, UTF8MB4_GENERAL);
    assert_int_equal(query.server_collation, UTF8MB4_GENERAL);
    assert_int_equal(query.database_collation, 0);

    query = query_of(reader, opened(reader, "mysql_query_create"));
    assert_text(query.database, "shop");
    assert_text(query.sql, "create table a (id int primary key, v varchar(20))");
    assert_int_equal(query.client_collation, UTF8MB4_GENERAL);
    assert_int_equal(query.server_collation, UTF8MB4_0900);
}

static void begin(void **state)
{
    event_reader *reader = *state;
    leat_binlog_query query = query_of(reader, opened(reader, "mysql_query_begin"));
    assert_text(query.sql, "BEGIN");
    assert_text(query.database, "shop");
}

/* ANSI_QUOTES is bit 4 (sql/sql_class.h of MariaDB). */
static void charset_and_mode_of_the_session(void **state)
{
    event_reader *reader = *state;
    leat_binlog_query query = query_of(reader, opened(reader, "maria_query_ansi"));
    assert_text(query.sql, "create table \"quoted\" (i int)");
    assert_int_equal(query.sql_mode, 4);
    assert_int_equal(query.client_collation, LATIN1_SWEDISH);
    assert_int_equal(query.server_collation, LATIN2_BIN);
}

/* MariaDB 11.3 and later write character_set_collations in front of the charsets. */
static void collations_of_charsets_come_first(void **state)
{
    event_reader *reader = *state;
    leat_binlog_query query = query_of(reader, opened(reader, "maria11_query"));
    assert_text(query.sql, "create database other character set latin1");
    assert_text(query.database, "other");
    assert_int_equal(query.client_collation, UTF8MB4_UCA1400);
    assert_int_equal(query.server_collation, UTF8MB4_UCA1400);
}

static void commit_of_a_two_phase_alter(void **state)
{
    event_reader *reader = *state;
    leat_binlog_query query = query_of(reader, opened(reader, "maria_query_commit_alter"));
    assert_text(query.sql, "alter table m add column z int");
}

static void compressed(void **state)
{
    event_reader *reader = *state;
    leat_binlog_query query = query_of(reader, opened(reader, "maria_query_compressed"));
    assert_text(query.database, "shop");
    assert_text(
        query.sql,
        "create table packed (id int primary key, v varchar(500) comment 'long enough to be compressed: "
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')");
}

/* Each status variable on its own, in front of one that is read (database collation 33), as sql/log_event.cc
 * writes them. */
static void every_variable_is_passed_over(void **state)
{
    event_reader *reader = *state;
    static const struct {
        const char *variable;
        bool known;
    } cases[] = {
        {"0000000000", true},
        {"020373746400", true},
        {"0301000200", true},
        {"0503555443", true},
        {"0603737464", true},
        {"070500", true},
        {"090100000000000000", true},
        {"0a10000000", true},
        {"0b0161026262", true},
        {"0c026100626300", true},
        {"0cfe", true},
        {"0c00", true},
        {"0d010203", true},
        {"1001", true},
        {"110300000000000000", true},
        {"12ff00", true},
        {"1301", true},
        {"1400", true},
        {"80010203", true},
        {"810300000000000000", true},
        {"8202", true},
        {"82046d00000000000000", true},
        {"830108002f00", true},
        {"0e", false},
        {"15", false},
        {"7f", false},
        {"84", false},
        {"ff", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_buffer hex = {0};
        size_t bytes = strlen(cases[i].variable) / 2 + 3;
        leat_buffer_printf(&hex,
                           "0100000000000000010000%02zx00%s0821006400"
                           "58",
                           bytes, cases[i].variable);
        leat_binlog_query query = query_of(reader, made(reader, LEAT_BINLOG_QUERY, leat_buffer_string(&hex)));
        assert_text(query.sql, "X");
        assert_text(query.database, "d");
        if (query.database_collation != (cases[i].known ? 33 : 0))
            fail_msg("%s", cases[i].variable);
        leat_buffer_free(&hex);
    }
}

static leat_status parse_query(event_reader *reader, const leat_binlog_event *event)
{
    leat_binlog_query query;
    return leat_binlog_parse_query(event, &reader->arena, &query, &reader->error);
}

static void malformed(void **state)
{
    event_reader *reader = *state;
    static const char *const wrong[] = {
        "",
        "01000000000000000100000300045800640058", /* a variable longer than the variables */
        "010000000000000001000002000c03640058",   /* names of databases that are not there */
        "0100000000000000010000ffff640058",       /* variables longer than the event */
        "010000000000000001000000006458",         /* no NUL behind the database */
        "010000000000000009000000006400",         /* a database longer than the event */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (parse_query(reader, made(reader, LEAT_BINLOG_QUERY, wrong[i])) != LEAT_FAILED)
            fail_msg("%s", wrong[i]);
}

/* The text may be shorter; what stands before it may not. */
static void cut_before_the_text(void **state)
{
    event_reader *reader = *state;
    const leat_binlog_event event = *opened(reader, "mysql_query_create");
    size_t fixed = event.body.length - strlen("create table a (id int primary key, v varchar(20))");
    for (size_t length = 0; length < fixed; length++) {
        void *memory;
        leat_binlog_event shorter = cut(&event, length, &memory);
        assert_int_equal(parse_query(reader, &shorter), LEAT_FAILED);
        leat_release(memory);
    }
}

static void broken_compression(void **state)
{
    event_reader *reader = *state;
    refuses_shorter(reader, "maria_query_compressed", parse_query, NULL);
    static const char *const wrong[] = {
        "",                             /* no header */
        "00",                           /* not compressed: never written */
        "9101789c030000000001",         /* an unknown algorithm */
        "80789c030000000001",           /* no length */
        "850000000001789c030000000001", /* a length of five bytes */
        "84ffffffff789c030000000001",   /* four gigabytes */
        "843fffffff789c030000000001",   /* one gigabyte, of ten bytes */
        "8101789c030000000001",         /* one byte, and there is none */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        leat_buffer hex = {0};
        leat_buffer_printf(&hex, "010000000000000001000000006400%s", wrong[i]);
        const leat_binlog_event *event =
            made(reader, LEAT_BINLOG_MARIADB_QUERY_COMPRESSED, leat_buffer_string(&hex));
        if (parse_query(reader, event) != LEAT_FAILED)
            fail_msg("%s", wrong[i]);
        leat_buffer_free(&hex);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_reader, tear_down_reader)
        TEST(create_table),
        TEST(begin),
        TEST(charset_and_mode_of_the_session),
        TEST(collations_of_charsets_come_first),
        TEST(commit_of_a_two_phase_alter),
        TEST(compressed),
        TEST(every_variable_is_passed_over),
        TEST(malformed),
        TEST(cut_before_the_text),
        TEST(broken_compression),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
