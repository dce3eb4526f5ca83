/* Contract: a sink, where events go. */
#ifndef LEAT_SINK_H
#define LEAT_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "leat/event.h"
#include "leat/position.h"
#include "leat/table.h"

typedef struct leat_sink leat_sink;

/* What a sink keeps for one table version; made by open_table, freed by close. */
typedef struct leat_sink_table leat_sink_table;

/* One event, encoded. Every slice lives only for the call. */
typedef struct leat_record {
    leat_sink_table *table;
    leat_operation operation;
    bool snapshot;
    leat_slice key;       /* Avro; empty for none */
    leat_slice other_key; /* Avro; of a changed key: the new one beside its delete, the old one beside its
                             create; empty else */
    leat_slice value;     /* Avro */
    leat_slice sequence;  /* fixed width; unique, sorts in log order within a table */
    int64_t commit_time;  /* microseconds since 1970 UTC */
} leat_record;

/* Where a transaction begins or ends, for sinks that tell their readers. Lives for the call. */
typedef struct leat_boundary_table {
    const char *name; /* "schema.table" */
    uint64_t records;
} leat_boundary_table;

typedef struct leat_boundary {
    bool end; /* else its begin, which has no counts yet */
    const leat_transaction *transaction;
    uint64_t records;
    const leat_boundary_table *tables;
    size_t table_count;
} leat_boundary;

/* What a sink tells about itself, for status and summaries. */
typedef struct leat_sink_counters {
    uint64_t records; /* appended since it was opened */
    uint64_t bytes;   /* of Avro, before compression */
    uint64_t files;   /* made visible */
    uint64_t open_files;
} leat_sink_counters;

/* One thread (the pump's) calls all of these, one at a time. */
typedef struct leat_sink_ops {
    const char *type;
    bool needs_key;        /* records carry their key's bytes; false spares the encoding */
    bool shows_at_commit;  /* a commit makes records visible at once, so one is worth making as soon as the
                              source is quiet */
    int64_t quiet_spacing; /* microseconds between such commits; what one costs decides */
    bool holds_position;   /* positions are made durable by the sink itself, after the state store's unit of
                              work: the   store may then be ahead of what recover says, by one batch */

    /* Finishes or removes what a crash left and says where this sink stands; `position` is untouched (log
     * NULL) when nothing was ever committed. Called once, first. The sink's word is the only one that counts.
     */
    leat_status (*recover)(leat_sink *sink, leat_position *position, leat_error *error);

    /* Makes ready for records of this version, which outlives the sink's use of it. A version of the same
     * table name that came before gets no more records. */
    leat_status (*open_table)(leat_sink *sink, const leat_table_version *version, leat_sink_table **table,
                              leat_error *error);

    /* Takes a record. Sets `full` when a commit is wanted soon (bounded memory, bounded batch). */
    leat_status (*append)(leat_sink *sink, const leat_record *record, bool *full, leat_error *error);

    /* Makes everything appended so far durable together with `position`, and at a transaction's end visible
     * as far as it is due. When it returns LEAT_OK a crash can take neither back. */
    leat_status (*commit)(leat_sink *sink, const leat_position *position, leat_error *error);

    /* A transaction that gives records begins, or ends. NULL where the sink does not tell. */
    leat_status (*boundary)(leat_sink *sink, const leat_boundary *boundary, leat_error *error);

    /* Says whether time alone makes a commit due at `now` (monotonic microseconds), e.g. files past their
     * age. */
    bool (*due)(leat_sink *sink, int64_t now);

    /* From now on a commit at a boundary makes everything visible, whether due or not: the run is ending. */
    void (*finish)(leat_sink *sink);

    void (*counters)(const leat_sink *sink, leat_sink_counters *counters);

    /* Frees everything; what was not committed is forgotten, and removed by the next recover. */
    void (*close)(leat_sink *sink);
} leat_sink_ops;

#endif
