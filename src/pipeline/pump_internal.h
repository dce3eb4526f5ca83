/* The pump's own state, shared by the files that are its parts: pump.c (the loop), changes.c (rows to
 * records), commits.c (when and what to make durable). */
#ifndef LEAT_PIPELINE_PUMP_INTERNAL_H
#define LEAT_PIPELINE_PUMP_INTERNAL_H

#include "base/buffer.h"
#include "pipeline/bindings.h"
#include "pipeline/ledger.h"
#include "pipeline/pump.h"

typedef struct leat_pump {
    const leat_pump_parts *parts;
    leat_history *history;
    leat_bindings bindings;
    leat_ledger *ledger;

    /* The transaction at hand. */
    bool in_transaction;
    bool in_snapshot;
    bool begin_told;    /* the sink was told that it begins */
    char *snapshot_log; /* where the stream takes over from the snapshot at hand */
    leat_buffer transaction_name;
    uint64_t transaction_number; /* counts transactions, for per-table ordinals */
    uint64_t ordinal;            /* records of it so far, skipped ones included */
    uint64_t skip;               /* its first records that are durable already */
    char *replay_until;          /* up to here versions were recorded before; NULL: nowhere */
    leat_position resume; /* where the sink stood at the start; its transaction is cleared once found again */

    /* What is not yet committed. */
    bool dirty;                 /* records were appended since the last commit */
    bool full;                  /* the sink wants a commit */
    uint64_t events_since_look; /* a clock is read every so many events */
    int64_t last_commit;        /* monotonic */
    int64_t made_at; /* wall clock when it was last looked at; the time events are said to be made */

    /* Scratch, reused. */
    leat_buffer value;
    leat_buffer key;
    leat_buffer other_key; /* of a changed key: that of the record beside */
    leat_buffer sequence;
    size_t sequence_prefix; /* bytes of the transaction's part in `sequence` */
    leat_buffer datums;
    leat_table *message_table; /* what logical messages are rows of; NULL until the first */

    bool paused;        /* the source had nothing when it was asked last */
    bool source_failed; /* and not the sink, or ourselves: what was appended is whole */
    char *target;       /* until_current: the log text to reach; NULL while streaming without end */
} leat_pump;

/* ---- changes.c ---- */

/* Begins counting in a new transaction. */
leat_status leat_pump_begin(leat_pump *pump, const leat_event *event, leat_error *error);

/* Tells the sink, where it wants to know, that the transaction at hand ends. */
leat_status leat_pump_tell_end(leat_pump *pump, const leat_event *event, leat_error *error);

/* Turns the event's change into records and appends them. */
leat_status leat_pump_row(leat_pump *pump, const leat_event *event, leat_error *error);
leat_status leat_pump_truncate(leat_pump *pump, const leat_event *event, leat_error *error);
leat_status leat_pump_message(leat_pump *pump, const leat_event *event, leat_error *error);

/* Settles the version of a definition at the present position. */
leat_status leat_pump_table(leat_pump *pump, leat_table *table, leat_error *error);

/* ---- commits.c ---- */

/* The present position: after the last whole transaction, or inside the one at hand. The caller clears it. */
void leat_pump_position(const leat_pump *pump, leat_position *position);

/* Commits now: sink, ledger, acknowledgement to the source. */
leat_status leat_pump_commit(leat_pump *pump, leat_error *error);

/* Commits when something makes it due: the sink, the time, or that the source has gone quiet. */
leat_status leat_pump_commit_if_due(leat_pump *pump, bool quiet, leat_error *error);

#endif
