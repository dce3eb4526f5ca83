/* The proleptic Gregorian calendar, which is that of the databases. */
#ifndef LEAT_BASE_CALENDAR_H
#define LEAT_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* A date as people write it; the year is astronomical (0 is 1 BC). */
typedef struct leat_calendar_date {
    int64_t year;
    unsigned month; /* from 1 */
    unsigned day;
} leat_calendar_date;

/* Whether there is such a day: no month 13, no February 30th. Any thread, as all of these. */
bool leat_calendar_exists(leat_calendar_date date);

/* Days since 1970-01-01 of a date that exists, from 10 million BC on. */
int64_t leat_calendar_days(leat_calendar_date date);

/* The other way, for days from 0000-03-01 on. */
leat_calendar_date leat_calendar_date_of(int64_t days);

#endif
