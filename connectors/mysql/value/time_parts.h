/* Dates and times of MySQL and MariaDB: from the log's bytes and from text, to Avro's numbers and to text.
 *
 * Layouts: my_time_packed_to_binary and its kin (mysys/my_time.cc; MariaDB sql/compat56.cc), and for columns
 * of before MySQL 5.6 sql/field.cc. */
#ifndef LEAT_MYSQL_VALUE_TIME_PARTS_H
#define LEAT_MYSQL_VALUE_TIME_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* A date and a time of day as they are written; any part may be what no calendar has. Or a span of time: then
 * the date is zero, and the hours go on to 838. */
typedef struct leat_mysql_moment {
    unsigned year;
    unsigned month;
    unsigned day;
    unsigned hour;
    unsigned minute;
    unsigned second;
    unsigned microsecond;
    bool negative; /* of a span */
} leat_mysql_moment;

/* From the log. False for bytes that are none. `fraction`: the column's digits behind the second. */
bool leat_mysql_moment_read_date(leat_slice native, leat_mysql_moment *moment);
bool leat_mysql_moment_read_datetime(leat_slice native, unsigned fraction, leat_mysql_moment *moment);
bool leat_mysql_moment_read_span(leat_slice native, unsigned fraction, leat_mysql_moment *moment);
/* Seconds since 1970 in UTC and microseconds of the second; both 0 stand for '0000-00-00 00:00:00'. */
bool leat_mysql_moment_read_instant(leat_slice native, unsigned fraction, uint32_t *seconds,
                                    unsigned *microsecond);

/* The same from columns of the formats before MySQL 5.6, which had no fractions. */
bool leat_mysql_moment_read_old_datetime(leat_slice native, leat_mysql_moment *moment);
bool leat_mysql_moment_read_old_span(leat_slice native, leat_mysql_moment *moment);
bool leat_mysql_moment_read_old_instant(leat_slice native, uint32_t *seconds);

/* The 64 bits that JSON has for a date or time (my_time.cc, "packed" form). */
void leat_mysql_moment_unpack_datetime(int64_t packed, leat_mysql_moment *moment);
void leat_mysql_moment_unpack_span(int64_t packed, leat_mysql_moment *moment);

/* From text: "2024-02-29", "2024-02-29 12:00:00.5", "-838:59:59.000001". */
bool leat_mysql_moment_parse_date(leat_slice text, leat_mysql_moment *moment);
bool leat_mysql_moment_parse_datetime(leat_slice text, leat_mysql_moment *moment);
bool leat_mysql_moment_parse_span(leat_slice text, leat_mysql_moment *moment);

/* As the server prints them. */
void leat_mysql_moment_append_date(const leat_mysql_moment *moment, leat_buffer *text);
void leat_mysql_moment_append_datetime(const leat_mysql_moment *moment, unsigned fraction, leat_buffer *text);
void leat_mysql_moment_append_span(const leat_mysql_moment *moment, unsigned fraction, leat_buffer *text);

/* Days since 1970-01-01; false for zero and impossible parts, the year 0000 among them. */
bool leat_mysql_moment_days(const leat_mysql_moment *moment, int32_t *days);

/* Microseconds since 1970-01-01 00:00:00; false as above. */
bool leat_mysql_moment_since_1970(const leat_mysql_moment *moment, int64_t *microseconds);

int64_t leat_mysql_moment_span(const leat_mysql_moment *moment);

/* A Unix time as date and time of day. */
void leat_mysql_moment_of_instant(uint32_t seconds, unsigned microsecond, leat_mysql_moment *moment);

#endif
