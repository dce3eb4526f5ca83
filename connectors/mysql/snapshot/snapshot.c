#include "mysql/snapshot/snapshot.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "mysql/gtid/position.h"
#include "mysql/snapshot/guard.h"
#include "mysql/snapshot/worker.h"
#include "mysql/stream/stream.h"
#include "mysql/types/table_build.h"

/* How long a wait for rows goes without asking whether to stop. */
static const int64_t stop_question_every = INT64_C(100) * 1000;

/* What of a table has been given. */
typedef enum table_stage { TABLE_UNSEEN, TABLE_DEFINED, TABLE_BEGUN } table_stage;

typedef struct table_progress {
    table_stage stage;
    size_t units_left;
    leat_table *table; /* held from its first block to the call after its end */
} table_progress;

typedef enum snapshot_stage { SNAPSHOT_NEW, SNAPSHOT_READING, SNAPSHOT_DONE } snapshot_stage;

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
    snapshot_stage stage;
    table_progress *tables; /* of the plan's, in its order */
    size_t tables_left;
    size_t ended;                     /* place of the table whose end was given last; table_count for none */
    leat_mysql_snapshot_block *block; /* being read; NULL for none */
    leat_mysql_snapshot_rows rows;    /* of it */
    leat_datum *datums;               /* room for the widest table */
    leat_fact facts[LEAT_MYSQL_FACT_COUNT];
    leat_event event;
    char *position; /* text */
    char *name;     /* of the transaction */
    char *sequence;
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
    snapshot->event.transaction = (leat_transaction){
        .name = leat_slice_of_string(snapshot->name),
        .identifier = leat_slice_of_string(snapshot->position),
        .sequence = leat_slice_of_string(snapshot->sequence),
        .commit_time = snapshot->point.time,
    };
    return LEAT_OK;
}

static void prepare_tables(leat_mysql_snapshot *snapshot)
{
    size_t widest = 1;
    size_t count = snapshot->plan.table_count;
    snapshot->tables = leat_allocate_array(count, sizeof *snapshot->tables);
    for (size_t i = 0; i < count; i++) {
        snapshot->tables[i].units_left = snapshot->plan.tables[i].units;
        if (snapshot->plan.tables[i].definition->column_count > widest)
            widest = snapshot->plan.tables[i].definition->column_count;
    }
    snapshot->tables_left = count;
    snapshot->ended = count;
    snapshot->datums = leat_allocate_array(widest, sizeof *snapshot->datums);
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
    describe_facts(snapshot);
    prepare_tables(snapshot);
    leat_log_write(options->log, LEAT_LOG_INFO, "snapshot at %s begins (tables: %zu)", snapshot->position,
                   snapshot->plan.table_count);
    snapshot->session_options.stop = (leat_stop){0};
    return leat_mysql_snapshot_workers_open(&snapshot->point, snapshot->collations, &snapshot->workers,
                                            error);
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

/* Everything is read, or nobody wants it any more: threads, locks and sessions can go. */
static void end_reading(leat_mysql_snapshot *snapshot)
{
    if (snapshot->block != NULL)
        leat_mysql_snapshot_workers_return(snapshot->workers, snapshot->block);
    snapshot->block = NULL;
    leat_mysql_snapshot_workers_close(snapshot->workers);
    snapshot->workers = NULL;
    leat_mysql_session_close(snapshot->control);
    snapshot->control = NULL;
}

void leat_mysql_snapshot_close(leat_mysql_snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    end_reading(snapshot);
    leat_mysql_snapshot_point_free(&snapshot->point);
    for (size_t i = 0; snapshot->tables != NULL && i < snapshot->plan.table_count; i++)
        leat_table_release(snapshot->tables[i].table);
    leat_mysql_snapshot_plan_free(&snapshot->plan);
    leat_release(snapshot->tables);
    leat_release(snapshot->datums);
    leat_release(snapshot->position);
    leat_release(snapshot->name);
    leat_release(snapshot->sequence);
    leat_release(snapshot);
}

/* ---- Events ---- */

static void give(leat_mysql_snapshot *snapshot, leat_event_kind kind, leat_table *table)
{
    leat_transaction transaction = snapshot->event.transaction;
    snapshot->event = (leat_event){.kind = kind,
                                   .operation = LEAT_READ,
                                   .table = table,
                                   .row_estimate = -1,
                                   .facts = snapshot->facts,
                                   .transaction = transaction};
}

static table_progress *present_table(leat_mysql_snapshot *snapshot)
{
    return &snapshot->tables[snapshot->block->table];
}

/* Before a table's first row: its definition, then that its rows begin. */
static void introduce(leat_mysql_snapshot *snapshot)
{
    table_progress *progress = present_table(snapshot);
    const leat_mysql_snapshot_table *planned = &snapshot->plan.tables[snapshot->block->table];
    if (progress->stage == TABLE_DEFINED) {
        progress->stage = TABLE_BEGUN;
        give(snapshot, LEAT_EVENT_SNAPSHOT_TABLE, progress->table);
        snapshot->event.row_estimate = planned->listed->row_estimate;
        return;
    }
    progress->table = leat_mysql_table_build(planned->definition, snapshot->collations, LEAT_MYSQL_TEXT);
    progress->stage = TABLE_DEFINED;
    give(snapshot, LEAT_EVENT_TABLE, progress->table);
}

static void give_row(leat_mysql_snapshot *snapshot)
{
    leat_table *table = present_table(snapshot)->table;
    leat_mysql_snapshot_rows_next(&snapshot->rows, snapshot->datums, table->column_count);
    /* One event after the other is a row of the same table: it is still all there. */
    if (snapshot->event.kind == LEAT_EVENT_ROW && snapshot->event.table == table)
        return;
    give(snapshot, LEAT_EVENT_ROW, table);
    snapshot->event.after = snapshot->datums;
}

/* The block is read; `given` when that was the end of its table. */
static void leave_block(leat_mysql_snapshot *snapshot, bool *given)
{
    table_progress *progress = present_table(snapshot);
    size_t table = snapshot->block->table;
    bool ends_table = snapshot->block->last && --progress->units_left == 0;
    leat_mysql_snapshot_workers_return(snapshot->workers, snapshot->block);
    snapshot->block = NULL;
    *given = ends_table;
    if (!ends_table)
        return;
    snapshot->tables_left--;
    snapshot->ended = table;
    give(snapshot, LEAT_EVENT_SNAPSHOT_TABLE_DONE, progress->table);
}

static void end_snapshot(leat_mysql_snapshot *snapshot)
{
    end_reading(snapshot);
    snapshot->stage = SNAPSHOT_DONE;
    give(snapshot, LEAT_EVENT_SNAPSHOT_END, NULL);
    snapshot->event.position = snapshot->position;
    leat_log_write(snapshot->options->log, LEAT_LOG_INFO, "snapshot at %s is complete", snapshot->position);
}

/* What the block in hand, or that there is none left to come, gives. */
static void give_next(leat_mysql_snapshot *snapshot, bool *given)
{
    *given = true;
    if (snapshot->block == NULL) {
        *given = snapshot->tables_left == 0;
        if (*given)
            end_snapshot(snapshot);
        return;
    }
    if (present_table(snapshot)->stage != TABLE_BEGUN)
        introduce(snapshot);
    else if (!leat_mysql_snapshot_rows_at_end(&snapshot->rows))
        give_row(snapshot);
    else
        leave_block(snapshot, given);
}

/* ---- Waiting ---- */

static bool stop_requested(const leat_mysql_snapshot *snapshot)
{
    return leat_stop_requested(snapshot->options->stop);
}

/* Takes a block in hand when one comes before `deadline`. */
static leat_status fetch_block(leat_mysql_snapshot *snapshot, int64_t deadline, leat_error *error)
{
    for (;;) {
        int64_t left = deadline - leat_clock_monotonic();
        if (stop_requested(snapshot))
            return leat_error_set(error, LEAT_STOPPED, "asked to stop");
        switch (leat_mysql_snapshot_workers_next(
            snapshot->workers, left < stop_question_every ? left : stop_question_every, &snapshot->block)) {
        case LEAT_MYSQL_SNAPSHOT_BLOCK:
            snapshot->rows = (leat_mysql_snapshot_rows){.block = snapshot->block};
            return LEAT_OK;
        case LEAT_MYSQL_SNAPSHOT_FAILED:
            return leat_mysql_snapshot_workers_failure(snapshot->workers, error);
        case LEAT_MYSQL_SNAPSHOT_NOTHING:
            if (left <= stop_question_every)
                return LEAT_OK;
            break;
        }
    }
}

static void forget_ended_table(leat_mysql_snapshot *snapshot)
{
    if (snapshot->ended == snapshot->plan.table_count)
        return;
    leat_table_release(snapshot->tables[snapshot->ended].table);
    snapshot->tables[snapshot->ended].table = NULL;
    snapshot->ended = snapshot->plan.table_count;
}

static leat_status next_while_reading(leat_mysql_snapshot *snapshot, int64_t timeout, leat_error *error)
{
    bool given = false;
    int64_t deadline = 0;
    forget_ended_table(snapshot);
    give_next(snapshot, &given);
    while (!given) {
        if (deadline == 0)
            deadline = leat_clock_monotonic() + timeout;
        leat_status status = fetch_block(snapshot, deadline, error);
        if (status != LEAT_OK)
            return status;
        if (snapshot->block == NULL) {
            give(snapshot, LEAT_EVENT_IDLE, NULL);
            return LEAT_OK;
        }
        give_next(snapshot, &given);
    }
    return LEAT_OK;
}

leat_status leat_mysql_snapshot_next(leat_mysql_snapshot *snapshot, int64_t timeout, const leat_event **event,
                                     leat_error *error)
{
    *event = &snapshot->event;
    switch (snapshot->stage) {
    case SNAPSHOT_NEW:
        snapshot->stage = SNAPSHOT_READING;
        give(snapshot, LEAT_EVENT_SNAPSHOT_BEGIN, NULL);
        snapshot->event.position = snapshot->position;
        return LEAT_OK;
    case SNAPSHOT_READING:
        return next_while_reading(snapshot, timeout, error);
    case SNAPSHOT_DONE:
        break;
    }
    give(snapshot, LEAT_EVENT_IDLE, NULL);
    return LEAT_OK;
}
