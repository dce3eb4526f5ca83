/* A PostgreSQL server of the demo's own: from the installed binaries, in a folder that is ours, reached by a
 * Unix socket only. */
#ifndef LEAT_CLI_DEMO_SERVER_H
#define LEAT_CLI_DEMO_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "cli/child.h"

/* Zero-initialise; leat_demo_server_stop ends it. Texts are heap. */
typedef struct leat_demo_server {
    char *binaries; /* folder of initdb and postgres */
    char *version;  /* "15.4" */
    char *folder;   /* everything of the server, its socket included */
    leat_child_user user;
    pid_t pid; /* 0: not running */
} leat_demo_server;

/* Finds the newest PostgreSQL that is installed, makes a cluster in `folder` (which must not exist) and
 * starts it; when called as root, as another user. LEAT_STOPPED when `stop_requested` said so meanwhile. Main
 * thread. Whatever the outcome, leat_demo_server_stop cleans up. */
leat_status leat_demo_server_start(leat_demo_server *server, const char *folder, bool (*stop_requested)(void),
                                   leat_error *error);

/* A url of the given database on it, for its superuser. Heap. */
char *leat_demo_server_url(const leat_demo_server *server, const char *database);

/* The command that starts it again by hand, with its folder kept. Heap. */
char *leat_demo_server_command(const leat_demo_server *server);

/* Ends the server, waits for that, and removes its folder unless it shall be kept. */
void leat_demo_server_stop(leat_demo_server *server, bool keep);

#endif
