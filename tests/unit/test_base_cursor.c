/* The cursor: no read passes its end, and a failure is never forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cursor.h"

static leat_cursor open_bytes(const char *bytes, size_t length)
{
    return leat_cursor_open(leat_slice_of(bytes, length));
}

static void reads_integers_of_both_orders(void **state)
{
    (void)state;
    leat_cursor cursor =
        open_bytes("\x01\x02\x03\x04\x05\x06\x07\xff\xff\xff\xff\xfe\x10\x20\x30\x40\x50\x60\x70\x80"
                   "\x01\x02\x03",
                   23);
    assert_int_equal(leat_cursor_u8(&cursor), 1);
    assert_int_equal(leat_cursor_u16be(&cursor), 0x0203);
    assert_int_equal(leat_cursor_u32be(&cursor), 0x04050607);
    assert_int_equal(leat_cursor_i32be(&cursor), -1);
    assert_int_equal(leat_cursor_peek(&cursor), 0xfe);
    assert_int_equal(leat_cursor_u8(&cursor), 0xfe);
    assert_true(leat_cursor_u64be(&cursor) == UINT64_C(0x1020304050607080));
    assert_int_equal(leat_cursor_little_endian(&cursor, 3), 0x030201);
    assert_int_equal(leat_cursor_peek(&cursor), -1);
    assert_false(leat_cursor_failed(&cursor));
    leat_error error;
    assert_int_equal(leat_cursor_finish(&cursor, LEAT_FAILED, "message", &error), LEAT_OK);
}

/* Every kind of read, one byte before it would fit. */
static void refuses_every_short_read(void **state)
{
    (void)state;
    leat_cursor cursor = open_bytes("", 0);
    assert_int_equal(leat_cursor_u8(&cursor), 0);
    assert_true(leat_cursor_failed(&cursor));
    cursor = open_bytes("\xff", 1);
    assert_int_equal(leat_cursor_u16be(&cursor), 0);
    assert_true(leat_cursor_failed(&cursor));
    cursor = open_bytes("\xff\xff\xff", 3);
    assert_int_equal(leat_cursor_u32be(&cursor), 0);
    assert_true(leat_cursor_failed(&cursor));
    cursor = open_bytes("\xff\xff\xff\xff\xff\xff\xff", 7);
    assert_true(leat_cursor_u64be(&cursor) == 0);
    assert_true(leat_cursor_failed(&cursor));
    cursor = open_bytes("abc", 3);
    leat_slice bytes = leat_cursor_bytes(&cursor, 4);
    assert_null(bytes.data);
    assert_int_equal(bytes.length, 0);
    assert_true(leat_cursor_failed(&cursor));
    cursor = open_bytes("abc", 3);
    assert_null(leat_cursor_bytes(&cursor, SIZE_MAX).data);
    assert_true(leat_cursor_failed(&cursor));
}

static void a_failure_stays(void **state)
{
    (void)state;
    leat_cursor cursor = open_bytes("\x01\x02\x03", 3);
    leat_cursor_u8(&cursor);
    leat_cursor_u32be(&cursor);
    assert_int_equal(leat_cursor_u8(&cursor), 0); /* a byte is there, but no longer to be had */
    assert_int_equal(leat_cursor_remaining(&cursor), 0);
    leat_error error;
    assert_int_equal(leat_cursor_finish(&cursor, LEAT_FAILED, "the message", &error), LEAT_FAILED);
    assert_string_equal(error.message, "the message is truncated or malformed at byte 1 of 3");
    leat_cursor_fail(&cursor); /* the first place counts */
    leat_cursor_finish(&cursor, LEAT_FAILED, "the message", &error);
    assert_string_equal(error.message, "the message is truncated or malformed at byte 1 of 3");
}

/* An empty slice has no address; the failure of reading from it must be kept all the same. */
static void reads_from_nothing_fail(void **state)
{
    (void)state;
    leat_cursor cursor = leat_cursor_open(leat_slice_of(NULL, 0));
    assert_int_equal(leat_cursor_remaining(&cursor), 0);
    assert_int_equal(leat_cursor_peek(&cursor), -1);
    assert_int_equal(leat_cursor_bytes(&cursor, 0).length, 0);
    assert_false(leat_cursor_failed(&cursor));
    leat_cursor_u8(&cursor);
    assert_true(leat_cursor_failed(&cursor));
    leat_error error;
    assert_int_equal(leat_cursor_finish(&cursor, LEAT_FAILED, "it", &error), LEAT_FAILED);
    assert_string_equal(error.message, "it is truncated or malformed at byte 0 of 0");
}

static void narrowing_is_a_hard_end(void **state)
{
    (void)state;
    leat_cursor cursor = open_bytes("\x01\x02\x03\x04", 4);
    leat_cursor inner = leat_cursor_narrow(&cursor, 2);
    assert_int_equal(leat_cursor_u16be(&inner), 0x0102);
    leat_cursor_u8(&inner);
    assert_true(leat_cursor_failed(&inner));
    assert_false(leat_cursor_failed(&cursor));
    assert_int_equal(leat_cursor_u16be(&cursor), 0x0304);
    cursor = open_bytes("\x01\x02\x03", 3);
    leat_cursor_u8(&cursor);
    inner = leat_cursor_narrow(&cursor, 3);
    assert_true(leat_cursor_failed(&cursor));
    assert_true(leat_cursor_failed(&inner));
    leat_error error;
    leat_cursor_finish(&inner, LEAT_FAILED, "the part", &error);
    assert_string_equal(error.message, "the part is truncated or malformed at byte 1 of 3");
}

static void left_over_bytes_are_an_error(void **state)
{
    (void)state;
    leat_cursor cursor = open_bytes("\x01\x02\x03", 3);
    leat_cursor_u8(&cursor);
    leat_error error;
    assert_int_equal(leat_cursor_finish(&cursor, LEAT_RETRY, "the message", &error), LEAT_RETRY);
    assert_string_equal(error.message, "the message has 2 bytes that its kind does not explain");
    assert_int_equal(error.status, LEAT_RETRY);
}

static void reads_strings(void **state)
{
    (void)state;
    leat_cursor cursor = open_bytes("public\0\0x", 9);
    assert_true(leat_slice_equals_string(leat_cursor_string(&cursor), "public"));
    leat_slice empty = leat_cursor_string(&cursor);
    assert_int_equal(empty.length, 0);
    assert_non_null(empty.data);
    assert_null(leat_cursor_string(&cursor).data); /* "x" has no NUL */
    assert_true(leat_cursor_failed(&cursor));
    assert_null(leat_cursor_string(&cursor).data);
}

/* The Avro specification's own examples, and the ends of the range. */
static void reads_varints(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        int64_t value;
    } cases[] = {
        {"\x00", 1, 0},
        {"\x01", 1, -1},
        {"\x02", 1, 1},
        {"\x03", 1, -2},
        {"\x04", 1, 2},
        {"\x7f", 1, -64},
        {"\x80\x01", 2, 64},
        {"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, INT64_MAX},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, INT64_MIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_cursor cursor = open_bytes(cases[i].bytes, cases[i].length);
        assert_true(leat_cursor_varint(&cursor) == cases[i].value);
        leat_error error;
        assert_int_equal(leat_cursor_finish(&cursor, LEAT_FAILED, "varint", &error), LEAT_OK);
    }
}

static void refuses_varints_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {
        {"", 0},
        {"\x80", 1},                                          /* cut */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10},     /* 65 bits */
        {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11}, /* eleven bytes */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_cursor cursor = open_bytes(cases[i].bytes, cases[i].length);
        leat_cursor_varint(&cursor);
        assert_true(leat_cursor_failed(&cursor));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_integers_of_both_orders),
        cmocka_unit_test(refuses_every_short_read),
        cmocka_unit_test(a_failure_stays),
        cmocka_unit_test(reads_from_nothing_fail),
        cmocka_unit_test(narrowing_is_a_hard_end),
        cmocka_unit_test(left_over_bytes_are_an_error),
        cmocka_unit_test(reads_strings),
        cmocka_unit_test(reads_varints),
        cmocka_unit_test(refuses_varints_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
