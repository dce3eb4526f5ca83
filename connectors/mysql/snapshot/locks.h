/* Locks that a snapshot needs for a moment, or for as long as it reads tables without snapshots. */
#ifndef LEAT_MYSQL_SNAPSHOT_LOCKS_H
#define LEAT_MYSQL_SNAPSHOT_LOCKS_H

#include "mysql/snapshot/point.h"

typedef enum leat_mysql_lock {
    LEAT_MYSQL_LOCK_HELD,
    LEAT_MYSQL_LOCK_REFUSED, /* a right is missing, or the service does not allow it */
    LEAT_MYSQL_LOCK_BUSY,    /* not had within the session's lock_wait_timeout */
    LEAT_MYSQL_LOCK_FAILED,  /* anything else */
} leat_mysql_lock;

/* Seconds that locks are waited for: meanwhile others wait behind us. */
enum { LEAT_MYSQL_SNAPSHOT_LOCK_SECONDS = 2 };

/* FLUSH TABLES WITH READ LOCK on the gate. On all but HELD `error` says why. Not tried (BUSY) while a
 * statement runs that we can see and that has been running for long: the tables that it reads would be closed
 * to everybody until it ends, even after the lock was given up. */
leat_mysql_lock leat_mysql_snapshot_lock_server(leat_mysql_snapshot_point *point, leat_error *error);

/* LOCK TABLES … READ of the captured tables whose engines have snapshots, on the gate. */
leat_mysql_lock leat_mysql_snapshot_lock_captured(leat_mysql_snapshot_point *point, leat_error *error);

/* LOCK TABLES … READ of the others, on the locker, where there is one. LEAT_OPERATOR when the right is
 * missing, LEAT_RETRY with `again` when somebody holds one of them. */
leat_status leat_mysql_snapshot_lock_others(leat_mysql_snapshot_point *point, bool *again, leat_error *error);

/* Gives the gate's locks back, and the locker's. */
leat_status leat_mysql_snapshot_unlock(leat_mysql_session *session, leat_error *error);

#endif
