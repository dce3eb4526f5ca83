/* The threads that read a snapshot's units. */
#ifndef LEAT_MYSQL_SNAPSHOT_WORKER_H
#define LEAT_MYSQL_SNAPSHOT_WORKER_H

#include "mysql/snapshot/block.h"
#include "mysql/snapshot/point.h"

/* Opaque; its functions are called from the pump's thread. */
typedef struct leat_mysql_snapshot_workers leat_mysql_snapshot_workers;

typedef enum leat_mysql_snapshot_answer {
    LEAT_MYSQL_SNAPSHOT_BLOCK,
    LEAT_MYSQL_SNAPSHOT_NOTHING, /* nothing came in time */
    LEAT_MYSQL_SNAPSHOT_FAILED,  /* a worker failed; see leat_mysql_snapshot_workers_failure */
} leat_mysql_snapshot_answer;

/* Starts a thread for each of the point's sessions: its readers read the plan's units in their order, its
 * locker those of the tables that it has locked. The point and its plan outlive the workers, and nobody else
 * uses the sessions meanwhile. */
leat_status leat_mysql_snapshot_workers_open(leat_mysql_snapshot_point *point,
                                             const leat_mysql_collations *collations,
                                             leat_mysql_snapshot_workers **workers, leat_error *error);

/* Takes the next block, of whatever unit; each unit ends with one that is its last. */
leat_mysql_snapshot_answer leat_mysql_snapshot_workers_next(leat_mysql_snapshot_workers *workers,
                                                            int64_t timeout,
                                                            leat_mysql_snapshot_block **block);

/* Gives a block back. NULL is fine. */
void leat_mysql_snapshot_workers_return(leat_mysql_snapshot_workers *workers,
                                        leat_mysql_snapshot_block *block);

/* The first failure of a worker. */
leat_status leat_mysql_snapshot_workers_failure(leat_mysql_snapshot_workers *workers, leat_error *error);

/* Interrupts what still runs, joins the threads and frees everything; blocks must have been returned. NULL is
 * fine. */
void leat_mysql_snapshot_workers_close(leat_mysql_snapshot_workers *workers);

#endif
