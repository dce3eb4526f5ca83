/* Dates and times from the log's bytes. */
#include "base/cursor.h"
#include "mysql/value/time_parts.h"

/* Digits behind the second come in pairs, a byte each. */
static size_t fraction_bytes(unsigned fraction)
{
    return (fraction + 1) / 2;
}

/* What a number of so many bytes of fraction counts in microseconds. */
static unsigned fraction_unit(size_t bytes)
{
    static const unsigned units[] = {0, 10000, 100, 1};
    return units[bytes];
}

static unsigned read_fraction(leat_cursor *cursor, unsigned fraction)
{
    size_t bytes = fraction_bytes(fraction);
    uint64_t microsecond = leat_cursor_big_endian(cursor, bytes) * fraction_unit(bytes);
    if (microsecond > 999999)
        leat_cursor_fail(cursor);
    return (unsigned)microsecond;
}

static bool is_whole(const leat_cursor *cursor)
{
    return !leat_cursor_failed(cursor) && leat_cursor_remaining(cursor) == 0;
}

static bool is_clock(const leat_mysql_moment *moment, unsigned most_hours)
{
    return moment->hour <= most_hours && moment->minute <= 59 && moment->second <= 59;
}

/* Three bytes: five bits of day, four of month, the rest year. */
bool leat_mysql_moment_read_date(leat_slice native, leat_mysql_moment *moment)
{
    leat_cursor cursor = leat_cursor_open(native);
    uint32_t bits = (uint32_t)leat_cursor_little_endian(&cursor, 3);
    *moment = (leat_mysql_moment){.day = bits & 31, .month = bits >> 5 & 15, .year = bits >> 9};
    return is_whole(&cursor) && moment->month <= 12 && moment->year <= 9999;
}

static void take_clock(uint32_t bits, unsigned hour_bits, leat_mysql_moment *moment)
{
    moment->second = bits & 63;
    moment->minute = bits >> 6 & 63;
    moment->hour = bits >> 12 & ((1u << hour_bits) - 1);
}

/* Years and months are one number, of 13 months a year. */
static void take_date(uint32_t bits, leat_mysql_moment *moment)
{
    moment->day = bits & 31;
    moment->year = (bits >> 5) / 13;
    moment->month = (bits >> 5) % 13;
}

/* Five bytes, the sign turned over, and the fraction. */
bool leat_mysql_moment_read_datetime(leat_slice native, unsigned fraction, leat_mysql_moment *moment)
{
    static const uint64_t positive = UINT64_C(0x8000000000);
    leat_cursor cursor = leat_cursor_open(native);
    uint64_t bits = leat_cursor_big_endian(&cursor, 5);
    *moment = (leat_mysql_moment){.microsecond = read_fraction(&cursor, fraction)};
    take_clock((uint32_t)(bits & 0x1ffff), 5, moment);
    take_date((uint32_t)((bits & ~positive) >> 17), moment);
    return is_whole(&cursor) && (bits & positive) != 0 && is_clock(moment, 23) && moment->year <= 9999;
}

/* Three bytes and the fraction: one number, to which half of its range was added. */
bool leat_mysql_moment_read_span(leat_slice native, unsigned fraction, leat_mysql_moment *moment)
{
    static const int64_t half = 0x800000;
    enum { MOST_HOURS = 838 };
    size_t bytes = fraction_bytes(fraction);
    leat_cursor cursor = leat_cursor_open(native);
    int64_t all = (int64_t)leat_cursor_big_endian(&cursor, 3 + bytes) - half * ((int64_t)1 << 8 * bytes);
    uint64_t magnitude = (uint64_t)(all < 0 ? -all : all);
    *moment = (leat_mysql_moment){.negative = all < 0};
    moment->microsecond = (unsigned)(magnitude & (((uint64_t)1 << 8 * bytes) - 1)) * fraction_unit(bytes);
    take_clock((uint32_t)(magnitude >> 8 * bytes), 10, moment);
    return is_whole(&cursor) && magnitude >> (8 * bytes + 22) == 0 && is_clock(moment, MOST_HOURS) &&
           moment->microsecond <= 999999;
}

bool leat_mysql_moment_read_instant(leat_slice native, unsigned fraction, uint32_t *seconds,
                                    unsigned *microsecond)
{
    leat_cursor cursor = leat_cursor_open(native);
    *seconds = leat_cursor_u32be(&cursor);
    *microsecond = read_fraction(&cursor, fraction);
    return is_whole(&cursor);
}

void leat_mysql_moment_unpack_datetime(int64_t packed, leat_mysql_moment *moment)
{
    uint64_t magnitude = packed < 0 ? 0 - (uint64_t)packed : (uint64_t)packed;
    uint64_t whole = magnitude >> 24;
    *moment = (leat_mysql_moment){.negative = packed < 0, .microsecond = (unsigned)(magnitude & 0xffffff)};
    take_clock((uint32_t)(whole & 0x1ffff), 5, moment);
    take_date((uint32_t)(whole >> 17), moment);
}

void leat_mysql_moment_unpack_span(int64_t packed, leat_mysql_moment *moment)
{
    uint64_t magnitude = packed < 0 ? 0 - (uint64_t)packed : (uint64_t)packed;
    *moment = (leat_mysql_moment){.negative = packed < 0, .microsecond = (unsigned)(magnitude & 0xffffff)};
    take_clock((uint32_t)(magnitude >> 24 & 0x3fffff), 10, moment);
}

/* 20240310112233 */
bool leat_mysql_moment_read_old_datetime(leat_slice native, leat_mysql_moment *moment)
{
    leat_cursor cursor = leat_cursor_open(native);
    uint64_t digits = leat_cursor_little_endian(&cursor, 8);
    uint64_t date = digits / 1000000;
    uint64_t clock = digits % 1000000;
    *moment = (leat_mysql_moment){.month = (unsigned)(date / 100 % 100),
                                  .day = (unsigned)(date % 100),
                                  .hour = (unsigned)(clock / 10000),
                                  .minute = (unsigned)(clock / 100 % 100),
                                  .second = (unsigned)(clock % 100)};
    if (!is_whole(&cursor) || date / 10000 > 9999 || moment->month > 12 || moment->day > 31)
        return false;
    moment->year = (unsigned)(date / 10000);
    return is_clock(moment, 23);
}

/* -8385959, in three bytes. */
bool leat_mysql_moment_read_old_span(leat_slice native, leat_mysql_moment *moment)
{
    enum { MOST_HOURS = 838, SIGN = 0x800000, RANGE = 0x1000000 };
    leat_cursor cursor = leat_cursor_open(native);
    uint32_t stored = (uint32_t)leat_cursor_little_endian(&cursor, 3);
    uint32_t digits = stored < SIGN ? stored : RANGE - stored;
    *moment = (leat_mysql_moment){.negative = stored >= SIGN,
                                  .hour = digits / 10000,
                                  .minute = digits / 100 % 100,
                                  .second = digits % 100};
    return is_whole(&cursor) && is_clock(moment, MOST_HOURS);
}

bool leat_mysql_moment_read_old_instant(leat_slice native, uint32_t *seconds)
{
    leat_cursor cursor = leat_cursor_open(native);
    *seconds = (uint32_t)leat_cursor_little_endian(&cursor, 4);
    return is_whole(&cursor);
}
