#include "pipeline/pump.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "pipeline/pump_internal.h"

enum {
    WAIT_MICROSECONDS = 100 * 1000,      /* for an event: also how soon a stop or a due commit is seen */
    WAIT_HASTY_MICROSECONDS = 10 * 1000, /* shorter where quiet shows something, or ends the run */
    EVENTS_BETWEEN_LOOKS = 64,           /* at the clock, while events keep coming */
};

/* ---- Start and end of what a pump owns ---- */

/* A sink that holds its own position commits after the state store: what the store has beyond it was
 * recorded, but will be read again. A sink that has lost its position must not make everything begin anew. */
static leat_status look_ahead(leat_pump *pump, leat_error *error)
{
    if (!pump->parts->sink->traits.holds_position)
        return LEAT_OK;
    leat_position stored = {0};
    leat_status status = leat_state_position_get(pump->parts->state, &stored, error);
    if (status == LEAT_OK && stored.log != NULL && pump->resume.log == NULL) {
        leat_error_fail(
            error, LEAT_OPERATOR,
            "If the sink was emptied on purpose, begin anew with another state file; else bring back what "
            "held the position, or name the right sink",
            "the state store says that this pipeline stood at %s, but its sink has no position of it",
            stored.log);
        status = LEAT_OPERATOR;
    } else if (status == LEAT_OK) {
        pump->replay_until = leat_duplicate_string(stored.log);
    }
    leat_position_clear(&stored);
    return status;
}

static leat_status open_pump(leat_pump *pump, const leat_pump_parts *parts, leat_error *error)
{
    *pump = (leat_pump){.parts = parts, .last_commit = leat_clock_monotonic()};
    leat_status status = leat_sink_recover(parts->sink, &pump->resume, error);
    if (status == LEAT_OK)
        status = look_ahead(pump, error);
    if (status != LEAT_OK) {
        leat_position_clear(&pump->resume);
        return status;
    }
    pump->history = leat_history_open(parts->state, parts->schema, parts->log);
    pump->ledger = leat_ledger_open(pump->resume.log);
    pump->trigger = leat_trigger_open(parts->state);
    leat_announcer_subscribe(&pump->announcer, pump->trigger, parts->sink, parts->pipeline);
    pump->bindings = (leat_bindings){
        .history = pump->history,
        .sink = parts->sink,
        .trigger = pump->trigger,
        .board = parts->board,
        .schema = parts->schema,
        .connector = parts->source->kind->connector,
        .pipeline = parts->pipeline,
    };
    leat_board_attach(parts->board, pump->ledger, parts->sink);
    return LEAT_OK;
}

static void close_pump(leat_pump *pump)
{
    leat_board_detach(pump->parts->board);
    leat_bindings_free(&pump->bindings);
    leat_trigger_close(pump->trigger);
    leat_table_release(pump->message_table);
    leat_history_close(pump->history);
    leat_ledger_close(pump->ledger);
    leat_position_clear(&pump->resume);
    leat_buffer_free(&pump->transaction_name);
    leat_release(pump->taking_part.items);
    leat_buffer_free(&pump->value);
    leat_buffer_free(&pump->key);
    leat_buffer_free(&pump->other_key);
    leat_release(pump->replay_until);
    leat_buffer_free(&pump->sequence);
    leat_buffer_free(&pump->datums);
    leat_release(pump->snapshot_log);
    leat_release(pump->target);
}

static void enter(leat_pump *pump, leat_pipeline_phase phase)
{
    pump->parts->board->status.phase = phase;
    leat_board_show(pump->parts->board, leat_clock_monotonic(), true);
}

/* ---- Events ---- */

static leat_status end_transaction(leat_pump *pump, const leat_event *event, leat_error *error)
{
    if (pump->state == LEAT_PUMP_SKIPPING)
        return leat_error_set(
            error, LEAT_OPERATOR,
            "transaction %.*s has %llu changes now, though %llu of it were delivered before",
            LEAT_SLICE_FORMAT(leat_buffer_slice(&pump->transaction_name)), (unsigned long long)pump->ordinal,
            (unsigned long long)pump->skip);
    leat_status status = leat_pump_tell_end(pump, event, error);
    if (status != LEAT_OK)
        return status;
    pump->state = LEAT_PUMP_BETWEEN;
    pump->parts->board->status.transactions++;
    return leat_ledger_receive(pump->ledger, event->order, error);
}

static leat_pipeline_table *board_table(leat_pump *pump, const leat_event *event)
{
    const leat_binding *binding = event->table->attachment;
    return &pump->parts->board->tables[binding->board_place];
}

static void begin_snapshot_table(leat_pump *pump, const leat_event *event)
{
    leat_pipeline_table *table = board_table(pump, event);
    table->in_snapshot = true;
    table->snapshot_estimate = event->row_estimate;
}

/* Which tables there will be, and how large: for whoever watches. Not to know it stops nothing. */
static void foresee_tables(leat_pump *pump)
{
    leat_board *board = pump->parts->board;
    leat_discovery discovery = {0};
    leat_error ignored;
    if (board->observer.status != NULL &&
        leat_source_discover(pump->parts->source, &discovery, &ignored) == LEAT_OK) {
        for (size_t i = 0; i < discovery.count; i++) {
            size_t place = leat_board_table(board, discovery.tables[i].name); /* may move the tables */
            leat_pipeline_table *table = &board->tables[place];
            table->in_snapshot = true;
            table->snapshot_estimate = discovery.tables[i].row_estimate;
        }
    }
    leat_arena_free(&discovery.arena);
}

static leat_status begin_snapshot(leat_pump *pump, const leat_event *event, leat_error *error)
{
    foresee_tables(pump);
    enter(pump, LEAT_PHASE_SNAPSHOT);
    leat_release(pump->snapshot_log);
    pump->snapshot_log = leat_duplicate_string(event->position);
    return leat_pump_begin(pump, event, error);
}

/* Everything the snapshot gave becomes durable, and visible, with the position that the stream goes on from.
 */
static leat_status end_snapshot(leat_pump *pump, const leat_event *event, leat_error *error)
{
    pump->state = LEAT_PUMP_STARTING;
    return leat_pump_commit_first(pump, event->position, error);
}

static leat_status handle(leat_pump *pump, const leat_event *event, leat_error *error)
{
    switch (event->kind) {
    case LEAT_EVENT_ROW:
        return leat_pump_row(pump, event, error);
    case LEAT_EVENT_BEGIN:
        return leat_pump_begin(pump, event, error);
    case LEAT_EVENT_COMMIT:
        return end_transaction(pump, event, error);
    case LEAT_EVENT_TABLE:
        return leat_pump_table(pump, event->table, error);
    case LEAT_EVENT_TRUNCATE:
        return leat_pump_truncate(pump, event, error);
    case LEAT_EVENT_MESSAGE:
        return leat_pump_message(pump, event, error);
    case LEAT_EVENT_HEARTBEAT:
        /* A server that shuts down waits until this position is acknowledged. */
        pump->commit_wanted = pump->commit_wanted || event->awaited;
        return leat_ledger_receive(pump->ledger, event->order, error);
    case LEAT_EVENT_SNAPSHOT_BEGIN:
        return begin_snapshot(pump, event, error);
    case LEAT_EVENT_SNAPSHOT_TABLE:
        begin_snapshot_table(pump, event);
        return LEAT_OK;
    case LEAT_EVENT_SNAPSHOT_TABLE_DONE:
        board_table(pump, event)->snapshot_done = true;
        return LEAT_OK;
    case LEAT_EVENT_SNAPSHOT_END:
        return end_snapshot(pump, event, error);
    case LEAT_EVENT_IDLE:
        return LEAT_OK;
    }
    return leat_error_set(error, LEAT_FAILED, "the source gave an event of unknown kind %d",
                          (int)event->kind);
}

/* ---- The loop ---- */

static bool stop_requested(const leat_pump *pump)
{
    return leat_stop_requested(pump->parts->stop);
}

static leat_status reached_target(leat_pump *pump, bool *reached, leat_error *error)
{
    *reached = false;
    if (pump->target == NULL || leat_pump_in_transaction(pump))
        return LEAT_OK;
    return leat_source_covers(pump->parts->source, pump->target, reached, error);
}

/* What is done now and then: clocks, commits, watchers. `quiet`: the source had nothing. */
static leat_status look(leat_pump *pump, bool quiet, leat_error *error)
{
    pump->events_since_look = 0;
    pump->made_at = leat_clock_wall();
    leat_board_show(pump->parts->board, leat_clock_monotonic(), false);
    leat_status status = leat_pump_commit_if_due(pump, quiet, error);
    /* A source that is to be drained is asked how far its log goes; else it would tell in its own time. */
    if (status == LEAT_OK && quiet && pump->target != NULL)
        status = leat_source_keep_alive(pump->parts->source, error);
    return status;
}

/* How long to wait for an event where a pause makes records visible: not at all, so that a source which gives
 * something every millisecond has pauses too; in a pause that comes too soon after a commit, until its time.
 */
static int64_t patience_to_show(const leat_pump *pump)
{
    if (leat_pump_in_transaction(pump))
        return WAIT_HASTY_MICROSECONDS;
    if (!pump->paused)
        return 0;
    int64_t rest = pump->last_commit + pump->parts->sink->traits.quiet_spacing - leat_clock_monotonic();
    return rest < 0 ? 0 : rest < WAIT_HASTY_MICROSECONDS ? rest : WAIT_HASTY_MICROSECONDS;
}

/* How long to wait for an event: shorter where a pause is what makes records visible, or ends the run. */
static int64_t patience(const leat_pump *pump)
{
    if (pump->dirty && pump->parts->sink->traits.shows_at_commit)
        return patience_to_show(pump);
    return pump->target != NULL ? WAIT_HASTY_MICROSECONDS : WAIT_MICROSECONDS;
}

/* One event, and whatever has become due. */
static leat_status step(leat_pump *pump, leat_event_kind *kind, leat_error *error)
{
    const leat_event *event;
    leat_status status = leat_source_next(pump->parts->source, patience(pump), &event, error);
    pump->source_failed = status != LEAT_OK;
    if (status != LEAT_OK)
        return status;
    *kind = event->kind;
    status = handle(pump, event, error);
    if (status != LEAT_OK)
        return status;
    bool quiet = *kind == LEAT_EVENT_IDLE;
    pump->paused = quiet;
    if (pump->commit_wanted || quiet || ++pump->events_since_look >= EVENTS_BETWEEN_LOOKS)
        return look(pump, quiet, error);
    return LEAT_OK;
}

static leat_status snapshot(leat_pump *pump, leat_error *error)
{
    leat_status status = leat_source_snapshot(pump->parts->source, error);
    leat_event_kind kind = LEAT_EVENT_IDLE;
    while (status == LEAT_OK && kind != LEAT_EVENT_SNAPSHOT_END) {
        if (stop_requested(pump))
            return LEAT_STOPPED;
        status = step(pump, &kind, error);
    }
    return status;
}

/* Nothing was ever committed: existing rows first, or, where they are not wanted, the place in the log to
 * begin at. */
static leat_status first_start(leat_pump *pump, leat_error *error)
{
    if (pump->parts->snapshot)
        return snapshot(pump, error);
    char *log = NULL;
    leat_status status = leat_source_begin_without_snapshot(pump->parts->source, &log, error);
    if (status == LEAT_OK)
        status = leat_pump_commit_first(pump, log, error);
    leat_release(log);
    return status;
}

static leat_status set_target(leat_pump *pump, leat_error *error)
{
    if (!pump->parts->until_current)
        return LEAT_OK;
    leat_source_progress progress = {0};
    leat_status status = leat_source_ask_progress(pump->parts->source, NULL, &progress, error);
    pump->target = progress.current;
    return status;
}

static leat_status start_stream(leat_pump *pump, leat_error *error)
{
    /* A cut transaction stands in the position until it is found again; the source begins at the commit
     * before it. */
    leat_position position = {0};
    leat_position_set(&position, leat_ledger_durable(pump->ledger).log, pump->resume.transaction,
                      pump->resume.ordinal);
    leat_status status = leat_source_start(pump->parts->source, &position, error);
    leat_position_clear(&position);
    if (status == LEAT_OK)
        status = leat_ledger_begin(pump->ledger, leat_source_place(pump->parts->source).order, error);
    if (status != LEAT_OK)
        return status;
    pump->state = pump->resume.transaction != NULL ? LEAT_PUMP_RESUMING : LEAT_PUMP_BETWEEN;
    leat_board_follow(pump->parts->board, pump->parts->source);
    return set_target(pump, error);
}

static leat_status stream(leat_pump *pump, leat_error *error)
{
    leat_status status = start_stream(pump, error);
    if (status != LEAT_OK)
        return status;
    enter(pump, LEAT_PHASE_STREAMING);
    bool reached = false;
    while (status == LEAT_OK && !reached && !stop_requested(pump)) {
        leat_event_kind kind = LEAT_EVENT_IDLE;
        status = step(pump, &kind, error);
        bool may_have_moved =
            kind == LEAT_EVENT_COMMIT || kind == LEAT_EVENT_HEARTBEAT || kind == LEAT_EVENT_IDLE;
        if (status == LEAT_OK && may_have_moved)
            status = reached_target(pump, &reached, error);
    }
    return status;
}

/* Whether there is a position to commit at: not before the first one is durable, and not in a snapshot. */
static bool holds_position(const leat_pump *pump)
{
    return pump->state != LEAT_PUMP_SNAPSHOT && *leat_ledger_durable(pump->ledger).log != '\0';
}

/* The last commit of a wanted end: at a transaction's end everything becomes visible. */
static leat_status finish(leat_pump *pump, leat_error *error)
{
    enter(pump, LEAT_PHASE_STOPPING);
    if (!holds_position(pump))
        return LEAT_OK; /* a snapshot cut short leaves nothing behind */
    leat_sink_finish(pump->parts->sink);
    return leat_pump_commit(pump, error);
}

/* What had arrived before the source failed is good: keep it, so that it need not be read again. The first
 * error is the one that matters. */
static void keep_what_arrived(leat_pump *pump)
{
    leat_error ignored;
    if (pump->source_failed && pump->dirty && holds_position(pump))
        (void)leat_pump_commit(pump, &ignored);
}

leat_status leat_pump_run(const leat_pump_parts *parts, leat_error *error)
{
    leat_pump pump;
    leat_status status = open_pump(&pump, parts, error);
    if (status != LEAT_OK)
        return status;
    if (pump.resume.log == NULL)
        status = first_start(&pump, error);
    if (status == LEAT_OK)
        status = stream(&pump, error);
    if (status == LEAT_OK || status == LEAT_STOPPED)
        status = finish(&pump, error);
    else
        keep_what_arrived(&pump);
    leat_board_show(parts->board, leat_clock_monotonic(), true);
    close_pump(&pump);
    return status;
}
