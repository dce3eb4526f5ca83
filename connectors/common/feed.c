#include "common/feed.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/memory.h"

/* How long a wait for rows goes without asking whether to stop. */
static const int64_t stop_question_every = INT64_C(100) * 1000;

/* What of a table has been given. */
typedef enum table_stage { TABLE_UNSEEN, TABLE_DEFINED, TABLE_BEGUN } table_stage;

typedef struct feed_table {
    table_stage stage;
    size_t pieces_left;
    int64_t row_estimate;
    leat_table *table; /* held from its first parcel to the call after its end */
} feed_table;

typedef enum feed_stage { FEED_NEW, FEED_READING, FEED_DONE } feed_stage;

struct leat_feed {
    const leat_feed_kind *kind;
    void *context;
    const leat_source_options *options;
    leat_feed_place place;
    leat_pool *pool; /* NULL once everything is read */
    feed_stage stage;
    feed_table *tables;
    size_t table_count;
    size_t table_capacity;
    size_t tables_left;
    size_t ended;        /* place of the table whose end was given last, plus one; 0 for none */
    leat_parcel *parcel; /* being read; NULL for none */
    leat_datum *datums;  /* room for the widest table; made at the beginning */
    size_t widest;
    leat_event event;
};

leat_feed *leat_feed_open(const leat_feed_kind *kind, void *context, const leat_source_options *options,
                          const leat_feed_place *place)
{
    leat_feed *feed = leat_allocate(sizeof *feed);
    feed->kind = kind;
    feed->context = context;
    feed->options = options;
    feed->place = *place;
    feed->widest = 1;
    return feed;
}

void leat_feed_add_table(leat_feed *feed, size_t pieces, size_t columns, int64_t row_estimate)
{
    feed->tables =
        leat_list_room(feed->tables, feed->table_count, &feed->table_capacity, sizeof *feed->tables);
    feed->tables[feed->table_count++] = (feed_table){.pieces_left = pieces, .row_estimate = row_estimate};
    feed->tables_left++;
    if (columns > feed->widest)
        feed->widest = columns;
}

void leat_feed_set_pool(leat_feed *feed, leat_pool *pool)
{
    feed->pool = pool;
}

/* Everything is read, or nobody wants it any more. */
static void close_pool(leat_feed *feed)
{
    if (feed->parcel != NULL)
        feed->kind->return_parcel(feed->pool, feed->parcel);
    feed->parcel = NULL;
    leat_pool_close(feed->pool);
    feed->pool = NULL;
}

void leat_feed_close(leat_feed *feed)
{
    if (feed == NULL)
        return;
    close_pool(feed);
    for (size_t i = 0; i < feed->table_count; i++)
        leat_table_release(feed->tables[i].table);
    leat_release(feed->tables);
    leat_release(feed->datums);
    leat_release(feed);
}

/* ---- Events ---- */

static void give(leat_feed *feed, leat_event_kind kind, leat_table *table)
{
    feed->event = (leat_event){.kind = kind,
                               .operation = LEAT_READ,
                               .table = table,
                               .row_estimate = -1,
                               .facts = feed->place.facts,
                               .transaction = feed->place.transaction};
}

static feed_table *present_table(leat_feed *feed)
{
    return &feed->tables[feed->parcel->table];
}

/* Before a table's first row: its definition, then that its rows begin. */
static leat_status introduce(leat_feed *feed, leat_error *error)
{
    feed_table *present = present_table(feed);
    if (present->stage == TABLE_DEFINED) {
        present->stage = TABLE_BEGUN;
        give(feed, LEAT_EVENT_SNAPSHOT_TABLE, present->table);
        feed->event.row_estimate = present->row_estimate;
        return LEAT_OK;
    }
    leat_status status = feed->kind->describe(feed->context, feed->parcel->table, &present->table, error);
    if (status != LEAT_OK)
        return status;
    present->stage = TABLE_DEFINED;
    give(feed, LEAT_EVENT_TABLE, present->table);
    return LEAT_OK;
}

static leat_status give_row(leat_feed *feed, bool *given, leat_error *error)
{
    leat_table *table = present_table(feed)->table;
    leat_status status = feed->kind->next_row(feed->context, table, feed->datums, given, error);
    /* One event after the other is a row of the same table: it is still all there. */
    if (status != LEAT_OK || !*given || (feed->event.kind == LEAT_EVENT_ROW && feed->event.table == table))
        return status;
    give(feed, LEAT_EVENT_ROW, table);
    feed->event.after = feed->datums;
    return LEAT_OK;
}

/* The parcel is read; `given` when that was the end of its table. */
static void leave_parcel(leat_feed *feed, bool *given)
{
    feed_table *present = present_table(feed);
    bool ends_table = feed->parcel->last && --present->pieces_left == 0;
    if (ends_table) {
        feed->tables_left--;
        feed->ended = feed->parcel->table + 1;
        give(feed, LEAT_EVENT_SNAPSHOT_TABLE_DONE, present->table);
    }
    feed->kind->return_parcel(feed->pool, feed->parcel);
    feed->parcel = NULL;
    *given = ends_table;
}

static void end_feed(leat_feed *feed)
{
    close_pool(feed);
    feed->kind->end(feed->context);
    feed->stage = FEED_DONE;
    give(feed, LEAT_EVENT_SNAPSHOT_END, NULL);
    feed->event.position = feed->place.position;
    leat_log_write(feed->options->log, LEAT_LOG_INFO, "snapshot at %s is complete", feed->place.position);
}

/* What the parcel in hand, or that there is none left to come, gives. */
static leat_status give_next(leat_feed *feed, bool *given, leat_error *error)
{
    *given = true;
    if (feed->parcel == NULL) {
        *given = feed->tables_left == 0;
        if (*given)
            end_feed(feed);
        return LEAT_OK;
    }
    if (present_table(feed)->stage != TABLE_BEGUN)
        return introduce(feed, error);
    leat_status status = give_row(feed, given, error);
    if (status == LEAT_OK && !*given)
        leave_parcel(feed, given);
    return status;
}

/* ---- Waiting ---- */

static bool stop_requested(const leat_feed *feed)
{
    return leat_stop_requested(feed->options->stop);
}

static leat_status look_around(leat_feed *feed, leat_error *error)
{
    leat_status status =
        feed->kind->look_around == NULL ? LEAT_OK : feed->kind->look_around(feed->context, error);
    if (status == LEAT_OK && stop_requested(feed))
        return leat_error_set(error, LEAT_STOPPED, "asked to stop");
    return status;
}

/* Takes a parcel in hand when one comes before `deadline`. */
static leat_status fetch_parcel(leat_feed *feed, int64_t deadline, leat_error *error)
{
    for (;;) {
        int64_t left = deadline - leat_clock_monotonic();
        leat_status status = look_around(feed, error);
        if (status != LEAT_OK)
            return status;
        switch (leat_pool_next(feed->pool, left < stop_question_every ? left : stop_question_every,
                               &feed->parcel)) {
        case LEAT_POOL_PARCEL:
            feed->kind->open_parcel(feed->context, feed->parcel);
            return LEAT_OK;
        case LEAT_POOL_FAILED:
            return leat_pool_failure(feed->pool, error);
        case LEAT_POOL_NOTHING:
            if (left <= stop_question_every)
                return LEAT_OK;
            break;
        }
    }
}

static void forget_ended_table(leat_feed *feed)
{
    if (feed->ended == 0)
        return;
    feed_table *table = &feed->tables[feed->ended - 1];
    leat_table_release(table->table);
    table->table = NULL;
    feed->ended = 0;
}

static leat_status next_while_reading(leat_feed *feed, int64_t timeout, leat_error *error)
{
    bool given = false;
    int64_t deadline = 0;
    forget_ended_table(feed);
    leat_status status = give_next(feed, &given, error);
    while (status == LEAT_OK && !given) {
        if (deadline == 0)
            deadline = leat_clock_monotonic() + timeout;
        status = fetch_parcel(feed, deadline, error);
        if (status == LEAT_OK && feed->parcel == NULL) {
            give(feed, LEAT_EVENT_IDLE, NULL);
            return LEAT_OK;
        }
        if (status == LEAT_OK)
            status = give_next(feed, &given, error);
    }
    return status;
}

static void begin(leat_feed *feed)
{
    feed->stage = FEED_READING;
    feed->datums = leat_allocate_array(feed->widest, sizeof *feed->datums);
    give(feed, LEAT_EVENT_SNAPSHOT_BEGIN, NULL);
    feed->event.position = feed->place.position;
}

leat_status leat_feed_next(leat_feed *feed, int64_t timeout, const leat_event **event, leat_error *error)
{
    *event = &feed->event;
    switch (feed->stage) {
    case FEED_NEW:
        begin(feed);
        return LEAT_OK;
    case FEED_READING:
        return next_while_reading(feed, timeout, error);
    case FEED_DONE:
        break;
    }
    give(feed, LEAT_EVENT_IDLE, NULL);
    return LEAT_OK;
}
