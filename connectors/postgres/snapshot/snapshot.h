/* The initial snapshot: an anchor session that holds the slot's snapshot, and workers that COPY from it.
 *
 * The room: plan.h what is copied and that nothing was changed under it, worker.h the threads. It uses objects/,
 * catalog/, wire/, server/ and the facts of stream/, and common/ for the pool and the events. */
#ifndef LEAT_POSTGRES_SNAPSHOT_SNAPSHOT_H
#define LEAT_POSTGRES_SNAPSHOT_SNAPSHOT_H

#include "base/error.h"
#include "leat/event.h"
#include "leat/source.h"
#include "postgres/catalog/catalog.h"
#include "postgres/objects/names.h"
#include "postgres/wire/lsn.h"

/* Opaque; its functions are called from the pump's thread, its workers are its own. */
typedef struct leat_postgres_snapshot leat_postgres_snapshot;

/* `anchor` is the replication session that leat_postgres_setup_create left in its transaction; the snapshot
 * takes it over and closes it. Locks the captured tables in ACCESS SHARE, refuses (LEAT_RETRY, having dropped
 * the slot) when a table was rewritten or altered between slot and lock, and starts the workers. `catalog` is
 * borrowed. */
leat_status leat_postgres_snapshot_open(const leat_source_options *options, const leat_postgres_names *names,
                                        leat_postgres_session *anchor, leat_lsn consistent_point,
                                        leat_postgres_catalog *catalog, leat_postgres_snapshot **snapshot,
                                        leat_error *error);

/* The next event: SNAPSHOT_BEGIN, then TABLE, SNAPSHOT_TABLE, ROWs and SNAPSHOT_TABLE_DONE of all tables,
 * then SNAPSHOT_END. Rules of leat_source_ops.next. */
leat_status leat_postgres_snapshot_next(leat_postgres_snapshot *snapshot, int64_t timeout,
                                        const leat_event **event, leat_error *error);

/* Stops the workers and frees everything. NULL is fine. */
void leat_postgres_snapshot_close(leat_postgres_snapshot *snapshot);

#endif
