/* Child processes: started, waited for and ended by their id. */
#ifndef LEAT_DEMO_CHILD_H
#define LEAT_DEMO_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "leat/stop.h"

/* Who a child runs as. */
typedef struct leat_child_user {
    const char *name; /* NULL: as ourselves */
    uid_t user;
    gid_t group;
} leat_child_user;

/* A child as it shall be. */
typedef struct leat_child_plan {
    char *const *words; /* ended by NULL; the first is a path */
    leat_child_user user;
    const char *input;  /* the file it reads, whether its user may or not; NULL: an empty one */
    const char *output; /* the file that it writes to, behind what is there */
    int farewell; /* the signal it gets when the thread that started it ends, however that comes about */
} leat_child_plan;

/* Starts it in a session of its own, so that the terminal's Ctrl-C is ours alone. Main thread. */
leat_status leat_child_start(const leat_child_plan *plan, pid_t *pid, leat_error *error);

/* Whether the child has ended, and then with what exit code (128 + the signal's number where one ended it).
 */
bool leat_child_ended(pid_t pid, int *exit_code);

/* Waits up to `timeout` microseconds for the child to end; also ends the wait when `stop` says so. False: it still runs. */
bool leat_child_wait(pid_t pid, int64_t timeout, leat_stop stop, int *exit_code);

/* Ends it and waits for that: with `signal` first, with SIGKILL when it has not ended in time. */
void leat_child_end(pid_t pid, int signal, int64_t patience);

/* Runs the words (looked up in PATH) to their end and appends what they print. False when that did not work.
 */
bool leat_child_output(char *const *words, leat_buffer *out);

#endif
