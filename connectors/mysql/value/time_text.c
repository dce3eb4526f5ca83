/* Dates and times from and to the server's text. */
#include "base/cursor.h"
#include "mysql/value/time_parts.h"

static void expect(leat_cursor *cursor, uint8_t wanted)
{
    if (leat_cursor_u8(cursor) != wanted)
        leat_cursor_fail(cursor);
}

/* A number of exactly so many digits. */
static unsigned read_digits(leat_cursor *cursor, size_t count)
{
    leat_slice text = leat_cursor_bytes(cursor, count);
    unsigned number = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned digit = (unsigned)text.data[i] - '0';
        if (digit > 9)
            leat_cursor_fail(cursor);
        number = number * 10 + digit;
    }
    return number;
}

static void read_date(leat_cursor *cursor, leat_mysql_moment *moment)
{
    moment->year = read_digits(cursor, 4);
    expect(cursor, '-');
    moment->month = read_digits(cursor, 2);
    expect(cursor, '-');
    moment->day = read_digits(cursor, 2);
}

static void read_fraction(leat_cursor *cursor, leat_mysql_moment *moment)
{
    static const unsigned units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    if (leat_cursor_remaining(cursor) == 0)
        return;
    expect(cursor, '.');
    size_t digits = leat_cursor_remaining(cursor);
    if (digits == 0 || digits > 6)
        leat_cursor_fail(cursor);
    else
        moment->microsecond = read_digits(cursor, digits) * units[digits];
}

/* From the minutes to the end. */
static void read_rest(leat_cursor *cursor, leat_mysql_moment *moment)
{
    expect(cursor, ':');
    moment->minute = read_digits(cursor, 2);
    expect(cursor, ':');
    moment->second = read_digits(cursor, 2);
    read_fraction(cursor, moment);
    if (moment->minute > 59 || moment->second > 59)
        leat_cursor_fail(cursor);
}

static bool is_whole(const leat_cursor *cursor)
{
    return !leat_cursor_failed(cursor) && leat_cursor_remaining(cursor) == 0;
}

bool leat_mysql_moment_parse_date(leat_slice text, leat_mysql_moment *moment)
{
    leat_cursor cursor = leat_cursor_open(text);
    *moment = (leat_mysql_moment){0};
    read_date(&cursor, moment);
    return is_whole(&cursor);
}

bool leat_mysql_moment_parse_datetime(leat_slice text, leat_mysql_moment *moment)
{
    leat_cursor cursor = leat_cursor_open(text);
    *moment = (leat_mysql_moment){0};
    read_date(&cursor, moment);
    expect(&cursor, ' ');
    moment->hour = read_digits(&cursor, 2);
    read_rest(&cursor, moment);
    return is_whole(&cursor) && moment->hour <= 23;
}

/* Hours have two digits or three. */
bool leat_mysql_moment_parse_span(leat_slice text, leat_mysql_moment *moment)
{
    enum { MOST_HOURS = 838 };
    leat_cursor cursor = leat_cursor_open(text);
    *moment = (leat_mysql_moment){.negative = leat_cursor_peek(&cursor) == '-'};
    if (moment->negative)
        (void)leat_cursor_u8(&cursor);
    moment->hour = read_digits(&cursor, 2);
    if (leat_cursor_peek(&cursor) != ':')
        moment->hour = moment->hour * 10 + read_digits(&cursor, 1);
    read_rest(&cursor, moment);
    return is_whole(&cursor) && moment->hour <= MOST_HOURS;
}

static void append_digits(leat_buffer *text, unsigned number, size_t count)
{
    uint8_t *at = leat_buffer_reserve(text, count);
    for (size_t i = count; i > 0; i--) {
        at[i - 1] = (uint8_t)('0' + number % 10);
        number /= 10;
    }
    leat_buffer_commit(text, count);
}

void leat_mysql_moment_append_date(const leat_mysql_moment *moment, leat_buffer *text)
{
    append_digits(text, moment->year, 4);
    leat_buffer_append_byte(text, '-');
    append_digits(text, moment->month, 2);
    leat_buffer_append_byte(text, '-');
    append_digits(text, moment->day, 2);
}

static void append_clock(const leat_mysql_moment *moment, unsigned fraction, leat_buffer *text)
{
    static const unsigned units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    append_digits(text, moment->hour, moment->hour > 99 ? 3 : 2);
    leat_buffer_append_byte(text, ':');
    append_digits(text, moment->minute, 2);
    leat_buffer_append_byte(text, ':');
    append_digits(text, moment->second, 2);
    if (fraction > 0 && fraction <= 6) {
        leat_buffer_append_byte(text, '.');
        append_digits(text, moment->microsecond / units[fraction], fraction);
    }
}

void leat_mysql_moment_append_datetime(const leat_mysql_moment *moment, unsigned fraction, leat_buffer *text)
{
    leat_mysql_moment_append_date(moment, text);
    leat_buffer_append_byte(text, ' ');
    append_clock(moment, fraction, text);
}

void leat_mysql_moment_append_span(const leat_mysql_moment *moment, unsigned fraction, leat_buffer *text)
{
    if (moment->negative)
        leat_buffer_append_byte(text, '-');
    append_clock(moment, fraction, text);
}
