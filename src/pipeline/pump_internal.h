/* The pump's own state, shared by the files that are its parts: pump.c (the loop), changes.c (rows to
 * records), commits.c (when and what to make durable). */
#ifndef LEAT_PIPELINE_PUMP_INTERNAL_H
#define LEAT_PIPELINE_PUMP_INTERNAL_H

#include "base/buffer.h"
#include "base/list.h"
#include "pipeline/bindings.h"
#include "pipeline/ledger.h"
#include "pipeline/pump.h"
#include "trigger/announce.h"

/* What a pump is at.
 *
 *     STARTING ──────── SNAPSHOT_BEGIN ───────▶ SNAPSHOT          recovered; rows of the snapshot
 *        ▲  │                                      │
 *        │  │                                 SNAPSHOT_END        commits the first position
 *        └──┼──────────────────────────────────────┘
 *           │ the source has been started
 *           ├─── the position is cut ──▶ RESUMING ──┐             the cut transaction must come next
 *           │                                     BEGIN of it
 *           │                                       ▼
 *           │                                    SKIPPING         its records that are durable are passed over
 *           │                                       │
 *           │                             as many as were durable
 *           ▼                                       ▼
 *        BETWEEN ◀──────────── COMMIT ─────────── GIVING          records go to the sink
 *           └────────────────── BEGIN ──────────────▲
 *
 * A commit of the sink leaves the state as it is: in GIVING it cuts the transaction, in SNAPSHOT there is none.
 * A message outside a transaction is GIVING for as long as it takes, and then what was before. COMMIT in
 * SKIPPING is refused: the transaction has become shorter. The end of a run (stopped, target reached, failure)
 * may come in every state; what is durable then is where the next run is STARTING from.
 *
 *     state      a crash leaves                              where we stand (leat_pump_position)
 *     STARTING   what the sink recovers                      what is durable
 *     SNAPSHOT   nothing: the snapshot begins anew           where the stream will take over
 *     RESUMING   the cut                                     the cut
 *     SKIPPING   the cut                                     the cut: place of the source + transaction@skip
 *     GIVING     the last commit of the sink                 place of the source + transaction@ordinal
 *     BETWEEN    the last commit of the sink                 place of the source
 *
 * Beside it: up to `replay_until` versions were recorded before (a sink that holds its own position is behind
 * the state store after a crash), which may be so in every state of the stream. */
typedef enum leat_pump_state {
    LEAT_PUMP_STARTING,
    LEAT_PUMP_SNAPSHOT,
    LEAT_PUMP_RESUMING,
    LEAT_PUMP_BETWEEN,
    LEAT_PUMP_SKIPPING,
    LEAT_PUMP_GIVING,
} leat_pump_state;

/* The bindings with records in the transaction at hand; empty where the sink does not ask for them. */
typedef struct leat_pump_taking_part {
    leat_binding **items;
    size_t count;
    size_t capacity;
} leat_pump_taking_part;

typedef struct leat_pump {
    const leat_pump_parts *parts;
    leat_history *history;
    leat_bindings bindings;
    leat_trigger *trigger;
    leat_announcer announcer;
    leat_ledger *ledger;
    leat_pump_state state;

    /* The transaction at hand. */
    bool begin_told;    /* the sink was told that it begins */
    char *snapshot_log; /* where the stream takes over from the snapshot at hand */
    leat_buffer transaction_name;
    uint64_t transaction_number; /* counts transactions, for per-table ordinals */
    leat_pump_taking_part taking_part;
    uint64_t ordinal; /* records of it so far, skipped ones included */
    uint64_t skip;    /* its first records that are durable already */

    /* What was before this run. */
    leat_position resume; /* where the sink stood at the start; its transaction is cleared once found again */
    char *replay_until;   /* a log text; NULL: nowhere, or it has been passed */
    uint64_t replay_asked_in; /* the transaction in which the source was asked whether it has */

    /* What is not yet committed. */
    bool dirty;                 /* records were appended since the last commit */
    bool commit_wanted;         /* at once: the sink is full, or the server waits for its position */
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

/* Records belong to something that is not whole yet. */
static inline bool leat_pump_in_transaction(const leat_pump *pump)
{
    return pump->state == LEAT_PUMP_SNAPSHOT || pump->state == LEAT_PUMP_SKIPPING ||
           pump->state == LEAT_PUMP_GIVING;
}

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

/* Commits the first position, a log text, that the source began at or its snapshot ended with. */
leat_status leat_pump_commit_first(leat_pump *pump, const char *log, leat_error *error);

/* Commits now: sink, ledger, acknowledgement to the source. */
leat_status leat_pump_commit(leat_pump *pump, leat_error *error);

/* Commits when something makes it due: the sink, the time, or that the source has gone quiet. */
leat_status leat_pump_commit_if_due(leat_pump *pump, bool quiet, leat_error *error);

#endif
