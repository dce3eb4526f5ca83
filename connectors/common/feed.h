/* The events of an initial snapshot, made of the parcels that a pool's workers send: for each table its definition, that
 * its rows begin, the rows, and that they are over. */
#ifndef LEAT_COMMON_FEED_H
#define LEAT_COMMON_FEED_H

#include "base/error.h"
#include "common/pool.h"
#include "leat/event.h"
#include "leat/source.h"

/* What a connector brings. `context` is the feed's; all is called in the pump's thread. */
typedef struct leat_feed_kind {
    /* The definition of a table, before its first row. The table is handed over. */
    leat_status (*describe)(void *context, size_t table, leat_table **described, leat_error *error);
    /* A parcel is about to be read from its beginning. */
    void (*open_parcel)(void *context, leat_parcel *parcel);
    /* Fills `datums` from the next row of the parcel that was opened last; `*given` false at its end. What they point to
     * lives until the parcel is returned. */
    leat_status (*next_row)(void *context, const leat_table *table, leat_datum *datums, bool *given,
                            leat_error *error);
    void (*return_parcel)(leat_pool *pool, leat_parcel *parcel);
    /* Asked now and then while rows are waited for; what fails here is the snapshot's failure. NULL for nothing. */
    leat_status (*look_around)(void *context, leat_error *error);
    /* All rows are read, and the pool is closed. */
    void (*end)(void *context);
} leat_feed_kind;

/* Opaque; its functions are called from the pump's thread. */
typedef struct leat_feed leat_feed;

/* What every event of the snapshot says. All of it is borrowed, and outlives the feed. */
typedef struct leat_feed_place {
    const char *position; /* where the snapshot was taken, which its beginning and its end give */
    const leat_fact *facts;
    leat_transaction transaction;
} leat_feed_place;

/* A feed without tables. `kind`, `context` and `options` outlive it. */
leat_feed *leat_feed_open(const leat_feed_kind *kind, void *context, const leat_source_options *options,
                          const leat_feed_place *place);

/* The next table: of how many pieces (at least one), how many columns, and about how many rows (-1 unknown). */
void leat_feed_add_table(leat_feed *feed, size_t pieces, size_t columns, int64_t row_estimate);

/* Gives the feed the pool that reads its tables, which it closes when everything is read, or with itself. */
void leat_feed_set_pool(leat_feed *feed, leat_pool *pool);

/* The next event: SNAPSHOT_BEGIN, then TABLE, SNAPSHOT_TABLE, ROWs and SNAPSHOT_TABLE_DONE of all tables, then
 * SNAPSHOT_END. Rules of leat_source_ops.next. */
leat_status leat_feed_next(leat_feed *feed, int64_t timeout, const leat_event **event, leat_error *error);

/* Closes the pool and frees everything. NULL is fine. */
void leat_feed_close(leat_feed *feed);

#endif
