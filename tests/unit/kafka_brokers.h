/* Brokers for a test: librdkafka's mock cluster, options that lead to it, and a look at what arrived. */
#ifndef LEAT_TESTS_KAFKA_BROKERS_H
#define LEAT_TESTS_KAFKA_BROKERS_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "sink/kafka/sink.h"

/* Kafka's numbers of requests (protocol guide, "API keys"). */
enum {
    KAFKA_PRODUCE = 0,
    KAFKA_METADATA = 3,
    KAFKA_INIT_PRODUCER_ID = 22,
    KAFKA_ADD_PARTITIONS_TO_TXN = 24,
    KAFKA_END_TXN = 26,
};

enum { KAFKA_MOST_PROPERTIES = 8 };

typedef struct kafka_brokers {
    rd_kafka_t *host;
    rd_kafka_mock_cluster_t *cluster;
    leat_kafka_property properties[KAFKA_MOST_PROPERTIES];
    leat_sink_kafka_options options;
} kafka_brokers;

static inline void kafka_brokers_start(kafka_brokers *brokers, int count)
{
    char reason[256];
    memset(brokers, 0, sizeof *brokers);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "0", reason, sizeof reason);
    brokers->host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
    assert_non_null(brokers->host);
    brokers->cluster = rd_kafka_mock_cluster_new(brokers->host, count);
    assert_non_null(brokers->cluster);
    brokers->options = (leat_sink_kafka_options){
        .brokers = rd_kafka_mock_cluster_bootstraps(brokers->cluster),
        .prefix = "shop",
        .pipeline = "orders",
        .properties = brokers->properties,
    };
}

static inline void kafka_brokers_stop(kafka_brokers *brokers)
{
    rd_kafka_mock_cluster_destroy(brokers->cluster);
    rd_kafka_destroy(brokers->host);
}

static inline void kafka_brokers_property(kafka_brokers *brokers, const char *name, const char *value)
{
    assert_true(brokers->options.property_count < KAFKA_MOST_PROPERTIES);
    brokers->properties[brokers->options.property_count++] = (leat_kafka_property){name, value};
}

/* One partition's messages from its beginning, each as "key=value;", a null as "-". */
static inline char *kafka_brokers_read(const kafka_brokers *brokers, const char *topic, int32_t partition)
{
    char reason[256];
    leat_buffer said = {0};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers->options.brokers, reason, sizeof reason);
    rd_kafka_conf_set(conf, "enable.partition.eof", "true", reason, sizeof reason);
    rd_kafka_conf_set(conf, "fetch.wait.max.ms", "10", reason, sizeof reason);
    rd_kafka_t *reader = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof reason);
    rd_kafka_topic_t *handle = rd_kafka_topic_new(reader, topic, NULL);
    assert_int_equal(rd_kafka_consume_start(handle, partition, RD_KAFKA_OFFSET_BEGINNING), 0);
    for (bool ended = false; !ended;) {
        rd_kafka_message_t *message = rd_kafka_consume(handle, partition, 10000);
        assert_non_null(message);
        ended = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
        if (!ended) {
            assert_int_equal(message->err, RD_KAFKA_RESP_ERR_NO_ERROR);
            leat_buffer_printf(&said, "%.*s=%.*s;", message->key == NULL ? 1 : (int)message->key_len,
                               message->key == NULL ? "-" : (const char *)message->key,
                               message->payload == NULL ? 1 : (int)message->len,
                               message->payload == NULL ? "-" : (const char *)message->payload);
        }
        rd_kafka_message_destroy(message);
    }
    rd_kafka_consume_stop(handle, partition);
    rd_kafka_topic_destroy(handle);
    rd_kafka_destroy(reader);
    return leat_buffer_detach_string(&said);
}

#endif
