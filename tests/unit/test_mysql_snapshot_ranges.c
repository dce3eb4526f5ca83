#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the four headers it needs */
#include <cmocka.h>

#include "mysql/snapshot/ranges.h"

enum { MOST_PIECES = 64 };

/* The bounds of a division, joined by blanks. */
static void assert_bounds(const char *least, const char *greatest, bool is_unsigned, size_t pieces,
                          const char *expected)
{
    leat_arena arena = {0};
    leat_buffer joined = {0};
    const char *bounds[MOST_PIECES];
    assert_true(pieces <= MOST_PIECES);
    size_t count = leat_mysql_snapshot_divide(leat_slice_of_string(least), leat_slice_of_string(greatest),
                                              is_unsigned, pieces, &arena, bounds);
    for (size_t i = 0; i < count; i++)
        leat_buffer_printf(&joined, "%s%s", i == 0 ? "" : " ", bounds[i]);
    assert_string_equal(leat_buffer_string(&joined), expected);
    leat_buffer_free(&joined);
    leat_arena_free(&arena);
}

static void parts_have_one_width(void **state)
{
    (void)state;
    assert_bounds("1", "1000000", false, 4, "250000 499999 749998");
    assert_bounds("0", "100", true, 2, "50");
}

static void negative_and_positive_keys(void **state)
{
    (void)state;
    assert_bounds("-100", "100", false, 4, "-50 0 50");
    assert_bounds("-9", "-1", false, 2, "-5");
}

static void the_whole_signed_range_does_not_overflow(void **state)
{
    (void)state;
    assert_bounds("-9223372036854775808", "9223372036854775807", false, 4,
                  "-4611686018427387905 -2 4611686018427387901");
}

static void the_whole_unsigned_range_does_not_overflow(void **state)
{
    (void)state;
    assert_bounds("0", "18446744073709551615", true, 4,
                  "4611686018427387903 9223372036854775806 13835058055282163709");
    assert_bounds("18446744073709551613", "18446744073709551615", true, 8, "18446744073709551614");
}

/* As many parts as there are values at most, so that no bound stands twice. */
static void fewer_keys_than_parts(void **state)
{
    (void)state;
    assert_bounds("5", "8", false, 64, "6 7");
    assert_bounds("5", "6", false, 64, "");
}

static void one_key_is_not_divided(void **state)
{
    (void)state;
    assert_bounds("7", "7", false, 8, "");
    assert_bounds("1", "1000", false, 1, "");
}

static void zerofill_is_read_as_a_number(void **state)
{
    (void)state;
    assert_bounds("0000000001", "0000000101", true, 2, "51");
}

static void what_is_no_integer_is_not_divided(void **state)
{
    (void)state;
    assert_bounds("", "9", false, 2, "");
    assert_bounds("1.5", "9", false, 2, "");
    assert_bounds("-1", "9", true, 2, "");
    assert_bounds("1", "18446744073709551615", false, 2, "");
    assert_bounds("9", "1", false, 2, "");
}

/* ---- How many ---- */

static void pieces_by_rows_and_bytes(void **state)
{
    static const struct {
        int64_t rows;
        int64_t bytes;
        unsigned workers;
        size_t pieces;
    } cases[] = {
        {1000000, -1, 1, 1},                /* one_worker_reads_whole_tables */
        {-1, -1, 4, 1},                     /* unknown_size */
        {199999, 0, 4, 1},                  /* small_table */
        {200000, 0, 4, 2},                  /* just_large_enough */
        {1000000, 0, 2, 10},                /* by_rows */
        {10000, INT64_C(320) << 20, 2, 10}, /* few_rows_of_many_bytes */
        {INT64_MAX, INT64_MAX, 2, 16},      /* no_more_than_workers_need */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(leat_mysql_snapshot_pieces(cases[i].rows, cases[i].bytes, cases[i].workers),
                         cases[i].pieces);
}

/* ---- By which column ---- */

static const char *dividing_column(leat_mysql_type type, const char *index_name, leat_mysql_table_kind kind)
{
    static const char *const names[] = {"b", "a"};
    leat_mysql_column columns[] = {{.name = "a", .layout = {.type = LEAT_MYSQL_VARCHAR}},
                                   {.name = "b", .layout = {.type = type}}};
    leat_mysql_index index = {.name = index_name, .columns = names, .column_count = 2};
    leat_mysql_definition definition = {
        .kind = kind, .columns = columns, .column_count = 2, .indexes = &index, .index_count = 1};
    const leat_mysql_column *column = leat_mysql_snapshot_dividing_column(&definition);
    return column == NULL ? "" : column->name;
}

static void the_column_that_leads_the_primary_key(void **state)
{
    (void)state;
    assert_string_equal(dividing_column(LEAT_MYSQL_LONGLONG, "PRIMARY", LEAT_MYSQL_BASE_TABLE), "b");
    assert_string_equal(dividing_column(LEAT_MYSQL_TINY, "PRIMARY", LEAT_MYSQL_BASE_TABLE), "b");
}

static void no_division_by_anything_else(void **state)
{
    leat_mysql_definition keyless = {.kind = LEAT_MYSQL_BASE_TABLE};
    (void)state;
    assert_null(leat_mysql_snapshot_dividing_column(&keyless));
    assert_string_equal(dividing_column(LEAT_MYSQL_VARCHAR, "PRIMARY", LEAT_MYSQL_BASE_TABLE), "");
    assert_string_equal(dividing_column(LEAT_MYSQL_DECIMAL, "PRIMARY", LEAT_MYSQL_BASE_TABLE), "");
    assert_string_equal(dividing_column(LEAT_MYSQL_LONG, "u", LEAT_MYSQL_BASE_TABLE), "");
    assert_string_equal(dividing_column(LEAT_MYSQL_LONG, "PRIMARY", LEAT_MYSQL_VERSIONED_TABLE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_have_one_width),
        cmocka_unit_test(negative_and_positive_keys),
        cmocka_unit_test(the_whole_signed_range_does_not_overflow),
        cmocka_unit_test(the_whole_unsigned_range_does_not_overflow),
        cmocka_unit_test(fewer_keys_than_parts),
        cmocka_unit_test(one_key_is_not_divided),
        cmocka_unit_test(zerofill_is_read_as_a_number),
        cmocka_unit_test(what_is_no_integer_is_not_divided),
        cmocka_unit_test(pieces_by_rows_and_bytes),
        cmocka_unit_test(the_column_that_leads_the_primary_key),
        cmocka_unit_test(no_division_by_anything_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
