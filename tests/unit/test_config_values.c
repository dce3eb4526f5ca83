/* Numbers, sizes and durations as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/values.h"

typedef struct reading {
    const char *text;
    uint64_t value;
} reading;

static void reads_integers(void **state)
{
    (void)state;
    static const reading good[] = {{"0", 0},
                                   {"7", 7},
                                   {"18446744073709551615", UINT64_MAX},
                                   {"18446744073709551616", UINT64_MAX},
                                   {"99999999999999999999999999", UINT64_MAX}};
    static const char *const bad[] = {"",    "-1", "+1", "1.0",   "1e3", "0x10",
                                      "010", " 1", "1 ", "1_000", "one"};
    uint64_t value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(leat_value_parse_integer(good[i].text, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(leat_value_parse_integer(bad[i], &value));
}

static void reads_sizes(void **state)
{
    (void)state;
    static const reading good[] = {{"0", 0},
                                   {"1000", 1000},
                                   {"1B", 1},
                                   {"64kB", 64000},
                                   {"64KiB", 65536},
                                   {"1MB", 1000000},
                                   {"256MiB", 268435456},
                                   {"1GB", 1000000000},
                                   {"1GiB", 1073741824},
                                   {"2TB", UINT64_C(2000000000000)},
                                   {"1TiB", UINT64_C(1099511627776)},
                                   {"99999999999TiB", UINT64_MAX}};
    static const char *const bad[] = {"", "MiB", "1K", "1KB", "1mib", "1 MiB", "1.5MiB", "-1MiB", "1MiBs"};
    uint64_t value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(leat_value_parse_size(good[i].text, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(leat_value_parse_size(bad[i], &value));
}

static void reads_durations(void **state)
{
    (void)state;
    static const reading good[] = {{"0", 0},
                                   {"0s", 0},
                                   {"5us", 5},
                                   {"250ms", 250000},
                                   {"60s", 60000000},
                                   {"5m", UINT64_C(300000000)},
                                   {"1h", UINT64_C(3600000000)},
                                   {"2d", UINT64_C(172800000000)},
                                   {"999999999999999d", UINT64_MAX}};
    static const char *const bad[] = {"", "60", "s", "1 s", "1.5s", "-1s", "1M", "1min", "1h30m", "1S"};
    uint64_t value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(leat_value_parse_duration(good[i].text, &value));
        assert_true(value == good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(leat_value_parse_duration(bad[i], &value));
}

static void assert_formatted(void (*format)(leat_buffer *, uint64_t), uint64_t value, const char *expected)
{
    leat_buffer text = {0};
    format(&text, value);
    assert_string_equal(leat_buffer_string(&text), expected);
    leat_buffer_free(&text);
}

static void writes_the_largest_unit_that_divides(void **state)
{
    (void)state;
    assert_formatted(leat_value_format_size, 0, "0");
    assert_formatted(leat_value_format_size, 1023, "1023B");
    assert_formatted(leat_value_format_size, 1024, "1KiB");
    assert_formatted(leat_value_format_size, 64000, "64kB");
    assert_formatted(leat_value_format_size, 268435456, "256MiB");
    assert_formatted(leat_value_format_duration, 0, "0");
    assert_formatted(leat_value_format_duration, 1500, "1500us");
    assert_formatted(leat_value_format_duration, 250000, "250ms");
    assert_formatted(leat_value_format_duration, 90000000, "90s");
    assert_formatted(leat_value_format_duration, UINT64_C(86400000000), "1d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_integers),
        cmocka_unit_test(reads_sizes),
        cmocka_unit_test(reads_durations),
        cmocka_unit_test(writes_the_largest_unit_that_divides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
