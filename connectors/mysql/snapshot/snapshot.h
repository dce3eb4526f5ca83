/* The initial snapshot: workers that see one state of the database, and the position that belongs to it. */
#ifndef LEAT_MYSQL_SNAPSHOT_SNAPSHOT_H
#define LEAT_MYSQL_SNAPSHOT_SNAPSHOT_H

#include "base/error.h"
#include "leat/event.h"
#include "leat/source.h"
#include "mysql/charset/collations.h"
#include "mysql/follow/tracker.h"

/* Opaque; its functions are called from the pump's thread, its workers are its own. */
typedef struct leat_mysql_snapshot leat_mysql_snapshot;

/* Makes one consistent state visible to N workers with the least locking the server allows, and starts them:
 *
 * - MariaDB: START TRANSACTION WITH CONSISTENT SNAPSHOT in each, without a lock; their binlog_snapshot_* must
 * be the same, tried a few times, else one worker reads all.
 * - MySQL: LOCK TABLES … READ of the captured tables for the moment it takes (lock_wait_timeout of a few
 * seconds, tried again); where that is refused or not to be had, FLUSH TABLES WITH READ LOCK, unless a
 * statement runs for long, behind which that lock would hold up everybody; else the window method: position,
 * snapshots, position again, with a log line that says rows between may come twice.
 * - Tables of engines without snapshots (MyISAM, Aria) are read-locked until they are read.
 *
 * Prepared XA transactions at the snapshot's point would be lost: LEAT_RETRY names them. Definitions are
 * recorded in `tracker`, and compared after each table was read (LEAT_RETRY when one changed). */
leat_status leat_mysql_snapshot_open(const leat_source_options *options,
                                     const leat_mysql_collations *collations, leat_mysql_tracker *tracker,
                                     leat_mysql_snapshot **snapshot, leat_error *error);

/* The next event: SNAPSHOT_BEGIN, then TABLE, SNAPSHOT_TABLE, ROWs and SNAPSHOT_TABLE_DONE of all tables,
 * then SNAPSHOT_END. Rules of leat_source_ops.next. */
leat_status leat_mysql_snapshot_next(leat_mysql_snapshot *snapshot, int64_t timeout, const leat_event **event,
                                     leat_error *error);

/* Stops the workers and frees everything. NULL is fine. */
void leat_mysql_snapshot_close(leat_mysql_snapshot *snapshot);

#endif
