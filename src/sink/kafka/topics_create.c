/* Making topics. */
#include <stdio.h>

#include "base/memory.h"
#include "sink/kafka/admin.h"
#include "sink/kafka/topics.h"

/* The last messages of a compacted topic are all that counts, but its newest segment is never compacted: a
 * small one keeps what must be read at a start small. */
static const char own_segment_bytes[] = "16777216";

static rd_kafka_NewTopic_t *describe(const leat_kafka_topic_wish *wish)
{
    char unused[256];
    unsigned partitions = wish->own ? 1 : wish->partitions;
    /* -1: the broker's default. */
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(wish->name, partitions == 0 ? -1 : (int)partitions,
                              wish->replication == 0 ? -1 : (int)wish->replication, unused, sizeof unused);
    if (topic == NULL)
        return NULL;
    const char *cleanup = wish->own ? "compact" : wish->cleanup;
    if (cleanup != NULL)
        rd_kafka_NewTopic_set_config(topic, "cleanup.policy", cleanup);
    if (wish->own)
        rd_kafka_NewTopic_set_config(topic, "segment.bytes", own_segment_bytes);
    return topic;
}

static leat_status judge(const leat_sink_kafka_options *options, rd_kafka_event_t *event, leat_error *error)
{
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return leat_kafka_failure(options, code, rd_kafka_event_error_string(event), error,
                                  "cannot make topics");
    size_t count;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        code = rd_kafka_topic_result_error(results[i]);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            return leat_kafka_failure(options, code, rd_kafka_topic_result_error_string(results[i]), error,
                                      "cannot make the topic %s", rd_kafka_topic_result_name(results[i]));
    }
    return LEAT_OK;
}

/* Destroys `topics`' elements. */
static leat_status request_all(const leat_sink_kafka_options *options, rd_kafka_t *client,
                               rd_kafka_NewTopic_t **topics, size_t count, bool rehearse, leat_error *error)
{
    char unused[256];
    leat_kafka_request request = leat_kafka_request_begin(options, client, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_AdminOptions_set_validate_only(request.admin, rehearse, unused, sizeof unused);
    rd_kafka_AdminOptions_set_operation_timeout(
        request.admin, (int)leat_kafka_client_number(client, "socket.timeout.ms") / 2, unused, sizeof unused);
    rd_kafka_CreateTopics(client, topics, count, request.admin, request.queue);
    rd_kafka_NewTopic_destroy_array(topics, count);
    rd_kafka_event_t *event;
    leat_status status = leat_kafka_request_await(&request, &event, error, "cannot make topics");
    if (status != LEAT_OK)
        return status;
    status = judge(options, event, error);
    rd_kafka_event_destroy(event);
    return status;
}

leat_status leat_kafka_topics_create(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                     const leat_kafka_topic_wish *const *wishes, size_t count, bool rehearse,
                                     leat_error *error)
{
    if (count == 0)
        return LEAT_OK;
    rd_kafka_NewTopic_t **topics = leat_allocate_array(count, sizeof *topics);
    size_t described = 0;
    while (described < count && (topics[described] = describe(wishes[described])) != NULL)
        described++;
    leat_status status = LEAT_USAGE;
    if (described == count) {
        status = request_all(options, client, topics, count, rehearse, error);
    } else {
        rd_kafka_NewTopic_destroy_array(topics, described);
        leat_error_set(error, LEAT_USAGE, "a topic %s of %u partitions and %u replicas cannot be",
                       wishes[described]->name, wishes[described]->partitions,
                       wishes[described]->replication);
        leat_error_mend(error, "Set the sink's partitions and replication to smaller numbers.");
    }
    leat_release(topics);
    return status;
}
