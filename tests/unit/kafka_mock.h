/* librdkafka's mock cluster, and a reader of everything that is in its topics. The mock neither hides aborted
 * messages nor makes topics by request, and keeps 5 MiB a partition. */
#ifndef LEAT_TESTS_KAFKA_MOCK_H
#define LEAT_TESTS_KAFKA_MOCK_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

typedef struct kafka_mock {
    rd_kafka_t *owner;
    rd_kafka_mock_cluster_t *cluster;
    const char *brokers;
} kafka_mock;

typedef struct mock_message {
    char topic[256];
    int32_t partition;
    int64_t timestamp;
    bool has_key;
    bool has_value;
    leat_buffer key;
    leat_buffer value;
    leat_buffer headers; /* "name=value\n" for each; a value's NUL bytes are shown as they are */
} mock_message;

typedef struct mock_messages {
    mock_message *items;
    size_t count;
    size_t capacity;
} mock_messages;

static inline void kafka_mock_need(bool held, const char *what)
{
    if (held)
        return;
    fprintf(stderr, "the mock cluster: %s\n", what);
    abort();
}

static inline rd_kafka_t *kafka_mock_client(rd_kafka_type_t type, const char *brokers)
{
    char text[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "0", text, sizeof text);
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers, text, sizeof text);
    if (type == RD_KAFKA_CONSUMER) {
        rd_kafka_conf_set(conf, "group.id", "test", text, sizeof text);
        rd_kafka_conf_set(conf, "enable.auto.commit", "false", text, sizeof text);
        rd_kafka_conf_set(conf, "enable.partition.eof", "true", text, sizeof text);
        rd_kafka_conf_set(conf, "fetch.wait.max.ms", "10", text, sizeof text);
    }
    rd_kafka_t *client = rd_kafka_new(type, conf, text, sizeof text);
    kafka_mock_need(client != NULL, text);
    return client;
}

static inline void kafka_mock_open(kafka_mock *mock)
{
    mock->owner = kafka_mock_client(RD_KAFKA_PRODUCER, "");
    mock->cluster = rd_kafka_mock_cluster_new(mock->owner, 1);
    kafka_mock_need(mock->cluster != NULL, "cannot be made");
    mock->brokers = rd_kafka_mock_cluster_bootstraps(mock->cluster);
}

static inline void kafka_mock_close(kafka_mock *mock)
{
    rd_kafka_mock_cluster_destroy(mock->cluster);
    rd_kafka_destroy(mock->owner);
}

static inline void kafka_mock_topic(const kafka_mock *mock, const char *name, int partitions)
{
    (void)rd_kafka_mock_topic_create(mock->cluster, name, partitions, 1); /* it may be there */
}

static inline void mock_take_headers(mock_message *message, const rd_kafka_message_t *from)
{
    rd_kafka_headers_t *headers;
    const char *name;
    const void *value;
    size_t length;
    if (rd_kafka_message_headers(from, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &length) == 0; i++) {
        leat_buffer_printf(&message->headers, "%s=", name);
        leat_buffer_append(&message->headers, value, length);
        leat_buffer_append_byte(&message->headers, '\n');
    }
}

static inline void mock_take(mock_messages *messages, const rd_kafka_message_t *from)
{
    if (messages->count == messages->capacity) {
        messages->capacity = messages->capacity == 0 ? 16 : messages->capacity * 2;
        messages->items = leat_reallocate(messages->items, messages->capacity * sizeof *messages->items);
    }
    mock_message *message = &messages->items[messages->count++];
    rd_kafka_timestamp_type_t kind;
    *message = (mock_message){.partition = from->partition,
                              .timestamp = rd_kafka_message_timestamp(from, &kind),
                              .has_key = from->key != NULL,
                              .has_value = from->payload != NULL};
    snprintf(message->topic, sizeof message->topic, "%s", rd_kafka_topic_name(from->rkt));
    leat_buffer_append(&message->key, from->key, from->key_len);
    leat_buffer_append(&message->value, from->payload, from->len);
    mock_take_headers(message, from);
}

/* Adds every partition of the topics that `name` chooses: that one, or with a '.' at its end all that begin
 * so.
 */
static inline void mock_choose(rd_kafka_t *client, const char *name, rd_kafka_topic_partition_list_t *chosen)
{
    const struct rd_kafka_metadata *metadata;
    size_t length = strlen(name);
    bool many = name[length - 1] == '.';
    kafka_mock_need(rd_kafka_metadata(client, 1, NULL, &metadata, 10000) == 0, "no metadata");
    for (int i = 0; i < metadata->topic_cnt; i++) {
        const struct rd_kafka_metadata_topic *topic = &metadata->topics[i];
        if (many ? strncmp(topic->topic, name, length) != 0 : strcmp(topic->topic, name) != 0)
            continue;
        for (int j = 0; j < topic->partition_cnt; j++)
            rd_kafka_topic_partition_list_add(chosen, topic->topic, j)->offset = RD_KAFKA_OFFSET_BEGINNING;
    }
    rd_kafka_metadata_destroy(metadata);
}

/* Everything in the topics chosen as above, partition by partition in no order, each in its own. */
static inline void kafka_read(const char *brokers, const char *name, mock_messages *messages)
{
    rd_kafka_t *client = kafka_mock_client(RD_KAFKA_CONSUMER, brokers);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(16);
    mock_choose(client, name, list);
    kafka_mock_need(rd_kafka_assign(client, list) == 0, "cannot assign");
    for (int ended = 0; ended < list->cnt;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(client, 10000);
        kafka_mock_need(message != NULL, "nothing comes");
        ended += message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            mock_take(messages, message);
        rd_kafka_message_destroy(message);
    }
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
}

static inline void kafka_mock_read(const kafka_mock *mock, const char *topic, mock_messages *messages)
{
    kafka_read(mock->brokers, topic, messages);
}

static inline void mock_messages_free(mock_messages *messages)
{
    for (size_t i = 0; i < messages->count; i++) {
        leat_buffer_free(&messages->items[i].key);
        leat_buffer_free(&messages->items[i].value);
        leat_buffer_free(&messages->items[i].headers);
    }
    leat_release(messages->items);
    *messages = (mock_messages){0};
}

#endif
