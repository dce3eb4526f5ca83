#include "mysql/value/time_parts.h"

#include "base/calendar.h"

static const int64_t second = 1000000;
enum { DAY_SECONDS = 86400 };

bool leat_mysql_moment_days(const leat_mysql_moment *moment, int32_t *days)
{
    leat_calendar_date date = {.year = moment->year, .month = moment->month, .day = moment->day};
    if (moment->year == 0 || !leat_calendar_exists(date))
        return false;
    *days = (int32_t)leat_calendar_days(date);
    return true;
}

static int64_t clock_of(const leat_mysql_moment *moment)
{
    return (((int64_t)moment->hour * 60 + moment->minute) * 60 + moment->second) * second +
           moment->microsecond;
}

bool leat_mysql_moment_since_1970(const leat_mysql_moment *moment, int64_t *microseconds)
{
    int32_t days = 0;
    if (!leat_mysql_moment_days(moment, &days))
        return false;
    *microseconds = (int64_t)days * DAY_SECONDS * second + clock_of(moment);
    return true;
}

int64_t leat_mysql_moment_span(const leat_mysql_moment *moment)
{
    return moment->negative ? -clock_of(moment) : clock_of(moment);
}

void leat_mysql_moment_of_instant(uint32_t seconds, unsigned microsecond, leat_mysql_moment *moment)
{
    leat_calendar_date date = leat_calendar_date_of(seconds / DAY_SECONDS);
    unsigned clock = seconds % DAY_SECONDS;
    *moment = (leat_mysql_moment){.year = (unsigned)date.year,
                                  .month = date.month,
                                  .day = date.day,
                                  .hour = clock / 3600,
                                  .minute = clock / 60 % 60,
                                  .second = clock % 60,
                                  .microsecond = microsecond};
    if (seconds == 0 && microsecond == 0)
        *moment = (leat_mysql_moment){0};
}
