#include "base/calendar.h"

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool leat_calendar_exists(leat_calendar_date date)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    return date.day <= days[date.month - 1] + (unsigned)(date.month == 2 && is_leap(date.year));
}

enum { CYCLE_YEARS = 400, CYCLE_DAYS = 146097, DAYS_TO_1970 = 719468 };

/* The year begins in March here, so that the leap day is its last, and is counted from far before any that
 * can be printed, in whole cycles of 400 years with 146,097 days each, so that no division meets a negative
 * number. 719,468 days lie between 0000-03-01 and 1970-01-01. */
int64_t leat_calendar_days(leat_calendar_date date)
{
    enum { CYCLES = 25000 };
    bool late = date.month > 2;
    uint32_t year = (uint32_t)(date.year + (int64_t)CYCLES * CYCLE_YEARS - (late ? 0 : 1));
    uint32_t leap_days = year / 4 - year / 100 + year / 400;
    uint32_t day_of_year = (153 * (late ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
    return (int64_t)year * 365 + leap_days + day_of_year - (int64_t)CYCLES * CYCLE_DAYS - DAYS_TO_1970;
}

/* Years of 365 days would be too many: what their leap days take is taken off first. */
leat_calendar_date leat_calendar_date_of(int64_t days)
{
    int64_t since = days + DAYS_TO_1970;
    uint32_t day = (uint32_t)(since % CYCLE_DAYS);
    uint32_t year = (day - day / 1460 + day / 36524 - day / (CYCLE_DAYS - 1)) / 365;
    uint32_t day_of_year = day - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * day_of_year + 2) / 153; /* from March */
    return (leat_calendar_date){.year = since / CYCLE_DAYS * CYCLE_YEARS + year + (month < 10 ? 0 : 1),
                                .month = month < 10 ? month + 3 : month - 9,
                                .day = day_of_year - (153 * month + 2) / 5 + 1};
}
