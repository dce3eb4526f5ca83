#include "pipeline/assembly.h"

#include <string.h>

#include "sink/file/sink.h"
#include "sink/kafka/sink.h"
#include "sink/stdout/sink.h"

leat_status leat_assembly_source_kind(const leat_config *config, const leat_source_kind **kind,
                                      leat_error *error)
{
    *kind = leat_source_kind_find(config->source.type);
    if (*kind == NULL)
        return leat_error_set(error, LEAT_USAGE, "there is no source of type %s", config->source.type);
    return LEAT_OK;
}

leat_source_options leat_assembly_source_options(const leat_config *config, leat_log *log,
                                                 const leat_notebook *notebook, bool (*stop_requested)(void))
{
    return (leat_source_options){
        .pipeline = config->name,
        .type = config->source.type,
        .url = config->source.url,
        .tables = config->source.tables,
        .table_count = config->source.table_count,
        .slot = config->source.slot,
        .publication = config->source.publication,
        .manage = config->source.manage,
        .messages = config->source.messages,
        .server_id = (uint32_t)config->source.server_id,
        .folder = config->folder,
        .snapshot_workers = (unsigned)config->source.snapshot_workers,
        .connect_timeout = config->source.connect_timeout,
        .heartbeat_every = config->source.heartbeat_every,
        .log = log,
        .notebook = notebook,
        .stop_requested = stop_requested,
    };
}

leat_schema_options leat_assembly_schema_options(const leat_config *config, const leat_source_kind *source)
{
    return (leat_schema_options){
        .envelope = config->sink.envelope,
        .prefix = config->sink.prefix,
        .fact_fields = source->fact_fields,
        .fact_field_count = source->fact_field_count,
    };
}

static leat_status open_file_sink(const leat_config *config, const leat_assembly_lent *lent, leat_sink **sink,
                                  leat_error *error)
{
    const leat_sink_file_options options = {
        .path = config->sink.path,
        .codec = config->sink.codec,
        .codec_level = (int)config->sink.codec_level,
        .roll_rows = config->sink.roll_rows,
        .roll_bytes = config->sink.roll_bytes,
        .roll_every = config->sink.roll_every,
        .pipeline = config->name,
        .state = lent->state,
        .log = lent->log,
    };
    return leat_sink_file_open(&options, sink, error);
}

leat_sink_kafka_options leat_assembly_kafka_options(const leat_config *config, const leat_assembly_lent *lent)
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
        .stop_requested = lent->stop_requested,
    };
}

static leat_status open_kafka_sink(const leat_config *config, const leat_assembly_lent *lent,
                                   leat_sink **sink, leat_error *error)
{
    const leat_sink_kafka_options options = leat_assembly_kafka_options(config, lent);
    return leat_sink_kafka_open(&options, sink, error);
}

leat_status leat_assembly_open_sink(const leat_config *config, const leat_assembly_lent *lent,
                                    leat_sink **sink, leat_error *error)
{
    switch (config->sink.type) {
    case LEAT_SINK_FILE:
        return open_file_sink(config, lent, sink, error);
    case LEAT_SINK_KAFKA:
        return open_kafka_sink(config, lent, sink, error);
    case LEAT_SINK_STDOUT:
        return leat_sink_stdout_open(lent->output, lent->state, sink, error);
    }
    return leat_error_set(error, LEAT_USAGE, "there is no sink of type %d", (int)config->sink.type);
}
