#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t leat_clock_monotonic(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t leat_clock_wall(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t leat_clock_cpu(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

void leat_clock_sleep(int64_t microseconds)
{
    if (microseconds <= 0)
        return;
    struct timespec pause = {.tv_sec = microseconds / 1000000,
                             .tv_nsec = (long)(microseconds % 1000000) * 1000};
    nanosleep(&pause, NULL);
}

static struct tm utc(int64_t wall_microseconds, int64_t *fraction)
{
    int64_t seconds = wall_microseconds / 1000000;
    *fraction = wall_microseconds % 1000000;
    if (*fraction < 0) {
        *fraction += 1000000;
        seconds--;
    }
    time_t time = (time_t)seconds;
    struct tm parts;
    gmtime_r(&time, &parts);
    return parts;
}

void leat_clock_format(int64_t wall_microseconds, char *text)
{
    int64_t fraction;
    struct tm parts = utc(wall_microseconds, &fraction);
    size_t length = strftime(text, LEAT_CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + length, LEAT_CLOCK_TEXT_SIZE - length, ".%06dZ", (int)fraction);
}

void leat_clock_format_date(int64_t wall_microseconds, char *text)
{
    int64_t fraction;
    struct tm parts = utc(wall_microseconds, &fraction);
    strftime(text, LEAT_CLOCK_TEXT_SIZE, "%Y-%m-%d", &parts);
}
