/* When and what to make durable. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "pipeline/pump_internal.h"

/* Inside the transaction at hand. While records that are durable already are passed again, the old cut says
 * where we stand. */
static void position_in_transaction(const leat_pump *pump, uint64_t covered, leat_position *position)
{
    char *name = leat_duplicate_bytes(pump->transaction_name.data, pump->transaction_name.length);
    leat_position_set(position, leat_ledger_received(pump->ledger), name, covered);
    leat_release(name);
}

void leat_pump_position(const leat_pump *pump, leat_position *position)
{
    if (pump->resume.transaction != NULL) {
        leat_position_copy(position, &pump->resume); /* the cut transaction has not come again yet */
        return;
    }
    uint64_t covered = pump->ordinal > pump->skip ? pump->ordinal : pump->skip;
    if (pump->in_transaction && covered > 0)
        position_in_transaction(pump, covered, position);
    else
        leat_position_set(position, leat_ledger_received(pump->ledger), NULL, 0);
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

static leat_status commit_sink(const leat_pump *pump, const leat_position *position, leat_error *error)
{
    leat_status status = record_tables(pump, error);
    return status == LEAT_OK ? leat_sink_commit(pump->parts->sink, position, error) : status;
}

leat_status leat_pump_commit(leat_pump *pump, leat_error *error)
{
    leat_position position = {0};
    leat_pump_position(pump, &position);
    uint64_t ticket = leat_ledger_mark(pump->ledger);
    leat_status status = commit_sink(pump, &position, error);
    leat_position_clear(&position);
    if (status != LEAT_OK)
        return status;
    pump->dirty = false;
    pump->full = false;
    pump->last_commit = leat_clock_monotonic();
    pump->parts->board->commits++;
    status = leat_ledger_settle(pump->ledger, ticket, error);
    return status == LEAT_OK ? acknowledge(pump, error) : status;
}

/* The position moved on without records of ours: worth a commit of its own only now and then. */
static bool position_is_old(const leat_pump *pump, int64_t now)
{
    return strcmp(leat_ledger_received(pump->ledger), leat_ledger_durable(pump->ledger)) != 0 &&
           now - pump->last_commit >= pump->parts->heartbeat_every;
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
    if (pump->in_snapshot)
        return LEAT_OK;
    bool due = pump->full || (!pump->in_transaction && due_at_boundary(pump, quiet, leat_clock_monotonic()));
    return due ? leat_pump_commit(pump, error) : LEAT_OK;
}
