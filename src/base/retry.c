#include "base/retry.h"

void leat_retry_succeeded(leat_retry *retry)
{
    *retry = (leat_retry){0};
}

static int64_t doubled_delay(const leat_retry_policy *policy, unsigned tries)
{
    int64_t delay = policy->first_delay;
    for (unsigned i = 1; i < tries && delay < policy->longest_delay; i++)
        delay = delay > INT64_MAX / 2 ? policy->longest_delay : delay * 2;
    return delay < policy->longest_delay ? delay : policy->longest_delay;
}

bool leat_retry_failed(leat_retry *retry, const leat_retry_policy *policy, int64_t now, int64_t *delay)
{
    if (retry->tries == 0)
        retry->failing_since = now;
    retry->tries++;
    if (policy->give_up_after > 0 && now - retry->failing_since >= policy->give_up_after)
        return false;
    *delay = doubled_delay(policy, retry->tries);
    /* The low digits of a microsecond clock differ between processes: good enough to spread a herd. */
    *delay -= *delay / 4 * (now % 1000) / 1000;
    return true;
}
