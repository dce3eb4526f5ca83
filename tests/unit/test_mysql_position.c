/* Positions in a binlog: their text, and which of two comes first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "leat/position.h"
#include "mysql/gtid/position.h"

#define UUID "3e11fa47-71ca-11e1-9e33-c80aa9429562"

static leat_mysql_position position_of(const char *text, bool mariadb)
{
    leat_mysql_position position = {0};
    leat_error error = {0};
    assert_int_equal(leat_mysql_position_parse(text, mariadb, &position, &error), LEAT_OK);
    return position;
}

static void assert_text(const leat_mysql_position *position, const char *text)
{
    leat_buffer out = {0};
    leat_mysql_position_format(position, &out);
    assert_string_equal(leat_buffer_string(&out), text);
    leat_buffer_free(&out);
}

static const struct {
    const char *text;
    bool mariadb;
    bool gtids;
    const char *file;
    uint64_t offset;
} known[] = {
    {"0-1-100/binlog.000003:1234", true, true, "binlog.000003", 1234},
    {"0-118-251,3-118-1/binlog.000003:4", true, true, "binlog.000003", 4},
    {UUID ":1-77/binlog.000003:1234", false, true, "binlog.000003", 1234},
    {UUID ":1-5:7-9:mytag:1/binlog.000003:18446744073709551615", false, true, "binlog.000003", UINT64_MAX},
    {"binlog.000003:1234", false, false, "binlog.000003", 1234},
    {"binlog.000003:1234", true, false, "binlog.000003", 1234},
    {"/binlog.000001:157", false, true, "binlog.000001", 157},
    {"/binlog.000001:157", true, true, "binlog.000001", 157},
    {"0-1-100/", true, true, NULL, 0},
    {"a%2Bb%40c%25d%2Fe%3Af.000001:4", false, false, "a+b@c%d/e:f.000001", 4},
    {"/%C3%BC%20x.1:4", true, true, "\xc3\xbc x.1", 4},
};

static void text_form_goes_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        leat_mysql_position position = position_of(known[i].text, known[i].mariadb);
        if (known[i].file == NULL)
            assert_null(position.file);
        else
            assert_string_equal(position.file, known[i].file);
        assert_true(position.offset == known[i].offset);
        assert_int_equal(position.set != NULL, known[i].gtids && !known[i].mariadb);
        assert_int_equal(position.state != NULL, known[i].gtids && known[i].mariadb);
        assert_text(&position, known[i].text);
        leat_mysql_position_clear(&position);
    }
}

/* leat_position's own text form splits at '+' and '@'. */
static void survives_inside_the_text_form_of_a_cut_position(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        leat_position whole = {0};
        leat_position_set(&whole, known[i].text, "0-1-101", 7);
        char *text = leat_position_format(&whole);
        leat_position read = {0};
        leat_error error;
        assert_int_equal(leat_position_parse(text, &read, &error), LEAT_OK);
        assert_string_equal(read.log, known[i].text);
        leat_position_clear(&whole);
        leat_position_clear(&read);
        leat_release(text);
    }
}

static void refuses_other_texts_and_keeps_the_position(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        ":4",
        "/:4",
        "binlog.000003",
        "binlog.000003:",
        "binlog.000003:x",
        "binlog.000003:-4",
        "binlog.000003:4 ",
        "binlog.000003:4:5",
        "binlog.000003:18446744073709551616",
        "bin log.000003:4",
        "bin+log.000003:4",
        "bin%2.000003:4",
        "bin%zz.000003:4",
        "bin%00.000003:4",
        "bin%2",
        "0-1-100/0-1-100/binlog.000003:4",
        "0-1-x/binlog.000003:4",
        UUID ":1/binlog.000003:4", /* a GTID set is no state of MariaDB's */
    };
    leat_mysql_position position = position_of("0-1-7/binlog.000001:4", true);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        leat_error error = {0};
        assert_int_equal(leat_mysql_position_parse(wrong[i], true, &position, &error), LEAT_FAILED);
        assert_non_null(strstr(error.message, "no position in a binlog"));
        assert_text(&position, "0-1-7/binlog.000001:4");
    }
    leat_mysql_position_clear(&position);
    leat_error error = {0};
    assert_int_equal(leat_mysql_position_parse("0-1-100/binlog.000003:4", false, &position, &error),
                     LEAT_FAILED);
}

static const struct {
    const char *left;
    const char *right;
    bool mariadb;
    int order;
} ordered[] = {
    {"0-1-5/b.000001:4", "0-1-5/b.000001:4", true, 0},
    {"0-1-5/b.000009:4", "0-1-6/b.000001:4", true, -1}, /* GTIDs decide: another server's files are others */
    {"0-1-7/b.000009:4", "0-1-6/other.1:900", true, 1},
    {"0-1-7,1-1-1/b.000001:4", "0-1-7/b.000001:4", true, 1},
    {"/b.000001:4", "0-1-7/b.000001:4", true, -1},
    {UUID ":1-5/b.000001:4", UUID ":1-5:7/b.000001:4", false, -1},
    {UUID ":1-5:a:1/b.000001:4", UUID ":1-5/b.000001:4", false, 1},
    {"/b.000001:4", "/b.000007:900", false, 0},
    {"0-1-5/", "0-1-6/b.000001:4", true, -1},
    {"b.000001:900", "b.000002:4", false, -1},
    {"b.000002:4", "b.000002:900", false, -1},
    {"b.000002:900", "b.000002:900", true, 0},
    {"b.999999:4", "b.1000000:4", false, -1}, /* by number, not by text */
    {"b.000010:4", "b.000009:4", false, 1},
};

static void order_goes_by_gtids_then_by_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ordered / sizeof *ordered; i++) {
        leat_mysql_position left = position_of(ordered[i].left, ordered[i].mariadb);
        leat_mysql_position right = position_of(ordered[i].right, ordered[i].mariadb);
        leat_error error;
        int order = 42;
        assert_int_equal(leat_mysql_position_compare(&left, &right, &order, &error), LEAT_OK);
        assert_int_equal(order, ordered[i].order);
        assert_int_equal(leat_mysql_position_compare(&right, &left, &order, &error), LEAT_OK);
        assert_int_equal(order, -ordered[i].order);
        leat_mysql_position_clear(&left);
        leat_mysql_position_clear(&right);
    }
}

static void what_has_no_order_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *left;
        const char *right;
        bool mariadb;
    } cases[] = {
        {"0-1-5,1-1-9/b.000001:4", "0-1-6,1-1-1/b.000001:4", true},
        {UUID ":1-5/b.000001:4", UUID ":1-4:6/b.000001:4", false},
        {UUID ":1-5/b.000001:4", "b.000001:4", false},
        {"b.000001:4", "/b.000001:4", true},
        {"b.000001:4", "c.000001:4", false},
        {"binlog:4", "binlog:4", false},
        {"b.99999999999999999999999:4", "b.000001:4", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_mysql_position left = position_of(cases[i].left, cases[i].mariadb);
        leat_mysql_position right = position_of(cases[i].right, cases[i].mariadb);
        leat_error error = {0};
        int order;
        assert_int_equal(leat_mysql_position_compare(&left, &right, &order, &error), LEAT_FAILED);
        assert_true(strlen(error.message) > 0);
        assert_int_equal(leat_mysql_position_compare(&right, &left, &order, &error), LEAT_FAILED);
        leat_mysql_position_clear(&left);
        leat_mysql_position_clear(&right);
    }
}

static void a_copy_stands_alone(void **state)
{
    (void)state;
    leat_mysql_position one = position_of("0-1-5/b.000001:4", true);
    leat_mysql_position two = {0};
    leat_mysql_position_copy(&two, &one);
    leat_mariadb_gtid_state_advance(one.state, &(leat_mariadb_gtid){.server_id = 1, .sequence = 6});
    leat_mysql_position_set_file(&one, leat_slice_of("b.000002xyz", 8), 300);
    assert_text(&one, "0-1-6/b.000002:300");
    assert_text(&two, "0-1-5/b.000001:4");
    leat_mysql_position_copy(&two, &two);
    assert_text(&two, "0-1-5/b.000001:4");
    leat_mysql_position_set_file(&two, leat_slice_of_string(two.file), 5);
    assert_text(&two, "0-1-5/b.000001:5");
    leat_mysql_position_clear(&one);
    leat_mysql_position_clear(&two);
}

static void a_name_ends_in_its_number(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        bool found;
        uint64_t number;
    } cases[] = {
        {"binlog.000003", true, 3},    {"mysql-bin.1000000", true, 1000000},
        {"2024-bin.000042", true, 42}, {"000007", true, 7},
        {"binlog", false, 0},          {"", false, 0},
        {"binlog.000003x", false, 0},  {"b.18446744073709551616", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t number = 0;
        assert_int_equal(leat_mysql_file_number(leat_slice_of_string(cases[i].file), &number),
                         cases[i].found);
        assert_true(number == cases[i].number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_form_goes_both_ways),
        cmocka_unit_test(survives_inside_the_text_form_of_a_cut_position),
        cmocka_unit_test(refuses_other_texts_and_keeps_the_position),
        cmocka_unit_test(order_goes_by_gtids_then_by_file),
        cmocka_unit_test(what_has_no_order_is_refused),
        cmocka_unit_test(a_copy_stands_alone),
        cmocka_unit_test(a_name_ends_in_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
