/* Numbers, rates, columns and cut lines as people read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/rate.h"
#include "terminal/human.h"
#include "terminal/layout.h"
#include "terminal/terminal.h"

enum { SECOND = 1000000 };

static void counts_are_grouped(void **state)
{
    (void)state;
    char text[LEAT_HUMAN_SIZE];
    assert_string_equal(leat_human_count(0, text), "0");
    assert_string_equal(leat_human_count(999, text), "999");
    assert_string_equal(leat_human_count(1000, text), "1,000");
    assert_string_equal(leat_human_count(1234567, text), "1,234,567");
    assert_string_equal(leat_human_count(UINT64_MAX, text), "18,446,744,073,709,551,615");
}

static void rates_have_three_digits(void **state)
{
    (void)state;
    char text[LEAT_HUMAN_SIZE];
    assert_string_equal(leat_human_short(0, text), "0");
    assert_string_equal(leat_human_short(999, text), "999");
    assert_string_equal(leat_human_short(1000, text), "1.00k");
    assert_string_equal(leat_human_short(1239, text), "1.23k");
    assert_string_equal(leat_human_short(45678, text), "45.6k");
    assert_string_equal(leat_human_short(999999, text), "999k");
    assert_string_equal(leat_human_short(1000000, text), "1.00M");
    assert_string_equal(leat_human_short(UINT64_MAX, text), "18.4E");
}

static void sizes_are_binary(void **state)
{
    (void)state;
    char text[LEAT_HUMAN_SIZE];
    assert_string_equal(leat_human_size(0, text), "0 B");
    assert_string_equal(leat_human_size(1023, text), "1023 B");
    assert_string_equal(leat_human_size(1536, text), "1.5 KiB");
    assert_string_equal(leat_human_size(64 << 20, text), "64 MiB");
    assert_string_equal(leat_human_size(UINT64_C(5) << 30, text), "5.0 GiB");
    assert_string_equal(leat_human_size(UINT64_MAX, text), "15 EiB");
}

static void durations_have_two_units(void **state)
{
    (void)state;
    char text[LEAT_HUMAN_SIZE];
    const int64_t minute = 60 * (int64_t)SECOND;
    assert_string_equal(leat_human_duration(-5, text), "0 ms");
    assert_string_equal(leat_human_duration(0, text), "0 us");
    assert_string_equal(leat_human_duration(999, text), "999 us");
    assert_string_equal(leat_human_duration(1999, text), "1 ms");
    assert_string_equal(leat_human_duration(350000, text), "350 ms");
    assert_string_equal(leat_human_duration(4290000, text), "4.2 s");
    assert_string_equal(leat_human_duration(59 * (int64_t)SECOND, text), "59 s");
    assert_string_equal(leat_human_duration(minute, text), "1 min");
    assert_string_equal(leat_human_duration(minute + 12 * (int64_t)SECOND, text), "1 min 12 s");
    assert_string_equal(leat_human_duration(125 * minute, text), "2 h 5 min");
    assert_string_equal(leat_human_duration(76 * 60 * minute, text), "3 d 4 h");
}

static void times_are_utc_to_the_second(void **state)
{
    (void)state;
    char text[LEAT_HUMAN_SIZE];
    assert_string_equal(leat_human_time(0, text), "-");
    /* date -u -d @1773129600 */
    assert_string_equal(leat_human_time(INT64_C(1773129600123456), text), "2026-03-10 08:00:00 UTC");
}

static void percents_are_never_rounded_up(void **state)
{
    (void)state;
    assert_int_equal(leat_human_percent(0, 0), 0);
    assert_int_equal(leat_human_percent(999, 1000), 99);
    assert_int_equal(leat_human_percent(1000, 1000), 100);
    assert_int_equal(leat_human_percent(7, 3), 100);
    assert_int_equal(leat_human_percent(UINT64_MAX / 2, UINT64_MAX), 50);
}

static void a_rate_is_of_the_last_seconds(void **state)
{
    (void)state;
    leat_rate rate = {0};
    assert_int_equal(leat_rate_per_second(&rate, 0, 100), 0);
    /* A thousand in the first second, nothing in the next ten. */
    for (int64_t at = 0; at <= SECOND; at += SECOND / 4)
        leat_rate_sample(&rate, at, (uint64_t)at / 1000);
    assert_int_equal(leat_rate_per_second(&rate, SECOND, 1000), 1000);
    for (int64_t at = SECOND; at <= 11 * SECOND; at += SECOND / 4)
        leat_rate_sample(&rate, at, 1000);
    assert_int_equal(leat_rate_per_second(&rate, 11 * SECOND, 1000), 0);
    /* A count that starts afresh is no rate. */
    assert_int_equal(leat_rate_per_second(&rate, 12 * SECOND, 5), 0);
}

static void a_rate_keeps_its_samples_apart(void **state)
{
    (void)state;
    leat_rate rate = {0};
    /* Far more samples than it holds, within one second: the oldest must still be there. */
    for (int64_t at = 0; at < SECOND; at += 1000)
        leat_rate_sample(&rate, at, (uint64_t)at / 1000);
    assert_int_equal(leat_rate_per_second(&rate, SECOND, 1000), 1000);
    assert_int_equal(leat_rate_per_second(&rate, SECOND, UINT64_MAX), UINT64_MAX / 1000 * 1000);
}

static void clips_between_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
        bool unicode;
        const char *expected;
    } cases[] = {
        {"short", 5, true, "short"},      {"shorter", 5, false, "sh..."},
        {"shorter", 5, true, "shor…"},    {"äöüßäöü", 7, true, "äöüßäöü"},
        {"äöüßäöü", 4, true, "äöü…"},     {"äöüß", 3, false, "äöü"},
        {"anything at all", 0, true, ""}, {"", 0, false, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        leat_buffer out = {0};
        leat_text_clip(&out, cases[i].text, cases[i].width, cases[i].unicode);
        assert_string_equal(leat_buffer_string(&out), cases[i].expected);
        leat_buffer_free(&out);
    }
}

static void columns_are_aligned(void **state)
{
    (void)state;
    static const leat_layout_column columns[] = {
        {.heading = "table"}, {.heading = "rows", .right = true}, {.heading = "since"}};
    leat_layout layout = {.columns = columns, .column_count = 3};
    leat_layout_add(&layout, "%s", "größe");
    leat_layout_add(&layout, "%d", 12345);
    leat_layout_add(&layout, "%s", "today");
    leat_layout_add(&layout, "%s", "a");
    leat_layout_add(&layout, "%d", 1);
    leat_layout_add(&layout, "%s", "");
    leat_buffer out = {0};
    leat_layout_render(&layout, 2, &out);
    assert_string_equal(leat_buffer_string(&out), "  table   rows  since\n"
                                                  "  größe  12345  today\n"
                                                  "  a          1  \n");
    leat_layout_free(&layout);
    leat_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_grouped),
        cmocka_unit_test(rates_have_three_digits),
        cmocka_unit_test(sizes_are_binary),
        cmocka_unit_test(durations_have_two_units),
        cmocka_unit_test(times_are_utc_to_the_second),
        cmocka_unit_test(percents_are_never_rounded_up),
        cmocka_unit_test(a_rate_is_of_the_last_seconds),
        cmocka_unit_test(a_rate_keeps_its_samples_apart),
        cmocka_unit_test(clips_between_characters),
        cmocka_unit_test(columns_are_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
