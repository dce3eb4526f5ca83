/* Threads that read the pieces of something and send what they read, in parcels, to the pump's thread. */
#ifndef LEAT_COMMON_POOL_H
#define LEAT_COMMON_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* What a parcel begins with, as its first member. One thread at a time uses a parcel: whom it was handed to. */
typedef struct leat_parcel {
    size_t table; /* whose rows these are: its place among the snapshot's */
    bool last;    /* of its piece */
} leat_parcel;

/* What the workers of a pool are. */
typedef struct leat_pool_kind {
    /* All that a worker does, in its thread; asks for pieces and sends parcels until there are no more pieces, or
     * leat_pool_send says that nobody wants any. What it returns other than LEAT_OK is the failure of all. */
    leat_status (*work)(void *worker, leat_error *error);
    /* Breaks whatever the worker waits for outside of the pool, so that `work` returns soon. Pump's thread; not asked
     * once `work` has returned. NULL: it looks at leat_pool_is_stopping. */
    void (*interrupt)(void *worker);
    void (*free_parcel)(leat_parcel *parcel);
} leat_pool_kind;

/* Opaque. Unless said otherwise its functions are the pump's thread's. */
typedef struct leat_pool leat_pool;

/* A pool without threads. Pieces are numbers, handed out from `first` on, in order, up to and without `end`. What has
 * been sent and not been taken counts at most a few megabytes: whoever takes slowly holds the workers back. */
leat_pool *leat_pool_open(const leat_pool_kind *kind, size_t first, size_t end);

/* Starts a thread for the worker, which outlives the pool. LEAT_RETRY when the system gives none. */
leat_status leat_pool_start(leat_pool *pool, void *worker, leat_error *error);

typedef enum leat_pool_answer {
    LEAT_POOL_PARCEL,
    LEAT_POOL_NOTHING, /* nothing came in time */
    LEAT_POOL_FAILED,  /* a worker failed: see leat_pool_failure */
} leat_pool_answer;

/* Takes the next parcel, of whichever worker; waits at most `timeout` microseconds for it. Give it back with
 * leat_pool_return. After a failure what was sent before it still comes. */
leat_pool_answer leat_pool_next(leat_pool *pool, int64_t timeout, leat_parcel **parcel);

/* The first failure of a worker; LEAT_OK while there is none. */
leat_status leat_pool_failure(leat_pool *pool, leat_error *error);

/* Interrupts the workers that still work, waits for their ends and frees everything; parcels must have been given back.
 * NULL is fine. */
void leat_pool_close(leat_pool *pool);

/* ---- Any thread ---- */

/* The next piece; false when there are no more. */
bool leat_pool_take_piece(leat_pool *pool, size_t *piece);

/* Whether the pool is being closed, or a worker has failed. */
bool leat_pool_is_stopping(leat_pool *pool);

/* Hands a parcel that counts `bytes` over; waits while there is no room. LEAT_STOPPED, with the parcel freed, when
 * nobody wants it any more. */
leat_status leat_pool_send(leat_pool *pool, leat_parcel *parcel, size_t bytes, leat_error *error);

/* A parcel that was returned to be filled again; NULL when there is none. */
leat_parcel *leat_pool_spare(leat_pool *pool);

/* Gives a parcel back: to be filled again, or (one of an unusual size) to be freed. NULL is fine. */
void leat_pool_return(leat_pool *pool, leat_parcel *parcel, bool usual);

#endif
