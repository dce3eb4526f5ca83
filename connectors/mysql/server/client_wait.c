#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "mysql/server/client.h"

/* Milliseconds until the deadline, rounded up, and no more than `longest`. */
static int slice_of(int64_t deadline, int longest)
{
    int64_t now = leat_clock_monotonic();
    if (deadline <= now)
        return 0;
    return deadline - now >= (int64_t)longest * 1000 ? longest : (int)((deadline - now + 999) / 1000);
}

leat_mysql_wait leat_mysql_wait_for_socket(int socket, short events, const leat_mysql_patience *patience,
                                           int longest, short *happened)
{
    for (;;) {
        if (leat_stop_requested(patience->stop))
            return LEAT_MYSQL_WAIT_STOPPED;
        if (patience->interrupted != NULL && atomic_load(patience->interrupted))
            return LEAT_MYSQL_WAIT_INTERRUPTED;
        struct pollfd watched = {.fd = socket, .events = events};
        int slice = slice_of(patience->deadline, longest);
        int count = poll(&watched, 1, slice);
        /* A socket that cannot be waited for is left to whoever reads from it: that tells why. */
        if (count > 0 || (count < 0 && errno != EINTR)) {
            if (happened != NULL)
                *happened = watched.revents;
            return LEAT_MYSQL_WAIT_OVER;
        }
        if (slice == 0)
            return LEAT_MYSQL_WAIT_TIMED_OUT;
    }
}
