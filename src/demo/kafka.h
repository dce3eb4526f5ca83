/* The Kafka that a demo writes to: the user's own, where nothing but the demo's topics is touched. */
#ifndef LEAT_DEMO_KAFKA_H
#define LEAT_DEMO_KAFKA_H

#include "base/arena.h"
#include "base/buffer.h"
#include "sink/kafka/sink.h"

/* Zero-initialised: there is none. Texts live as long as it does. */
typedef struct leat_demo_kafka {
    leat_arena arena;
    leat_sink_kafka_options options; /* for reading and administration; `brokers` NULL: none */
    leat_registry_options registry;  /* `url` NULL: none */
    const char *registry_shown;      /* its url without user and password */
    bool reached;                    /* brokers and registry have answered */
} leat_demo_kafka;

/* From the words of --sink ("kafka://HOST:PORT,…") and --registry; either may be NULL. LEAT_USAGE. Whatever
 * the outcome, leat_demo_kafka_close ends it. */
leat_status leat_demo_kafka_open(const char *sink, const char *registry, leat_demo_kafka *kafka,
                                 leat_error *error);
void leat_demo_kafka_close(leat_demo_kafka *kafka);

/* Whether brokers and registry answer, within seconds. All topics are going to be named "<prefix>.…". */
leat_status leat_demo_kafka_reach(leat_demo_kafka *kafka, const char *prefix, leat_error *error);

/* Appends the section "sink" of a config. */
void leat_demo_kafka_config(const leat_demo_kafka *kafka, leat_buffer *out);

/* Deletes all topics of the prefix, and says how many those were. */
leat_status leat_demo_kafka_remove(leat_demo_kafka *kafka, size_t *removed, leat_error *error);

#endif
