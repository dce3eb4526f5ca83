/* A database server of the demo's own: from the installed binaries, in a folder that is ours, reached by a
 * Unix socket only. */
#ifndef LEAT_DEMO_SERVER_H
#define LEAT_DEMO_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "demo/child.h"
#include "demo/kind.h"
#include "leat/stop.h"

/* Zero-initialise; leat_demo_server_stop ends it. */
struct leat_demo_server {
    const leat_demo_kind *kind;
    leat_demo_binaries binaries;
    char *folder; /* everything of the server, its socket included; heap */
    leat_child_user user;
    pid_t pid; /* 0: not running */
};

/* Finds the newest server of this kind that is installed, makes its data in `folder` (which must not exist)
 * and starts it; when called as root, as another user. LEAT_STOPPED when `stop` said so meanwhile.
 * Main thread. Whatever the outcome, leat_demo_server_stop cleans up. */
leat_status leat_demo_server_start(leat_demo_server *server, const leat_demo_kind *kind, const char *folder,
                                   leat_stop stop, leat_error *error);

/* The command that starts it again by hand, with its folder kept. Heap. */
char *leat_demo_server_command(const leat_demo_server *server);

/* Ends the server, waits for that, and removes its folder unless it shall be kept. */
void leat_demo_server_stop(leat_demo_server *server, bool keep);

#endif
