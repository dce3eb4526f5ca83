/* Topics of our own, with one partition each: names, how they are made, messages to them. */
#include "base/clock.h"
#include "sink/kafka/sink_internal.h"

void leat_kafka_own_name(leat_kafka_sink *sink)
{
    const leat_sink_kafka_options *options = &sink->options;
    sink->changes.name = leat_kafka_own_topic(options, "schema-changes", &sink->arena);
    if (leat_kafka_is_exactly_once(sink))
        sink->positions.name = leat_kafka_own_topic(options, "leat-positions", &sink->arena);
    if (sink->registry == NULL)
        sink->schemas.name = leat_kafka_own_topic(options, "schemas", &sink->arena);
    if (options->transactions)
        sink->transactions.name = leat_kafka_own_topic(options, "transactions", &sink->arena);
    if (options->heartbeats)
        sink->heartbeat.name = leat_kafka_own_topic(options, "heartbeat", &sink->arena);
}

/* Those that only keep the last of each key are compacted. */
size_t leat_kafka_own_wishes(leat_kafka_sink *sink, leat_kafka_own **owns, leat_kafka_topic_wish *wishes)
{
    leat_kafka_own *const all[] = {&sink->positions, &sink->schemas, &sink->changes, &sink->transactions,
                                   &sink->heartbeat};
    size_t count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i]->name == NULL)
            continue;
        owns[count] = all[i];
        wishes[count++] = (leat_kafka_topic_wish){
            .name = all[i]->name,
            .own = all[i] == &sink->positions || all[i] == &sink->schemas,
            .partitions = 1,
            .replication = sink->options.replication,
        };
    }
    return count;
}

leat_status leat_kafka_own_ensure(leat_kafka_sink *sink, leat_error *error)
{
    leat_kafka_own *owns[LEAT_KAFKA_OWN_TOPICS];
    leat_kafka_topic_wish wishes[LEAT_KAFKA_OWN_TOPICS];
    size_t count = leat_kafka_own_wishes(sink, owns, wishes);
    leat_status status = leat_kafka_topics_ensure(&sink->options, leat_kafka_producer_client(sink->producer),
                                                  wishes, count, error);
    for (size_t i = 0; status == LEAT_OK && i < count; i++)
        owns[i]->handle = leat_kafka_producer_topic(sink->producer, owns[i]->name);
    return status;
}

leat_status leat_kafka_own_send(leat_kafka_sink *sink, const leat_kafka_own *own, leat_slice key,
                                leat_slice value, leat_error *error)
{
    const leat_kafka_message message = {
        .topic = own->handle,
        .partition = 0,
        .key = key,
        .has_key = true,
        .value = value,
        .has_value = true,
    };
    return leat_kafka_producer_send(sink->producer, &message, error);
}

void leat_kafka_commit_soon(leat_kafka_sink *sink)
{
    if (sink->notice_since == 0)
        sink->notice_since = leat_clock_monotonic();
}
