/* The demo's topics as they fill: a reader of its own, which sees what is committed and shows it. */
#ifndef LEAT_DEMO_TOPICS_H
#define LEAT_DEMO_TOPICS_H

#include "demo/kafka.h"
#include "demo/view.h"

/* Opaque. The pump's thread calls; a thread of its own reads, and tells the view. When that fails it asks for
 * a stop. */
typedef struct leat_demo_topics leat_demo_topics;

/* `kafka` and `view` outlive it. Whatever the outcome, leat_demo_topics_end ends it. */
leat_status leat_demo_topics_start(const leat_demo_kafka *kafka, leat_demo_view *view,
                                   leat_demo_topics **topics, leat_error *error);

/* A table, whose topic is there by now, is at this version. `words` are shown before its first record
 * arrives. */
void leat_demo_topics_version(leat_demo_topics *topics, const leat_table_version *version, const char *words);

/* A record of the table was sent. `committed` is when its commit was asked for (monotonic), -1 where that is
 * not known. */
void leat_demo_topics_sent(leat_demo_topics *topics, const leat_table_version *version, bool snapshot,
                           int64_t committed);

/* Ends the thread and waits for it. What failed in it is in `error`. NULL is fine. */
leat_status leat_demo_topics_end(leat_demo_topics *topics, leat_error *error);

#endif
