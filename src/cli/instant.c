#include "cli/instant.h"

#include "base/calendar.h"
#include "base/cursor.h"

/* Exactly `count` digits. */
static unsigned digits(leat_cursor *at, unsigned count)
{
    unsigned value = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned digit = (unsigned)leat_cursor_u8(at) - '0';
        if (digit > 9)
            leat_cursor_fail(at);
        value = value * 10 + digit;
    }
    return value;
}

static void literal(leat_cursor *at, char wanted)
{
    if (leat_cursor_u8(at) != (uint8_t)wanted)
        leat_cursor_fail(at);
}

static bool skip(leat_cursor *at, char wanted)
{
    if (leat_cursor_peek(at) != wanted)
        return false;
    leat_cursor_u8(at);
    return true;
}

static int64_t read_date(leat_cursor *at)
{
    leat_calendar_date date = {.year = digits(at, 4)};
    literal(at, '-');
    date.month = digits(at, 2);
    literal(at, '-');
    date.day = digits(at, 2);
    if (leat_cursor_failed(at) || !leat_calendar_exists(date)) {
        leat_cursor_fail(at);
        return 0;
    }
    return leat_calendar_days(date);
}

/* "08:00" in minutes. */
static int64_t read_minutes(leat_cursor *at)
{
    unsigned hours = digits(at, 2);
    literal(at, ':');
    unsigned minutes = digits(at, 2);
    if (hours > 23 || minutes > 59)
        leat_cursor_fail(at);
    return (int64_t)hours * 60 + minutes;
}

/* What is finer than a millisecond does not matter to topics. */
static int64_t read_fraction(leat_cursor *at)
{
    int64_t milliseconds = 0;
    int64_t weight = 100;
    do {
        milliseconds += (int64_t)digits(at, 1) * weight;
        weight /= 10;
    } while (leat_cursor_peek(at) >= '0' && leat_cursor_peek(at) <= '9');
    return milliseconds;
}

static int64_t read_seconds(leat_cursor *at)
{
    if (!skip(at, ':'))
        return 0;
    unsigned seconds = digits(at, 2);
    if (seconds > 59)
        leat_cursor_fail(at);
    return (int64_t)seconds * 1000 + (skip(at, '.') ? read_fraction(at) : 0);
}

/* In minutes; what it is ahead of UTC. */
static int64_t read_zone(leat_cursor *at)
{
    if (skip(at, 'Z') || leat_cursor_remaining(at) == 0)
        return 0;
    bool behind = skip(at, '-');
    if (!behind)
        literal(at, '+');
    int64_t minutes = read_minutes(at);
    return behind ? -minutes : minutes;
}

bool leat_instant_parse(const char *text, int64_t *milliseconds)
{
    leat_cursor at = leat_cursor_open(leat_slice_of_string(text));
    int64_t minutes = read_date(&at) * 24 * 60;
    int64_t rest = 0;
    if (leat_cursor_remaining(&at) > 0) {
        literal(&at, 'T');
        minutes += read_minutes(&at);
        rest = read_seconds(&at);
        minutes -= read_zone(&at);
    }
    *milliseconds = minutes * 60 * 1000 + rest;
    return !leat_cursor_failed(&at) && leat_cursor_remaining(&at) == 0;
}
