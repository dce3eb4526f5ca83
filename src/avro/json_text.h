/* Single values as JSON text. */
#ifndef LEAT_AVRO_JSON_TEXT_H
#define LEAT_AVRO_JSON_TEXT_H

#include <stdint.h>

#include "base/buffer.h"

/* A quoted string; what is not UTF-8 in it becomes U+FFFD, one for each byte. */
void leat_json_append_string(leat_buffer *out, leat_slice text);

/* "\\x0aff": bytes in hex, as PostgreSQL shows them, in a quoted string. */
void leat_json_append_hex(leat_buffer *out, leat_slice bytes);

/* The fewest digits that give the value back; "NaN", "Infinity" and "-Infinity" quoted. */
void leat_json_append_float(leat_buffer *out, float value);
void leat_json_append_double(leat_buffer *out, double value);

/* The exact text, quoted, of a two's-complement big-endian number of any length with `scale` of its digits
 * behind the point. No bytes are zero. */
void leat_json_append_decimal(leat_buffer *out, leat_slice unscaled, int scale);

/* ISO 8601, quoted; proleptic Gregorian. Years of more than four digits, and those before the year 0000
 * (which is 1 BC), have a sign: "+12345-01-01", "-0043-03-15". Always six digits of microseconds. */
void leat_json_append_date(leat_buffer *out, int64_t days);
void leat_json_append_timestamp(leat_buffer *out, int64_t microseconds, bool utc);

/* A time of day, up to 24:00:00.000000; any other number as it is, unquoted. */
void leat_json_append_time(leat_buffer *out, int64_t microseconds);

#endif
