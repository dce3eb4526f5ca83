/* The connectors' pool of threads, and the events that the feed makes of what its workers send. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "common/feed.h"
#include "common/pool.h"
#include "fake_crowd.h"

enum { WORKERS = 4, PIECES = 200, PARCELS = 3, LONG_TIME = 20 * 1000 * 1000, LARGE = 1024 * 1024 };

typedef struct parcel {
    leat_parcel head;
    size_t piece;
    size_t number; /* of the piece's parcels */
} parcel;

/* Held as long as somebody waits in it. */
typedef struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t opened;
    bool open;
    size_t interrupts;
} gate;

typedef struct worker {
    leat_pool *pool;
    size_t number;
    size_t tables;         /* pieces go by turns to so many */
    size_t bytes;          /* that a parcel counts */
    size_t fails_at;       /* piece; SIZE_MAX: none */
    fake_meeting *meeting; /* to which each worker comes with its first piece; NULL: none */
    gate *gate;            /* in which a worker with a piece waits for its interrupt; NULL: none */
    bool came;
} worker;

static void free_parcel(leat_parcel *head)
{
    leat_release((parcel *)head);
}

static leat_status wait_in(gate *gate, leat_error *error)
{
    pthread_mutex_lock(&gate->mutex);
    while (!gate->open)
        pthread_cond_wait(&gate->opened, &gate->mutex);
    pthread_mutex_unlock(&gate->mutex);
    return leat_error_set(error, LEAT_RETRY, "interrupted");
}

static leat_status read_piece(worker *worker, size_t piece, leat_error *error)
{
    leat_status status = LEAT_OK;
    if (worker->meeting != NULL && !worker->came)
        fake_meeting_come(worker->meeting, WORKERS);
    worker->came = true;
    if (piece == worker->fails_at)
        return leat_error_set(error, LEAT_OPERATOR, "piece %zu cannot be read", piece);
    if (worker->gate != NULL)
        return wait_in(worker->gate, error);
    for (size_t i = 0; i < PARCELS && status == LEAT_OK; i++) {
        parcel *made = (parcel *)leat_pool_spare(worker->pool);
        if (made == NULL)
            made = leat_allocate(sizeof *made);
        *made = (parcel){
            .head = {.table = piece % worker->tables, .last = i + 1 == PARCELS}, .piece = piece, .number = i};
        status = leat_pool_send(worker->pool, &made->head, worker->bytes, error);
    }
    return status;
}

static leat_status work(void *context, leat_error *error)
{
    worker *worker = context;
    leat_status status = LEAT_OK;
    size_t piece = 0;
    while (status == LEAT_OK && leat_pool_take_piece(worker->pool, &piece))
        status = read_piece(worker, piece, error);
    return status;
}

static void interrupt(void *context)
{
    gate *gate = ((worker *)context)->gate;
    if (gate == NULL)
        return;
    pthread_mutex_lock(&gate->mutex);
    gate->open = true;
    gate->interrupts++;
    pthread_cond_broadcast(&gate->opened);
    pthread_mutex_unlock(&gate->mutex);
}

static const leat_pool_kind kind = {.work = work, .interrupt = interrupt, .free_parcel = free_parcel};

/* Workers as `like`; they outlive the pool. */
static leat_pool *start(worker workers[WORKERS], worker like, size_t pieces)
{
    leat_pool *pool = leat_pool_open(&kind, 0, pieces);
    for (size_t i = 0; i < WORKERS; i++) {
        workers[i] = like;
        workers[i].pool = pool;
        workers[i].number = i;
    }
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(leat_pool_start(pool, &workers[i], NULL), LEAT_OK);
    return pool;
}

/* ---- The pool ---- */

static void every_piece_is_read_once_by_workers_side_by_side(void **state)
{
    (void)state;
    worker workers[WORKERS];
    fake_meeting meeting;
    size_t seen[PIECES] = {0};
    leat_parcel *head = NULL;
    fake_meeting_open(&meeting);
    leat_pool *pool =
        start(workers, (worker){.tables = 1, .bytes = 10, .fails_at = SIZE_MAX, .meeting = &meeting}, PIECES);
    for (size_t i = 0; i < PIECES * PARCELS; i++) {
        assert_int_equal(leat_pool_next(pool, LONG_TIME, &head), LEAT_POOL_PARCEL);
        const parcel *taken = (const parcel *)head;
        /* Parcels of a piece keep their order. */
        assert_int_equal(taken->number, seen[taken->piece]++);
        assert_int_equal(head->last, taken->number + 1 == PARCELS);
        leat_pool_return(pool, head, i % 2 == 0);
    }
    assert_int_equal(leat_pool_next(pool, 0, &head), LEAT_POOL_NOTHING);
    assert_int_equal(leat_pool_failure(pool, NULL), LEAT_OK);
    leat_pool_close(pool);
    fake_meeting_close(&meeting);
}

static void the_first_failure_is_told_and_ends_all(void **state)
{
    (void)state;
    worker workers[WORKERS];
    leat_error error = {0};
    leat_parcel *head = NULL;
    leat_pool_answer answer;
    /* Parcels so large that the others are soon waiting for room. */
    leat_pool *pool = start(workers, (worker){.tables = 1, .bytes = LARGE, .fails_at = 20}, PIECES);
    size_t taken = 0;
    while ((answer = leat_pool_next(pool, LONG_TIME, &head)) == LEAT_POOL_PARCEL) {
        leat_pool_return(pool, head, true);
        taken++;
    }
    assert_int_equal(answer, LEAT_POOL_FAILED);
    assert_in_range(taken, 1, PIECES * PARCELS - 1);
    assert_int_equal(leat_pool_failure(pool, &error), LEAT_OPERATOR);
    assert_string_equal(error.message, "piece 20 cannot be read");
    leat_pool_close(pool);
}

static void a_close_interrupts_who_waits_and_that_is_no_failure(void **state)
{
    (void)state;
    worker workers[WORKERS];
    gate gate = {.mutex = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER};
    fake_meeting meeting;
    fake_meeting_open(&meeting);
    leat_pool *pool =
        start(workers, (worker){.fails_at = SIZE_MAX, .meeting = &meeting, .gate = &gate}, PIECES);
    fake_meeting_wait(&meeting, WORKERS);
    assert_int_equal(leat_pool_failure(pool, NULL), LEAT_OK);
    leat_pool_close(pool);
    assert_in_range(gate.interrupts, 1, WORKERS);
    fake_meeting_close(&meeting);
}

static void a_close_frees_what_was_sent_and_wakes_who_waits_for_room(void **state)
{
    (void)state;
    worker workers[WORKERS];
    leat_parcel *head = NULL;
    leat_pool *pool = start(workers, (worker){.tables = 1, .bytes = LARGE, .fails_at = SIZE_MAX}, PIECES);
    assert_int_equal(leat_pool_next(pool, LONG_TIME, &head), LEAT_POOL_PARCEL);
    leat_pool_return(pool, head, true);
    leat_pool_close(pool);
}

static void a_pool_without_pieces_or_threads_is_closed_as_well(void **state)
{
    (void)state;
    worker workers[WORKERS];
    leat_pool_close(start(workers, (worker){0}, 0));
    leat_pool_close(leat_pool_open(&kind, 0, 1));
    leat_pool_close(NULL);
}

/* ---- The feed ---- */

enum { TABLES = 3, ROWS = 5 };

typedef struct world {
    worker workers[WORKERS];
    leat_source_options options;
    leat_feed *feed;
    size_t rows_left; /* of the parcel in hand */
    size_t table;     /* whose it is */
    bool ended;
} world;

static leat_status describe(void *context, size_t table, leat_table **described, leat_error *error)
{
    static const char *const names[TABLES] = {"a", "b", "c"};
    (void)context;
    (void)error;
    *described = leat_table_new();
    (*described)->name = names[table];
    (*described)->column_count = 1;
    return LEAT_OK;
}

static void open_parcel(void *context, leat_parcel *head)
{
    world *world = context;
    world->rows_left = ROWS;
    world->table = head->table;
}

static leat_status next_row(void *context, const leat_table *table, leat_datum *datums, bool *given,
                            leat_error *error)
{
    world *world = context;
    (void)error;
    *given = world->rows_left > 0;
    if (!*given)
        return LEAT_OK;
    world->rows_left--;
    datums[0] = (leat_datum){.kind = LEAT_DATUM_VALUE, .value = leat_slice_of_string(table->name)};
    return LEAT_OK;
}

static void return_parcel(leat_pool *pool, leat_parcel *head)
{
    leat_pool_return(pool, head, true);
}

static void end(void *context)
{
    ((world *)context)->ended = true;
}

static const leat_feed_kind feed_kind = {.describe = describe,
                                         .open_parcel = open_parcel,
                                         .next_row = next_row,
                                         .return_parcel = return_parcel,
                                         .end = end};

static bool always(void *context)
{
    (void)context;
    return true;
}

static void open_world(world *world, worker like, leat_stop stop)
{
    leat_feed_place place = {.position = "here"};
    *world = (struct world){.options = {.stop = stop}};
    world->feed = leat_feed_open(&feed_kind, world, &world->options, &place);
    for (size_t i = 0; i < TABLES; i++)
        leat_feed_add_table(world->feed, PIECES, 1, (int64_t)(100 + i));
    leat_feed_set_pool(world->feed, start(world->workers, like, TABLES * PIECES));
}

static leat_event_kind next_kind(world *world, const leat_event **event)
{
    leat_error error = {0};
    if (leat_feed_next(world->feed, LONG_TIME, event, &error) != LEAT_OK)
        fail_msg("%s", error.message);
    return (*event)->kind;
}

/* The life of each table: its definition, its beginning, all of its rows, its end; tables' lives run side by side. */
static void each_table_is_introduced_given_whole_and_ended(void **state)
{
    (void)state;
    world world;
    const leat_event *event = NULL;
    leat_event_kind last[TABLES] = {0};
    size_t rows[TABLES] = {0};
    open_world(&world, (worker){.tables = TABLES, .bytes = 10, .fails_at = SIZE_MAX}, (leat_stop){0});
    assert_int_equal(next_kind(&world, &event), LEAT_EVENT_SNAPSHOT_BEGIN);
    assert_string_equal(event->position, "here");
    leat_event_kind kind;
    while ((kind = next_kind(&world, &event)) != LEAT_EVENT_SNAPSHOT_END) {
        size_t table = (size_t)(event->table->name[0] - 'a');
        if (kind == LEAT_EVENT_SNAPSHOT_TABLE) {
            assert_int_equal(last[table], LEAT_EVENT_TABLE);
            assert_int_equal(event->row_estimate, 100 + table);
        }
        if (kind == LEAT_EVENT_ROW) {
            assert_true(last[table] == LEAT_EVENT_SNAPSHOT_TABLE || last[table] == LEAT_EVENT_ROW);
            assert_true(leat_slice_equals_string(event->after[0].value, event->table->name));
            assert_int_equal(event->operation, LEAT_READ);
            rows[table]++;
        }
        if (kind == LEAT_EVENT_SNAPSHOT_TABLE_DONE)
            assert_int_equal(rows[table], PIECES * PARCELS * ROWS);
        last[table] = kind;
    }
    for (size_t i = 0; i < TABLES; i++)
        assert_int_equal(last[i], LEAT_EVENT_SNAPSHOT_TABLE_DONE);
    assert_string_equal(event->position, "here");
    assert_true(world.ended);
    assert_int_equal(next_kind(&world, &event), LEAT_EVENT_IDLE);
    leat_feed_close(world.feed);
}

static leat_status next_failure(world *world, leat_error *error)
{
    const leat_event *event = NULL;
    leat_status status;
    do
        status = leat_feed_next(world->feed, LONG_TIME, &event, error);
    while (status == LEAT_OK);
    return status;
}

static void a_worker_s_failure_is_the_feed_s(void **state)
{
    (void)state;
    world world;
    leat_error error = {0};
    open_world(&world, (worker){.tables = TABLES, .bytes = 10, .fails_at = 50}, (leat_stop){0});
    assert_int_equal(next_failure(&world, &error), LEAT_OPERATOR);
    assert_string_equal(error.message, "piece 50 cannot be read");
    leat_feed_close(world.feed);
    assert_false(world.ended);
}

static void a_stop_ends_the_wait_for_rows(void **state)
{
    (void)state;
    world world;
    gate gate = {.mutex = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER};
    leat_error error = {0};
    open_world(&world, (worker){.fails_at = SIZE_MAX, .gate = &gate}, (leat_stop){.requested = always});
    assert_int_equal(next_failure(&world, &error), LEAT_STOPPED);
    leat_feed_close(world.feed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_is_read_once_by_workers_side_by_side),
        cmocka_unit_test(the_first_failure_is_told_and_ends_all),
        cmocka_unit_test(a_close_interrupts_who_waits_and_that_is_no_failure),
        cmocka_unit_test(a_close_frees_what_was_sent_and_wakes_who_waits_for_room),
        cmocka_unit_test(a_pool_without_pieces_or_threads_is_closed_as_well),
        cmocka_unit_test(each_table_is_introduced_given_whole_and_ended),
        cmocka_unit_test(a_worker_s_failure_is_the_feed_s),
        cmocka_unit_test(a_stop_ends_the_wait_for_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
