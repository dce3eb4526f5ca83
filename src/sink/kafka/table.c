/* A table's version: its topic, and what stands before its keys and values. */
#include <string.h>

#include "base/memory.h"
#include "history/change.h"
#include "sink/kafka/sink_internal.h"

enum {
    /* Bytes of a message besides key, value and headers, at most: RecordBatch and Record of Kafka's protocol.
     */
    MESSAGE_OVERHEAD = 128,
    KAFKA_LARGEST = 1048588, /* max.message.bytes where nobody has set it */
};

void leat_kafka_table_close(leat_kafka_table *table)
{
    leat_release(table->topic);
}

static leat_status name_topic(leat_kafka_sink *sink, leat_kafka_table *table, leat_error *error)
{
    leat_arena scratch = {0};
    const char *topic = NULL;
    leat_status status = LEAT_OK;
    if (table->base.version->table->of_messages)
        topic = leat_kafka_own_topic(&sink->options, "message", &scratch);
    else
        status =
            leat_kafka_topic_of_table(&sink->options, table->base.version->table, &scratch, &topic, error);
    if (status == LEAT_OK) {
        table->topic = leat_duplicate_string(topic);
        status = leat_kafka_topic_claim(&sink->claims, topic, table->base.name, error);
    }
    leat_arena_free(&scratch);
    return status;
}

static bool has_property(const leat_kafka_sink *sink, const char *name)
{
    for (size_t i = 0; i < sink->options.property_count; i++)
        if (strcmp(sink->options.properties[i].name, name) == 0)
            return true;
    return false;
}

/* Where we may not read what the topic takes, the config's word counts, else what topics take unless they are
 * told otherwise: a record that is found too large only by the brokers is not known by name any more. */
static void set_largest(const leat_kafka_sink *sink, leat_kafka_table *table, size_t told)
{
    size_t ours = leat_kafka_producer_largest(sink->producer);
    table->largest_assumed = told == 0 && !has_property(sink, "message.max.bytes");
    size_t topics = told > 0 ? told : table->largest_assumed ? KAFKA_LARGEST : ours;
    size_t largest = topics < ours ? topics : ours;
    table->largest = largest > MESSAGE_OVERHEAD ? largest - MESSAGE_OVERHEAD : 0;
}

static leat_status make_topic(leat_kafka_sink *sink, leat_kafka_table *table, leat_error *error)
{
    leat_kafka_topic_wish wish = {
        .name = table->topic,
        .partitions = sink->options.partitions,
        .replication = sink->options.replication,
        /* A compacted topic takes nothing without a key. */
        .cleanup = table->base.version->key_schema != NULL ? sink->options.cleanup : NULL,
    };
    leat_status status =
        leat_kafka_topics_ensure(&sink->options, leat_kafka_producer_client(sink->producer), &wish, 1, error);
    if (status != LEAT_OK)
        return status;
    set_largest(sink, table, wish.largest);
    table->partition_count = wish.partition_count;
    table->compacted = wish.compacted;
    table->handle = leat_kafka_producer_topic(sink->producer, table->topic);
    return LEAT_OK;
}

static leat_status make_frames(leat_kafka_sink *sink, leat_kafka_table *table, leat_error *error)
{
    const leat_table_version *version = table->base.version;
    leat_status status = LEAT_OK;
    if (version->key_schema != NULL)
        status = leat_kafka_schema_frame(sink, table->topic, "-key", version->key_schema, &table->key, error);
    if (status == LEAT_OK)
        status = leat_kafka_schema_frame(sink, table->topic, "-value", version->value_schema, &table->value,
                                         error);
    table->base.key_frame = leat_kafka_frame_slice(&table->key);
    table->base.value_frame = leat_kafka_frame_slice(&table->value);
    if (status != LEAT_OK && sink->registry != NULL && leat_registry_found_incompatible(sink->registry))
        leat_schema_change_explain(sink->options.state, table->base.name, version->number, error);
    return status;
}

leat_status leat_kafka_table_open(leat_kafka_sink *sink, leat_kafka_table *table, leat_error *error)
{
    leat_status status = name_topic(sink, table, error);
    if (status == LEAT_OK)
        status = make_frames(sink, table, error);
    if (status == LEAT_OK)
        status = make_topic(sink, table, error);
    return leat_error_context(error, status, "table %s", table->base.name);
}
