#include "terminal/human.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { MILLISECOND = 1000, SECOND = 1000 * MILLISECOND, MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

const char *leat_human_count(uint64_t count, char *text)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    char *to = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return text;
}

const char *leat_human_short(uint64_t count, char *text)
{
    static const char units[] = "kMGTPE";
    if (count < 1000) {
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRIu64, count);
        return text;
    }
    size_t unit = 0;
    while (count >= 1000 * UINT64_C(1000)) {
        count /= 1000;
        unit++;
    }
    uint64_t whole = count / 1000;
    uint64_t thousandths = count % 1000;
    if (whole < 10)
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRIu64 ".%02" PRIu64 "%c", whole, thousandths / 10, units[unit]);
    else if (whole < 100)
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRIu64 ".%" PRIu64 "%c", whole, thousandths / 100, units[unit]);
    else
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRIu64 "%c", whole, units[unit]);
    return text;
}

const char *leat_human_size(uint64_t bytes, char *text)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) {
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRIu64 " B", bytes);
        return text;
    }
    size_t unit = 0;
    while (bytes >= 1024 * UINT64_C(1024)) {
        bytes /= 1024;
        unit++;
    }
    uint64_t whole = bytes / 1024;
    uint64_t tenths = bytes % 1024 * 10 / 1024;
    if (whole < 10)
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRIu64 ".%" PRIu64 " %s", whole, tenths, units[unit]);
    else
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRIu64 " %s", whole, units[unit]);
    return text;
}

/* "1 min 12 s"; the smaller unit is left out when there is none of it. */
static void two_units(char *text, int64_t large, const char *large_unit, int64_t small,
                      const char *small_unit)
{
    int length = snprintf(text, LEAT_HUMAN_SIZE, "%" PRId64 " %s", large, large_unit);
    if (small > 0)
        snprintf(text + length, LEAT_HUMAN_SIZE - (size_t)length, " %" PRId64 " %s", small, small_unit);
}

const char *leat_human_duration(int64_t microseconds, char *text)
{
    int64_t seconds = microseconds / SECOND;
    if (microseconds < 0)
        snprintf(text, LEAT_HUMAN_SIZE, "0 ms");
    else if (microseconds < MILLISECOND)
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRId64 " us", microseconds);
    else if (seconds < 1)
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRId64 " ms", microseconds / MILLISECOND);
    else if (seconds < 10)
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRId64 ".%" PRId64 " s", seconds,
                 microseconds % SECOND / (SECOND / 10));
    else if (seconds < MINUTE)
        snprintf(text, LEAT_HUMAN_SIZE, "%" PRId64 " s", seconds);
    else if (seconds < HOUR)
        two_units(text, seconds / MINUTE, "min", seconds % MINUTE, "s");
    else if (seconds < DAY)
        two_units(text, seconds / HOUR, "h", seconds % HOUR / MINUTE, "min");
    else
        two_units(text, seconds / DAY, "d", seconds % DAY / HOUR, "h");
    return text;
}

const char *leat_human_time(int64_t wall_microseconds, char *text)
{
    if (wall_microseconds == 0) {
        snprintf(text, LEAT_HUMAN_SIZE, "-");
        return text;
    }
    char full[LEAT_CLOCK_TEXT_SIZE];
    leat_clock_format(wall_microseconds, full);
    char *date_end = strchr(full, 'T');
    char *seconds_end = strchr(full, '.');
    if (date_end == NULL || seconds_end == NULL) {
        snprintf(text, LEAT_HUMAN_SIZE, "%s", full);
        return text;
    }
    *date_end = *seconds_end = '\0';
    snprintf(text, LEAT_HUMAN_SIZE, "%.15s %.10s UTC", full, date_end + 1);
    return text;
}

unsigned leat_human_percent(uint64_t part, uint64_t whole)
{
    if (whole == 0)
        return 0;
    if (part >= whole)
        return 100;
    /* Beyond this the product would overflow, and a hundredth of the whole is exact enough. */
    if (part > UINT64_MAX / 100)
        return (unsigned)(part / (whole / 100));
    return (unsigned)(part * 100 / whole);
}

const char *leat_human_plural(uint64_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}
