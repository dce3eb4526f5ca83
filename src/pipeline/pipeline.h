/* A pipeline: one source, one sink, one config. The pump that carries events, and its supervision. */
#ifndef LEAT_PIPELINE_PIPELINE_H
#define LEAT_PIPELINE_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/log.h"
#include "config/config.h"
#include "leat/finding.h"
#include "leat/sink.h"
#include "leat/source.h"
#include "leat/stop.h"
#include "leat/table.h"

typedef enum leat_pipeline_phase {
    LEAT_PHASE_CONNECTING,
    LEAT_PHASE_SNAPSHOT,
    LEAT_PHASE_STREAMING,
    LEAT_PHASE_RETRYING,
    LEAT_PHASE_STOPPING,
} leat_pipeline_phase;

typedef struct leat_pipeline_table {
    const char *name;
    unsigned version;
    uint64_t records;          /* appended in this run */
    uint64_t snapshot_records; /* of them, by the snapshot */
    int64_t snapshot_estimate; /* rows expected; -1 unknown */
    bool in_snapshot;          /* belongs to the snapshot that runs or ran in this process */
    bool snapshot_done;
} leat_pipeline_table;

/* Where a running pipeline stands. Texts and arrays live for the call that gives them. */
typedef struct leat_pipeline_status {
    leat_pipeline_phase phase;
    int64_t running_for; /* microseconds */
    uint64_t records;    /* appended in this run */
    uint64_t transactions;
    uint64_t notes;       /* values that Avro could not hold, unchanged and absent ones */
    uint64_t versions;    /* new table versions in this run */
    const char *received; /* log texts; "" for none */
    const char *durable;
    const char *acknowledged;
    int64_t last_commit_time; /* of the newest transaction received; wall microseconds; 0 none */
    leat_sink_counters sink;
    const leat_pipeline_table *tables;
    size_t table_count;
} leat_pipeline_status;

/* Somebody who watches. Called from the pump's thread; either function may be NULL. */
typedef struct leat_pipeline_observer {
    void *context;
    /* About ten times a second, and once at the end. */
    void (*status)(void *context, const leat_pipeline_status *status);
    /* Every record, after it was appended. */
    void (*record)(void *context, const leat_table_version *version, const leat_record *record);
    /* Every new table version, before its first record. */
    void (*version)(void *context, const leat_table_version *version);
} leat_pipeline_observer;

typedef struct leat_pipeline_options {
    const leat_config *config;
    leat_log *log;
    bool until_current; /* deliver what stands in the log now, then end */
    leat_stop stop;
    leat_pipeline_observer observer;
    int output; /* file descriptor of the stdout sink */
} leat_pipeline_options;

/* Runs until stopped (LEAT_OK), until current, or until it cannot go on. Failures that may pass are logged
 * and retried by the config's policy from the durable position; so the status given back is never LEAT_RETRY
 * unless that policy gave up. */
leat_status leat_pipeline_run(const leat_pipeline_options *options, leat_error *error);

#endif
