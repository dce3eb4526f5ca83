/* UTF-8 against libc's own decoder, over all short sequences and over random text. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "base/utf8.h"

/* How much of the text libc takes for whole characters. */
static size_t length_by_libc(const uint8_t *bytes, size_t length)
{
    mbstate_t state = {0};
    size_t at = 0;
    while (at < length) {
        wchar_t character;
        size_t taken = mbrtowc(&character, (const char *)bytes + at, length - at, &state);
        if (taken == (size_t)-1 || taken == (size_t)-2 ||
            character > 0x10ffff) /* libc goes further than RFC 3629 */
            break;
        at += taken == 0 ? 1 : taken;
    }
    return at;
}

static void expect_same(const uint8_t *bytes, size_t length)
{
    assert_int_equal(leat_utf8_valid_length(leat_slice_of(bytes, length)), length_by_libc(bytes, length));
}

static void every_sequence_of_three_bytes_is_judged_as_libc_does(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 1u << 24; value++) {
        const uint8_t bytes[] = {(uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
        if (bytes[0] >= 0xc0 || (value & 0xffff) == 0)
            expect_same(bytes, sizeof bytes);
    }
}

static void four_bytes_at_the_edges_are_judged_as_libc_does(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 1u << 16; value++) {
        const uint8_t bytes[] = {(uint8_t)(0xee + value % 18), (uint8_t)(value >> 8),
                                 (uint8_t)(0x7e + value % 5), (uint8_t)(0xbd + value % 7)};
        expect_same(bytes, sizeof bytes);
    }
}

/* Around the eight bytes that are looked at together. */
static void a_fault_is_found_wherever_it_stands(void **state)
{
    (void)state;
    for (size_t length = 0; length <= 40; length++) {
        for (size_t at = 0; at < length; at++) {
            uint8_t bytes[40];
            memset(bytes, 'a', sizeof bytes);
            bytes[at] = 0xff;
            assert_int_equal(leat_utf8_valid_length(leat_slice_of(bytes, length)), at);
            if (at + 1 < length) {
                memcpy(bytes + at, "\xc3\xa9", 2);
                assert_true(leat_utf8_valid(leat_slice_of(bytes, length)));
            }
        }
    }
}

static void what_is_no_text_is_escaped_and_nothing_is_lost(void **state)
{
    (void)state;
    leat_buffer out = {0};
    leat_utf8_append_escaped(&out, leat_slice_of("a\xff\xc3\xa9\xe2\x82", 6));
    assert_string_equal(leat_buffer_string(&out), "a\\xff\xc3\xa9\\xe2\\x82");
    leat_buffer_free(&out);
}

static int use_utf8(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") == NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_of_three_bytes_is_judged_as_libc_does),
        cmocka_unit_test(four_bytes_at_the_edges_are_judged_as_libc_does),
        cmocka_unit_test(a_fault_is_found_wherever_it_stands),
        cmocka_unit_test(what_is_no_text_is_escaped_and_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, use_utf8, NULL);
}
