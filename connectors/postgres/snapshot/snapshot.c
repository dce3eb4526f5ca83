#include "postgres/snapshot/snapshot.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "postgres/server/result.h"
#include "postgres/setup/slot.h"
#include "postgres/snapshot/plan.h"
#include "postgres/snapshot/worker.h"
#include "postgres/stream/stream.h"
#include "postgres/wire/copy_text.h"

/* How long a wait for rows goes without asking whether to stop, and how often the anchor is heard of: with it
 * the snapshot's locks would go, and what is between us would forget a connection that is silent for hours.
 */
static const int64_t stop_question_every = INT64_C(100) * 1000;
static const int64_t anchor_question_every = INT64_C(30) * 1000 * 1000;

/* What of a table has been given. */
typedef enum table_stage { TABLE_UNSEEN, TABLE_DEFINED, TABLE_BEGUN } table_stage;

typedef struct table_progress {
    table_stage stage;
    size_t ranges_left;
    leat_table *table; /* held from its first batch to the call after its end */
} table_progress;

typedef enum snapshot_stage { SNAPSHOT_NEW, SNAPSHOT_COPYING, SNAPSHOT_DONE } snapshot_stage;

struct leat_postgres_snapshot {
    const leat_source_options *options;
    leat_postgres_catalog *catalog;
    leat_postgres_session *anchor; /* NULL once everything is copied */
    int64_t anchor_heard;          /* monotonic */
    leat_postgres_snapshot_plan plan;
    leat_postgres_snapshot_workers *workers;
    snapshot_stage stage;
    table_progress *tables; /* of the plan's, in its order */
    size_t tables_left;
    size_t ended; /* place of the table whose end was given last; table_count for none */
    leat_postgres_snapshot_batch *batch; /* being read; NULL for none */
    leat_copy_text text;                 /* its rows */
    leat_datum *datums;                  /* room for the widest table */
    leat_fact facts[LEAT_POSTGRES_FACT_COUNT];
    leat_event event;
    int64_t time; /* when the snapshot was taken, by the server's clock */
    char point[LEAT_LSN_TEXT_SIZE];
    char sequence[LEAT_LSN_SORTABLE_SIZE];
};

/* ---- Opening ---- */

static leat_status read_server_time(leat_postgres_session *anchor, int64_t *time, char **name,
                                    leat_error *error)
{
    PGresult *rows = NULL;
    /* The transaction's start, so that no row claims to be later than a change that came after it. */
    leat_status status = leat_postgres_query(
        anchor,
        "SELECT floor(extract(epoch FROM transaction_timestamp()) * 1000000)::bigint, pg_export_snapshot()",
        &rows, error);
    if (status != LEAT_OK)
        return status;
    *time = leat_postgres_result_number(rows, 0, 0, 0);
    *name = leat_duplicate_string(leat_postgres_result_text(rows, 0, 1));
    PQclear(rows);
    return LEAT_OK;
}

static void describe_facts(leat_postgres_snapshot *snapshot, leat_lsn point)
{
    for (size_t i = 0; i < LEAT_POSTGRES_FACT_COUNT; i++) {
        bool lsn = strcmp(leat_postgres_fact_fields[i].name, "lsn") == 0;
        snapshot->facts[i] = (leat_fact){.null = !lsn, .number = lsn ? (int64_t)point : 0};
    }
}

/* Every transaction of the stream has its commit record at the consistent point or after it, so the snapshot
 * sorts before all of them. */
static void describe_transaction(leat_postgres_snapshot *snapshot, leat_lsn point)
{
    leat_lsn_format(point, snapshot->point);
    leat_lsn_format_sortable(point - 1, snapshot->sequence);
    snapshot->event.transaction = (leat_transaction){
        .name = leat_slice_of_string("snapshot"),
        .identifier = leat_slice_of_string(snapshot->point),
        .sequence = leat_slice_of_string(snapshot->sequence),
        .commit_time = snapshot->time,
    };
}

static void prepare_tables(leat_postgres_snapshot *snapshot)
{
    size_t widest = 1;
    size_t count = snapshot->plan.table_count;
    snapshot->tables = leat_allocate_array(count + 1, sizeof *snapshot->tables);
    for (size_t i = 0; i < count; i++) {
        snapshot->tables[i].ranges_left = snapshot->plan.tables[i].ranges;
        if (snapshot->plan.tables[i].relation.column_count > widest)
            widest = snapshot->plan.tables[i].relation.column_count;
    }
    snapshot->tables_left = count;
    snapshot->ended = count;
    snapshot->datums = leat_allocate_array(widest, sizeof *snapshot->datums);
}

static leat_status begin_copying(leat_postgres_snapshot *snapshot, leat_lsn point, leat_error *error)
{
    char *name = NULL;
    leat_status status = read_server_time(snapshot->anchor, &snapshot->time, &name, error);
    if (status == LEAT_OK)
        status = leat_postgres_snapshot_workers_open(snapshot->options, &snapshot->plan, name,
                                                     &snapshot->workers, error);
    leat_release(name);
    if (status != LEAT_OK)
        return status;
    snapshot->anchor_heard = leat_clock_monotonic();
    describe_facts(snapshot, point);
    describe_transaction(snapshot, point);
    prepare_tables(snapshot);
    leat_log_write(snapshot->options->log, LEAT_LOG_INFO, "snapshot at %s begins (tables: %zu)",
                   snapshot->point, snapshot->plan.table_count);
    return LEAT_OK;
}

/* Slot and data no longer belong together; the next try makes both anew. A slot that cannot be dropped now is
 * known from the notebook and dropped then. */
static void drop_slot(leat_postgres_session *anchor, const char *slot)
{
    if (leat_postgres_execute(anchor, "ROLLBACK", NULL) == LEAT_OK)
        (void)leat_postgres_slot_drop(anchor, slot, NULL);
}

static leat_status refuse_given_slot(const leat_postgres_names *names, leat_error *error)
{
    return leat_error_fail(error, LEAT_USAGE,
                           "set source.snapshot: false to stream from the slot on; or source.manage: true, "
                           "with a source.slot that does not exist yet",
                           "slot \"%s\" is given (source.manage: false): a snapshot that fits it can only be "
                           "had while a slot is made",
                           names->slot);
}

static leat_status open_snapshot(leat_postgres_snapshot *snapshot, const leat_postgres_names *names,
                                 leat_lsn point, leat_error *error)
{
    PGconn *connection = leat_postgres_session_connection(snapshot->anchor);
    if (PQtransactionStatus(connection) != PQTRANS_INTRANS)
        return refuse_given_slot(names, error);
    leat_status status =
        leat_postgres_snapshot_plan_make(snapshot->options, names, snapshot->anchor, &snapshot->plan, error);
    if (status == LEAT_RETRY)
        drop_slot(snapshot->anchor, names->slot);
    return status == LEAT_OK ? begin_copying(snapshot, point, error) : status;
}

leat_status leat_postgres_snapshot_open(const leat_source_options *options, const leat_postgres_names *names,
                                        leat_postgres_session *anchor, leat_lsn consistent_point,
                                        leat_postgres_catalog *catalog, leat_postgres_snapshot **snapshot,
                                        leat_error *error)
{
    leat_postgres_snapshot *made = leat_allocate(sizeof *made);
    made->options = options;
    made->catalog = catalog;
    made->anchor = anchor;
    leat_status status = open_snapshot(made, names, consistent_point, error);
    if (status != LEAT_OK) {
        leat_postgres_snapshot_close(made);
        return status;
    }
    *snapshot = made;
    return LEAT_OK;
}

/* ---- Closing ---- */

/* Everything is copied, or nobody wants it any more: threads, locks and the server's snapshot can go. */
static void end_copying(leat_postgres_snapshot *snapshot)
{
    if (snapshot->batch != NULL)
        leat_postgres_snapshot_workers_return(snapshot->workers, snapshot->batch);
    snapshot->batch = NULL;
    leat_postgres_snapshot_workers_close(snapshot->workers);
    snapshot->workers = NULL;
    leat_postgres_session_close(snapshot->anchor);
    snapshot->anchor = NULL;
}

void leat_postgres_snapshot_close(leat_postgres_snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    end_copying(snapshot);
    for (size_t i = 0; snapshot->tables != NULL && i < snapshot->plan.table_count; i++)
        leat_table_release(snapshot->tables[i].table);
    leat_postgres_snapshot_plan_free(&snapshot->plan);
    leat_release(snapshot->tables);
    leat_release(snapshot->datums);
    leat_release(snapshot);
}

/* ---- Events ---- */

static void give(leat_postgres_snapshot *snapshot, leat_event_kind kind, leat_table *table)
{
    leat_transaction transaction = snapshot->event.transaction;
    snapshot->event = (leat_event){.kind = kind,
                                   .operation = LEAT_READ,
                                   .table = table,
                                   .row_estimate = -1,
                                   .facts = snapshot->facts,
                                   .transaction = transaction};
}

static table_progress *present_table(leat_postgres_snapshot *snapshot)
{
    return &snapshot->tables[snapshot->batch->table];
}

/* Before a table's first row: its definition, then that its rows begin. */
static leat_status introduce(leat_postgres_snapshot *snapshot, leat_error *error)
{
    table_progress *progress = present_table(snapshot);
    const leat_postgres_snapshot_table *planned = &snapshot->plan.tables[snapshot->batch->table];
    if (progress->stage == TABLE_DEFINED) {
        progress->stage = TABLE_BEGUN;
        give(snapshot, LEAT_EVENT_SNAPSHOT_TABLE, progress->table);
        snapshot->event.row_estimate = planned->row_estimate;
        return LEAT_OK;
    }
    leat_status status =
        leat_postgres_catalog_describe(snapshot->catalog, &planned->relation, &progress->table, error);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "table %s.%s", planned->relation.schema,
                                  planned->relation.name);
    progress->stage = TABLE_DEFINED;
    give(snapshot, LEAT_EVENT_TABLE, progress->table);
    return LEAT_OK;
}

static leat_status give_row(leat_postgres_snapshot *snapshot, leat_error *error)
{
    const leat_postgres_relation *relation = &snapshot->plan.tables[snapshot->batch->table].relation;
    leat_table *table = present_table(snapshot)->table;
    leat_status status = leat_copy_text_row(&snapshot->text, snapshot->datums, relation->column_count, error);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "table %s.%s", relation->schema, relation->name);
    /* One event after the other is a row of the same table: it is still all there. */
    if (snapshot->event.kind == LEAT_EVENT_ROW && snapshot->event.table == table)
        return LEAT_OK;
    give(snapshot, LEAT_EVENT_ROW, table);
    snapshot->event.after = snapshot->datums;
    return LEAT_OK;
}

/* The batch is read; `given` when that was the end of its table. */
static void leave_batch(leat_postgres_snapshot *snapshot, bool *given)
{
    table_progress *progress = present_table(snapshot);
    bool ends_table = snapshot->batch->last && --progress->ranges_left == 0;
    if (ends_table) {
        snapshot->tables_left--;
        snapshot->ended = snapshot->batch->table;
        give(snapshot, LEAT_EVENT_SNAPSHOT_TABLE_DONE, progress->table);
    }
    leat_postgres_snapshot_workers_return(snapshot->workers, snapshot->batch);
    snapshot->batch = NULL;
    *given = ends_table;
}

static void end_snapshot(leat_postgres_snapshot *snapshot)
{
    end_copying(snapshot);
    snapshot->stage = SNAPSHOT_DONE;
    give(snapshot, LEAT_EVENT_SNAPSHOT_END, NULL);
    snapshot->event.position = snapshot->point;
    leat_log_write(snapshot->options->log, LEAT_LOG_INFO, "snapshot at %s is complete", snapshot->point);
}

/* What the batch in hand, or that there is none left to come, gives. */
static leat_status give_next(leat_postgres_snapshot *snapshot, bool *given, leat_error *error)
{
    *given = true;
    if (snapshot->batch == NULL) {
        *given = snapshot->tables_left == 0;
        if (*given)
            end_snapshot(snapshot);
        return LEAT_OK;
    }
    if (present_table(snapshot)->stage != TABLE_BEGUN)
        return introduce(snapshot, error);
    if (!leat_copy_text_at_end(&snapshot->text))
        return give_row(snapshot, error);
    leave_batch(snapshot, given);
    return LEAT_OK;
}

/* ---- Waiting ---- */

static leat_status hear_anchor(leat_postgres_snapshot *snapshot, leat_error *error)
{
    int64_t now = leat_clock_monotonic();
    if (now - snapshot->anchor_heard < anchor_question_every)
        return LEAT_OK;
    snapshot->anchor_heard = now;
    leat_status status = leat_postgres_execute(snapshot->anchor, "SELECT 1", error);
    return leat_error_context(error, status, "the session that holds the snapshot");
}

static bool stop_requested(const leat_postgres_snapshot *snapshot)
{
    return leat_stop_requested(snapshot->options->stop);
}

/* Takes a batch in hand when one comes before `deadline`. */
static leat_status fetch_batch(leat_postgres_snapshot *snapshot, int64_t deadline, leat_error *error)
{
    for (;;) {
        int64_t left = deadline - leat_clock_monotonic();
        leat_status status = hear_anchor(snapshot, error);
        if (status != LEAT_OK)
            return status;
        if (stop_requested(snapshot))
            return leat_error_set(error, LEAT_STOPPED, "asked to stop");
        switch (leat_postgres_snapshot_workers_next(
            snapshot->workers, left < stop_question_every ? left : stop_question_every, &snapshot->batch)) {
        case LEAT_POSTGRES_SNAPSHOT_BATCH:
            snapshot->text = leat_copy_text_open(snapshot->batch->bytes, snapshot->batch->length);
            return LEAT_OK;
        case LEAT_POSTGRES_SNAPSHOT_FAILED:
            return leat_postgres_snapshot_workers_failure(snapshot->workers, error);
        case LEAT_POSTGRES_SNAPSHOT_NOTHING:
            if (left <= stop_question_every)
                return LEAT_OK;
            break;
        }
    }
}

static void forget_ended_table(leat_postgres_snapshot *snapshot)
{
    if (snapshot->ended == snapshot->plan.table_count)
        return;
    leat_table_release(snapshot->tables[snapshot->ended].table);
    snapshot->tables[snapshot->ended].table = NULL;
    snapshot->ended = snapshot->plan.table_count;
}

static leat_status next_while_copying(leat_postgres_snapshot *snapshot, int64_t timeout, leat_error *error)
{
    bool given = false;
    int64_t deadline = 0;
    forget_ended_table(snapshot);
    leat_status status = give_next(snapshot, &given, error);
    while (status == LEAT_OK && !given) {
        if (deadline == 0)
            deadline = leat_clock_monotonic() + timeout;
        status = fetch_batch(snapshot, deadline, error);
        if (status == LEAT_OK && snapshot->batch == NULL) {
            give(snapshot, LEAT_EVENT_IDLE, NULL);
            return LEAT_OK;
        }
        if (status == LEAT_OK)
            status = give_next(snapshot, &given, error);
    }
    return status;
}

leat_status leat_postgres_snapshot_next(leat_postgres_snapshot *snapshot, int64_t timeout,
                                        const leat_event **event, leat_error *error)
{
    *event = &snapshot->event;
    switch (snapshot->stage) {
    case SNAPSHOT_NEW:
        snapshot->stage = SNAPSHOT_COPYING;
        give(snapshot, LEAT_EVENT_SNAPSHOT_BEGIN, NULL);
        snapshot->event.position = snapshot->point;
        return LEAT_OK;
    case SNAPSHOT_COPYING:
        return next_while_copying(snapshot, timeout, error);
    case SNAPSHOT_DONE:
        break;
    }
    give(snapshot, LEAT_EVENT_IDLE, NULL);
    return LEAT_OK;
}
