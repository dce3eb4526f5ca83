/* Retries: a policy is a value, and a rule about progress. */
#ifndef LEAT_BASE_RETRY_H
#define LEAT_BASE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct leat_retry_policy {
    int64_t first_delay; /* microseconds before the second try */
    int64_t longest_delay;
    int64_t give_up_after; /* microseconds without any progress; 0 means never */
} leat_retry_policy;

/* How one thing is getting on; zero-initialise. */
typedef struct leat_retry {
    int64_t failing_since; /* monotonic microseconds; 0 while all is well */
    unsigned tries;        /* failures in a row */
} leat_retry;

/* Something worked: the next failure starts afresh. */
void leat_retry_succeeded(leat_retry *retry);

/* Counts a failure at `now` (monotonic) and gives the pause before the next try: doubling from first_delay to
 * longest_delay, less up to a quarter of jitter taken from `now` so that a herd spreads. False: give up. */
bool leat_retry_failed(leat_retry *retry, const leat_retry_policy *policy, int64_t now, int64_t *delay);

#endif
