/* How a worker reads one unit: rows from the server into blocks. */
#ifndef LEAT_MYSQL_SNAPSHOT_READ_H
#define LEAT_MYSQL_SNAPSHOT_READ_H

#include "mysql/snapshot/block.h"
#include "mysql/snapshot/guard.h"

/* What a worker reads with. One thread uses it. */
typedef struct leat_mysql_snapshot_reader {
    const leat_mysql_snapshot_plan *plan;
    leat_mysql_session *session;
    leat_mysql_snapshot_guard *guard;
    leat_pool *pool;                  /* to which the blocks go */
    leat_mysql_snapshot_block *block; /* being filled; NULL between units */
} leat_mysql_snapshot_reader;

/* Reads a unit's rows and sends them; its last block says so. LEAT_STOPPED when the pool stops,
 * LEAT_RETRY when the table was changed since the snapshot's point. */
leat_status leat_mysql_snapshot_read_unit(leat_mysql_snapshot_reader *reader,
                                          const leat_mysql_snapshot_unit *unit, leat_error *error);

#endif
