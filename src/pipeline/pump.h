/* The pump: carries events from a source to a sink, commits, acknowledges. One run of it, until something
 * ends it; the supervisor decides what then. */
#ifndef LEAT_PIPELINE_PUMP_H
#define LEAT_PIPELINE_PUMP_H

#include "base/log.h"
#include "event/schema.h"
#include "leat/sink.h"
#include "leat/source.h"
#include "leat/stop.h"
#include "pipeline/board.h"
#include "state/state.h"

/* What a pump is made of. Everything is lent and outlives it. `source` is open but not started; `sink` is not
 * yet recovered. */
typedef struct leat_pump_parts {
    leat_source *source;
    leat_sink *sink;
    leat_state *state;
    leat_board *board;
    leat_log *log;
    const leat_schema_options *schema;
    const char *pipeline;
    bool snapshot;           /* copy existing rows when nothing was ever committed */
    bool until_current;      /* end once everything in the log at the start is durable */
    int64_t commit_every;    /* microseconds */
    int64_t heartbeat_every; /* microseconds between positions committed for their own sake */
    leat_stop stop;
} leat_pump_parts;

/* Runs until stopped, until current, or until something fails. On failure of the source, what had arrived
 * whole is committed first. LEAT_OK for a wanted end. */
leat_status leat_pump_run(const leat_pump_parts *parts, leat_error *error);

#endif
