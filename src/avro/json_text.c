#include "avro/json_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"

/* ---- Strings and bytes ---- */

static void append_escaped(leat_buffer *out, uint8_t byte)
{
    switch (byte) {
    case '"':
        leat_buffer_append_string(out, "\\\"");
        return;
    case '\\':
        leat_buffer_append_string(out, "\\\\");
        return;
    case '\n':
        leat_buffer_append_string(out, "\\n");
        return;
    case '\r':
        leat_buffer_append_string(out, "\\r");
        return;
    case '\t':
        leat_buffer_append_string(out, "\\t");
        return;
    default:
        leat_buffer_printf(out, "\\u%04x", byte);
    }
}

static bool is_plain(int byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/* Everything up to the next character that needs a thought, at once. */
static void append_run(leat_buffer *out, leat_cursor *cursor)
{
    leat_cursor start = *cursor;
    while (is_plain(leat_cursor_peek(cursor)))
        (void)leat_cursor_u8(cursor);
    size_t length = leat_cursor_remaining(&start) - leat_cursor_remaining(cursor);
    leat_buffer_append_slice(out, leat_cursor_bytes(&start, length));
}

void leat_json_append_string(leat_buffer *out, leat_slice text)
{
    leat_cursor cursor = leat_cursor_open(text);
    leat_buffer_append_byte(out, '"');
    append_run(out, &cursor);
    while (leat_cursor_remaining(&cursor) > 0) {
        leat_cursor start = cursor;
        size_t length = leat_utf8_next(&cursor);
        if (length == 1)
            append_escaped(out, leat_cursor_u8(&start));
        else if (length > 1)
            leat_buffer_append_slice(out, leat_cursor_bytes(&start, length));
        else
            leat_buffer_append_string(out, "\\ufffd");
        append_run(out, &cursor);
    }
    leat_buffer_append_byte(out, '"');
}

void leat_json_append_hex(leat_buffer *out, leat_slice bytes)
{
    static const char digits[] = "0123456789abcdef";
    leat_buffer_append_string(out, "\"\\\\x");
    uint8_t *at = leat_buffer_reserve(out, 2 * bytes.length + 1);
    for (size_t i = 0; i < bytes.length; i++) {
        at[2 * i] = (uint8_t)digits[bytes.data[i] >> 4];
        at[2 * i + 1] = (uint8_t)digits[bytes.data[i] & 15];
    }
    leat_buffer_commit(out, 2 * bytes.length);
    leat_buffer_append_byte(out, '"');
}

/* ---- Floating point ---- */

/* True where the number is none that JSON has. */
static bool append_special(leat_buffer *out, double value)
{
    if (isfinite(value))
        return false;
    leat_buffer_append_string(out, isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    return true;
}

void leat_json_append_float(leat_buffer *out, float value)
{
    char text[40];
    if (append_special(out, (double)value))
        return;
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            break;
    }
    leat_buffer_append_string(out, text);
}

void leat_json_append_double(leat_buffer *out, double value)
{
    char text[40];
    if (append_special(out, value))
        return;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    leat_buffer_append_string(out, text);
}

/* ---- Decimals ---- */

/* The magnitude in words, the highest first; `words` holds (length + 3) / 4 of them. */
static void take_magnitude(leat_slice unscaled, bool negative, uint32_t *words)
{
    size_t count = (unscaled.length + 3) / 4;
    uint32_t carry = 1;
    for (size_t i = 0; i < unscaled.length; i++) {
        uint8_t byte = unscaled.data[unscaled.length - 1 - i];
        if (negative) {
            uint32_t sum = (uint32_t)(uint8_t)~byte + carry;
            byte = (uint8_t)sum;
            carry = sum >> 8;
        }
        words[count - 1 - i / 4] |= (uint32_t)byte << (8 * (i % 4));
    }
}

/* Divides the words by ten to the ninth in place and gives the remainder. */
static uint32_t divide(uint32_t *words, size_t first, size_t count)
{
    uint64_t remainder = 0;
    for (size_t i = first; i < count; i++) {
        remainder = remainder << 32 | words[i];
        words[i] = (uint32_t)(remainder / 1000000000);
        remainder %= 1000000000;
    }
    return (uint32_t)remainder;
}

/* Decimal digits of the words, the lowest first. */
static void take_digits(uint32_t *words, size_t count, leat_buffer *digits)
{
    for (size_t first = 0; first < count;) {
        uint32_t nine = divide(words, first, count);
        for (int i = 0; i < 9; i++, nine /= 10)
            leat_buffer_append_byte(digits, (uint8_t)('0' + nine % 10));
        while (first < count && words[first] == 0)
            first++;
    }
    while (digits->length > 0 && digits->data[digits->length - 1] == '0')
        digits->length--;
}

void leat_json_append_decimal(leat_buffer *out, leat_slice unscaled, int scale)
{
    bool negative = unscaled.length > 0 && (unscaled.data[0] & 0x80) != 0;
    size_t count = (unscaled.length + 3) / 4;
    size_t places = (size_t)scale;
    leat_buffer digits = {0};
    uint32_t *words = leat_allocate_array(count, sizeof *words);
    take_magnitude(unscaled, negative, words);
    take_digits(words, count, &digits);
    leat_release(words);
    while (digits.length < places + 1)
        leat_buffer_append_byte(&digits, '0');
    leat_buffer_append_string(out, negative ? "\"-" : "\"");
    for (size_t i = digits.length; i > 0; i--) {
        if (i == places)
            leat_buffer_append_byte(out, '.');
        leat_buffer_append_byte(out, digits.data[i - 1]);
    }
    leat_buffer_append_byte(out, '"');
    leat_buffer_free(&digits);
}

/* ---- Dates and times ---- */

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from the first day of a 400-year era, which begins with a leap year, to that of its n-th year. */
static int64_t days_before(int64_t year)
{
    return year * 365 + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
}

/* The year of a number of days after 2000-01-01, and the day in it from 0. Every era has 146097 days. */
static int64_t split_year(int64_t days, int *day)
{
    int64_t era = floor_divide(days, 146097);
    int64_t rest = days - era * 146097;
    int64_t year = rest / 366; /* this or one of the next */
    while (days_before(year + 1) <= rest)
        year++;
    *day = (int)(rest - days_before(year));
    return 2000 + era * 400 + year;
}

static int split_month(int64_t year, int *day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int month = 0;; month++) {
        int length = lengths[month] + (month == 1 && is_leap(year) ? 1 : 0);
        if (*day < length)
            return month;
        *day -= length;
    }
}

static void append_date(leat_buffer *out, int64_t days)
{
    int day;
    int64_t year = split_year(days - 10957, &day);
    int month = split_month(year, &day);
    const char *sign = year < 0 ? "-" : year > 9999 ? "+" : "";
    leat_buffer_printf(out, "%s%04" PRId64 "-%02d-%02d", sign, year < 0 ? -year : year, month + 1, day + 1);
}

static void append_time(leat_buffer *out, int64_t microseconds)
{
    int64_t seconds = microseconds / 1000000;
    leat_buffer_printf(out, "%02d:%02d:%02d.%06d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                       (int)(seconds % 60), (int)(microseconds % 1000000));
}

void leat_json_append_date(leat_buffer *out, int64_t days)
{
    leat_buffer_append_byte(out, '"');
    append_date(out, days);
    leat_buffer_append_byte(out, '"');
}

void leat_json_append_timestamp(leat_buffer *out, int64_t microseconds, bool utc)
{
    static const int64_t day = INT64_C(86400000000);
    int64_t in_day = microseconds % day; /* days * day could overflow */
    leat_buffer_append_byte(out, '"');
    append_date(out, floor_divide(microseconds, day));
    leat_buffer_append_byte(out, 'T');
    append_time(out, in_day < 0 ? in_day + day : in_day);
    leat_buffer_append_string(out, utc ? "Z\"" : "\"");
}

void leat_json_append_time(leat_buffer *out, int64_t microseconds)
{
    if (microseconds < 0 || microseconds > INT64_C(86400000000)) {
        leat_buffer_printf(out, "%" PRId64, microseconds);
        return;
    }
    leat_buffer_append_byte(out, '"');
    append_time(out, microseconds);
    leat_buffer_append_byte(out, '"');
}
