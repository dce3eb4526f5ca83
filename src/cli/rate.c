#include "cli/rate.h"

enum { SECOND = 1000 * 1000, SPACING = SECOND / 4 };

static size_t newest(const leat_rate *rate)
{
    return (rate->next + LEAT_RATE_SAMPLES - 1) % LEAT_RATE_SAMPLES;
}

static size_t oldest(const leat_rate *rate)
{
    return rate->filled < LEAT_RATE_SAMPLES ? 0 : rate->next;
}

void leat_rate_sample(leat_rate *rate, int64_t now, uint64_t count)
{
    if (rate->filled > 0 && now - rate->samples[newest(rate)].at < SPACING)
        return;
    rate->samples[rate->next].at = now;
    rate->samples[rate->next].count = count;
    rate->next = (rate->next + 1) % LEAT_RATE_SAMPLES;
    if (rate->filled < LEAT_RATE_SAMPLES)
        rate->filled++;
}

uint64_t leat_rate_per_second(const leat_rate *rate, int64_t now, uint64_t count)
{
    if (rate->filled == 0)
        return 0;
    size_t from = oldest(rate);
    int64_t passed = now - rate->samples[from].at;
    if (passed <= 0 || count < rate->samples[from].count)
        return 0;
    uint64_t grown = count - rate->samples[from].count;
    /* Milliseconds where microseconds would overflow: by then they no longer matter. */
    if (grown > UINT64_MAX / SECOND)
        return passed < 1000 ? 0 : grown / (uint64_t)(passed / 1000) * 1000;
    return grown * SECOND / (uint64_t)passed;
}
