/* What there is to know of topics, and whether they will do. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "sink/kafka/admin.h"
#include "sink/kafka/topics.h"

typedef struct looking {
    const leat_sink_kafka_options *options;
    rd_kafka_t *client;
    const char *const *names;
    size_t count;
    leat_kafka_topic_facts *facts;
    bool unseen; /* settings of some could not be read; whether they exist is not known yet */
} looking;

static leat_kafka_topic_facts *facts_of(const looking *work, const char *name)
{
    for (size_t i = 0; i < work->count; i++)
        if (strcmp(work->names[i], name) == 0)
            return &work->facts[i];
    return NULL;
}

/* ---- Settings ---- */

static uint64_t number_of(const char *text)
{
    uint64_t value;
    return leat_number_parse_unsigned(leat_slice_of_string(text), &value) ? value : 0;
}

static void take_setting(leat_kafka_topic_facts *facts, const rd_kafka_ConfigEntry_t *entry)
{
    const char *name = rd_kafka_ConfigEntry_name(entry);
    const char *value = rd_kafka_ConfigEntry_value(entry);
    if (value == NULL)
        return;
    if (strcmp(name, "cleanup.policy") == 0)
        snprintf(facts->cleanup, sizeof facts->cleanup, "%s", value);
    else if (strcmp(name, "max.message.bytes") == 0)
        facts->largest = number_of(value);
    else if (strcmp(name, "min.insync.replicas") == 0)
        facts->in_sync = (unsigned)number_of(value);
}

static leat_status take_topic(looking *work, const rd_kafka_ConfigResource_t *topic, leat_error *error)
{
    const char *name = rd_kafka_ConfigResource_name(topic);
    leat_kafka_topic_facts *facts = facts_of(work, name);
    rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(topic);
    if (facts == NULL || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return LEAT_OK;
    if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
        work->unseen = true;
        return LEAT_OK;
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return leat_kafka_failure(work->options, code, rd_kafka_ConfigResource_error_string(topic), error,
                                  "cannot read the settings of topic %s", name);
    facts->exists = true;
    facts->described = true;
    size_t count;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(topic, &count);
    for (size_t i = 0; i < count; i++)
        take_setting(facts, entries[i]);
    return LEAT_OK;
}

static leat_status take_answer(looking *work, rd_kafka_event_t *event, leat_error *error)
{
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    if (code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE || code == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION) {
        work->unseen = true;
        return LEAT_OK;
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return leat_kafka_failure(work->options, code, rd_kafka_event_error_string(event), error,
                                  "cannot read the settings of topics");
    size_t count;
    const rd_kafka_ConfigResource_t **topics =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count);
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < count && status == LEAT_OK; i++)
        status = take_topic(work, topics[i], error);
    return status;
}

/* Reading settings tells whether a topic exists, too, and unlike asking for metadata never makes one. */
static leat_status describe(looking *work, leat_error *error)
{
    rd_kafka_ConfigResource_t **topics = leat_allocate_array(work->count, sizeof *topics);
    for (size_t i = 0; i < work->count; i++)
        topics[i] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, work->names[i]);
    leat_kafka_request request =
        leat_kafka_request_begin(work->options, work->client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_DescribeConfigs(work->client, topics, work->count, request.admin, request.queue);
    rd_kafka_ConfigResource_destroy_array(topics, work->count);
    leat_release(topics);
    rd_kafka_event_t *event;
    leat_status status =
        leat_kafka_request_await(&request, &event, error, "cannot read the settings of topics");
    if (status != LEAT_OK)
        return status;
    status = take_answer(work, event, error);
    rd_kafka_event_destroy(event);
    return status;
}

/* ---- Without the right to read settings ---- */

/* Asking for all topics makes none either. */
static leat_status look_among_all(looking *work, leat_error *error)
{
    const struct rd_kafka_metadata *metadata;
    leat_status status = leat_kafka_metadata(work->options, work->client, NULL, &metadata, error);
    if (status != LEAT_OK)
        return status;
    for (int i = 0; i < metadata->topic_cnt; i++) {
        leat_kafka_topic_facts *facts = facts_of(work, metadata->topics[i].topic);
        if (facts != NULL)
            facts->exists = true;
    }
    rd_kafka_metadata_destroy(metadata);
    return LEAT_OK;
}

leat_status leat_kafka_topics_look(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                   const char *const *names, size_t count, leat_kafka_topic_facts *facts,
                                   leat_error *error)
{
    looking work = {.options = options, .client = client, .names = names, .count = count, .facts = facts};
    for (size_t i = 0; i < count; i++)
        facts[i] = (leat_kafka_topic_facts){0};
    leat_status status = count > 0 ? describe(&work, error) : LEAT_OK;
    return status == LEAT_OK && work.unseen ? look_among_all(&work, error) : status;
}

/* ---- Whether they will do ---- */

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
