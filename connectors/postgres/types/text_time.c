#include "postgres/types/text_time.h"

#include "base/calendar.h"
#include "base/cursor.h"

static const int64_t second = INT64_C(1000000);
static const int64_t seconds_per_day = 86400;

static void expect(leat_cursor *cursor, char wanted)
{
    if (leat_cursor_u8(cursor) != (uint8_t)wanted)
        leat_cursor_fail(cursor);
}

static bool at_digit(const leat_cursor *cursor)
{
    int next = leat_cursor_peek(cursor);
    return next >= '0' && next <= '9';
}

/* The two digits from `place` on; anything beyond 99 when they are none. */
static unsigned two_digits(leat_slice text, size_t place)
{
    unsigned tens = (unsigned)text.data[place] - '0';
    unsigned ones = (unsigned)text.data[place + 1] - '0';
    return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

/* Four digits or more; PostgreSQL's last year has seven. */
static int64_t read_year(leat_cursor *cursor)
{
    enum { MOST_DIGITS = 7 };
    leat_slice first = leat_cursor_bytes(cursor, 4);
    if (first.length == 0)
        return 0;
    unsigned high = two_digits(first, 0);
    unsigned low = two_digits(first, 2);
    if (high > 99 || low > 99)
        leat_cursor_fail(cursor);
    int64_t year = high * 100 + low;
    for (unsigned count = 4; at_digit(cursor); count++) {
        if (count == MOST_DIGITS)
            leat_cursor_fail(cursor);
        year = year * 10 + leat_cursor_u8(cursor) - '0';
    }
    return year;
}

/* "YYYY-MM-DD". The day is checked against its month once the era is known. */
static leat_calendar_date read_date(leat_cursor *cursor)
{
    leat_calendar_date date = {.year = read_year(cursor)};
    leat_slice rest = leat_cursor_bytes(cursor, 6);
    if (rest.length == 0)
        return date;
    date.month = two_digits(rest, 1);
    date.day = two_digits(rest, 4);
    if (rest.data[0] != '-' || rest.data[3] != '-' || date.year == 0)
        leat_cursor_fail(cursor);
    return date;
}

/* ".5" to ".123456" in microseconds; 0 where there is none. */
static int64_t read_fraction(leat_cursor *cursor)
{
    enum { MOST_DIGITS = 6 };
    static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    if (leat_cursor_peek(cursor) != '.')
        return 0;
    (void)leat_cursor_u8(cursor);
    leat_cursor ahead = *cursor;
    size_t room = leat_cursor_remaining(cursor);
    leat_slice text = leat_cursor_bytes(&ahead, room < MOST_DIGITS ? room : MOST_DIGITS);
    int64_t fraction = 0;
    size_t count = 0;
    for (; count < text.length && (unsigned)text.data[count] - '0' <= 9; count++)
        fraction = fraction * 10 + text.data[count] - '0';
    (void)leat_cursor_bytes(cursor, count);
    if (count == 0 || at_digit(cursor))
        leat_cursor_fail(cursor);
    return fraction * units[count];
}

/* "HH:MM:SS[.ffffff]" in microseconds, up to 24:00:00. */
static int64_t read_clock(leat_cursor *cursor)
{
    leat_slice text = leat_cursor_bytes(cursor, 8);
    if (text.length == 0)
        return 0;
    unsigned hours = two_digits(text, 0);
    unsigned minutes = two_digits(text, 3);
    unsigned seconds = two_digits(text, 6);
    if (text.data[2] != ':' || text.data[5] != ':' || hours > 24 || minutes > 59 || seconds > 59)
        leat_cursor_fail(cursor);
    int64_t clock = (((int64_t)hours * 60 + minutes) * 60 + seconds) * second + read_fraction(cursor);
    if (clock > seconds_per_day * second)
        leat_cursor_fail(cursor);
    return clock;
}

/* Two digits below 60, or 0 and a failed cursor. */
static unsigned read_sixtieths(leat_cursor *cursor)
{
    leat_slice text = leat_cursor_bytes(cursor, 2);
    if (text.length == 0)
        return 0;
    unsigned value = two_digits(text, 0);
    if (value > 59)
        leat_cursor_fail(cursor);
    return value;
}

/* "+00", "-03:30", "+05:30:15": seconds east of UTC. */
static int64_t read_offset(leat_cursor *cursor)
{
    uint8_t sign = leat_cursor_u8(cursor);
    if (sign != '+' && sign != '-')
        leat_cursor_fail(cursor);
    int64_t offset = (int64_t)read_sixtieths(cursor) * 3600;
    for (int64_t unit = 60; unit > 0 && leat_cursor_peek(cursor) == ':'; unit /= 60) {
        (void)leat_cursor_u8(cursor);
        offset += read_sixtieths(cursor) * unit;
    }
    return sign == '-' ? -offset : offset;
}

/* The rest of the text: nothing, or " BC", which turns the year into an astronomical one (1 BC is 0). */
static void read_era(leat_cursor *cursor, leat_calendar_date *date)
{
    if (leat_cursor_remaining(cursor) == 0)
        return;
    expect(cursor, ' ');
    expect(cursor, 'B');
    expect(cursor, 'C');
    if (leat_cursor_remaining(cursor) > 0)
        leat_cursor_fail(cursor);
    date->year = 1 - date->year;
}

/* What shows before any reading: nothing at all, and the infinities, which alone begin with a letter or a
 * minus. */
static leat_encoding screen(leat_slice text)
{
    if (text.length == 0)
        return LEAT_MALFORMED;
    if (text.data[0] != 'i' && text.data[0] != '-')
        return LEAT_ENCODED;
    bool infinite = leat_slice_equals_string(text, "infinity") || leat_slice_equals_string(text, "-infinity");
    return infinite ? LEAT_UNREPRESENTABLE : LEAT_MALFORMED;
}

leat_encoding leat_postgres_parse_date(leat_slice text, int32_t *days)
{
    leat_encoding first_look = screen(text);
    if (first_look != LEAT_ENCODED)
        return first_look;
    leat_cursor cursor = leat_cursor_open(text);
    leat_calendar_date date = read_date(&cursor);
    read_era(&cursor, &date);
    if (leat_cursor_failed(&cursor) || !leat_calendar_exists(date))
        return LEAT_MALFORMED;
    int64_t found = leat_calendar_days(date);
    if (found < INT32_MIN || found > INT32_MAX)
        return LEAT_UNREPRESENTABLE;
    *days = (int32_t)found;
    return LEAT_ENCODED;
}

leat_encoding leat_postgres_parse_time(leat_slice text, int64_t *microseconds)
{
    leat_cursor cursor = leat_cursor_open(text);
    *microseconds = read_clock(&cursor);
    bool whole = !leat_cursor_failed(&cursor) && leat_cursor_remaining(&cursor) == 0;
    return whole ? LEAT_ENCODED : LEAT_MALFORMED;
}

leat_encoding leat_postgres_parse_timestamp(leat_slice text, bool zoned, int64_t *microseconds)
{
    leat_encoding first_look = screen(text);
    if (first_look != LEAT_ENCODED)
        return first_look;
    leat_cursor cursor = leat_cursor_open(text);
    leat_calendar_date date = read_date(&cursor);
    expect(&cursor, ' ');
    int64_t clock = read_clock(&cursor);
    int64_t offset = zoned ? read_offset(&cursor) : 0;
    read_era(&cursor, &date);
    if (leat_cursor_failed(&cursor) || !leat_calendar_exists(date))
        return LEAT_MALFORMED;
    /* The days alone may lie beyond the range that the day's part comes back into. */
    int64_t whole_seconds = leat_calendar_days(date) * seconds_per_day + clock / second - offset;
    int64_t fraction = clock % second;
    if (whole_seconds < 0 && fraction > 0) {
        whole_seconds++;
        fraction -= second;
    }
    if (__builtin_mul_overflow(whole_seconds, second, microseconds) ||
        __builtin_add_overflow(*microseconds, fraction, microseconds))
        return LEAT_UNREPRESENTABLE;
    return LEAT_ENCODED;
}
