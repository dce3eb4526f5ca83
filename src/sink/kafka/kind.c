/* The Kafka sink from a config. */
#include "sink/kind.h"
#include "sink/kafka/settings.h"
#include "sink/kafka/sink.h"

static leat_sink_kafka_options options_of(const leat_sink_config *config, const leat_sink_lent *lent)
{
    const leat_kafka_settings *settings = config->settings;
    return (leat_sink_kafka_options){
        .brokers = settings->brokers,
        .delivery = settings->delivery,
        .properties = settings->kafka,
        .property_count = settings->kafka_count,
        .prefix = config->prefix,
        .pipeline = config->pipeline,
        .envelope = config->envelope,
        .partitions = (unsigned)settings->partitions,
        .replication = (unsigned)settings->replication,
        .cleanup = settings->cleanup,
        .manage = settings->manage_topics,
        .transactions = settings->transactions,
        .heartbeats = settings->heartbeats,
        .large = settings->large,
        .spill_path = settings->spill_path,
        .registry = settings->registry.url == NULL ? NULL : &settings->registry,
        .state = lent->state,
        .log = lent->log,
        .stop = lent->stop,
    };
}

static leat_status open_sink(const leat_sink_config *config, const leat_sink_lent *lent, leat_sink **sink,
                             leat_error *error)
{
    const leat_sink_kafka_options options = options_of(config, lent);
    return leat_sink_kafka_open(&options, sink, error);
}

static leat_status check(const leat_sink_config *config, const leat_sink_lent *lent,
                         const char *const *tables, size_t table_count, leat_findings *findings,
                         leat_error *error)
{
    const leat_sink_kafka_options options = options_of(config, lent);
    return leat_sink_kafka_check(&options, tables, table_count, findings, error);
}

/* Brokers have many addresses; topics of another prefix are other topics. */
static void identity(const leat_sink_config *config, leat_buffer *out)
{
    leat_buffer_printf(out, "kafka with the prefix %s", config->prefix);
}

static const char *address(const leat_sink_config *config)
{
    const leat_kafka_settings *settings = config->settings;
    return settings->brokers;
}

static void place(const leat_sink_config *config, leat_buffer *out)
{
    const leat_kafka_settings *settings = config->settings;
    leat_buffer_printf(out, "Kafka at %s, topics %s.…", settings->brokers, config->prefix);
}

const leat_sink_kind leat_sink_kafka = {
    .type = "kafka",
    .summary =
        "a topic for each table on Kafka, or on what speaks its protocol, with or without a schema registry",
    .settings = &leat_kafka_setting_group,
    .checks_by_table = true,
    .open = open_sink,
    .check = check,
    .identity = identity,
    .address = address,
    .place = place,
};
