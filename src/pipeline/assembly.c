#include "pipeline/assembly.h"

leat_source_options leat_assembly_source_options(const leat_config *config, leat_log *log,
                                                 const leat_notebook *notebook, leat_stop stop)
{
    return (leat_source_options){
        .pipeline = config->name,
        .type = config->source.type,
        .url = config->source.url,
        .tables = config->source.tables,
        .table_count = config->source.table_count,
        .settings = config->source.settings,
        .folder = config->folder,
        .snapshot_workers = (unsigned)config->source.snapshot_workers,
        .connect_timeout = config->source.connect_timeout,
        .heartbeat_every = config->source.heartbeat_every,
        .log = log,
        .notebook = notebook,
        .stop = stop,
    };
}

leat_schema_options leat_assembly_schema_options(const leat_config *config)
{
    const leat_source_kind *source = config->source.kind;
    return (leat_schema_options){
        .envelope = config->sink.envelope,
        .prefix = config->sink.prefix,
        .fact_fields = source->fact_fields,
        .fact_field_count = source->fact_field_count,
    };
}
