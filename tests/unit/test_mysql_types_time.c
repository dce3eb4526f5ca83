/* Dates and times. What servers logged and printed for the literals in the comments: MySQL 9.7, MariaDB 10.11
 * and 11.8, the text by leat_mysql_select_expression. The Avro bytes are worked out from the literals. */
#include "mysql_types.h"

static const vector vectors[] = {
    {"date", NULL, "21640f", "1970-01-01", 10, "00", false},                       /* '1970-01-01' */
    {"date", NULL, "5dd00f", "2024-02-29", 10, "8cb502", false},                   /* '2024-02-29' */
    {"date", NULL, "21d007", "1000-01-01", 10, "d99f2b", false},                   /* '1000-01-01' */
    {"date", NULL, "9f1f4e", "9999-12-31", 10, "c082e602", false},                 /* '9999-12-31' */
    {"date", NULL, "9f630f", "1969-12-31", 10, "01", false},                       /* '1969-12-31' */
    {"date", NULL, "210200", "0001-01-01", 10, "f3e457", false},                   /* '0001-01-01' */
    {"date", NULL, "000000", "0000-00-00", 10, NULL, false},                       /* '0000-00-00' */
    {"date", NULL, "5fd00f", "2024-02-31", 10, NULL, false},                       /* '2024-02-31' */
    {"date", NULL, "00d00f", "2024-00-00", 10, NULL, false},                       /* '2024-00-00' */
    {"date", NULL, "40d00f", "2024-02-00", 10, NULL, false},                       /* '2024-02-00' */
    {"date", NULL, "210000", "0000-01-01", 10, NULL, false},                       /* '0000-01-01' */
    {"date", NULL, "5dce0f", "2023-02-29", 10, NULL, false},                       /* '2023-02-29' */
    {"time", NULL, "800000", "00:00:00", 8, "00", false},                          /* '00:00:00' */
    {"time", NULL, "7fffff", "-00:00:01", 9, "ff887a", false},                     /* '-00:00:01' */
    {"time", NULL, "b46efb", "838:59:59", 9, "80e7f9dce7af01", false},             /* '838:59:59' */
    {"time", NULL, "4b9105", "-838:59:59", 10, "ffe6f9dce7af01", false},           /* '-838:59:59' */
    {"time", NULL, "817efb", "23:59:59", 8, "80f7c0dc8305", false},                /* '23:59:59' */
    {"time(1)", NULL, "7ffffece", "-00:00:01.5", 11, "bf8db701", false},           /* '-00:00:01.5' */
    {"time(1)", NULL, "8000000a", "00:00:00.1", 10, "c09a0c", false},              /* '00:00:00.1' */
    {"time(1)", NULL, "4b9105a6", "-838:59:58.9", 12, "bfcceddce7af01", false},    /* '-838:59:58.9' */
    {"time(2)", NULL, "7f3747b2", "-12:34:56.78", 12, "bf8bb0bed102", false},      /* '-12:34:56.78' */
    {"time(3)", NULL, "7ffffffff6", "-00:00:00.001", 13, "cf0f", false},           /* '-00:00:00.001' */
    {"time(3)", NULL, "b46efa2706", "838:59:58.999", 13, "b0d7f9dce7af01", false}, /* '838:59:58.999' */
    {"time(4)", NULL, "7fefffffff", "-01:00:00.0001", 14, "c7919de91a", false},    /* '-01:00:00.0001' */
    {"time(5)", NULL, "7feffffffff6", "-01:00:00.00001", 15, "93909de91a", false}, /* '-01:00:00.00001' */
    {"time(6)", NULL, "7fffffffffff", "-00:00:00.000001", 16, "01", false},        /* '-00:00:00.000001' */
    {"time(6)", NULL, "4b9105f0bdc1", "-838:59:58.999999", 17, "fde6f9dce7af01",
     false}, /* '-838:59:58.999999' */
    {"time(6)", NULL, "86400001e240", "100:00:00.123456", 16, "80c9ef9afa14", false}, /* '100:00:00.123456' */
    {"datetime", NULL, "99b2d4b5a1", "2024-03-10 11:22:33", 19, "80c1d9c294d38906",
     false},                                                                  /* '2024-03-10 11:22:33' */
    {"datetime", NULL, "9902c20000", "1970-01-01 00:00:00", 19, "00", false}, /* '1970-01-01 00:00:00' */
    {"datetime", NULL, "8003820000", "0001-01-01 00:00:00", 19, "ffffddf2dfffdfdc01",
     false}, /* '0001-01-01 00:00:00' */
    {"datetime", NULL, "fef3ff7efb", "9999-12-31 23:59:59", 19, "80f7a0c69983a28407",
     false},                                                                  /* '9999-12-31 23:59:59' */
    {"datetime", NULL, "8000000000", "0000-00-00 00:00:00", 19, NULL, false}, /* '0000-00-00 00:00:00' */
    {"datetime", NULL, "99b2be1083", "2024-02-31 01:02:03", 19, NULL, false}, /* '2024-02-31 01:02:03' */
    {"datetime", NULL, "99b20a0000", "2024-00-05 00:00:00", 19, NULL, false}, /* '2024-00-05 00:00:00' */
    {"datetime(3)", NULL, "99027f7efb2706", "1969-12-31 23:59:59.999", 23, "cf0f",
     false}, /* '1969-12-31 23:59:59.999' */
    {"datetime(3)", NULL, "99b2d4b5a104b0", "2024-03-10 11:22:33.120", 23, "8094e8c294d38906",
     false}, /* '2024-03-10 11:22:33.120' */
    {"datetime(3)", NULL, "99b280b5a104b0", "2024-02-00 11:22:33.120", 23, NULL,
     false}, /* '2024-02-00 11:22:33.120' */
    {"datetime(6)", NULL, "99b2d4b5a101e240", "2024-03-10 11:22:33.123456", 26, "80cae8c294d38906",
     false}, /* '2024-03-10 11:22:33.123456' */
    {"datetime(6)", NULL, "fef3ff7efb0f423f", "9999-12-31 23:59:59.999999", 26, "feff9ac79983a28407",
     false}, /* '9999-12-31 23:59:59.999999' */
    {"datetime(6)", NULL, "8000000000000000", "0000-00-00 00:00:00.000000", 26, NULL,
     false}, /* '0000-00-00 00:00:00.000000' */
    {"timestamp", NULL, "00000001", "1970-01-01 00:00:01", 19, "80897a", false}, /* '1970-01-01 00:00:01' */
    {"timestamp", NULL, "65ed97f9", "2024-03-10 11:22:33", 19, "80c1d9c294d38906",
     false}, /* '2024-03-10 11:22:33' */
    {"timestamp", NULL, "7fffffff", "2038-01-19 03:14:07", 19, "80f785ffffc7d007",
     false},                                                                 /* '2038-01-19 03:14:07' */
    {"timestamp", NULL, "00000000", "0000-00-00 00:00:00", 19, NULL, false}, /* '0000-00-00 00:00:00' */
    {"timestamp(6)", NULL, "00000001000001", "1970-01-01 00:00:01.000001", 26, "82897a",
     false}, /* '1970-01-01 00:00:01.000001' */
    {"timestamp(6)", NULL, "7fffffff07a11f", "2038-01-19 03:14:07.499999", 26, "befbc2ffffc7d007",
     false}, /* '2038-01-19 03:14:07.499999' */
    {"timestamp(6)", NULL, "00000000000000", "0000-00-00 00:00:00.000000", 26, NULL,
     false}, /* '0000-00-00 00:00:00' */
    {"timestamp", NULL, "ffffffff", "2106-02-07 06:28:15", 19, "80f785ffff8fa10f",
     false}, /* '2106-02-07 06:28:15' */
    {"timestamp", NULL, "80000000", "2038-01-19 03:14:08", 19, "8080808080c8d007",
     false}, /* '2038-01-19 03:14:08' */
    {"timestamp /* mariadb-5.3 */", NULL, "f997ed65", "2024-03-10 11:22:33", 19, "80c1d9c294d38906",
     false}, /* '2024-03-10 11:22:33' */
    {"timestamp /* mariadb-5.3 */", NULL, "ffffff7f", "2038-01-19 03:14:07", 19, "80f785ffffc7d007",
     false}, /* '2038-01-19 03:14:07' */
    {"timestamp /* mariadb-5.3 */", NULL, "00000000", "0000-00-00 00:00:00", 19, NULL,
     false}, /* '0000-00-00 00:00:00' */
    {"datetime /* mariadb-5.3 */", NULL, "e98f7e9068120000", "2024-03-10 11:22:33", 19, "80c1d9c294d38906",
     false}, /* '2024-03-10 11:22:33' */
    {"datetime /* mariadb-5.3 */", NULL, "7787d105f15a0000", "9999-12-31 23:59:59", 19, "80f7a0c69983a28407",
     false}, /* '9999-12-31 23:59:59' */
    {"datetime /* mariadb-5.3 */", NULL, "0062ee8968120000", "2024-02-00 00:00:00", 19, NULL,
     false}, /* '2024-02-00 00:00:00' */
    {"datetime /* mariadb-5.3 */", NULL, "0000000000000000", "0000-00-00 00:00:00", 19, NULL,
     false}, /* '0000-00-00 00:00:00' */
    {"time /* mariadb-5.3 */", NULL, "c01dfe", "-12:34:56", 9, "ffefd0bdd102", false},     /* '-12:34:56' */
    {"time /* mariadb-5.3 */", NULL, "a7f57f", "838:59:59", 9, "80e7f9dce7af01", false},   /* '838:59:59' */
    {"time /* mariadb-5.3 */", NULL, "590a80", "-838:59:59", 10, "ffe6f9dce7af01", false}, /* '-838:59:59' */
    {"time /* mariadb-5.3 */", NULL, "ffffff", "-00:00:01", 9, "ff887a", false},           /* '-00:00:01' */
    {"time /* mariadb-5.3 */", NULL, "000000", "00:00:00", 8, "00", false},                /* '00:00:00' */
};

static void times_are_the_same_from_log_and_text(void **state)
{
    (void)state;
    assert_vectors(vectors, COUNT(vectors));
}

static const refusal malformed[] = {
    {"date", NULL, LEAT_MYSQL_BINLOG, "0000"},
    {"date", NULL, LEAT_MYSQL_BINLOG, "a1d10f00"},
    {"date", NULL, LEAT_MYSQL_BINLOG, "a1d1ff"}, /* month 13 */
    {"time", NULL, LEAT_MYSQL_BINLOG, "80000000"},
    {"time", NULL, LEAT_MYSQL_BINLOG, "80003c"}, /* second 60 */
    {"time(2)", NULL, LEAT_MYSQL_BINLOG, "80000064"},
    {"datetime", NULL, LEAT_MYSQL_BINLOG, "19b2d4b5a1"}, /* a sign that no date has */
    {"datetime", NULL, LEAT_MYSQL_BINLOG, "99b2d4b5"},
    {"datetime(6)", NULL, LEAT_MYSQL_BINLOG, "99b2d4b5a10f4240"},
    {"timestamp", NULL, LEAT_MYSQL_BINLOG, "000000"},
    {"timestamp(3)", NULL, LEAT_MYSQL_BINLOG, "6500000027ff"},
    {"timestamp /* mariadb-5.3 */", NULL, LEAT_MYSQL_BINLOG, "65ed97f9007b"},
    {"datetime /* mariadb-5.3 */", NULL, LEAT_MYSQL_BINLOG, "ffffffffffffffff"},
    {"time /* mariadb-5.3 */", NULL, LEAT_MYSQL_BINLOG, "ffff7f"},
    {"date", NULL, LEAT_MYSQL_TEXT, "323032342d30322d"},
    {"date", NULL, LEAT_MYSQL_TEXT, "323032342f30322f3031"},
    {"time", NULL, LEAT_MYSQL_TEXT, "3833393a30303a3030"},
    {"time", NULL, LEAT_MYSQL_TEXT, "30303a30303a36302e"},
    {"time", NULL, LEAT_MYSQL_TEXT, "30303a30303a30302e"},
    {"datetime", NULL, LEAT_MYSQL_TEXT, "323032342d30322d30315430313a30323a3033"},
    {"datetime", NULL, LEAT_MYSQL_TEXT, "323032342d30322d30312032343a30303a3030"},
};

static void what_is_no_time_stops(void **state)
{
    (void)state;
    assert_answers(LEAT_MALFORMED, malformed, COUNT(malformed));
}

static const char *describe(const char *type, const char *hex, leat_buffer *text)
{
    leat_arena arena = {0};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_encoder encoder = encoder_of(type, NULL, LEAT_MYSQL_BINLOG, collations, &arena);
    size_t length = 0;
    uint8_t *bytes = from_hex(hex, &length);
    leat_buffer_reset(text);
    encoder.describe(&encoder, leat_slice_of(bytes, length), text);
    free(bytes);
    leat_mysql_collations_free(collations);
    leat_arena_free(&arena);
    return leat_buffer_string(text);
}

/* Texts that the servers print for these bytes; hex where they are none. */
static void a_logged_time_says_what_it_is(void **state)
{
    (void)state;
    leat_buffer text = {0};
    assert_string_equal(describe("timestamp", "65ed97f9", &text), "2024-03-10 11:22:33");
    assert_string_equal(describe("timestamp", "7fffffff", &text), "2038-01-19 03:14:07");
    assert_string_equal(describe("timestamp", "ffffffff", &text), "2106-02-07 06:28:15");
    assert_string_equal(describe("timestamp(6)", "00000001000001", &text), "1970-01-01 00:00:01.000001");
    assert_string_equal(describe("timestamp /* mariadb-5.3 */", "f997ed65", &text), "2024-03-10 11:22:33");
    assert_string_equal(describe("datetime", "99b2d4b5a1", &text), "2024-03-10 11:22:33");
    assert_string_equal(describe("time(1)", "7ffffece", &text), "-00:00:01.5");
    assert_string_equal(describe("time(6)", "4b9105f0bdc1", &text), "-838:59:58.999999");
    assert_string_equal(describe("time /* mariadb-5.3 */", "c01dfe", &text), "-12:34:56");
    assert_string_equal(describe("date", "ff", &text), "0xff");
    assert_string_equal(describe("int", "01000000", &text), "0x01000000");
    leat_buffer_free(&text);
}

static void an_old_timestamps_first_second_is_the_zero_date(void **state)
{
    (void)state;
    static const refusal zeros[] = {
        {"timestamp /* mariadb-5.3 */", NULL, LEAT_MYSQL_BINLOG, "00000000"},
        {"timestamp(2)", NULL, LEAT_MYSQL_BINLOG, "0000000000"},
    };
    assert_answers(LEAT_UNREPRESENTABLE, zeros, COUNT(zeros));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_the_same_from_log_and_text),
        cmocka_unit_test(what_is_no_time_stops),
        cmocka_unit_test(a_logged_time_says_what_it_is),
        cmocka_unit_test(an_old_timestamps_first_second_is_the_zero_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
