/* Contract: a sink, where events go.
 *
 * A sink is an object of its own type whose first member is a leat_sink, as in
 *
 *     struct leat_file_sink { leat_sink base; ... };
 *
 * and likewise for its tables. What all sinks have in common is done once, by the functions below: they count,
 * keep the list of tables, and let nothing through to a sink that has failed. Its leat_sink_ops do what is its
 * own; nobody else calls those. */
#ifndef LEAT_SINK_H
#define LEAT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "leat/event.h"
#include "leat/position.h"
#include "leat/table.h"

typedef struct leat_sink leat_sink;

/* A table's version in a sink: the first member of what the sink keeps for it. */
typedef struct leat_sink_table {
    const leat_table_version *version;
    char *name; /* "schema.table" */
    /* What the sink wants right before each key, and each value, so that it need not copy them to put it there.
     * Set by its open_table, for good; empty for nothing. */
    leat_slice key_frame;
    leat_slice value_frame;
    /* Since the last commit: */
    uint64_t records;
    uint64_t snapshot_records;
    int64_t last_change;           /* the newest commit time, ever */
    struct leat_sink_table *noted; /* the next one with records */
} leat_sink_table;

/* One event, encoded. Every slice lives only for the call. Before the bytes of keys and value stands the table's
 * frame, in one piece with them: leat_record_framed. */
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

/* A record's key or value with the frame that stands before it. */
static inline leat_slice leat_record_framed(leat_slice bytes, leat_slice frame)
{
    return leat_slice_of(bytes.data - frame.length, bytes.length + frame.length);
}

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

/* News of a table for the sink's readers. Lives for the call. */
typedef struct leat_announcement {
    const char *table; /* "schema.table" */
    const char *event; /* JSON, as schemas/schema-change.schema.json has it */
} leat_announcement;

/* What a sink tells about itself, for status and summaries. */
typedef struct leat_sink_counters {
    uint64_t records; /* appended since it was opened */
    uint64_t bytes;   /* of Avro, before compression */
    uint64_t files;   /* made visible */
    uint64_t open_files;
} leat_sink_counters;

/* What a sink wants of the pump; it may depend on its settings. Set when it is opened, and then fixed. */
typedef struct leat_sink_traits {
    bool needs_key;        /* records carry their key's bytes; false spares the encoding */
    bool wants_boundaries; /* leat_sink_boundary tells it something; false spares the counting */
    bool shows_at_commit;  /* a commit makes records visible at once, so one is worth making as soon as the
                              source is quiet */
    int64_t quiet_spacing; /* microseconds between such commits; what one costs decides */
    bool holds_position;   /* positions are made durable by the sink itself, after the state store's unit of
                              work: the store may then be ahead of what recover says, by one batch */
} leat_sink_traits;

/* What a kind of sink does itself; each is called by the function below that has its name, and never once the
 * sink is broken. A failure breaks it. Those marked so may be NULL. */
typedef struct leat_sink_ops {
    const char *type;  /* as in the config: "file" */
    size_t table_size; /* of what it keeps for a table, whose first member is a leat_sink_table */
    leat_status (*recover)(leat_sink *sink, leat_position *position, leat_error *error);
    leat_status (*open_table)(leat_sink *sink, leat_sink_table *table, leat_error *error);
    void (*close_table)(leat_sink_table *table); /* NULL: nothing to free; also after a failed open_table */
    leat_status (*append)(leat_sink *sink, const leat_record *record, bool *full, leat_error *error);
    leat_status (*commit)(leat_sink *sink, const leat_position *position, leat_error *error);
    leat_status (*boundary)(leat_sink *sink, const leat_boundary *boundary, leat_error *error); /* NULL */
    leat_status (*announce)(leat_sink *sink, const leat_announcement *announcement,
                            leat_error *error); /* NULL: its readers are not told */
    bool (*due)(leat_sink *sink, int64_t now);  /* NULL */
    void (*finish)(leat_sink *sink);            /* NULL */
    void (*close)(leat_sink *sink);             /* frees the object too, after its tables */
} leat_sink_ops;

/* Zero but for `ops` and `traits`, which the sink sets when it is opened. */
struct leat_sink {
    const leat_sink_ops *ops;
    leat_sink_traits traits;
    bool broken; /* something failed half-way: only another sink, opened and recovered, leads on */
    leat_sink_counters counters;
    uint64_t records_since_commit;
    leat_sink_table *noted; /* those with records since the last commit */
    leat_sink_table **tables;
    size_t table_count;
    size_t table_capacity;
};

/* One thread (the pump's) calls all of these, one at a time. Once one of them has failed, every one that can
 * fail does: LEAT_FAILED. */

/* Finishes or removes what a crash left and says where this sink stands; `position` is untouched (log NULL)
 * when nothing was ever committed. Called once, first. The sink's word is the only one that counts. */
leat_status leat_sink_recover(leat_sink *sink, leat_position *position, leat_error *error);

/* Makes ready for records of this version, which outlives the sink's use of it. Once for each version; one of
 * the same table name that came before gets no more records. The table is the sink's, until it is closed. */
leat_status leat_sink_open_table(leat_sink *sink, const leat_table_version *version, leat_sink_table **table,
                                 leat_error *error);

/* Takes a record. Sets `full` when a commit is wanted soon (bounded memory, bounded batch). */
leat_status leat_sink_append(leat_sink *sink, const leat_record *record, bool *full, leat_error *error);

/* Makes everything appended so far durable together with `position`, and at a transaction's end visible as far
 * as it is due. When it returns LEAT_OK a crash can take neither back. */
leat_status leat_sink_commit(leat_sink *sink, const leat_position *position, leat_error *error);

/* A transaction that gives records begins, or ends. Nothing where the sink does not want to know. */
leat_status leat_sink_boundary(leat_sink *sink, const leat_boundary *boundary, leat_error *error);

/* Whether this sink tells its readers of news at all. */
bool leat_sink_announces(const leat_sink *sink);

/* Tells them, of a table that is open, with the batch at hand. Nothing for a sink that does not. */
leat_status leat_sink_announce(leat_sink *sink, const leat_announcement *announcement, leat_error *error);

/* Says whether time alone makes a commit due at `now` (monotonic microseconds), e.g. files past their age. */
bool leat_sink_due(leat_sink *sink, int64_t now);

/* From now on a commit at a boundary makes everything visible, whether due or not: the run is ending. */
void leat_sink_finish(leat_sink *sink);

/* Frees everything; what was not committed is forgotten, and removed by the next recover. NULL is fine. */
void leat_sink_close(leat_sink *sink);

#endif
