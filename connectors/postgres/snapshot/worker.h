/* The threads that copy a snapshot's ranges. */
#ifndef LEAT_POSTGRES_SNAPSHOT_WORKER_H
#define LEAT_POSTGRES_SNAPSHOT_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "common/pool.h"
#include "leat/source.h"
#include "postgres/snapshot/plan.h"

/* Rows of one range, as COPY gave them, whole and one behind the other, with LEAT_COPY_TEXT_PADDING bytes
 * behind them. */
typedef struct leat_postgres_snapshot_batch {
    leat_parcel parcel;
    size_t length;
    size_t capacity; /* without the padding */
    uint8_t *bytes;
} leat_postgres_snapshot_batch;

/* Opaque; its functions are called from the pump's thread. */
typedef struct leat_postgres_snapshot_workers leat_postgres_snapshot_workers;

/* Opens options->snapshot_workers connections, puts them into the snapshot of this name, and lets them copy
 * the plan's ranges, in its order: `*pool`, which the caller closes before the workers, gives their batches.
 * `plan` and `options` outlive the workers. */
leat_status leat_postgres_snapshot_workers_open(const leat_source_options *options,
                                                const leat_postgres_snapshot_plan *plan, const char *snapshot,
                                                leat_postgres_snapshot_workers **workers, leat_pool **pool,
                                                leat_error *error);

/* Gives a batch back to the pool that it came from. */
void leat_postgres_snapshot_return_batch(leat_pool *pool, leat_parcel *batch);

/* Ends the connections and frees the workers, whose pool is closed. NULL is fine. */
void leat_postgres_snapshot_workers_close(leat_postgres_snapshot_workers *workers);

#endif
