#include "base/signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

/* The only mutable objects of file scope in leat: a signal handler has nowhere else to write. Atomic and
 * lock-free, so that a handler may touch them and every thread may read them. */
static atomic_int stop_signals;
static atomic_int stop_wishes;

static void on_stop_signal(int number)
{
    if (atomic_fetch_add(&stop_signals, 1) > 0)
        _exit(128 + number);
}

void leat_signals_install(void)
{
    struct sigaction action = {.sa_handler = on_stop_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);
}

int leat_signals_stop_requests(void)
{
    return atomic_load(&stop_signals) + atomic_load(&stop_wishes);
}

bool leat_signals_stopping(void)
{
    return leat_signals_stop_requests() > 0;
}

static bool stopping(void *context)
{
    (void)context;
    return leat_signals_stopping();
}

leat_stop leat_signals_stop(void)
{
    return (leat_stop){.requested = stopping};
}

void leat_signals_request_stop(void)
{
    atomic_fetch_add(&stop_wishes, 1);
}
