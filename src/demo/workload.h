/* The customers who keep the demo's shop busy. */
#ifndef LEAT_DEMO_WORKLOAD_H
#define LEAT_DEMO_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "demo/server.h"

/* Opaque. A thread of its own, with a connection of its own. */
typedef struct leat_demo_workload leat_demo_workload;

/* Starts a thread that for `duration` microseconds inserts, updates and deletes rows in small transactions,
 * and in the middle of it alters a table. When that fails it asks for a stop. The server outlives it. */
leat_demo_workload *leat_demo_workload_start(const leat_demo_server *server, int64_t duration);

/* Whether it has ended by itself, or failed; `changes` gets how many rows it has changed by then. Any thread.
 */
bool leat_demo_workload_done(const leat_demo_workload *workload, uint64_t *changes);

/* When it asked for the commit of its change with this number (from 1, in the order of the log), in monotonic
 * microseconds; -1 where it made none. Numbers asked for do not fall. One thread. */
int64_t leat_demo_workload_commit_time(leat_demo_workload *workload, uint64_t number);

/* Ends the thread if it still runs, and waits for it. What failed in it is in `error`. */
leat_status leat_demo_workload_end(leat_demo_workload *workload, leat_error *error);

#endif
