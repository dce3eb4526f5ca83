/* Assembly: from the config to a source and a sink. */
#ifndef LEAT_PIPELINE_ASSEMBLY_H
#define LEAT_PIPELINE_ASSEMBLY_H

#include "config/config.h"
#include "leat/sink.h"
#include "leat/source.h"
#include "sink/kafka/sink.h"
#include "state/state.h"

/* The kind of source that the config names. */
leat_status leat_assembly_source_kind(const leat_config *config, const leat_source_kind **kind,
                                      leat_error *error);

/* What the connector is opened with. Borrows from all arguments. */
leat_source_options leat_assembly_source_options(const leat_config *config, leat_log *log,
                                                 const leat_notebook *notebook, bool (*stop_requested)(void));

/* What schemas are made with: the config's envelope and prefix, the connector's facts. */
leat_schema_options leat_assembly_schema_options(const leat_config *config, const leat_source_kind *source);

/* What a sink is lent by its run; all of it outlives the sink. */
typedef struct leat_assembly_lent {
    leat_state *state; /* NULL where nothing is to be kept: a check */
    leat_log *log;
    bool (*stop_requested)(void);
    int output; /* the stdout sink's file descriptor */
} leat_assembly_lent;

/* Opens the sink that the config names. */
leat_status leat_assembly_open_sink(const leat_config *config, const leat_assembly_lent *lent,
                                    leat_sink **sink, leat_error *error);

/* What the Kafka sink is opened and checked with. Borrows from both arguments. */
leat_sink_kafka_options leat_assembly_kafka_options(const leat_config *config,
                                                    const leat_assembly_lent *lent);

#endif
