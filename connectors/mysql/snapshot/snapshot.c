#include "mysql/snapshot/snapshot.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "common/feed.h"
#include "mysql/gtid/position.h"
#include "mysql/snapshot/guard.h"
#include "mysql/snapshot/worker.h"
#include "mysql/stream/stream.h"
#include "mysql/types/table_build.h"

struct leat_mysql_snapshot {
    const leat_source_options *options;
    /* The sessions' own: those of the source would ask for a stop, which only the pump's thread may, once
     * workers use them. */
    leat_source_options session_options;
    const leat_mysql_collations *collations;
    leat_mysql_tracker *tracker;
    leat_mysql_session *control; /* in no transaction; the workers' while there are any */
    leat_mysql_snapshot_plan plan;
    leat_mysql_snapshot_point point;
    leat_mysql_snapshot_workers *workers; /* NULL once everything is read */
    leat_feed *feed;
    leat_mysql_snapshot_rows rows; /* of the block being read */
    leat_fact facts[LEAT_MYSQL_FACT_COUNT];
    leat_transaction transaction;
    char *position; /* text */
    char *name;     /* of the transaction */
    char *sequence;
};

/* ---- What the feed asks ---- */

static leat_status describe_table(void *context, size_t table, leat_table **described, leat_error *error)
{
    leat_mysql_snapshot *snapshot = context;
    (void)error;
    *described = leat_mysql_table_build(snapshot->plan.tables[table].definition, snapshot->collations,
                                        LEAT_MYSQL_TEXT);
    return LEAT_OK;
}

static void open_block(void *context, leat_parcel *parcel)
{
    leat_mysql_snapshot *snapshot = context;
    snapshot->rows = (leat_mysql_snapshot_rows){.block = (const leat_mysql_snapshot_block *)parcel};
}

static leat_status next_row(void *context, const leat_table *table, leat_datum *datums, bool *given,
                            leat_error *error)
{
    leat_mysql_snapshot *snapshot = context;
    (void)error;
    *given = !leat_mysql_snapshot_rows_at_end(&snapshot->rows);
    if (*given)
        leat_mysql_snapshot_rows_next(&snapshot->rows, datums, table->column_count);
    return LEAT_OK;
}

/* Everything is read, or nobody wants it any more: threads' sessions and locks can go. */
static void end_reading(void *context)
{
    leat_mysql_snapshot *snapshot = context;
    leat_mysql_snapshot_workers_close(snapshot->workers);
    snapshot->workers = NULL;
    leat_mysql_session_close(snapshot->control);
    snapshot->control = NULL;
}

static const leat_feed_kind feed_kind = {
    .describe = describe_table,
    .open_parcel = open_block,
    .next_row = next_row,
    .return_parcel = leat_mysql_snapshot_block_return,
    .end = end_reading,
};

/* ---- Opening ---- */

/* The snapshot has no row event, thread or statement, and nobody's server made it: as Debezium says it,
 * server 0 and row 0. */
static void describe_facts(leat_mysql_snapshot *snapshot)
{
    for (size_t i = 0; i < LEAT_MYSQL_FACT_COUNT; i++) {
        const char *name = leat_mysql_fact_fields[i].name;
        leat_fact *fact = &snapshot->facts[i];
        *fact = (leat_fact){.null = true};
        if (strcmp(name, "server_id") == 0 || strcmp(name, "row") == 0)
            *fact = (leat_fact){.number = 0};
        else if (strcmp(name, "file") == 0)
            *fact = (leat_fact){.text = leat_slice_of_string(snapshot->point.position.file)};
        else if (strcmp(name, "pos") == 0)
            *fact = (leat_fact){.number = (int64_t)snapshot->point.position.offset};
    }
}

/* The first transaction of the stream stands at the position or after it, so that the byte before sorts
 * before all of them. A snapshot begins what its pipeline knows of servers: epoch 1. */
static leat_status describe_sequence(leat_mysql_snapshot *snapshot, leat_error *error)
{
    uint64_t number = 0;
    leat_buffer text = {0};
    const leat_mysql_position *position = &snapshot->point.position;
    if (!leat_mysql_file_number(leat_slice_of_string(position->file), &number) || position->offset == 0)
        return leat_error_set(error, LEAT_FAILED, "\"%s\" is no place in a binary log that can be counted",
                              snapshot->position);
    leat_buffer_printf(&text, "%04X%08" PRIX64 "%012" PRIX64, 1U, number, position->offset - 1);
    snapshot->sequence = leat_buffer_detach_string(&text);
    return LEAT_OK;
}

static leat_status describe_transaction(leat_mysql_snapshot *snapshot, leat_error *error)
{
    leat_buffer text = {0};
    leat_mysql_position_format(&snapshot->point.position, &text);
    snapshot->position = leat_buffer_detach_string(&text);
    leat_buffer_printf(&text, "snapshot:%s", snapshot->position);
    snapshot->name = leat_buffer_detach_string(&text);
    leat_status status = describe_sequence(snapshot, error);
    if (status != LEAT_OK)
        return status;
    snapshot->transaction = (leat_transaction){
        .name = leat_slice_of_string(snapshot->name),
        .identifier = leat_slice_of_string(snapshot->position),
        .sequence = leat_slice_of_string(snapshot->sequence),
        .commit_time = snapshot->point.time,
    };
    return LEAT_OK;
}

static leat_status record_definition(leat_mysql_snapshot *snapshot, leat_mysql_snapshot_guard *guard,
                                     size_t table, leat_error *error)
{
    leat_status status = leat_mysql_snapshot_guard_check(guard, table, error);
    if (status != LEAT_OK)
        return status;
    return leat_mysql_tracker_record(snapshot->tracker, snapshot->plan.tables[table].definition,
                                     snapshot->position, error);
}

/* What was true before the point and is after it was true at it. */
static leat_status record_definitions(leat_mysql_snapshot *snapshot, leat_error *error)
{
    leat_mysql_snapshot_guard guard;
    leat_mysql_snapshot_guard_open(&guard, &snapshot->plan, snapshot->collations, snapshot->control);
    leat_status status =
        leat_mysql_snapshot_plan_is_whole(&snapshot->plan, snapshot->options, snapshot->control, error);
    for (size_t i = 0; i < snapshot->plan.table_count && status == LEAT_OK; i++)
        status = record_definition(snapshot, &guard, i, error);
    leat_mysql_snapshot_guard_close(&guard);
    return status;
}

static void open_feed(leat_mysql_snapshot *snapshot, leat_pool *pool)
{
    describe_facts(snapshot);
    leat_feed_place place = {
        .position = snapshot->position, .facts = snapshot->facts, .transaction = snapshot->transaction};
    snapshot->feed = leat_feed_open(&feed_kind, snapshot, snapshot->options, &place);
    leat_feed_set_pool(snapshot->feed, pool);
    for (size_t i = 0; i < snapshot->plan.table_count; i++) {
        const leat_mysql_snapshot_table *table = &snapshot->plan.tables[i];
        leat_feed_add_table(snapshot->feed, table->units, table->definition->column_count,
                            table->listed->row_estimate);
    }
}

static leat_status start_workers(leat_mysql_snapshot *snapshot, leat_error *error)
{
    leat_pool *pool = NULL;
    snapshot->session_options.stop = (leat_stop){0};
    leat_status status = leat_mysql_snapshot_workers_open(&snapshot->point, snapshot->collations,
                                                          &snapshot->workers, &pool, error);
    if (status == LEAT_OK)
        open_feed(snapshot, pool);
    return status;
}

static leat_status open_snapshot(leat_mysql_snapshot *snapshot, leat_error *error)
{
    const leat_source_options *options = &snapshot->session_options;
    leat_status status = leat_mysql_session_open(options, &snapshot->control, error);
    if (status == LEAT_OK)
        status = leat_mysql_snapshot_plan_make(options, snapshot->control, snapshot->collations,
                                               &snapshot->plan, error);
    if (status == LEAT_OK)
        status = leat_mysql_snapshot_point_take(options, &snapshot->plan, snapshot->control, &snapshot->point,
                                                error);
    if (status == LEAT_OK)
        status = describe_transaction(snapshot, error);
    if (status == LEAT_OK)
        status = record_definitions(snapshot, error);
    if (status != LEAT_OK)
        return status;
    leat_log_write(options->log, LEAT_LOG_INFO, "snapshot at %s begins (tables: %zu)", snapshot->position,
                   snapshot->plan.table_count);
    return start_workers(snapshot, error);
}

leat_status leat_mysql_snapshot_open(const leat_source_options *options,
                                     const leat_mysql_collations *collations, leat_mysql_tracker *tracker,
                                     leat_mysql_snapshot **snapshot, leat_error *error)
{
    leat_mysql_snapshot *made = leat_allocate(sizeof *made);
    made->options = options;
    made->session_options = *options;
    made->collations = collations;
    made->tracker = tracker;
    leat_status status = open_snapshot(made, error);
    if (status != LEAT_OK) {
        leat_mysql_snapshot_close(made);
        return status;
    }
    *snapshot = made;
    return LEAT_OK;
}

/* ---- Closing ---- */

void leat_mysql_snapshot_close(leat_mysql_snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    leat_feed_close(snapshot->feed);
    end_reading(snapshot);
    leat_mysql_snapshot_point_free(&snapshot->point);
    leat_mysql_snapshot_plan_free(&snapshot->plan);
    leat_release(snapshot->position);
    leat_release(snapshot->name);
    leat_release(snapshot->sequence);
    leat_release(snapshot);
}

leat_status leat_mysql_snapshot_next(leat_mysql_snapshot *snapshot, int64_t timeout, const leat_event **event,
                                     leat_error *error)
{
    return leat_feed_next(snapshot->feed, timeout, event, error);
}
