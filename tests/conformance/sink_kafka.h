/* Kafka for the suite of sinks: a mock cluster or a live one, and a reader of what is in it. */
#ifndef LEAT_TESTS_SINK_KAFKA_H
#define LEAT_TESTS_SINK_KAFKA_H

#include <stdlib.h>
#include <unistd.h>

#include "../unit/kafka_mock.h"
#include "../unit/kafka_mock_admin.h"
#include "../unit/sink_samples.h"
#include "sink/kafka/sink.h"

typedef struct sink_kafka {
    kafka_mock mock; /* cluster NULL: none */
    const char *brokers;
    char prefix[64];
} sink_kafka;

/* ---- Clusters ---- */

static inline const char *sink_kafka_live_brokers(void)
{
    return getenv("LEAT_TEST_KAFKA");
}

static inline void sink_kafka_begin_mock(sink_kafka *kafka)
{
    static const char *const own[] = {"shop.leat-positions", "shop.schemas", "shop.schema-changes"};
    kafka_mock_open(&kafka->mock);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        kafka_mock_topic(&kafka->mock, own[i], 1);
    kafka->brokers = kafka->mock.brokers;
    snprintf(kafka->prefix, sizeof kafka->prefix, "shop");
}

static inline void sink_kafka_begin_live(sink_kafka *kafka)
{
    static unsigned number; /* topics of one test are not seen by the next */
    kafka->brokers = sink_kafka_live_brokers();
    snprintf(kafka->prefix, sizeof kafka->prefix, "conformance-%ld-%u", (long)getpid(), ++number);
}

static inline void sink_kafka_end(sink_kafka *kafka)
{
    if (kafka->mock.cluster != NULL)
        kafka_mock_close(&kafka->mock);
}

/* A mock makes no topics by request. */
static inline void sink_kafka_mock_table(sink_kafka *kafka, const char *table)
{
    char topic[256];
    snprintf(topic, sizeof topic, "%s.public.%s", kafka->prefix, table);
    kafka_mock_topic(&kafka->mock, topic, 4);
}

static inline leat_sink_kafka_options sink_kafka_options(const sink_kafka *kafka,
                                                         leat_kafka_delivery delivery, leat_state *state)
{
    return (leat_sink_kafka_options){
        .brokers = kafka->brokers,
        .delivery = delivery,
        .prefix = kafka->prefix,
        .pipeline = "shop",
        .envelope = LEAT_ENVELOPE_DEBEZIUM,
        .manage = true,
        .state = state,
    };
}

/* ---- Reading ---- */

/* Bytes before the Avro of a record: single-object encoding's mark and fingerprint. */
enum { SINK_KAFKA_FRAME = 10 };

/* The schema that the message's frame names, from those that were published; NULL for none. */
static inline const char *sink_kafka_schema(mock_messages *published, const mock_message *message)
{
    char wanted[17];
    if (message->value.length < SINK_KAFKA_FRAME || message->value.data[0] != 0xC3 ||
        message->value.data[1] != 0x01)
        return NULL;
    for (size_t i = 0; i < 8; i++)
        snprintf(wanted + 2 * i, 3, "%02x", message->value.data[9 - i]);
    for (size_t i = 0; i < published->count; i++)
        if (strcmp(leat_buffer_string(&published->items[i].key), wanted) == 0)
            return leat_buffer_string(&published->items[i].value);
    return NULL;
}

static inline bool sink_kafka_take(const mock_message *message, const char *table, const char *schema_text,
                                   sample_rows *rows)
{
    avro_schema_t schema;
    avro_value_t value;
    if (avro_schema_from_json_length(schema_text, strlen(schema_text), &schema) != 0)
        return false;
    avro_value_iface_t *class = avro_generic_class_from_schema(schema);
    avro_generic_value_new(class, &value);
    avro_reader_t reader = avro_reader_memory((const char *)message->value.data + SINK_KAFKA_FRAME,
                                              (int64_t)(message->value.length - SINK_KAFKA_FRAME));
    bool good = avro_value_read(reader, &value) == 0;
    if (good)
        sample_take_value(&value, table, strcmp(schema_text, sample_schema_1) == 0 ? 1 : 2, rows);
    avro_reader_free(reader);
    avro_value_decref(&value);
    avro_value_iface_decref(class);
    avro_schema_decref(schema);
    return good;
}

/* Every record of every table's topic. False for one whose schema was not published. */
static inline bool sink_kafka_read(const sink_kafka *kafka, sample_rows *rows)
{
    char name[128];
    mock_messages published = {0};
    mock_messages messages = {0};
    snprintf(name, sizeof name, "%s.schemas", kafka->prefix);
    kafka_read(kafka->brokers, name, &published);
    snprintf(name, sizeof name, "%s.public.", kafka->prefix);
    kafka_read(kafka->brokers, name, &messages);
    bool good = true;
    for (size_t i = 0; i < messages.count; i++) {
        const mock_message *message = &messages.items[i];
        const char *schema = sink_kafka_schema(&published, message);
        good = good && schema != NULL &&
               sink_kafka_take(message, message->topic + strlen(kafka->prefix) + 1, schema, rows);
    }
    mock_messages_free(&published);
    mock_messages_free(&messages);
    return good;
}

#endif
