/* Dates and times in the server's text form (datestyle ISO, timezone UTC). */
#ifndef LEAT_POSTGRES_TYPES_TEXT_TIME_H
#define LEAT_POSTGRES_TYPES_TEXT_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "leat/encode.h"

/* "2024-02-29", "5874897-12-31", "0044-03-15 BC": days since 1970-01-01 in the proleptic Gregorian calendar,
 * which is PostgreSQL's own. LEAT_UNREPRESENTABLE for infinity and -infinity. */
leat_encoding leat_postgres_parse_date(leat_slice text, int32_t *days);

/* "23:59:59.999999" and "24:00:00": microseconds since midnight. */
leat_encoding leat_postgres_parse_time(leat_slice text, int64_t *microseconds);

/* "2024-02-29 12:00:00.5", with " BC" where due: microseconds since 1970-01-01 00:00:00. With `zoned` an
 * offset from UTC (+00, -03:30, +05:30:15) must follow the time, and the result is UTC.
 * LEAT_UNREPRESENTABLE for infinity, -infinity and what does not fit (from the year 294247 on; PostgreSQL
 * ends with 294276). */
leat_encoding leat_postgres_parse_timestamp(leat_slice text, bool zoned, int64_t *microseconds);

#endif
