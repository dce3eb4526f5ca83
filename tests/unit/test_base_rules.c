/* Retries, patterns, UTF-8, and the clock: small rules that much hangs on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/patterns.h"
#include "base/retry.h"
#include "base/utf8.h"

static const leat_retry_policy policy = {.first_delay = 1000, .longest_delay = 10000, .give_up_after = 0};

/* `now` ends in 000: no jitter. */
static void delays_double_to_the_longest(void **state)
{
    (void)state;
    static const int64_t expected[] = {1000, 2000, 4000, 8000, 10000, 10000};
    leat_retry retry = {0};
    int64_t delay;
    for (size_t i = 0; i < 6; i++) {
        assert_true(leat_retry_failed(&retry, &policy, 5000000, &delay));
        assert_int_equal(delay, expected[i]);
    }
    leat_retry_succeeded(&retry);
    assert_true(leat_retry_failed(&retry, &policy, 5000000, &delay));
    assert_int_equal(delay, 1000);
}

static void jitter_takes_at_most_a_quarter(void **state)
{
    (void)state;
    int64_t least = INT64_MAX;
    int64_t most = 0;
    for (int64_t now = 1000000; now < 1001000; now++) {
        leat_retry retry = {0};
        int64_t delay;
        assert_true(leat_retry_failed(&retry, &policy, now, &delay));
        least = delay < least ? delay : least;
        most = delay > most ? delay : most;
    }
    assert_int_equal(most, 1000);
    assert_in_range(least, 750, 760);
}

static void gives_up_when_nothing_works_for_long(void **state)
{
    (void)state;
    leat_retry_policy limited = policy;
    limited.give_up_after = 60000;
    leat_retry retry = {0};
    int64_t delay;
    assert_true(leat_retry_failed(&retry, &limited, 100000, &delay));
    assert_true(leat_retry_failed(&retry, &limited, 159999, &delay));
    assert_false(leat_retry_failed(&retry, &limited, 160000, &delay));
    /* A success in between starts the time afresh. */
    leat_retry_succeeded(&retry);
    assert_true(leat_retry_failed(&retry, &limited, 170000, &delay));
    assert_true(leat_retry_failed(&retry, &limited, 229000, &delay));
    assert_false(leat_retry_failed(&retry, &limited, 230000, &delay));
}

static void delays_never_overflow(void **state)
{
    (void)state;
    leat_retry_policy endless = {.first_delay = 1, .longest_delay = INT64_MAX / 1000};
    leat_retry retry = {0};
    int64_t delay = 0;
    for (int i = 0; i < 200; i++) {
        assert_true(leat_retry_failed(&retry, &endless, 1000 + i, &delay));
        assert_true(delay > 0);
    }
    assert_true(delay > INT64_MAX / 1000 / 4 * 3 - 1);
}

static bool matches(const char *pattern, const char *name)
{
    return leat_patterns_match(&pattern, 1, name);
}

static void globs_match(void **state)
{
    (void)state;
    assert_true(matches("public.orders", "public.orders"));
    assert_false(matches("public.orders", "public.orders2"));
    assert_false(matches("public.orders2", "public.orders"));
    assert_true(matches("public.*", "public."));
    assert_true(matches("*.*", "a.b"));
    assert_true(matches("*", ""));
    assert_false(matches("?", ""));
    assert_true(matches("public.order?", "public.orders"));
    assert_false(matches("public.order?", "public.order"));
    assert_true(matches("*a*b*c", "xxaxxbxxbxxc"));
    assert_false(matches("*a*b*c", "xxaxxbxxbxxd"));
    assert_true(matches("a**b", "ab"));
    assert_false(matches("PUBLIC.*", "public.a")); /* names are what they are */
}

/* The time must not explode with the stars. */
static void globs_are_quick_on_hostile_patterns(void **state)
{
    (void)state;
    char name[5001];
    memset(name, 'a', 5000);
    name[5000] = '\0';
    assert_false(matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
}

static void lists_choose_and_leave_out(void **state)
{
    (void)state;
    const char *const some[] = {"public.*", "!public.audit_*", "sales.a"};
    assert_true(leat_patterns_match(some, 3, "public.orders"));
    assert_true(leat_patterns_match(some, 3, "sales.a"));
    assert_false(leat_patterns_match(some, 3, "public.audit_log"));
    assert_false(leat_patterns_match(some, 3, "sales.b"));
    const char *const reversed[] = {"!public.audit_*", "public.*"};
    assert_false(leat_patterns_match(reversed, 2, "public.audit_log")); /* wherever it stands */
    const char *const only_out[] = {"!public.audit_*"};
    assert_true(leat_patterns_match(only_out, 1, "sales.b"));
    assert_false(leat_patterns_match(only_out, 1, "public.audit_x"));
    assert_true(leat_patterns_match(NULL, 0, "any.thing"));
}

static void utf8_ends_where_it_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        size_t valid;
    } cases[] = {
        {"", 0, 0},
        {"abc", 3, 3},
        {"a\0b", 3, 3},
        {"gr\xc3\xb6\xc3\x9f", 6, 6},
        {"\xe2\x82\xac", 3, 3},
        {"\xf0\x9f\x92\xa7", 4, 4},
        {"\xf4\x8f\xbf\xbf", 4, 4}, /* U+10FFFF */
        {"\xf4\x90\x80\x80", 4, 0}, /* above it */
        {"\xed\x9f\xbf", 3, 3},     /* U+D7FF */
        {"\xed\xa0\x80", 3, 0},     /* a surrogate */
        {"\xc0\x80", 2, 0},         /* overlong NUL */
        {"\xe0\x9f\xbf", 3, 0},     /* overlong */
        {"\xf0\x8f\xbf\xbf", 4, 0}, /* overlong */
        {"ab\xc3", 3, 2},           /* cut */
        {"ab\xe2\x82", 4, 2},       /* cut */
        {"a\xf0\x9f\x92", 4, 1},    /* cut */
        {"ab\xc3(", 4, 2},          /* no continuation */
        {"a\xe2\x82(b", 5, 1},      /* no second continuation */
        {"a\x80", 2, 1},            /* a continuation alone */
        {"a\xff", 2, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(leat_utf8_valid_length(leat_slice_of(cases[i].bytes, cases[i].length)),
                         cases[i].valid);
    assert_int_equal(leat_utf8_valid_length(leat_slice_of(NULL, 0)), 0);
}

/* Expected texts from `date -u -d @SECONDS`. */
static void clock_prints_utc(void **state)
{
    (void)state;
    char text[LEAT_CLOCK_TEXT_SIZE];
    leat_clock_format(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000000Z");
    leat_clock_format(INT64_C(1773129600000001), text);
    assert_string_equal(text, "2026-03-10T08:00:00.000001Z");
    leat_clock_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
    leat_clock_format_date(INT64_C(951782400000000) - 1, text);
    assert_string_equal(text, "2000-02-28");
    leat_clock_format_date(INT64_C(951782400000000), text);
    assert_string_equal(text, "2000-02-29");
}

static void clocks_go_forward(void **state)
{
    (void)state;
    int64_t monotonic = leat_clock_monotonic();
    int64_t cpu = leat_clock_cpu();
    leat_clock_sleep(-5);
    leat_clock_sleep(1000);
    assert_true(leat_clock_monotonic() > monotonic);
    assert_true(leat_clock_cpu() >= cpu);
    assert_true(leat_clock_wall() > INT64_C(1700000000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delays_double_to_the_longest),
        cmocka_unit_test(jitter_takes_at_most_a_quarter),
        cmocka_unit_test(gives_up_when_nothing_works_for_long),
        cmocka_unit_test(delays_never_overflow),
        cmocka_unit_test(globs_match),
        cmocka_unit_test(globs_are_quick_on_hostile_patterns),
        cmocka_unit_test(lists_choose_and_leave_out),
        cmocka_unit_test(utf8_ends_where_it_is_wrong),
        cmocka_unit_test(clock_prints_utc),
        cmocka_unit_test(clocks_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
