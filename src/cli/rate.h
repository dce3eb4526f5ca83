/* How fast a count grows: over the last few seconds, so that it follows what happens and does not jump. */
#ifndef LEAT_CLI_RATE_H
#define LEAT_CLI_RATE_H

#include <stddef.h>
#include <stdint.h>

enum { LEAT_RATE_SAMPLES = 20 };

/* Zero-initialise. */
typedef struct leat_rate {
    struct {
        int64_t at; /* microseconds on any clock that goes forward */
        uint64_t count;
    } samples[LEAT_RATE_SAMPLES]; /* a ring, a quarter of a second apart at least */
    size_t next;
    size_t filled;
} leat_rate;

/* The count stands at `count` at the time `now`. */
void leat_rate_sample(leat_rate *rate, int64_t now, uint64_t count);

/* Growth in a second, from the oldest sample at hand to `count` at `now`; 0 until time has passed. */
uint64_t leat_rate_per_second(const leat_rate *rate, int64_t now, uint64_t count);

#endif
