/* The Kafka sink from a config. */
#include "sink/kind.h"
#include "sink/kafka/sink.h"

static leat_sink_kafka_options options_of(const leat_config *config, const leat_sink_lent *lent)
{
    bool exactly_once = config->sink.delivery == LEAT_DELIVERY_EXACTLY_ONCE;
    bool spills = config->sink.large == LEAT_LARGE_SPILL;
    return (leat_sink_kafka_options){
        .brokers = config->sink.brokers,
        .delivery = exactly_once ? LEAT_KAFKA_EXACTLY_ONCE : LEAT_KAFKA_AT_LEAST_ONCE,
        .properties = config->sink.kafka,
        .property_count = config->sink.kafka_count,
        .prefix = config->sink.prefix,
        .pipeline = config->name,
        .envelope = config->sink.envelope,
        .partitions = (unsigned)config->sink.partitions,
        .replication = (unsigned)config->sink.replication,
        .cleanup = config->sink.cleanup,
        .manage = config->sink.manage_topics,
        .transactions = config->sink.transactions,
        .heartbeats = config->sink.heartbeats,
        .large = spills ? LEAT_KAFKA_LARGE_SPILL : LEAT_KAFKA_LARGE_FAIL,
        .spill_path = config->sink.spill_path,
        .registry = config->sink.registry.url == NULL ? NULL : &config->sink.registry,
        .state = lent->state,
        .log = lent->log,
        .stop = lent->stop,
    };
}

static leat_status open_sink(const leat_config *config, const leat_sink_lent *lent, leat_sink **sink,
                             leat_error *error)
{
    const leat_sink_kafka_options options = options_of(config, lent);
    return leat_sink_kafka_open(&options, sink, error);
}

static leat_status check(const leat_config *config, const leat_sink_lent *lent, const char *const *tables,
                         size_t table_count, leat_findings *findings, leat_error *error)
{
    const leat_sink_kafka_options options = options_of(config, lent);
    return leat_sink_kafka_check(&options, tables, table_count, findings, error);
}

/* Brokers have many addresses; topics of another prefix are other topics. */
static void identity(const leat_config *config, leat_buffer *out)
{
    leat_buffer_printf(out, "kafka with the prefix %s", config->sink.prefix);
}

static const char *address(const leat_config *config)
{
    return config->sink.brokers;
}

static void place(const leat_config *config, leat_buffer *out)
{
    leat_buffer_printf(out, "Kafka at %s, topics %s.…", config->sink.brokers, config->sink.prefix);
}

const leat_sink_kind leat_sink_kafka = {
    .type = "kafka",
    .checks_by_table = true,
    .open = open_sink,
    .check = check,
    .identity = identity,
    .address = address,
    .place = place,
};
