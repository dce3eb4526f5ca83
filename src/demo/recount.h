/* What stands in the demo's topics at its end, read from the beginning and counted. */
#ifndef LEAT_DEMO_RECOUNT_H
#define LEAT_DEMO_RECOUNT_H

#include "demo/kafka.h"

/* Of one topic. */
typedef struct leat_demo_recount {
    const char *topic;
    uint64_t existing; /* rows of the snapshot */
    uint64_t changes;
    uint64_t deletes; /* of these */
    uint64_t tombstones;
    uint64_t repeated; /* events that were there before */
    leat_buffer schemas;
    size_t schema_count;
} leat_demo_recount;

/* Reads the topic of a table ("public.orders") as readers with read_committed see it. LEAT_STOPPED when that
 * is wished once more. Whatever the outcome, leat_demo_recount_free. */
leat_status leat_demo_recount_table(leat_demo_kafka *kafka, const char *table, leat_demo_recount *recount,
                                    leat_error *error);
void leat_demo_recount_free(leat_demo_recount *recount);

#endif
