/* Numbers and bits. What servers logged and printed for the literals in the comments: MySQL 9.7,
 * MariaDB 10.11 and 11.8, the text by leat_mysql_select_expression. The Avro bytes are worked out from the
 * literals. */
#include "mysql_types.h"

static const vector vectors[] = {
    {"tinyint", NULL, "80", "-128", 4, "ff01", false},                         /* -128 */
    {"tinyint", NULL, "7f", "127", 3, "fe01", false},                          /* 127 */
    {"tinyint", NULL, "00", "0", 1, "00", false},                              /* 0 */
    {"tinyint unsigned", NULL, "ff", "255", 3, "fe03", false},                 /* 255 */
    {"smallint", NULL, "0080", "-32768", 6, "ffff03", false},                  /* -32768 */
    {"smallint unsigned", NULL, "ffff", "65535", 5, "feff07", false},          /* 65535 */
    {"mediumint", NULL, "000080", "-8388608", 8, "ffffff07", false},           /* -8388608 */
    {"mediumint", NULL, "ffff7f", "8388607", 7, "feffff07", false},            /* 8388607 */
    {"mediumint", NULL, "ffffff", "-1", 2, "01", false},                       /* -1 */
    {"mediumint unsigned", NULL, "ffffff", "16777215", 8, "feffff0f", false},  /* 16777215 */
    {"int", NULL, "00000080", "-2147483648", 11, "ffffffff0f", false},         /* -2147483648 */
    {"int", NULL, "ffffff7f", "2147483647", 10, "feffffff0f", false},          /* 2147483647 */
    {"int unsigned", NULL, "ffffffff", "4294967295", 10, "feffffff1f", false}, /* 4294967295 */
    {"int(20) unsigned zerofill", NULL, "07000000", "00000000000000000007", 20, "0e", false}, /* 7 */
    {"bigint", NULL, "0000000000000080", "-9223372036854775808", 20, "ffffffffffffffffff01",
     false}, /* -9223372036854775808 */
    {"bigint", NULL, "ffffffffffffff7f", "9223372036854775807", 19, "feffffffffffffffff01",
     false},                                                                  /* 9223372036854775807 */
    {"bigint unsigned", NULL, "0000000000000000", "0", 1, "0200", false},     /* 0 */
    {"bigint unsigned", NULL, "8000000000000000", "128", 3, "040080", false}, /* 128 */
    {"bigint unsigned", NULL, "ffffffffffffff7f", "9223372036854775807", 19, "107fffffffffffffff",
     false}, /* 9223372036854775807 */
    {"bigint unsigned", NULL, "0000000000000080", "9223372036854775808", 19, "12008000000000000000",
     false}, /* 9223372036854775808 */
    {"bigint unsigned", NULL, "ffffffffffffffff", "18446744073709551615", 20, "1200ffffffffffffffff",
     false}, /* 18446744073709551615 */
    {"bigint(20) unsigned zerofill", NULL, "2a00000000000000", "00000000000000000042", 20, "022a",
     false},                                                                     /* 42 */
    {"year", NULL, "00", "0000", 4, "00", false},                                /* 0 */
    {"year", NULL, "01", "1901", 4, "da1d", false},                              /* 1901 */
    {"year", NULL, "ff", "2155", 4, "d621", false},                              /* 2155 */
    {"year(2)", NULL, "a9", "69", 2, "aa20", false},                             /* '69' */
    {"year(2)", NULL, "46", "70", 2, "e41e", false},                             /* '70' */
    {"float", NULL, "00000000", "0", 1, "00000000", false},                      /* 0 */
    {"float", NULL, "00000080", "-0", 2, "00000080", false},                     /* -0e0 */
    {"float", NULL, "cdcccc3d", "0.10000000149011612", 19, "cdcccc3d", false},   /* 0.1 */
    {"float", NULL, "0000c03f", "1.5", 3, "0000c03f", false},                    /* 1.5 */
    {"float", NULL, "ffff7f7f", "3.4028234663852886e38", 21, "ffff7f7f", false}, /* 3.4028234663852886e38 */
    {"float", NULL, "01000000", "1.401298464324817e-45", 21, "01000000", false}, /* 1.401298464324817e-45 */
    {"float", NULL, "0000804b", "16777216", 8, "0000804b", false},               /* 16777216 */
    {"float", NULL, "f27dc826", "0.0000000000000013911925353171173", 33, "f27dc826",
     false},                                                                      /* 1.3911925353171173e-15 */
    {"float(7,2)", NULL, "aee64046", "12345.669921875", 15, "aee64046", false},   /* 12345.67 */
    {"double", NULL, "0000000000000000", "0", 1, "0000000000000000", false},      /* 0 */
    {"double", NULL, "0000000000000080", "-0", 2, "0000000000000080", false},     /* -0e0 */
    {"double", NULL, "9a9999999999b93f", "0.1", 3, "9a9999999999b93f", false},    /* 0.1e0 */
    {"double", NULL, "00003426f56b0c43", "1e15", 4, "00003426f56b0c43", false},   /* 1e15 */
    {"double", NULL, "7dc39425ad49b254", "1e100", 5, "7dc39425ad49b254", false},  /* 1e100 */
    {"double", NULL, "0100000000000000", "5e-324", 6, "0100000000000000", false}, /* 5e-324 */
    {"double", NULL, "ffffffffffffef7f", "1.7976931348623157e308", 22, "ffffffffffffef7f",
     false}, /* 1.7976931348623157e308 */
    {"double", NULL, "7d5c7751bf9cdd3c", "0.0000000000000016438125463301772", 33, "7d5c7751bf9cdd3c",
     false}, /* 1.6438125463301772e-15 */
    {"double", NULL, "6bde77832112dcc2", "-123456789012345.67", 19, "6bde77832112dcc2",
     false}, /* -123456789012345.67e0 */
    {"double(12,2)", NULL, "3d0ad7e387d63241", "1234567.89", 10, "3d0ad7e387d63241", false}, /* 1234567.89 */
    {"decimal(10,2)", NULL, "80bc614e5a", "12345678.90", 11, "08499602d2", false},           /* 12345678.90 */
    {"decimal(10,2)", NULL, "7f439eb1a5", "-12345678.90", 12, "08b669fd2e", false},  /* -12345678.90 */
    {"decimal(10,2)", NULL, "8000000000", "0.00", 4, "0200", false},                 /* 0 */
    {"decimal(10,2)", NULL, "7ffffffffe", "-0.01", 5, "02ff", false},                /* -0.01 */
    {"decimal(10,2)", NULL, "85f5e0ff63", "99999999.99", 11, "0a02540be3ff", false}, /* 99999999.99 */
    {"decimal(4,4)", NULL, "84d2", "0.1234", 6, "0404d2", false},                    /* 0.1234 */
    {"decimal(4,4)", NULL, "58f0", "-0.9999", 7, "04d8f1", false},                   /* -0.9999 */
    {"decimal(1,0)", NULL, "89", "9", 1, "0209", false},                             /* 9 */
    {"decimal(1,0)", NULL, "76", "-9", 2, "02f7", false},                            /* -9 */
    {"decimal(18,9)", NULL, "44653600c4653600", "-999999999.999999999", 20, "10f21f494c589c0001",
     false}, /* -999999999.999999999 */
    {"decimal(19,0)", NULL, "893b9ac9ff3b9ac9ff", "9999999999999999999", 19, "12008ac7230489e7ffff",
     false},                                                               /* 9999999999999999999 */
    {"decimal(19,0)", NULL, "7ffffffffffffffffe", "-1", 2, "02ff", false}, /* -1 */
    {"decimal(65,30)", NULL, "85f5e0ff3b9ac9ff3b9ac9ff3b9ac9ff3b9ac9ff3b9ac9ff3b9ac9ff03e7",
     "99999999999999999999999999999999999.999999999999999999999999999999", 66,
     "3800f316271c7fc3908a8bef464e3945ef7a253609ffffffffffffffff",
     false}, /* 99999999999999999999999999999999999.999999999999999999999... */
    {"decimal(65,30)", NULL, "7a0a1f00c4653600c4653600c4653600c4653600c4653600c4653600fc18",
     "-99999999999999999999999999999999999.999999999999999999999999999999", 67,
     "38ff0ce9d8e3803c6f757410b9b1c6ba1085dac9f60000000000000001",
     false}, /* -99999999999999999999999999999999999.99999999999999999999... */
    {"decimal(65,30)", NULL, "800000000000000000000000000000000000000000000000000000000001",
     "0.000000000000000000000000000001", 32, "0201", false}, /* 0.000000000000000000000000000001 */
    {"decimal(65,30)", NULL, "7ffffffffffffffffffffffffffffffeffffffffffffffffffffffffffff",
     "-1.000000000000000000000000000000", 33, "1af360d3632fb98b1215c0000000", false},            /* -1 */
    {"decimal(10,2) unsigned zerofill", NULL, "8000000132", "00000001.50", 11, "040096", false}, /* 1.5 */
    {"bit(1)", NULL, "00", "\x00", 1, "00", false},                                              /* b'0' */
    {"bit(1)", NULL, "01", "\x01", 1, "01", false},                                              /* b'1' */
    {"bit(9)", NULL, "0101", "\x01\x01", 2, "12313030303030303031", false}, /* b'100000001' */
    {"bit(9)", NULL, "0005", "\x00\x05", 2, "12303030303030313031", false}, /* b'101' */
    {"bit(64)", NULL, "0000000000000001", "\x00\x00\x00\x00\x00\x00\x00\x01", 8,
     "8001303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303"
     "03030303030303030303030303031",
     false}, /* b'1' */
    {"bit(64)", NULL, "ffffffffffffffff", "\xff\xff\xff\xff\xff\xff\xff\xff", 8,
     "8001313131313131313131313131313131313131313131313131313131313131313131313131313131313131313131313131313"
     "13131313131313131313131313131",
     false}, /* 0xffffffffffffffff */
};

static void numbers_are_the_same_from_log_and_text(void **state)
{
    (void)state;
    assert_vectors(vectors, COUNT(vectors));
}

static const refusal malformed[] = {
    {"tinyint", NULL, LEAT_MYSQL_BINLOG, ""},
    {"int", NULL, LEAT_MYSQL_BINLOG, "010000"},
    {"int", NULL, LEAT_MYSQL_BINLOG, "0100000000"},
    {"bigint unsigned", NULL, LEAT_MYSQL_BINLOG, "01"},
    {"year", NULL, LEAT_MYSQL_BINLOG, "0102"},
    {"float", NULL, LEAT_MYSQL_BINLOG, "0000000000000000"},
    {"double", NULL, LEAT_MYSQL_BINLOG, "00000000"},
    {"decimal(10,2)", NULL, LEAT_MYSQL_BINLOG, ""},
    {"decimal(10,2)", NULL, LEAT_MYSQL_BINLOG, "80bc614e"},
    {"decimal(10,2)", NULL, LEAT_MYSQL_BINLOG, "80bc614e5a00"},
    {"decimal(10,2)", NULL, LEAT_MYSQL_BINLOG, "80bc614e64"}, /* 100 in two digits */
    {"decimal(9,0)", NULL, LEAT_MYSQL_BINLOG, "bb9aca00"},    /* 10^9 in nine */
    {"bit(1)", NULL, LEAT_MYSQL_BINLOG, "02"},
    {"bit(9)", NULL, LEAT_MYSQL_BINLOG, "0200"},
    {"bit(9)", NULL, LEAT_MYSQL_TEXT, "01"},
    {"tinyint", NULL, LEAT_MYSQL_TEXT, "313238"},
    {"tinyint", NULL, LEAT_MYSQL_TEXT, ""},
    {"int unsigned", NULL, LEAT_MYSQL_TEXT, "2d31"},
    {"bigint unsigned", NULL, LEAT_MYSQL_TEXT, "3138343436373434303733373039353531363136"},
    {"year", NULL, LEAT_MYSQL_TEXT, "313233"},
    {"double", NULL, LEAT_MYSQL_TEXT, "3165"},
    {"float", NULL, LEAT_MYSQL_TEXT, "302e31"}, /* 0.1, which no float is: not what was selected */
    {"decimal(10,2)", NULL, LEAT_MYSQL_TEXT, "782e30"},
};

static void what_is_no_number_stops(void **state)
{
    (void)state;
    assert_answers(LEAT_MALFORMED, malformed, COUNT(malformed));
}

/* leat_mysql_select_expression, for a column named "odd`name" */
static void floats_and_labels_are_selected_by_expressions(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        const char *sql;
    } expected[] = {
        {"int", "`odd``name`"},
        {"float", "`odd``name` * 1e0"},
        {"double", "`odd``name`"},
        {"double unsigned", "`odd``name`"},
        {"double(10,2)", "`odd``name` * 1e0"},
        {"double unsigned zerofill", "`odd``name` * 1e0"},
        {"enum('a')", "cast(`odd``name` as unsigned)"},
        {"set('a')", "cast(`odd``name` as unsigned)"},
    };
    leat_arena arena = {0};
    leat_buffer sql = {0};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    for (size_t i = 0; i < COUNT(expected); i++) {
        leat_mysql_column column = {.name = "odd`name"};
        leat_buffer_reset(&sql);
        assert_true(leat_mysql_column_type_read(expected[i].type, collations, &arena, &column));
        leat_mysql_select_expression(&column, &sql);
        assert_string_equal(leat_buffer_string(&sql), expected[i].sql);
    }
    leat_mysql_collations_free(collations);
    leat_buffer_free(&sql);
    leat_arena_free(&arena);
}

static void avro_types_of_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        leat_avro_kind kind;
        leat_avro_logical logical;
        int precision;
        int scale;
    } expected[] = {
        {"int", LEAT_AVRO_INT, LEAT_LOGICAL_NONE, 0, 0},
        {"mediumint unsigned", LEAT_AVRO_INT, LEAT_LOGICAL_NONE, 0, 0},
        {"int unsigned", LEAT_AVRO_LONG, LEAT_LOGICAL_NONE, 0, 0},
        {"bigint", LEAT_AVRO_LONG, LEAT_LOGICAL_NONE, 0, 0},
        {"bigint unsigned", LEAT_AVRO_BYTES, LEAT_LOGICAL_DECIMAL, 20, 0},
        {"year", LEAT_AVRO_INT, LEAT_LOGICAL_NONE, 0, 0},
        {"float unsigned", LEAT_AVRO_FLOAT, LEAT_LOGICAL_NONE, 0, 0},
        {"double", LEAT_AVRO_DOUBLE, LEAT_LOGICAL_NONE, 0, 0},
        {"decimal(65,30)", LEAT_AVRO_BYTES, LEAT_LOGICAL_DECIMAL, 65, 30},
        {"bit(1)", LEAT_AVRO_BOOLEAN, LEAT_LOGICAL_NONE, 0, 0},
        {"bit(2)", LEAT_AVRO_STRING, LEAT_LOGICAL_NONE, 0, 0},
    };
    leat_arena arena = {0};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    for (size_t i = 0; i < COUNT(expected); i++) {
        leat_encoder encoder = encoder_of(expected[i].type, NULL, LEAT_MYSQL_BINLOG, collations, &arena);
        assert_int_equal(encoder.type->kind, expected[i].kind);
        assert_int_equal(encoder.type->logical, expected[i].logical);
        assert_int_equal(encoder.type->precision, expected[i].precision);
        assert_int_equal(encoder.type->scale, expected[i].scale);
        assert_false(encoder.partial);
    }
    leat_mysql_collations_free(collations);
    leat_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_the_same_from_log_and_text),
        cmocka_unit_test(what_is_no_number_stops),
        cmocka_unit_test(floats_and_labels_are_selected_by_expressions),
        cmocka_unit_test(avro_types_of_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
