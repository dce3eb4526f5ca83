/* Text, bytes, JSON, ENUM and SET. What servers logged and printed for the literals in the comments:
 * MySQL 9.7, MariaDB 10.11 and 11.8, the text by leat_mysql_select_expression. The Avro bytes are worked out
 * from the literals. */
#include "mysql_types.h"

static const vector vectors[] = {
    {"varchar(20)", "utf8mb4_general_ci", "", "", 0, "00", false},                /* '' */
    {"varchar(20)", "utf8mb4_general_ci", "616263", "abc", 3, "06616263", false}, /* 'abc' */
    {"varchar(20)", "utf8mb4_general_ci", "61c3a4e282acf09f8e89", "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x8e\x89", 10,
     "1461c3a4e282acf09f8e89", false},                                            /* 'aä€🎉' */
    {"varchar(20)", "utf8mb4_general_ci", "612020", "a  ", 3, "06612020", false}, /* 'a  ' */
    {"varchar(20)", "utf8mb4_general_ci", "7878787878787878787878787878787878787878", "xxxxxxxxxxxxxxxxxxxx",
     20, "287878787878787878787878787878787878787878", false}, /* 'xxxxxxxxxxxxxxxxxxxx' */
    {"varchar(100)", "utf8mb4_general_ci",
     "c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a"
     "4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4",
     "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3"
     "\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
     "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3"
     "\xa4\xc3\xa4\xc3\xa4",
     80,
     "a001c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a"
     "4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4c3a4",
     false}, /* repeat('ä',40) */
    {"varchar(100)", "utf8mb4_general_ci",
     "7878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787"
     "8787878787878787878787878",
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 64,
     "8001787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787"
     "87878787878787878787878787878",
     false},                                                                             /* repeat('x',64) */
    {"varchar(100)", "latin1_swedish_ci", "e980", "\xe9\x80", 2, "0ac3a9e282ac", false}, /* 'é€' */
    {"varchar(100)", "latin1_swedish_ci", "e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9",
     "\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9"
     "\xe9\xe9\xe9\xe9\xe9\xe9",
     31,
     "7cc3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c"
     "3a9c3a9c3a9c3a9c3a9c3a9",
     false}, /* repeat('é',31) */
    {"varchar(100)", "latin1_swedish_ci", "e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9",
     "\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9"
     "\xe9\xe9\xe9\xe9\xe9\xe9\xe9",
     32,
     "8001c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a"
     "9c3a9c3a9c3a9c3a9c3a9c3a9c3a9",
     false}, /* repeat('é',32) */
    {"varchar(100)", "latin1_swedish_ci",
     "e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e"
     "9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9",
     "\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9"
     "\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9"
     "\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9"
     "\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9",
     100,
     "9003c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a"
     "9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3"
     "a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c"
     "3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9c3a9",
     false},                                                         /* repeat('é',100) */
    {"char(10)", "utf8mb4_general_ci", "61", "a", 1, "0261", false}, /* 'a  ' */
    {"char(10)", "utf8mb4_general_ci", "2020c3a4", "  \xc3\xa4", 4, "082020c3a4", false}, /* '  ä' */
    {"char(10)", "utf8mb4_general_ci", "", "", 0, "00", false},                           /* '   ' */
    {"char(10)", "ucs2_general_ci", "006100e9",
     "\x00"
     "a\x00\xe9",
     4, "0661c3a9", false},                                              /* 'aé  ' */
    {"char(10)", "latin1_swedish_ci", "e9", "\xe9", 1, "04c3a9", false}, /* 'é  ' */
    {"text", "utf16_general_ci", "0061d83cdf89",
     "\x00"
     "a\xd8<\xdf\x89",
     6, "0a61f09f8e89", false}, /* 'a🎉' */
    {"longtext", "utf8mb4_general_ci",
     "7979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797"
     "9797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979"
     "7979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797"
     "9797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979",
     "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
     "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
     200,
     "9003797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797"
     "9797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979"
     "7979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797"
     "97979797979797979797979797979797979797979797979797979797979797979797979797979797979797979797979",
     false},                                                                             /* repeat('y',200) */
    {"binary(5)", NULL, "61", "a\x00\x00\x00\x00", 5, "0a6100000000", false},            /* 'a' */
    {"binary(5)", NULL, "", "\x00\x00\x00\x00\x00", 5, "0a0000000000", false},           /* '' */
    {"binary(5)", NULL, "00010002", "\x00\x01\x00\x02\x00", 5, "0a0001000200", false},   /* x'0001000200' */
    {"binary(5)", NULL, "ffffffffff", "\xff\xff\xff\xff\xff", 5, "0affffffffff", false}, /* x'ffffffffff' */
    {"varbinary(10)", NULL, "00ff00", "\x00\xff\x00", 3, "0600ff00", false},             /* x'00ff00' */
    {"varbinary(10)", NULL, "", "", 0, "00", false},                                     /* '' */
    {"blob", NULL, "80", "\x80", 1, "0280", false},                                      /* x'80' */
    {"enum('a','it''s','é')", "latin1_swedish_ci", "01", "1", 1, "0261", false},         /* 'a' */
    {"enum('a','it''s','é')", "latin1_swedish_ci", "02", "2", 1, "0869742773", false},   /* 'it''s' */
    {"enum('a','it''s','é')", "latin1_swedish_ci", "03", "3", 1, "04c3a9", false},       /* 'é' */
    {"enum('a','it''s','é')", "latin1_swedish_ci", "00", "0", 1, "00", false},           /* 'nosuch' */
    {"set('a','','é','d','e2','f','g','h','i')", "latin1_swedish_ci", "0000", "0", 1, "00", false}, /* '' */
    {"set('a','','é','d','e2','f','g','h','i')", "latin1_swedish_ci", "0100", "1", 1, "02026100",
     false}, /* 1 */
    {"set('a','','é','d','e2','f','g','h','i')", "latin1_swedish_ci", "0200", "2", 1, "020000",
     false}, /* 2 */
    {"set('a','','é','d','e2','f','g','h','i')", "latin1_swedish_ci", "0501", "261", 3, "06026104c3a9026900",
     false}, /* 261 */
    {"json", NULL,
     "0002002c0012000100130001000c1400021700616202c3a9030015000501000b0d000400000000000000000440",
     "{\"a\": \"\xc3\xa9\", \"b\": [1, 2.5, null]}", 32,
     "407b2261223a2022c3a9222c202262223a205b312c20322e352c206e756c6c5d7d",
     false},                                                /* '{"b": [1, 2.5, null], "a": "é"}' */
    {"json", NULL, "0400", "null", 4, "086e756c6c", false}, /* 'null' */
};

static void texts_are_the_same_from_log_and_text(void **state)
{
    (void)state;
    assert_vectors(vectors, COUNT(vectors));
}

static const refusal unreadable[] = {
    {"varchar(9)", "utf8mb4_general_ci", LEAT_MYSQL_BINLOG, "61ff"},
    {"varchar(9)", "utf8mb4_general_ci", LEAT_MYSQL_TEXT, "61ff"},
    {"varchar(9)", "ascii_general_ci", LEAT_MYSQL_TEXT, "80"},
    {"char(9)", "ucs2_general_ci", LEAT_MYSQL_BINLOG, "d800"},
    {"text", "utf16_general_ci", LEAT_MYSQL_BINLOG, "00"},
    {"json", NULL, LEAT_MYSQL_TEXT, "22ff22"},
};

static void text_that_is_none_in_its_charset_is_noted(void **state)
{
    (void)state;
    assert_answers(LEAT_UNREPRESENTABLE, unreadable, COUNT(unreadable));
}

static const refusal malformed[] = {
    {"binary(2)", NULL, LEAT_MYSQL_BINLOG, "000000"}, {"json", NULL, LEAT_MYSQL_BINLOG, "04"},
    {"enum('a','b')", NULL, LEAT_MYSQL_BINLOG, "03"}, {"enum('a','b')", NULL, LEAT_MYSQL_BINLOG, "0100"},
    {"enum('a','b')", NULL, LEAT_MYSQL_BINLOG, ""},   {"enum('a','b')", NULL, LEAT_MYSQL_TEXT, "61"},
    {"enum('a','b')", NULL, LEAT_MYSQL_TEXT, "33"},   {"set('a','b')", NULL, LEAT_MYSQL_BINLOG, "04"},
    {"set('a','b')", NULL, LEAT_MYSQL_TEXT, "34"},    {"set('a','b')", NULL, LEAT_MYSQL_TEXT, ""},
};

static void what_is_no_value_stops(void **state)
{
    (void)state;
    assert_answers(LEAT_MALFORMED, malformed, COUNT(malformed));
}

/* JSON that leat_mysql_json_patch has made text of already; and what an ALTER leaves for a null. */
static void json_in_a_log_may_be_text_and_may_be_empty(void **state)
{
    (void)state;
    static const vector both[] = {
        {"json", NULL, "7b2261223a20317d", "{\"a\": 1}", 8, "107b2261223a20317d", false},
        {"json", NULL, "", "null", 4, "086e756c6c", false},
    };
    assert_vectors(both, COUNT(both));
}

/* A collation that the server did not list: nobody can say what the bytes mean, and they are kept. */
static void text_of_an_unknown_charset_is_bytes(void **state)
{
    (void)state;
    leat_arena arena = {0};
    leat_buffer out = {0};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_encoder encoder = encoder_of("varchar(9)", "filename", LEAT_MYSQL_BINLOG, collations, &arena);
    assert_int_equal(encoder.type->kind, LEAT_AVRO_BYTES);
    assert_int_equal(encode(&encoder, "\xff", 1, &out), LEAT_ENCODED);
    assert_memory_equal(out.data, "\x02\xff", 2);
    leat_mysql_collations_free(collations);
    leat_buffer_free(&out);
    leat_arena_free(&arena);
}

static void a_column_has_its_labels(void **state)
{
    (void)state;
    leat_arena arena = {0};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_mysql_column column = {.name = "c"};
    leat_column to = {0};
    assert_true(leat_mysql_column_type_read("set('x','y z')", collations, &arena, &column));
    leat_mysql_type_resolve(&column, collations, LEAT_MYSQL_TEXT, &arena, &to);
    assert_int_equal(to.label_count, 2);
    assert_string_equal(to.labels[1], "y z");
    assert_int_equal(to.encoder.type->kind, LEAT_AVRO_ARRAY);
    assert_int_equal(to.encoder.type->items->kind, LEAT_AVRO_STRING);
    leat_mysql_collations_free(collations);
    leat_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_the_same_from_log_and_text),
        cmocka_unit_test(text_that_is_none_in_its_charset_is_noted),
        cmocka_unit_test(what_is_no_value_stops),
        cmocka_unit_test(json_in_a_log_may_be_text_and_may_be_empty),
        cmocka_unit_test(text_of_an_unknown_charset_is_bytes),
        cmocka_unit_test(a_column_has_its_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
