/* Topics: their names, made where missing, compared where present. */
#ifndef LEAT_SINK_KAFKA_TOPICS_H
#define LEAT_SINK_KAFKA_TOPICS_H

#include <librdkafka/rdkafka.h>

#include "base/arena.h"
#include "leat/finding.h"
#include "sink/kafka/sink.h"

/* "<prefix>.<schema>.<table>" (MySQL: "<prefix>.<database>.<table>"), each character that Kafka forbids as
 * '_'; LEAT_USAGE when it is longer than 249. In `arena`. */
leat_status leat_kafka_topic_of_table(const leat_sink_kafka_options *options, const leat_table *table,
                                      leat_arena *arena, const char **topic, leat_error *error);

/* The same from a table's full name (leat/table.h). */
leat_status leat_kafka_topic_of_name(const leat_sink_kafka_options *options, const char *full_name,
                                     leat_arena *arena, const char **topic, leat_error *error);

/* "<prefix>.<name>" for one of our own. In `arena`. */
const char *leat_kafka_own_topic(const leat_sink_kafka_options *options, const char *name, leat_arena *arena);

/* Which table a topic belongs to; zero-initialise. Names made safe may be one for two tables ("a b", "a_b";
 * schema "a.b" of table "c", schema "a" of table "b.c"). */
typedef struct leat_kafka_topic_claims {
    struct leat_kafka_topic_claim *items;
    size_t count;
    size_t capacity;
} leat_kafka_topic_claims;

/* Says that the topic is this table's (by its full name). LEAT_OPERATOR when it is another's already. */
leat_status leat_kafka_topic_claim(leat_kafka_topic_claims *claims, const char *topic, const char *table,
                                   leat_error *error);
void leat_kafka_topic_claims_free(leat_kafka_topic_claims *claims);

typedef struct leat_kafka_topic_wish {
    const char *name;
    unsigned partitions;  /* 0: the broker's default */
    unsigned replication; /* likewise */
    const char *cleanup;  /* NULL: the broker's default */
    bool own;             /* one of ours: compacted, in small segments, one partition; the three above are not
                             looked at but for `replication` */
    /* Told by leat_kafka_topics_ensure: */
    bool compacted; /* brokers refuse records without a key; false where we may not know */
    int32_t partition_count;
    size_t largest; /* max.message.bytes: of one batch as sent, compressed; 0: we may not know */
} leat_kafka_topic_wish;

/* Makes those that are missing (options->manage; else LEAT_OPERATOR naming them), waits until they have
 * leaders, and warms up the client's metadata of them, so that the first message need not wait. LEAT_OPERATOR
 * when one that is there contradicts: our own topics must be compacted and have one partition; batches of our
 * size must be taken; as many replicas as must be in sync. */
leat_status leat_kafka_topics_ensure(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                     leat_kafka_topic_wish *wishes, size_t count, leat_error *error);

/* What there is to know of a topic. */
typedef struct leat_kafka_topic_facts {
    bool exists;
    bool described; /* the three that follow are known: we may read the topic's settings */
    char cleanup[32];
    size_t largest;   /* max.message.bytes */
    unsigned in_sync; /* min.insync.replicas */
} leat_kafka_topic_facts;

bool leat_kafka_topic_is_compacted(const leat_kafka_topic_facts *facts);

/* Whether a topic with these settings, of batches of `batch` bytes, will do; LEAT_OPERATOR says why not. */
leat_status leat_kafka_topic_compare(const leat_kafka_topic_wish *wish, const leat_kafka_topic_facts *facts,
                                     uint64_t batch, leat_error *error);

/* The same of its partitions. */
leat_status leat_kafka_topic_compare_partitions(const leat_kafka_topic_wish *wish,
                                                const leat_kafka_topic_facts *facts,
                                                const struct rd_kafka_metadata_topic *topic,
                                                leat_error *error);

/* Looks, and makes nothing, not even where brokers make topics at the first mention. For `leat check` too. */
leat_status leat_kafka_topics_look(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                   const char *const *names, size_t count, leat_kafka_topic_facts *facts,
                                   leat_error *error);

/* Makes topics; one that is there already is fine. `rehearse`: the brokers only say whether they would. */
leat_status leat_kafka_topics_create(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                     const leat_kafka_topic_wish *const *wishes, size_t count, bool rehearse,
                                     leat_error *error);

/* The partition that Java's default partitioner gives a key: murmur2 modulo the count. */
int32_t leat_kafka_partition(leat_slice key, int32_t partition_count);

#endif
