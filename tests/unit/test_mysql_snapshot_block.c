#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the four headers it needs */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "mysql/snapshot/block.h"

static bool add(leat_mysql_snapshot_block *block, const char *const *values, const unsigned long *lengths,
                size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += lengths[i];
    return leat_mysql_snapshot_block_add(block, values, lengths, count, bytes);
}

static void null_and_empty_are_told_apart(void **state)
{
    static const char *const values[] = {"ab", NULL, "", "a\0b"};
    static const unsigned long lengths[] = {2, 0, 0, 3};
    leat_mysql_snapshot_block *block = leat_mysql_snapshot_block_new(0);
    leat_datum datums[4];
    (void)state;
    assert_true(add(block, values, lengths, 4));
    leat_mysql_snapshot_rows rows = {.block = block};
    assert_false(leat_mysql_snapshot_rows_at_end(&rows));
    leat_mysql_snapshot_rows_next(&rows, datums, 4);
    assert_true(leat_mysql_snapshot_rows_at_end(&rows));
    assert_int_equal(datums[0].kind, LEAT_DATUM_VALUE);
    assert_true(leat_slice_equals_string(datums[0].value, "ab"));
    assert_int_equal(datums[1].kind, LEAT_DATUM_NULL);
    assert_int_equal(datums[2].kind, LEAT_DATUM_VALUE);
    assert_int_equal(datums[2].value.length, 0);
    assert_int_equal(datums[3].value.length, 3);
    assert_memory_equal(datums[3].value.data, "a\0b", 3);
    leat_mysql_snapshot_block_free(&block->parcel);
}

static void rows_come_in_the_order_they_went_in(void **state)
{
    leat_mysql_snapshot_block *block = leat_mysql_snapshot_block_new(0);
    char text[2][8];
    leat_datum datums[2];
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        const char *values[] = {text[0], text[1]};
        unsigned long lengths[2];
        for (unsigned j = 0; j < 2; j++)
            lengths[j] = (unsigned long)snprintf(text[j], sizeof text[j], "%u", i * 2 + j);
        assert_true(add(block, values, lengths, 2));
    }
    leat_mysql_snapshot_rows rows = {.block = block};
    for (unsigned i = 0; i < 2000; i++) {
        if (i % 2 == 0)
            leat_mysql_snapshot_rows_next(&rows, datums, 2);
        snprintf(text[0], sizeof text[0], "%u", i);
        assert_true(leat_slice_equals_string(datums[i % 2].value, text[0]));
    }
    assert_true(leat_mysql_snapshot_rows_at_end(&rows));
    leat_mysql_snapshot_block_free(&block->parcel);
}

/* Nulls take no bytes: the number of values bounds a block of them. */
static void a_block_of_nulls_is_full_at_some_time(void **state)
{
    static const char *const values[] = {NULL, NULL, NULL};
    static const unsigned long lengths[] = {0, 0, 0};
    leat_mysql_snapshot_block *block = leat_mysql_snapshot_block_new(0);
    size_t rows = 0;
    (void)state;
    while (add(block, values, lengths, 3))
        rows++;
    assert_int_equal(rows, LEAT_MYSQL_SNAPSHOT_BLOCK_VALUES / 3);
    assert_int_equal(block->value_count, rows * 3);
    leat_mysql_snapshot_block_free(&block->parcel);
}

/* What does not fit leaves nothing of itself behind, and fits a block of its own size exactly. */
static void a_row_larger_than_a_block(void **state)
{
    unsigned long length = LEAT_MYSQL_SNAPSHOT_BLOCK_BYTES + 1;
    char *large = test_malloc(length);
    const char *values[] = {large, NULL};
    const unsigned long lengths[] = {length, 0};
    leat_mysql_snapshot_block *usual = leat_mysql_snapshot_block_new(10);
    leat_mysql_snapshot_block *own = leat_mysql_snapshot_block_new(length);
    (void)state;
    memset(large, 'x', length);
    assert_true(leat_mysql_snapshot_block_is_usual(usual));
    assert_false(leat_mysql_snapshot_block_is_usual(own));
    assert_false(add(usual, values, lengths, 2));
    assert_int_equal(usual->value_count, 0);
    assert_int_equal(usual->byte_count, 0);
    assert_true(add(own, values, lengths, 2));
    assert_false(add(own, values, lengths, 2));
    assert_int_equal(own->byte_count, length);
    leat_mysql_snapshot_block_free(&usual->parcel);
    leat_mysql_snapshot_block_free(&own->parcel);
    test_free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_and_empty_are_told_apart),
        cmocka_unit_test(rows_come_in_the_order_they_went_in),
        cmocka_unit_test(a_block_of_nulls_is_full_at_some_time),
        cmocka_unit_test(a_row_larger_than_a_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
