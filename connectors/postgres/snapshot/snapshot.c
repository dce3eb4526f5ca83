#include "postgres/snapshot/snapshot.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "common/feed.h"
#include "postgres/objects/slot.h"
#include "postgres/server/result.h"
#include "postgres/snapshot/plan.h"
#include "postgres/snapshot/worker.h"
#include "postgres/stream/stream.h"
#include "postgres/wire/copy_text.h"

/* How often the anchor is heard of: with it the snapshot's locks would go, and what is between us would forget
 * a connection that is silent for hours. */
static const int64_t anchor_question_every = INT64_C(30) * 1000 * 1000;

struct leat_postgres_snapshot {
    const leat_source_options *options;
    leat_postgres_catalog *catalog;
    leat_postgres_session *anchor; /* NULL once everything is copied */
    int64_t anchor_heard;          /* monotonic */
    leat_postgres_snapshot_plan plan;
    leat_postgres_snapshot_workers *workers;
    leat_feed *feed;
    leat_copy_text text; /* the rows of the batch being read */
    size_t table;        /* theirs, its place in the plan */
    leat_fact facts[LEAT_POSTGRES_FACT_COUNT];
    int64_t time; /* when the snapshot was taken, by the server's clock */
    char point[LEAT_LSN_TEXT_SIZE];
    char sequence[LEAT_LSN_SORTABLE_SIZE];
};

/* ---- What the feed asks ---- */

static leat_status describe_table(void *context, size_t table, leat_table **described, leat_error *error)
{
    leat_postgres_snapshot *snapshot = context;
    const leat_postgres_relation *relation = &snapshot->plan.tables[table].relation;
    leat_status status = leat_postgres_catalog_describe(snapshot->catalog, relation, described, error);
    return leat_error_context(error, status, "table %s.%s", relation->schema, relation->name);
}

static void open_batch(void *context, leat_parcel *parcel)
{
    leat_postgres_snapshot *snapshot = context;
    leat_postgres_snapshot_batch *batch = (leat_postgres_snapshot_batch *)parcel;
    snapshot->table = parcel->table;
    snapshot->text = leat_copy_text_open(batch->bytes, batch->length);
}

static leat_status next_row(void *context, const leat_table *table, leat_datum *datums, bool *given,
                            leat_error *error)
{
    leat_postgres_snapshot *snapshot = context;
    const leat_postgres_relation *relation = &snapshot->plan.tables[snapshot->table].relation;
    (void)table; /* the relation counts what COPY gives */
    *given = !leat_copy_text_at_end(&snapshot->text);
    if (!*given)
        return LEAT_OK;
    leat_status status = leat_copy_text_row(&snapshot->text, datums, relation->column_count, error);
    return leat_error_context(error, status, "table %s.%s", relation->schema, relation->name);
}

static leat_status hear_anchor(void *context, leat_error *error)
{
    leat_postgres_snapshot *snapshot = context;
    int64_t now = leat_clock_monotonic();
    if (now - snapshot->anchor_heard < anchor_question_every)
        return LEAT_OK;
    snapshot->anchor_heard = now;
    leat_status status = leat_postgres_execute(snapshot->anchor, "SELECT 1", error);
    return leat_error_context(error, status, "the session that holds the snapshot");
}

/* Everything is copied, or nobody wants it any more: connections, locks and the server's snapshot can go. */
static void end_copying(void *context)
{
    leat_postgres_snapshot *snapshot = context;
    leat_postgres_snapshot_workers_close(snapshot->workers);
    snapshot->workers = NULL;
    leat_postgres_session_close(snapshot->anchor);
    snapshot->anchor = NULL;
}

static const leat_feed_kind feed_kind = {
    .describe = describe_table,
    .open_parcel = open_batch,
    .next_row = next_row,
    .return_parcel = leat_postgres_snapshot_return_batch,
    .look_around = hear_anchor,
    .end = end_copying,
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
static leat_transaction describe_transaction(leat_postgres_snapshot *snapshot, leat_lsn point)
{
    leat_lsn_format(point, snapshot->point);
    leat_lsn_format_sortable(point - 1, snapshot->sequence);
    return (leat_transaction){
        .name = leat_slice_of_string("snapshot"),
        .identifier = leat_slice_of_string(snapshot->point),
        .sequence = leat_slice_of_string(snapshot->sequence),
        .commit_time = snapshot->time,
    };
}

static void open_feed(leat_postgres_snapshot *snapshot, leat_lsn point, leat_pool *pool)
{
    leat_feed_place place = {.position = snapshot->point, .facts = snapshot->facts};
    describe_facts(snapshot, point);
    place.transaction = describe_transaction(snapshot, point);
    snapshot->feed = leat_feed_open(&feed_kind, snapshot, snapshot->options, &place);
    leat_feed_set_pool(snapshot->feed, pool);
    for (size_t i = 0; i < snapshot->plan.table_count; i++) {
        const leat_postgres_snapshot_table *table = &snapshot->plan.tables[i];
        leat_feed_add_table(snapshot->feed, table->ranges, table->relation.column_count, table->row_estimate);
    }
}

static leat_status begin_copying(leat_postgres_snapshot *snapshot, leat_lsn point, leat_error *error)
{
    char *name = NULL;
    leat_pool *pool = NULL;
    leat_status status = read_server_time(snapshot->anchor, &snapshot->time, &name, error);
    if (status == LEAT_OK)
        status = leat_postgres_snapshot_workers_open(snapshot->options, &snapshot->plan, name,
                                                     &snapshot->workers, &pool, error);
    leat_release(name);
    if (status != LEAT_OK)
        return status;
    snapshot->anchor_heard = leat_clock_monotonic();
    open_feed(snapshot, point, pool);
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

void leat_postgres_snapshot_close(leat_postgres_snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    leat_feed_close(snapshot->feed);
    end_copying(snapshot);
    leat_postgres_snapshot_plan_free(&snapshot->plan);
    leat_release(snapshot);
}

leat_status leat_postgres_snapshot_next(leat_postgres_snapshot *snapshot, int64_t timeout,
                                        const leat_event **event, leat_error *error)
{
    return leat_feed_next(snapshot->feed, timeout, event, error);
}
