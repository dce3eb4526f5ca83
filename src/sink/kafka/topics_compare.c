/* Whether topics that are there will do. */
#include <string.h>

#include "sink/kafka/topics.h"

bool leat_kafka_topic_is_compacted(const leat_kafka_topic_facts *facts)
{
    return strstr(facts->cleanup, "compact") != NULL; /* or "compact,delete" */
}

static leat_status refuse_cleanup(const char *name, const char *cleanup, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR,
                   "the topic %s has cleanup.policy=%s; what leat keeps in it must not be deleted", name,
                   cleanup);
    leat_error_mend(
        error,
        "kafka-configs.sh --alter --entity-type topics --entity-name %s --add-config cleanup.policy=compact",
        name);
    return LEAT_OPERATOR;
}

leat_status leat_kafka_topic_compare(const leat_kafka_topic_wish *wish, const leat_kafka_topic_facts *facts,
                                     uint64_t batch, leat_error *error)
{
    if (wish->own && strcmp(facts->cleanup, "compact") != 0)
        return refuse_cleanup(wish->name, facts->cleanup, error);
    if (facts->largest == 0 || facts->largest >= batch)
        return LEAT_OK;
    leat_error_set(error, LEAT_OPERATOR,
                   "the topic %s has max.message.bytes=%zu, which is less than the batches that leat sends",
                   wish->name, facts->largest);
    leat_error_mend(error,
                    "Raise max.message.bytes of the topic, or set batch.size (now %llu) in the sink's "
                    "kafka properties to %zu.",
                    (unsigned long long)batch, facts->largest);
    return LEAT_OPERATOR;
}

leat_status leat_kafka_topic_compare_partitions(const leat_kafka_topic_wish *wish,
                                                const leat_kafka_topic_facts *facts,
                                                const struct rd_kafka_metadata_topic *topic,
                                                leat_error *error)
{
    if (wish->own && topic->partition_cnt != 1) {
        return leat_error_fail(
            error, LEAT_OPERATOR, "Choose another prefix, or delete the topic where nothing of it is needed.",
            "the topic %s has %d partitions; leat needs it to have one", wish->name, topic->partition_cnt);
    }
    for (int i = 0; i < topic->partition_cnt; i++) {
        int replicas = topic->partitions[i].replica_cnt;
        if (facts->in_sync <= (unsigned)replicas)
            continue;
        return leat_error_fail(
            error, LEAT_OPERATOR, "Lower min.insync.replicas of the topic, or give it more replicas.",
            "the topic %s wants %u replicas in sync (min.insync.replicas) but its partition %d has %d",
            wish->name, facts->in_sync, topic->partitions[i].id, replicas);
    }
    return LEAT_OK;
}
