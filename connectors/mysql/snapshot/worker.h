/* The threads that read a snapshot's units. */
#ifndef LEAT_MYSQL_SNAPSHOT_WORKER_H
#define LEAT_MYSQL_SNAPSHOT_WORKER_H

#include "mysql/snapshot/block.h"
#include "mysql/snapshot/point.h"

/* Opaque; its functions are called from the pump's thread. */
typedef struct leat_mysql_snapshot_workers leat_mysql_snapshot_workers;

/* Starts a thread for each of the point's sessions: its readers read the plan's units in their order, its
 * locker those of the tables that it has locked. `*pool`, which the caller closes before the workers, gives
 * their blocks. The point and its plan outlive the workers, and nobody else uses the sessions meanwhile. */
leat_status leat_mysql_snapshot_workers_open(leat_mysql_snapshot_point *point,
                                             const leat_mysql_collations *collations,
                                             leat_mysql_snapshot_workers **workers, leat_pool **pool,
                                             leat_error *error);

/* Frees the workers, whose pool is closed. NULL is fine. */
void leat_mysql_snapshot_workers_close(leat_mysql_snapshot_workers *workers);

#endif
