/* The demo's shop: three tables, and customers who keep it busy. */
#ifndef LEAT_CLI_DEMO_WORKLOAD_H
#define LEAT_CLI_DEMO_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Makes the database "shop" on the server at `server_url`, and in it (`shop_url`) three related tables with
 * about `rows` rows altogether. Gives how many there are. */
leat_status leat_demo_shop_make(const char *server_url, const char *shop_url, uint64_t rows, uint64_t *made,
                                leat_error *error);

/* Opaque. A thread of its own, with a connection of its own. */
typedef struct leat_demo_workload leat_demo_workload;

/* Starts a thread that for `duration` microseconds inserts, updates and deletes rows in small transactions,
 * and in the middle of it alters a table. */
leat_demo_workload *leat_demo_workload_start(const char *shop_url, int64_t duration);

/* Whether it has ended by itself, or failed; `changes` gets how many rows it has changed by then. Any thread.
 */
bool leat_demo_workload_done(const leat_demo_workload *workload, uint64_t *changes);

/* Ends the thread if it still runs, and waits for it. What failed in it is in `error`. */
leat_status leat_demo_workload_end(leat_demo_workload *workload, leat_error *error);

/* The statement that altered the table; static storage. */
const char *leat_demo_workload_alteration(void);

#endif
