/* Type texts as information_schema.columns.column_type has them on MySQL 5.7 to 9.7 and MariaDB 10.3 to 11.8,
 * and the layouts that TABLE_MAP gives for columns of these types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mysql/charset/collations_build.h"
#include "mysql/definition/column_type.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct expectation {
    const char *text;
    const char *collation;
    leat_mysql_layout layout;
    bool is_unsigned;
    leat_mysql_special special;
    const char *written; /* NULL: as read */
} expectation;

#define UTF8 "utf8mb4_general_ci"

static const expectation expected[] = {
    {"tinyint", NULL, {LEAT_MYSQL_TINY, 0, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"tinyint(1)", NULL, {LEAT_MYSQL_TINY, 0, 0, 0}, false, LEAT_MYSQL_PLAIN, "tinyint"},
    {"smallint(5) unsigned", NULL, {LEAT_MYSQL_SHORT, 0, 0, 0}, true, LEAT_MYSQL_PLAIN, "smallint unsigned"},
    {"mediumint unsigned", NULL, {LEAT_MYSQL_INT24, 0, 0, 0}, true, LEAT_MYSQL_PLAIN, NULL},
    {"int(5) unsigned zerofill", NULL, {LEAT_MYSQL_LONG, 0, 0, 0}, true, LEAT_MYSQL_PLAIN, "int unsigned"},
    {"bigint(20)", NULL, {LEAT_MYSQL_LONGLONG, 0, 0, 0}, false, LEAT_MYSQL_PLAIN, "bigint"},
    {"float(7,2)", NULL, {LEAT_MYSQL_FLOAT, 0, 0, 0}, false, LEAT_MYSQL_PLAIN, "float"},
    {"double unsigned", NULL, {LEAT_MYSQL_DOUBLE, 0, 0, 0}, true, LEAT_MYSQL_PLAIN, NULL},
    {"decimal(10,2) unsigned zerofill",
     NULL,
     {LEAT_MYSQL_DECIMAL, 0, 10, 2},
     true,
     LEAT_MYSQL_PLAIN,
     "decimal(10,2) unsigned"},
    {"decimal(65,30)", NULL, {LEAT_MYSQL_DECIMAL, 0, 65, 30}, false, LEAT_MYSQL_PLAIN, NULL},
    {"year(4)", NULL, {LEAT_MYSQL_YEAR, 0, 0, 0}, true, LEAT_MYSQL_PLAIN, "year"},
    {"year", NULL, {LEAT_MYSQL_YEAR, 0, 0, 0}, true, LEAT_MYSQL_PLAIN, NULL},
    {"date", NULL, {LEAT_MYSQL_DATE, 0, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"time(3)", NULL, {LEAT_MYSQL_TIME2, 0, 0, 3}, false, LEAT_MYSQL_PLAIN, NULL},
    {"datetime", NULL, {LEAT_MYSQL_DATETIME2, 0, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"timestamp(6)", NULL, {LEAT_MYSQL_TIMESTAMP2, 0, 0, 6}, false, LEAT_MYSQL_PLAIN, NULL},
    {"timestamp(3) /* mariadb-5.3 */",
     NULL,
     {LEAT_MYSQL_OLD_TIMESTAMP, 0, 0, 3},
     false,
     LEAT_MYSQL_PLAIN,
     NULL},
    {"datetime /* mariadb-5.3 */", NULL, {LEAT_MYSQL_OLD_DATETIME, 0, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"time /* 5.5 binary format */",
     NULL,
     {LEAT_MYSQL_OLD_TIME, 0, 0, 0},
     false,
     LEAT_MYSQL_PLAIN,
     "time /* mariadb-5.3 */"},
    {"bit(1)", NULL, {LEAT_MYSQL_BIT, 1, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"bit(64)", NULL, {LEAT_MYSQL_BIT, 64, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"char(255)", UTF8, {LEAT_MYSQL_STRING, 1020, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"char(64)", UTF8, {LEAT_MYSQL_STRING, 256, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"char(0)", "latin1_swedish_ci", {LEAT_MYSQL_STRING, 0, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"varchar(20)", UTF8, {LEAT_MYSQL_VARCHAR, 80, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"varchar(20)", "utf8_general_ci", {LEAT_MYSQL_VARCHAR, 60, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"varchar(65535)", "ascii_bin", {LEAT_MYSQL_VARCHAR, 65535, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"varchar(10) /*M!100301 COMPRESSED*/",
     "latin1_swedish_ci",
     {LEAT_MYSQL_COMPRESSED_VARCHAR, 10, 0, 0},
     false,
     LEAT_MYSQL_PLAIN,
     NULL},
    {"text /*M!100301 COMPRESSED*/",
     UTF8,
     {LEAT_MYSQL_COMPRESSED_BLOB, 2, 0, 0},
     false,
     LEAT_MYSQL_PLAIN,
     NULL},
    {"binary(5)", "binary", {LEAT_MYSQL_STRING, 5, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"varbinary(10)", "binary", {LEAT_MYSQL_VARCHAR, 10, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"tinytext", UTF8, {LEAT_MYSQL_BLOB, 1, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"text", UTF8, {LEAT_MYSQL_BLOB, 2, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"mediumtext", UTF8, {LEAT_MYSQL_BLOB, 3, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"longtext", UTF8, {LEAT_MYSQL_BLOB, 4, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"blob", "binary", {LEAT_MYSQL_BLOB, 2, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"longblob", "binary", {LEAT_MYSQL_BLOB, 4, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"json", NULL, {LEAT_MYSQL_JSON, 4, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"geometry", NULL, {LEAT_MYSQL_GEOMETRY, 4, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"multipolygon", NULL, {LEAT_MYSQL_GEOMETRY, 4, 0, 0}, false, LEAT_MYSQL_PLAIN, "geometry"},
    {"geomcollection", NULL, {LEAT_MYSQL_GEOMETRY, 4, 0, 0}, false, LEAT_MYSQL_PLAIN, "geometry"},
    {"vector(3)", NULL, {LEAT_MYSQL_VECTOR, 4, 0, 0}, false, LEAT_MYSQL_PLAIN, "vector"},
    {"uuid", NULL, {LEAT_MYSQL_STRING, 16, 0, 0}, false, LEAT_MYSQL_UUID, NULL},
    {"inet4", NULL, {LEAT_MYSQL_STRING, 4, 0, 0}, false, LEAT_MYSQL_INET4, NULL},
    {"inet6", NULL, {LEAT_MYSQL_STRING, 16, 0, 0}, false, LEAT_MYSQL_INET6, NULL},
    {"enum('a')", UTF8, {LEAT_MYSQL_ENUM, 1, 0, 0}, false, LEAT_MYSQL_PLAIN, NULL},
    {"set('a','b','c','d','e','f','g','h','i')",
     UTF8,
     {LEAT_MYSQL_SET, 2, 0, 0},
     false,
     LEAT_MYSQL_PLAIN,
     NULL},
};

static void assert_column(const expectation *wanted, const leat_mysql_column *column)
{
    if (!leat_mysql_layout_equal(column->layout, wanted->layout))
        fail_msg("%s: layout %d, %u, %u, %u", wanted->text, (int)column->layout.type, column->layout.length,
                 column->layout.precision, column->layout.scale);
    assert_int_equal(column->is_unsigned, wanted->is_unsigned);
    assert_int_equal(column->special, wanted->special);
}

static void types_are_read_and_written(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_arena arena = {0};
    for (size_t i = 0; i < COUNT(expected); i++) {
        leat_mysql_column column = {.collation = expected[i].collation};
        assert_true(leat_mysql_column_type_read(expected[i].text, collations, &arena, &column));
        assert_string_equal(column.type_text, expected[i].text);
        assert_column(&expected[i], &column);
        leat_mysql_column_type_write(collations, &arena, &column);
        assert_string_equal(column.type_text,
                            expected[i].written == NULL ? expected[i].text : expected[i].written);
        leat_mysql_column again = {.collation = expected[i].collation};
        assert_true(leat_mysql_column_type_read(column.type_text, collations, &arena, &again));
        assert_column(&expected[i], &again);
    }
    leat_arena_free(&arena);
    leat_mysql_collations_free(collations);
}

static void bytes_have_the_binary_collation_even_when_the_catalog_has_none(void **state)
{
    (void)state;
    static const char *const types[] = {"binary(3)", "varbinary(3)", "tinyblob", "mediumblob"};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_arena arena = {0};
    for (size_t i = 0; i < COUNT(types); i++) {
        leat_mysql_column column = {0};
        assert_true(leat_mysql_column_type_read(types[i], collations, &arena, &column));
        assert_string_equal(column.collation, "binary");
    }
    leat_arena_free(&arena);
    leat_mysql_collations_free(collations);
}

/* create table e1 (a enum('it''s','b\\c','d\ne','cr\r','q"q','comma,','', 'ä')) on MySQL 9.7 and
 * MariaDB 10.11 */
static void labels_with_quotes_commas_and_escapes(void **state)
{
    (void)state;
    static const char text[] = "enum('it''s','b\\\\c','d\\ne','cr\\r','q\"q','comma,','','\xc3\xa4')";
    static const char *const labels[] = {"it's", "b\\c", "d\ne", "cr\r", "q\"q", "comma,", "", "\xc3\xa4"};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_arena arena = {0};
    leat_mysql_column column = {.collation = "latin1_swedish_ci"};
    assert_true(leat_mysql_column_type_read(text, collations, &arena, &column));
    assert_int_equal(column.label_count, COUNT(labels));
    for (size_t i = 0; i < COUNT(labels); i++)
        assert_string_equal(column.labels[i], labels[i]);
    leat_mysql_column_type_write(collations, &arena, &column);
    assert_string_equal(column.type_text, text);
    leat_arena_free(&arena);
    leat_mysql_collations_free(collations);
}

static void sizes_of_enum_and_set_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        size_t count;
        uint32_t bytes;
    } sizes[] = {{"enum", 255, 1}, {"enum", 256, 2}, {"enum", 65535, 2}, {"set", 8, 1}, {"set", 9, 2},
                 {"set", 24, 3},   {"set", 32, 4},   {"set", 33, 8},     {"set", 64, 8}};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_arena arena = {0};
    leat_buffer text = {0};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        leat_mysql_column column = {0};
        leat_buffer_reset(&text);
        leat_buffer_append_string(&text, sizes[i].type);
        for (size_t j = 0; j < sizes[i].count; j++)
            leat_buffer_printf(&text, "%s'%zu'", j == 0 ? "(" : ",", j);
        leat_buffer_append_string(&text, ")");
        assert_true(leat_mysql_column_type_read(leat_buffer_string(&text), collations, &arena, &column));
        assert_int_equal(column.label_count, sizes[i].count);
        assert_int_equal(column.layout.length, sizes[i].bytes);
    }
    leat_buffer_free(&text);
    leat_arena_free(&arena);
    leat_mysql_collations_free(collations);
}

static void mariadbs_vector_is_bytes_of_floats(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_new();
    leat_arena arena = {0};
    leat_mysql_column column = {0};
    (void)leat_mysql_collations_add_charset(collations, "utf8mb4", 4);
    assert_true(leat_mysql_collations_add(collations, 2304, "utf8mb4_uca1400_ai_ci", "utf8mb4", true));
    leat_mysql_collations_seal(collations);
    assert_true(leat_mysql_column_type_read("vector(3)", collations, &arena, &column));
    assert_int_equal(column.special, LEAT_MYSQL_FLOATS);
    assert_int_equal(column.layout.type, LEAT_MYSQL_VARCHAR);
    assert_int_equal(column.layout.length, 12);
    leat_mysql_column_type_write(collations, &arena, &column);
    assert_string_equal(column.type_text, "vector(3)");
    leat_arena_free(&arena);
    leat_mysql_collations_free(collations);
}

static void what_is_no_type_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "integerish",
        "int(",
        "int(11",
        "int(11) unsigne",
        "int(11) unsigned garbage",
        "enum",
        "enum(",
        "enum('a'",
        "enum('a",
        "enum('a',)",
        "enum(a)",
        "enum('\\0')",
        "char(x)",
        "bit()",
        "time(7)",
        "int COMPRESSED",
        "int /*M!100301 COMPRESSED*/",
        "int /* mariadb-5.3 */",
        "varchar(99999999999)",
        "row(a int)",
    };
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_arena arena = {0};
    for (size_t i = 0; i < COUNT(texts); i++) {
        leat_mysql_column column = {0};
        if (leat_mysql_column_type_read(texts[i], collations, &arena, &column))
            fail_msg("\"%s\" was taken for a type", texts[i]);
    }
    leat_arena_free(&arena);
    leat_mysql_collations_free(collations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_read_and_written),
        cmocka_unit_test(bytes_have_the_binary_collation_even_when_the_catalog_has_none),
        cmocka_unit_test(labels_with_quotes_commas_and_escapes),
        cmocka_unit_test(sizes_of_enum_and_set_numbers),
        cmocka_unit_test(mariadbs_vector_is_bytes_of_floats),
        cmocka_unit_test(what_is_no_type_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
