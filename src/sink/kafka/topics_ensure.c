/* Topics as the sink needs them: made where missing, and led. */
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "sink/kafka/admin.h"
#include "sink/kafka/topics.h"
#include "sink/kafka/wait.h"

static const int64_t between_looks = 10 * INT64_C(1000);

/* ---- Making topics ---- */

/* The last messages of a compacted topic are all that counts, but its newest segment is never compacted: a
 * small one keeps what must be read at a start small. */
static const char own_segment_bytes[] = "16777216";

static rd_kafka_NewTopic_t *new_topic(const leat_kafka_topic_wish *wish)
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

static leat_status check_results(const leat_sink_kafka_options *options, rd_kafka_event_t *event,
                                 leat_error *error)
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
    status = check_results(options, event, error);
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
    while (described < count && (topics[described] = new_topic(wishes[described])) != NULL)
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

/* ---- Making what is missing ---- */

typedef struct ensuring {
    const leat_sink_kafka_options *options;
    rd_kafka_t *client;
    leat_kafka_topic_wish *wishes;
    size_t count;
    const char **names;
    leat_kafka_topic_facts *facts;
} ensuring;

static leat_status refuse_missing(const ensuring *work, leat_error *error)
{
    leat_buffer names = {0};
    for (size_t i = 0; i < work->count; i++)
        if (!work->facts[i].exists)
            leat_buffer_printf(&names, "%s%s", names.length > 0 ? ", " : "", work->names[i]);
    leat_error_set(error, LEAT_OPERATOR, "these topics are missing, and leat is not to make any: %s",
                   leat_buffer_string(&names));
    leat_buffer_free(&names);
    leat_error_mend(error, "Make them, or let leat make topics (manage).");
    return LEAT_OPERATOR;
}

static leat_status make(ensuring *work, const leat_kafka_topic_wish **missing, size_t count,
                        leat_error *error)
{
    leat_status status = leat_kafka_topics_create(work->options, work->client, missing, count, false, error);
    for (size_t i = 0; i < count && status == LEAT_OK; i++)
        leat_log_write(work->options->log, LEAT_LOG_INFO, "made the Kafka topic %s", missing[i]->name);
    return status;
}

static leat_status make_missing(ensuring *work, leat_error *error)
{
    const leat_kafka_topic_wish **missing = leat_allocate_array(work->count, sizeof *missing);
    size_t count = 0;
    for (size_t i = 0; i < work->count; i++)
        if (!work->facts[i].exists)
            missing[count++] = &work->wishes[i];
    leat_status status = LEAT_OK;
    if (count > 0 && !work->options->manage)
        status = refuse_missing(work, error);
    else if (count > 0)
        status = make(work, missing, count, error);
    leat_release(missing);
    return status;
}

static bool all_exist(const ensuring *work)
{
    for (size_t i = 0; i < work->count; i++)
        if (!work->facts[i].exists)
            return false;
    return true;
}

static leat_status look(ensuring *work, leat_error *error)
{
    return leat_kafka_topics_look(work->options, work->client, work->names, work->count, work->facts, error);
}

/* A topic that was made is known to the other brokers a moment later. */
static leat_status look_until_there(ensuring *work, leat_error *error)
{
    leat_kafka_wait wait = leat_kafka_wait_begin(work->options, work->client);
    leat_status status;
    while ((status = look(work, error)) == LEAT_OK && !all_exist(work)) {
        leat_clock_sleep(between_looks);
        status = leat_kafka_wait_on(&wait, 0, error, "topics that were made do not appear");
        if (status != LEAT_OK)
            return status;
    }
    return status;
}

/* ---- Comparing ---- */

static leat_status compare_settings(const ensuring *work, size_t index, leat_error *error)
{
    if (work->facts[index].described)
        return leat_kafka_topic_compare(&work->wishes[index], &work->facts[index],
                                        leat_kafka_client_number(work->client, "batch.size"), error);
    leat_log_write(work->options->log, LEAT_LOG_DEBUG, "the settings of the Kafka topic %s cannot be read",
                   work->names[index]);
    return LEAT_OK;
}

/* ---- Leaders ---- */

/* A topic's own error that passes; else one that stands. */
static leat_status is_led(const ensuring *work, const struct rd_kafka_metadata_topic *topic, bool *led,
                          leat_error *error)
{
    *led = false;
    if (topic->err != RD_KAFKA_RESP_ERR_NO_ERROR && topic->err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART &&
        leat_kafka_classify(topic->err) != LEAT_RETRY)
        return leat_kafka_failure(work->options, topic->err, NULL, error, "cannot use the topic %s",
                                  topic->topic);
    *led = topic->err == RD_KAFKA_RESP_ERR_NO_ERROR && topic->partition_cnt > 0;
    for (int i = 0; i < topic->partition_cnt && *led; i++)
        *led = topic->partitions[i].leader >= 0;
    return LEAT_OK;
}

/* One look at a topic; asking by its handle is what warms the client up. */
static leat_status see_leaders(const ensuring *work, size_t index, rd_kafka_topic_t *topic, bool *led,
                               leat_error *error)
{
    const struct rd_kafka_metadata *metadata;
    leat_status status = leat_kafka_metadata(work->options, work->client, topic, &metadata, error);
    if (status != LEAT_OK)
        return status;
    *led = false;
    if (metadata->topic_cnt == 1) {
        status = is_led(work, &metadata->topics[0], led, error);
        work->wishes[index].partition_count = metadata->topics[0].partition_cnt;
        if (status == LEAT_OK && *led)
            status = leat_kafka_topic_compare_partitions(&work->wishes[index], &work->facts[index],
                                                         &metadata->topics[0], error);
    }
    rd_kafka_metadata_destroy(metadata);
    return status;
}

static leat_status wait_for_leaders(const ensuring *work, size_t index, rd_kafka_topic_t *topic,
                                    leat_error *error)
{
    leat_kafka_wait wait = leat_kafka_wait_begin(work->options, work->client);
    bool led;
    leat_status status;
    while ((status = see_leaders(work, index, topic, &led, error)) == LEAT_OK && !led) {
        leat_clock_sleep(between_looks);
        status = leat_kafka_wait_on(&wait, 0, error, "partitions are without a leader");
        if (status != LEAT_OK) {
            leat_error_context(error, status, "topic %s", work->names[index]);
            return status;
        }
    }
    return status;
}

static leat_status warm_up(const ensuring *work, size_t index, leat_error *error)
{
    rd_kafka_topic_t *topic = rd_kafka_topic_new(work->client, work->names[index], NULL);
    leat_status status = wait_for_leaders(work, index, topic, error);
    rd_kafka_topic_destroy(topic);
    return status;
}

/* ---- */

static leat_status ensure(ensuring *work, leat_error *error)
{
    leat_status status = look(work, error);
    bool complete = all_exist(work);
    if (status == LEAT_OK && !complete)
        status = make_missing(work, error);
    if (status == LEAT_OK && !complete)
        status = look_until_there(work, error);
    for (size_t i = 0; i < work->count && status == LEAT_OK; i++) {
        work->wishes[i].largest = work->facts[i].largest;
        work->wishes[i].compacted = leat_kafka_topic_is_compacted(&work->facts[i]);
        status = compare_settings(work, i, error);
        if (status == LEAT_OK)
            status = warm_up(work, i, error);
    }
    return status;
}

leat_status leat_kafka_topics_ensure(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                     leat_kafka_topic_wish *wishes, size_t count, leat_error *error)
{
    ensuring work = {.options = options, .client = client, .wishes = wishes, .count = count};
    work.names = leat_allocate_array(count, sizeof *work.names);
    work.facts = leat_allocate_array(count, sizeof *work.facts);
    for (size_t i = 0; i < count; i++)
        work.names[i] = wishes[i].name;
    leat_status status = ensure(&work, error);
    leat_release(work.names);
    leat_release(work.facts);
    return status;
}
