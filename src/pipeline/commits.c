/* When and what to make durable. */
#include "base/clock.h"
#include "base/memory.h"
#include "pipeline/pump_internal.h"

/* Where we stand between transactions. Before the stream begins, and until a transaction that was cut has come
 * again, that is what is durable. */
static leat_log_place place_of(const leat_pump *pump)
{
    bool behind = pump->state == LEAT_PUMP_STARTING || pump->state == LEAT_PUMP_SNAPSHOT ||
                  pump->state == LEAT_PUMP_RESUMING;
    return behind ? leat_ledger_durable(pump->ledger) : leat_source_place(pump->parts->source);
}

/* While records that are durable already are passed again, the old cut says where we stand. */
static uint64_t covered(const leat_pump *pump)
{
    switch (pump->state) {
    case LEAT_PUMP_SKIPPING:
        return pump->skip;
    case LEAT_PUMP_GIVING:
        return pump->ordinal;
    case LEAT_PUMP_STARTING:
    case LEAT_PUMP_SNAPSHOT:
    case LEAT_PUMP_RESUMING:
    case LEAT_PUMP_BETWEEN:
        return 0;
    }
    return 0;
}

/* `log` and what of the transaction at hand is covered behind it. */
static void set_position(const leat_pump *pump, const char *log, leat_position *position)
{
    uint64_t ordinal = covered(pump);
    if (pump->resume.transaction != NULL) {
        leat_position_copy(position, &pump->resume);
    } else if (ordinal > 0) {
        char *name = leat_duplicate_bytes(pump->transaction_name.data, pump->transaction_name.length);
        leat_position_set(position, log, name, ordinal);
        leat_release(name);
    } else {
        leat_position_set(position, log, NULL, 0);
    }
}

void leat_pump_position(const leat_pump *pump, leat_position *position)
{
    set_position(pump, place_of(pump).log, position);
}

static leat_status acknowledge(leat_pump *pump, leat_error *error)
{
    const char *log = leat_ledger_acknowledgeable(pump->ledger);
    if (log == NULL)
        return LEAT_OK;
    leat_status status = leat_source_acknowledge(pump->parts->source, log, error);
    if (status == LEAT_OK)
        leat_ledger_acknowledge(pump->ledger);
    return status;
}

/* What each table got, in the unit of work that the sink's commit makes durable. */
static leat_status record_tables(const leat_pump *pump, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (const leat_sink_table *table = pump->parts->sink->noted; table != NULL && status == LEAT_OK;
         table = table->noted)
        status = leat_state_table_add(pump->parts->state, table->name, table->version->number, table->records,
                                      table->snapshot_records, table->last_change, error);
    return status;
}

/* A sink that holds its position makes the batch durable after the state's unit of work, which must not say
 * before that anybody was told: what was told would be lost with an aborted batch. */
static leat_status settle_told(const leat_pump *pump, leat_error *error)
{
    bool any;
    leat_status status = leat_trigger_settle(pump->trigger, &any, error);
    bool apart = pump->parts->sink->traits.holds_position;
    return status == LEAT_OK && any && apart ? leat_state_commit(pump->parts->state, error) : status;
}

static leat_status commit_sink(const leat_pump *pump, const leat_position *position, leat_error *error)
{
    bool sink_is_last = pump->parts->sink->traits.holds_position;
    leat_status status = record_tables(pump, error);
    if (status == LEAT_OK && !sink_is_last)
        status = settle_told(pump, error);
    if (status == LEAT_OK)
        status = leat_sink_commit(pump->parts->sink, position, error);
    return status == LEAT_OK && sink_is_last ? settle_told(pump, error) : status;
}

static leat_status commit_at(leat_pump *pump, const leat_log_place *place, leat_error *error)
{
    leat_position position = {0};
    leat_status status = leat_ledger_mark(pump->ledger, place, error);
    if (status != LEAT_OK)
        return status;
    set_position(pump, place->log, &position);
    status = commit_sink(pump, &position, error);
    leat_position_clear(&position);
    if (status != LEAT_OK)
        return status;
    pump->dirty = false;
    pump->commit_wanted = false;
    pump->last_commit = leat_clock_monotonic();
    pump->parts->board->commits++;
    status = leat_ledger_settle(pump->ledger, error);
    return status == LEAT_OK ? acknowledge(pump, error) : status;
}

leat_status leat_pump_commit_first(leat_pump *pump, const char *log, leat_error *error)
{
    return commit_at(pump, &(leat_log_place){.log = log}, error);
}

/* The source may stand further than its last event said, where nothing of ours is in between. */
leat_status leat_pump_commit(leat_pump *pump, leat_error *error)
{
    leat_log_place place = place_of(pump);
    leat_status status = LEAT_OK;
    if (place.order.length > 0 && pump->state != LEAT_PUMP_RESUMING)
        status = leat_ledger_receive(pump->ledger, place.order, error);
    return status == LEAT_OK ? commit_at(pump, &place, error) : status;
}

/* The position moved on without records of ours: worth a commit of its own only now and then. */
static bool position_is_old(const leat_pump *pump, int64_t now)
{
    return leat_ledger_is_ahead(pump->ledger) && now - pump->last_commit >= pump->parts->heartbeat_every;
}

static bool due_at_boundary(const leat_pump *pump, bool quiet, int64_t now)
{
    bool prompt = quiet && pump->parts->sink->traits.shows_at_commit;
    /* Where a commit shows records, a pause of the source is the time for one, so that a lone change is seen
     * at once. But a source that pauses after each small transaction must not make each a commit, where one
     * is dear. */
    int64_t wait = prompt ? pump->parts->sink->traits.quiet_spacing : pump->parts->commit_every;
    return (pump->dirty && now - pump->last_commit >= wait) || position_is_old(pump, now) ||
           leat_sink_due(pump->parts->sink, now);
}

leat_status leat_pump_commit_if_due(leat_pump *pump, bool quiet, leat_error *error)
{
    /* A snapshot is all or nothing: there is no position to come back to inside it. */
    if (pump->state == LEAT_PUMP_SNAPSHOT)
        return LEAT_OK;
    bool due = pump->commit_wanted ||
               (!leat_pump_in_transaction(pump) && due_at_boundary(pump, quiet, leat_clock_monotonic()));
    return due ? leat_pump_commit(pump, error) : LEAT_OK;
}
