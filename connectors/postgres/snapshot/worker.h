/* The threads that copy a snapshot's ranges. */
#ifndef LEAT_POSTGRES_SNAPSHOT_WORKER_H
#define LEAT_POSTGRES_SNAPSHOT_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "leat/source.h"
#include "postgres/snapshot/plan.h"

/* Rows of one range, as COPY gave them, whole and one behind the other, with LEAT_COPY_TEXT_PADDING bytes
 * behind them. */
typedef struct leat_postgres_snapshot_batch {
    size_t table;
    bool last; /* of its range */
    size_t length;
    size_t capacity; /* without the padding */
    uint8_t *bytes;
} leat_postgres_snapshot_batch;

/* Opaque; its functions are called from the pump's thread. */
typedef struct leat_postgres_snapshot_workers leat_postgres_snapshot_workers;

typedef enum leat_postgres_snapshot_answer {
    LEAT_POSTGRES_SNAPSHOT_BATCH,
    LEAT_POSTGRES_SNAPSHOT_NOTHING, /* nothing came in time */
    LEAT_POSTGRES_SNAPSHOT_FAILED,  /* a worker failed; see leat_postgres_snapshot_workers_failure */
} leat_postgres_snapshot_answer;

/* Opens options->snapshot_workers connections, puts them into the snapshot of this name, and lets them copy
 * the plan's ranges, in its order. `plan` and `options` outlive the workers. */
leat_status leat_postgres_snapshot_workers_open(const leat_source_options *options,
                                                const leat_postgres_snapshot_plan *plan, const char *snapshot,
                                                leat_postgres_snapshot_workers **workers, leat_error *error);

/* Takes the next batch, of whatever range; each range ends with one that is its last. */
leat_postgres_snapshot_answer leat_postgres_snapshot_workers_next(leat_postgres_snapshot_workers *workers,
                                                                  int64_t timeout,
                                                                  leat_postgres_snapshot_batch **batch);

/* Gives a batch back. NULL is fine. */
void leat_postgres_snapshot_workers_return(leat_postgres_snapshot_workers *workers,
                                           leat_postgres_snapshot_batch *batch);

/* The first failure of a worker. */
leat_status leat_postgres_snapshot_workers_failure(leat_postgres_snapshot_workers *workers,
                                                   leat_error *error);

/* Cancels what still runs, joins the threads and frees everything; batches must have been returned. NULL is
 * fine. */
void leat_postgres_snapshot_workers_close(leat_postgres_snapshot_workers *workers);

#endif
