/* The guard against DDL between the snapshot's point and the reading of a table: MVCC does not cover
 * definitions. The servers refuse to read a table that was rewritten since; not one that was renamed into
 * another's place, nor, on MariaDB, one that got a column at once. */
#ifndef LEAT_MYSQL_SNAPSHOT_GUARD_H
#define LEAT_MYSQL_SNAPSHOT_GUARD_H

#include <pthread.h>

#include "mysql/snapshot/plan.h"

/* Used by all workers, one at a time. Plan, collations and session, which nobody else uses meanwhile and
 * which is in no transaction (MySQL's information_schema is of the transaction's snapshot), outlive it. */
typedef struct leat_mysql_snapshot_guard {
    const leat_mysql_snapshot_plan *plan;
    const leat_mysql_collations *collations;
    leat_mysql_session *session;
    pthread_mutex_t mutex;
} leat_mysql_snapshot_guard;

void leat_mysql_snapshot_guard_open(leat_mysql_snapshot_guard *guard, const leat_mysql_snapshot_plan *plan,
                                    const leat_mysql_collations *collations, leat_mysql_session *session);
void leat_mysql_snapshot_guard_close(leat_mysql_snapshot_guard *guard);

/* Whether the catalog still says of a table what it said when the plan was made; LEAT_RETRY when not. Asked
 * while a transaction that has read the table holds it as it is. */
leat_status leat_mysql_snapshot_guard_check(leat_mysql_snapshot_guard *guard, size_t table,
                                            leat_error *error);

#endif
