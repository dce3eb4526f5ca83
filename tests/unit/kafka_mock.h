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
    leat_buffer_append(&message->key, from->key, from->key_len);
    leat_buffer_append(&message->value, from->payload, from->len);
    mock_take_headers(message, from);
}

static inline int mock_partitions(rd_kafka_t *client, const char *topic)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    kafka_mock_need(rd_kafka_metadata(client, 0, handle, &metadata, 10000) == 0, "no metadata");
    int count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
    return count;
}

/* Everything in the topic, partition by partition in no order, each in its own. */
static inline void kafka_mock_read(const kafka_mock *mock, const char *topic, mock_messages *messages)
{
    rd_kafka_t *client = kafka_mock_client(RD_KAFKA_CONSUMER, mock->brokers);
    int partitions = mock_partitions(client, topic);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int i = 0; i < partitions; i++)
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    kafka_mock_need(rd_kafka_assign(client, list) == 0, "cannot assign");
    for (int ended = 0; ended < partitions;) {
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
