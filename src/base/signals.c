#include "base/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/* The only mutable object of file scope in leat: a signal handler has nowhere else to write. */
static volatile sig_atomic_t stop_requests;

static void on_stop_signal(int number)
{
    if (stop_requests > 0)
        _exit(128 + number);
    stop_requests = 1;
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
    return (int)stop_requests;
}
