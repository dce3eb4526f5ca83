/* Times on a command line. Expected values are what GNU date gives (date -u -d … +%s%3N). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/instant.h"

static void reads_times_in_every_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t milliseconds;
    } cases[] = {
        {"1970-01-01", 0},
        {"2026-03-10", 1773100800000},
        {"2026-03-10T08:00", 1773129600000},
        {"2026-03-10T08:00:07", 1773129607000},
        {"2026-03-10T08:00:07Z", 1773129607000},
        {"2026-03-10T08:00:07.25Z", 1773129607250},
        {"2026-03-10T08:00:07.123456Z", 1773129607123},
        {"2026-03-10T08:00+01:30", 1773124200000},
        {"2026-03-10T23:59:59-08:00", 1773215999000},
        {"2024-02-29T00:00", 1709164800000},
        {"1969-12-31T23:59:59.999Z", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t milliseconds = 42;
        if (!leat_instant_parse(cases[i].text, &milliseconds))
            fail_msg("%s is not read", cases[i].text);
        if (milliseconds != cases[i].milliseconds)
            fail_msg("%s is read as %lld", cases[i].text, (long long)milliseconds);
    }
}

static void refuses_what_is_no_time(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "yesterday",
        "2026",
        "2026-13-01",
        "2026-02-29",
        "2026-3-10",
        "2026-03-10 08:00",
        "2026-03-10T",
        "2026-03-10T8:00",
        "2026-03-10T24:00",
        "2026-03-10T08:60",
        "2026-03-10T08:00:60",
        "2026-03-10T08:00:00.",
        "2026-03-10T08:00:00.x",
        "2026-03-10T08:00ZZ",
        "2026-03-10T08:00+1",
        "2026-03-10T08:00:00Z ",
        "-026-03-10",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t milliseconds;
        if (leat_instant_parse(texts[i], &milliseconds))
            fail_msg("\"%s\" is read as a time", texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_times_in_every_form),
        cmocka_unit_test(refuses_what_is_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
