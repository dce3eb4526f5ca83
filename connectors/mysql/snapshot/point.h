/* How one state of the database and the position that belongs to it are got. */
#ifndef LEAT_MYSQL_SNAPSHOT_POINT_H
#define LEAT_MYSQL_SNAPSHOT_POINT_H

#include "mysql/gtid/position.h"
#include "mysql/server/session.h"
#include "mysql/snapshot/plan.h"

/* Sessions that see one state, and where in the log it stands. Zero-initialise;
 * leat_mysql_snapshot_point_free ends it. Pump thread until workers are given the sessions. */
typedef struct leat_mysql_snapshot_point {
    const leat_source_options *options;
    const leat_mysql_snapshot_plan *plan;
    leat_mysql_session *control;  /* lent: outside of the snapshot, for everything else */
    leat_mysql_session **readers; /* each in a transaction that sees the state, at savepoint `leat` */
    size_t reader_count;
    /* Holds read locks on the tables whose engines have no snapshots and is the one to read them: no other
     * session is sure to, as a statement that waits to change them would be let in first. NULL for none. */
    leat_mysql_session *locker;
    leat_mysql_session *gate; /* holds the lock of the moment; NULL where none is taken */
    leat_mysql_position position;
    int64_t time; /* microseconds since 1970 by the server's clock, just before the state was seen */
} leat_mysql_snapshot_point;

/* Opens the sessions and takes the point. `point` is zero, and is freed by the caller whatever is returned;
 * `options`, `plan` and `control` outlive it. LEAT_RETRY names what was in the way: prepared XA transactions,
 * locks. LEAT_OPERATOR where rights are missing without which nothing can be done. */
leat_status leat_mysql_snapshot_point_take(const leat_source_options *options,
                                           const leat_mysql_snapshot_plan *plan, leat_mysql_session *control,
                                           leat_mysql_snapshot_point *point, leat_error *error);

/* Ends the sessions. NULL is fine. */
void leat_mysql_snapshot_point_free(leat_mysql_snapshot_point *point);

/* ---- Between the files of the point ---- */

/* The ways of the two kinds of servers. `again` tells whether what was in the way may be gone in a moment. */
leat_status leat_mysql_snapshot_take_mariadb(leat_mysql_snapshot_point *point, bool *again,
                                             leat_error *error);
leat_status leat_mysql_snapshot_take_mysql(leat_mysql_snapshot_point *point, bool *again, leat_error *error);

/* Waits a while; false when asked to stop meanwhile. */
bool leat_mysql_snapshot_pause(const leat_mysql_snapshot_point *point, int64_t microseconds);

/* Begins the readers' transactions, one after the other, having noted the time. */
leat_status leat_mysql_snapshot_start_readers(leat_mysql_snapshot_point *point, leat_error *error);

#endif
