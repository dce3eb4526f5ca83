/* Dates and days. The numbers are those of Python's datetime.date.toordinal, less 719,163; before year 1, of
 * PostgreSQL's date - date '1970-01-01'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"

static const struct {
    leat_calendar_date date;
    int64_t days;
} known[] = {
    {{1970, 1, 1}, 0},      {{1969, 12, 31}, -1},   {{2024, 2, 29}, 19782},  {{1900, 2, 28}, -25509},
    {{1900, 3, 1}, -25508}, {{2000, 2, 29}, 11016}, {{1, 1, 1}, -719162},    {{9999, 12, 31}, 2932896},
    {{2106, 2, 7}, 49710},  {{0, 12, 31}, -719163}, {{400, 2, 29}, -573372},
};

static void dates_are_days_and_days_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        leat_calendar_date date = leat_calendar_date_of(known[i].days);
        assert_true(leat_calendar_exists(known[i].date));
        assert_true(leat_calendar_days(known[i].date) == known[i].days);
        assert_true(date.year == known[i].date.year);
        assert_int_equal(date.month, known[i].date.month);
        assert_int_equal(date.day, known[i].date.day);
    }
}

/* Every day from 0000-03-01 to the year 12000 exists, comes after the one before, and leads back. */
static void every_day_leads_back_to_itself(void **state)
{
    (void)state;
    for (int64_t days = -719468; days < 3663469; days++) {
        leat_calendar_date date = leat_calendar_date_of(days);
        assert_true(leat_calendar_exists(date));
        assert_true(leat_calendar_days(date) == days);
    }
}

static void days_that_are_in_no_calendar(void **state)
{
    (void)state;
    static const leat_calendar_date none[] = {{2023, 2, 29}, {1900, 2, 29}, {2024, 2, 30}, {2024, 0, 1},
                                              {2024, 13, 1}, {2024, 1, 0},  {2024, 4, 31}};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(leat_calendar_exists(none[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_days_and_days_dates),
        cmocka_unit_test(every_day_leads_back_to_itself),
        cmocka_unit_test(days_that_are_in_no_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
