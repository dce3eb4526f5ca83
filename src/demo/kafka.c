#include "demo/kafka.h"

#include <string.h>

#include "base/memory.h"
#include "base/signals.h"
#include "sink/kafka/admin.h"

static const char SCHEME[] = "kafka://";

/* Who tries something out wants to hear soon that nobody answers. */
static const leat_kafka_property patience[] = {{.name = "socket.timeout.ms", .value = "8000"}};

enum { REGISTRY_TIMEOUT = 5 * 1000 * 1000 };

/* ---- What the user said ---- */

static leat_status refuse_sink(const char *sink, leat_error *error)
{
    return leat_error_fail(error, LEAT_USAGE,
                           "A Kafka is named by its brokers: kafka://HOST:PORT[,HOST:PORT...]",
                           "--sink cannot be \"%s\"", sink);
}

static leat_status take_brokers(leat_demo_kafka *kafka, const char *sink, leat_error *error)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:,[]";
    size_t scheme = sizeof SCHEME - 1;
    if (strncmp(sink, SCHEME, scheme) != 0)
        return refuse_sink(sink, error);
    size_t length = strspn(sink + scheme, allowed);
    const char *rest = sink + scheme + length;
    if (length == 0 || (strcmp(rest, "") != 0 && strcmp(rest, "/") != 0))
        return refuse_sink(sink, error);
    kafka->options.brokers = leat_arena_slice_string(&kafka->arena, leat_slice_of(sink + scheme, length));
    return LEAT_OK;
}

/* What a config's text would take for something else is in no url as it stands. */
static leat_status take_registry(leat_demo_kafka *kafka, const char *url, leat_error *error)
{
    leat_registry *registry;
    kafka->registry.url = url;
    if (url[strcspn(url, "\"\\$ \t\r\n")] != '\0') {
        return leat_error_fail(error, LEAT_USAGE,
                               "Write %22 for a quote, %5C for \\, %24 for $, %20 for a blank",
                               "--registry is no url: a character in it has to be escaped");
    }
    leat_status status = leat_registry_open(&kafka->registry, &registry, error);
    if (status != LEAT_OK)
        return status;
    kafka->registry_shown = leat_arena_string(&kafka->arena, leat_registry_url(registry));
    leat_registry_close(registry);
    return LEAT_OK;
}

leat_status leat_demo_kafka_open(const char *sink, const char *registry, leat_demo_kafka *kafka,
                                 leat_error *error)
{
    *kafka = (leat_demo_kafka){
        .options = {.pipeline = "demo", .properties = patience, .property_count = 1},
        .registry = {.timeout = REGISTRY_TIMEOUT},
    };
    if (sink == NULL && registry == NULL)
        return LEAT_OK;
    if (sink == NULL) {
        return leat_error_fail(error, LEAT_USAGE, "Say which: --sink kafka://HOST:PORT",
                               "--registry is for a Kafka");
    }
    leat_status status = take_brokers(kafka, sink, error);
    return status == LEAT_OK && registry != NULL ? take_registry(kafka, registry, error) : status;
}

void leat_demo_kafka_close(leat_demo_kafka *kafka)
{
    leat_arena_free(&kafka->arena);
    *kafka = (leat_demo_kafka){0};
}

/* ---- Whether it is there ---- */

static leat_status reach_brokers(const leat_demo_kafka *kafka, leat_error *error)
{
    leat_sink_kafka_options options = kafka->options;
    rd_kafka_t *client;
    options.stop = leat_signals_stop();
    leat_status status = leat_kafka_client_open(&options, LEAT_KAFKA_ADMIN, NULL, NULL, &client, error);
    if (status != LEAT_OK)
        return status;
    status = leat_kafka_reach(&options, client, error);
    leat_kafka_client_close(client);
    return status;
}

static leat_status reach_registry(const leat_demo_kafka *kafka, leat_error *error)
{
    leat_registry_options options = kafka->registry;
    leat_registry *registry;
    char *compatibility = NULL;
    options.stop = leat_signals_stop();
    leat_status status = leat_registry_open(&options, &registry, error);
    if (status != LEAT_OK)
        return status;
    status = leat_registry_probe(registry, &compatibility, error);
    leat_registry_close(registry);
    leat_release(compatibility);
    return status;
}

leat_status leat_demo_kafka_reach(leat_demo_kafka *kafka, const char *prefix, leat_error *error)
{
    kafka->options.prefix = leat_arena_string(&kafka->arena, prefix);
    leat_status status = reach_brokers(kafka, error);
    if (status == LEAT_OK && kafka->registry.url != NULL)
        status = reach_registry(kafka, error);
    kafka->reached = status == LEAT_OK;
    return status;
}

/* ---- The pipeline's ---- */

/* One partition, so that what is shown comes in the order of the log. */
void leat_demo_kafka_config(const leat_demo_kafka *kafka, leat_buffer *out)
{
    leat_buffer_printf(out,
                       "sink:\n"
                       "  type: kafka\n"
                       "  brokers: \"%s\"\n"
                       "  prefix: %s\n"
                       "  partitions: 1\n",
                       kafka->options.brokers, kafka->options.prefix);
    if (kafka->registry.url != NULL)
        leat_buffer_printf(out, "  registry: {url: \"%s\"}\n", kafka->registry.url);
}

/* ---- The end of its topics ---- */

static bool is_ours(const leat_demo_kafka *kafka, const char *topic)
{
    size_t length = strlen(kafka->options.prefix);
    return strncmp(topic, kafka->options.prefix, length) == 0 && topic[length] == '.';
}

static rd_kafka_DeleteTopic_t **list_topics(const leat_demo_kafka *kafka,
                                            const struct rd_kafka_metadata *metadata, size_t *count)
{
    rd_kafka_DeleteTopic_t **list = leat_allocate_array((size_t)metadata->topic_cnt + 1, sizeof *list);
    *count = 0;
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (is_ours(kafka, metadata->topics[i].topic))
            list[(*count)++] = rd_kafka_DeleteTopic_new(metadata->topics[i].topic);
    return list;
}

/* One that has gone by itself is as good as deleted. */
static leat_status take_answer(const leat_demo_kafka *kafka, rd_kafka_event_t *event, leat_error *error)
{
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return leat_kafka_failure(&kafka->options, code, rd_kafka_event_error_string(event), error,
                                  "cannot delete topics");
    size_t count;
    const rd_kafka_topic_result_t **results =
        rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        code = rd_kafka_topic_result_error(results[i]);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
            return leat_kafka_failure(&kafka->options, code, rd_kafka_topic_result_error_string(results[i]),
                                      error, "cannot delete the topic %s",
                                      rd_kafka_topic_result_name(results[i]));
    }
    return LEAT_OK;
}

static leat_status delete_topics(const leat_demo_kafka *kafka, rd_kafka_t *client,
                                 rd_kafka_DeleteTopic_t **list, size_t count, leat_error *error)
{
    leat_kafka_request request =
        leat_kafka_request_begin(&kafka->options, client, RD_KAFKA_ADMIN_OP_DELETETOPICS);
    rd_kafka_event_t *event;
    rd_kafka_DeleteTopics(client, list, count, request.admin, request.queue);
    leat_status status = leat_kafka_request_await(&request, &event, error, "topics cannot be deleted");
    if (status != LEAT_OK)
        return status;
    status = take_answer(kafka, event, error);
    rd_kafka_event_destroy(event);
    return status;
}

static leat_status remove_topics(const leat_demo_kafka *kafka, rd_kafka_t *client, size_t *removed,
                                 leat_error *error)
{
    const struct rd_kafka_metadata *metadata;
    leat_status status = leat_kafka_metadata(&kafka->options, client, NULL, &metadata, error);
    if (status != LEAT_OK)
        return status;
    rd_kafka_DeleteTopic_t **list = list_topics(kafka, metadata, removed);
    rd_kafka_metadata_destroy(metadata);
    if (*removed > 0)
        status = delete_topics(kafka, client, list, *removed, error);
    rd_kafka_DeleteTopic_destroy_array(list, *removed);
    leat_release(list);
    return status;
}

leat_status leat_demo_kafka_remove(leat_demo_kafka *kafka, size_t *removed, leat_error *error)
{
    rd_kafka_t *client;
    *removed = 0;
    leat_status status =
        leat_kafka_client_open(&kafka->options, LEAT_KAFKA_ADMIN, NULL, NULL, &client, error);
    if (status != LEAT_OK)
        return status;
    status = remove_topics(kafka, client, removed, error);
    leat_kafka_client_close(client);
    if (status == LEAT_OK)
        kafka->reached = false; /* nothing is left there to be removed */
    return status;
}
