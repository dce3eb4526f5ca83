#include "postgres/snapshot/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/queue.h"
#include "postgres/server/failure.h"
#include "postgres/server/session.h"
#include "postgres/wire/copy_text.h"

enum {
    BATCH_BYTES = 256 * 1024,
    QUEUE_BYTES = 4 * 1024 * 1024,
    STOP_QUESTION_MILLISECONDS = 100,
    /* libpq's buffer doubles when it is read into without being emptied, and stays as large: up to 128 kB. */
    GROWING_READS = 4,
};

/* One thread and what it works with. */
typedef struct copier {
    leat_postgres_snapshot_workers *all;
    leat_postgres_session *session;
    PGcancel *cancel;                    /* made before the thread starts; used by whoever stops it */
    leat_postgres_snapshot_batch *batch; /* being filled */
    size_t arrived;                      /* bytes of rows that the last read brought */
    bool grown;                          /* libpq's buffer is */
    bool broken;                         /* nothing more can be read; what has arrived may say why */
    pthread_t thread;
    bool started;
    atomic_bool finished;
} copier;

struct leat_postgres_snapshot_workers {
    /* The sessions' own options: those of the source would ask for a stop, which only the pump's thread
     * may. */
    leat_source_options options;
    const leat_postgres_snapshot_plan *plan;
    leat_queue *filled; /* bounded: a slow sink holds the workers back */
    leat_queue *spare;  /* batches to be filled again */
    atomic_bool stopping;
    pthread_mutex_t mutex; /* guards the two below */
    size_t next_range;
    leat_error failure; /* LEAT_OK while there is none */
    copier *workers;
    size_t count;
};

/* ---- Batches ---- */

static leat_postgres_snapshot_batch *new_batch(size_t capacity)
{
    leat_postgres_snapshot_batch *batch = leat_allocate(sizeof *batch);
    batch->capacity = capacity;
    batch->bytes = leat_allocate(capacity + LEAT_COPY_TEXT_PADDING);
    return batch;
}

static void free_batch(leat_postgres_snapshot_batch *batch)
{
    if (batch == NULL)
        return;
    leat_release(batch->bytes);
    leat_release(batch);
}

/* A batch for at least `length` bytes; a row larger than usual gets one of its own. */
static leat_postgres_snapshot_batch *take_batch(leat_postgres_snapshot_workers *all, size_t length)
{
    void *spare = NULL;
    if (length > BATCH_BYTES)
        return new_batch(length);
    if (leat_queue_pop(all->spare, 0, &spare) == LEAT_QUEUE_ITEM)
        return spare;
    return new_batch(BATCH_BYTES);
}

void leat_postgres_snapshot_workers_return(leat_postgres_snapshot_workers *workers,
                                           leat_postgres_snapshot_batch *batch)
{
    if (batch == NULL)
        return;
    if (batch->capacity != BATCH_BYTES || !leat_queue_push(workers->spare, batch, 1))
        free_batch(batch);
}

static void free_queue(leat_queue *queue)
{
    void *batch = NULL;
    while (leat_queue_pop(queue, 0, &batch) == LEAT_QUEUE_ITEM)
        free_batch(batch);
    leat_queue_free(queue);
}

/* Hands the batch over; false when the snapshot is being stopped. */
static bool send_batch(copier *worker, bool last)
{
    leat_postgres_snapshot_batch *batch = worker->batch;
    worker->batch = NULL;
    batch->last = last;
    if (leat_queue_push(worker->all->filled, batch, batch->capacity))
        return true;
    free_batch(batch);
    return false;
}

static void start_batch(copier *worker, size_t table, size_t length)
{
    worker->batch = take_batch(worker->all, length);
    worker->batch->table = table;
    worker->batch->length = 0;
}

/* ---- Copying ---- */

static leat_status stopped(leat_error *error)
{
    return leat_error_set(error, LEAT_STOPPED, "asked to stop");
}

static leat_status keep_row(copier *worker, const char *row, size_t length, leat_error *error)
{
    leat_postgres_snapshot_batch *batch = worker->batch;
    if (batch->capacity - batch->length < length) {
        size_t table = batch->table;
        if (batch->length > 0 && !send_batch(worker, false))
            return stopped(error);
        if (worker->batch != NULL)
            leat_postgres_snapshot_workers_return(worker->all, worker->batch);
        start_batch(worker, table, length);
        batch = worker->batch;
    }
    memcpy(batch->bytes + batch->length, row, length);
    batch->length += length;
    return LEAT_OK;
}

/* An encrypted connection may hold bytes that the socket no longer shows. */
static bool is_encrypted(PGconn *connection)
{
    return PQsslInUse(connection) != 0 || PQgssEncInUse(connection) != 0;
}

/* Waits for more from the server, looking up now and then whether anybody still wants it. What an encrypted
 * connection holds back is asked for as often. */
static leat_status wait_for_rows(copier *worker, PGconn *connection, leat_error *error)
{
    struct pollfd socket = {.fd = PQsocket(connection), .events = POLLIN};
    for (;;) {
        if (atomic_load(&worker->all->stopping))
            return stopped(error);
        int ready = poll(&socket, 1, STOP_QUESTION_MILLISECONDS);
        if (ready < 0 && errno != EINTR)
            return leat_error_system(error, LEAT_RETRY, errno, "cannot wait for PostgreSQL");
        if (ready > 0 || (ready == 0 && is_encrypted(connection)))
            return LEAT_OK;
    }
}

/* libpq's buffer is grown in the middle of a table's rows, not before: there may be few. */
static leat_status read_more(copier *worker, PGconn *connection, leat_error *error)
{
    unsigned reads = worker->grown || worker->arrived == 0 ? 1 : GROWING_READS;
    if (worker->broken)
        return leat_postgres_failure(connection, NULL, error, "the connection was lost");
    leat_status status = wait_for_rows(worker, connection, error);
    if (status != LEAT_OK)
        return status;
    worker->grown = worker->grown || reads == GROWING_READS;
    for (unsigned i = 0; i < reads && !worker->broken; i++)
        worker->broken = PQconsumeInput(connection) == 0;
    return LEAT_OK;
}

/* All that have arrived. `length` is then what PQgetCopyData said last: 0 wait, -1 end, -2 failure. */
static leat_status keep_arrived_rows(copier *worker, PGconn *connection, int *length, leat_error *error)
{
    char *row = NULL;
    leat_status status = LEAT_OK;
    worker->arrived = 0;
    while (status == LEAT_OK && (*length = PQgetCopyData(connection, &row, 1)) > 0) {
        worker->arrived += (size_t)*length;
        status = keep_row(worker, row, (size_t)*length, error);
        PQfreemem(row);
    }
    return status;
}

static leat_status finish_copy(PGconn *connection, leat_error *error)
{
    leat_status status = LEAT_OK;
    PGresult *result;
    while ((result = PQgetResult(connection)) != NULL) {
        if (status == LEAT_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
            status = leat_postgres_failure(connection, result, error, "COPY failed");
        PQclear(result);
    }
    return status;
}

static leat_status receive_rows(copier *worker, leat_error *error)
{
    PGconn *connection = leat_postgres_session_connection(worker->session);
    int length = 0;
    leat_status status = keep_arrived_rows(worker, connection, &length, error);
    while (status == LEAT_OK && length == 0) {
        status = read_more(worker, connection, error);
        if (status == LEAT_OK)
            status = keep_arrived_rows(worker, connection, &length, error);
    }
    if (status != LEAT_OK)
        return status;
    return length == -1 ? finish_copy(connection, error)
                        : leat_postgres_failure(connection, NULL, error, "COPY broke off");
}

/* The table is locked by the anchor already: only a schema change in the queue between us and it can hold us
 * off, and it would wait for us, and everybody else for it, as long as the snapshot goes on. */
static leat_status give_way(const leat_postgres_snapshot_range *range, leat_error *error)
{
    return leat_error_fail(error, LEAT_RETRY,
                           "hold schema changes of the captured tables back until the snapshot is over",
                           "a schema change waits for table %s.%s while the snapshot is about to copy it: "
                           "the snapshot gives way and begins again",
                           range->part->schema, range->part->name);
}

static leat_status copy_part(copier *worker, const leat_postgres_snapshot_range *range, leat_error *error)
{
    leat_buffer sql = {0};
    leat_postgres_snapshot_plan_append_copy(&sql, worker->all->plan, range);
    leat_status status = leat_postgres_start_copy(worker->session, leat_buffer_string(&sql), error);
    leat_buffer_free(&sql);
    if (status == LEAT_OK)
        status = receive_rows(worker, error);
    if (status != LEAT_OK && leat_error_has_code(error, LEAT_POSTGRES_LOCK_NOT_AVAILABLE))
        return give_way(range, error);
    if (status != LEAT_OK)
        leat_error_context(error, status, "copying %s.%s", range->part->schema, range->part->name);
    return status;
}

static leat_status copy_range(copier *worker, const leat_postgres_snapshot_range *range, leat_error *error)
{
    leat_status status = LEAT_OK;
    start_batch(worker, range->table, 0);
    if (range->part != NULL)
        status = copy_part(worker, range, error);
    if (status == LEAT_OK && !send_batch(worker, true))
        status = stopped(error);
    return status;
}

/* ---- Threads ---- */

static const leat_postgres_snapshot_range *take_range(leat_postgres_snapshot_workers *all)
{
    const leat_postgres_snapshot_range *range = NULL;
    pthread_mutex_lock(&all->mutex);
    if (all->next_range < all->plan->range_count)
        range = &all->plan->ranges[all->next_range++];
    pthread_mutex_unlock(&all->mutex);
    return range;
}

/* The first failure is the snapshot's; it wakes everybody. */
static void report_failure(leat_postgres_snapshot_workers *all, const leat_error *error)
{
    pthread_mutex_lock(&all->mutex);
    if (all->failure.status == LEAT_OK)
        all->failure = *error;
    pthread_mutex_unlock(&all->mutex);
    atomic_store(&all->stopping, true);
    leat_queue_close(all->filled);
}

static void *work(void *context)
{
    copier *worker = context;
    leat_error error = {0};
    leat_status status = LEAT_OK;
    const leat_postgres_snapshot_range *range;
    while (status == LEAT_OK && (range = take_range(worker->all)) != NULL)
        status = copy_range(worker, range, &error);
    if (status != LEAT_OK && !atomic_load(&worker->all->stopping))
        report_failure(worker->all, &error);
    free_batch(worker->batch);
    worker->batch = NULL;
    atomic_store(&worker->finished, true);
    return NULL;
}

/* Signals are the pump's: its waits are the ones that end early for them. */
static int start_thread(copier *worker)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&worker->thread, NULL, work, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    worker->started = failure == 0;
    return failure;
}

static leat_status enter_snapshot(copier *worker, const char *snapshot, leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "SET TRANSACTION SNAPSHOT ");
    leat_postgres_append_literal(&sql, snapshot);
    leat_status status =
        leat_postgres_execute(worker->session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error);
    if (status == LEAT_OK)
        status = leat_postgres_execute(worker->session, leat_buffer_string(&sql), error);
    /* A schema change that waits for the snapshot's locks would hold this one's off, and both for ever: then
     * the snapshot gives way. */
    if (status == LEAT_OK)
        status = leat_postgres_execute(worker->session, "SET LOCAL lock_timeout = '10s'", error);
    leat_buffer_free(&sql);
    return status;
}

static leat_status open_worker(leat_postgres_snapshot_workers *all, copier *worker, const char *snapshot,
                               leat_error *error)
{
    worker->all = all;
    leat_status status =
        leat_postgres_session_open(&all->options, LEAT_POSTGRES_SQL, &worker->session, error);
    if (status == LEAT_OK)
        status = enter_snapshot(worker, snapshot, error);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "snapshot worker");
    worker->cancel = PQgetCancel(leat_postgres_session_connection(worker->session));
    return LEAT_OK;
}

static leat_status start_all(leat_postgres_snapshot_workers *all, leat_error *error)
{
    all->options.stop = (leat_stop){0};
    for (size_t i = 0; i < all->count; i++) {
        int failure = start_thread(&all->workers[i]);
        if (failure != 0)
            return leat_error_system(error, LEAT_RETRY, failure, "cannot start a snapshot worker's thread");
    }
    return LEAT_OK;
}

leat_status leat_postgres_snapshot_workers_open(const leat_source_options *options,
                                                const leat_postgres_snapshot_plan *plan, const char *snapshot,
                                                leat_postgres_snapshot_workers **workers, leat_error *error)
{
    leat_postgres_snapshot_workers *all = leat_allocate(sizeof *all);
    all->options = *options;
    all->plan = plan;
    all->filled = leat_queue_open(QUEUE_BYTES);
    all->spare = leat_queue_open(SIZE_MAX);
    pthread_mutex_init(&all->mutex, NULL);
    size_t wanted = options->snapshot_workers == 0 ? 1 : options->snapshot_workers;
    wanted = wanted > plan->range_count ? plan->range_count : wanted;
    all->workers = leat_allocate_array(wanted, sizeof *all->workers);
    leat_status status = LEAT_OK;
    for (; all->count < wanted && status == LEAT_OK; all->count++)
        status = open_worker(all, &all->workers[all->count], snapshot, error);
    if (status == LEAT_OK)
        status = start_all(all, error);
    if (status != LEAT_OK) {
        leat_postgres_snapshot_workers_close(all);
        return status;
    }
    *workers = all;
    return LEAT_OK;
}

leat_postgres_snapshot_answer leat_postgres_snapshot_workers_next(leat_postgres_snapshot_workers *workers,
                                                                  int64_t timeout,
                                                                  leat_postgres_snapshot_batch **batch)
{
    void *item = NULL;
    switch (leat_queue_pop(workers->filled, timeout, &item)) {
    case LEAT_QUEUE_ITEM:
        *batch = item;
        return LEAT_POSTGRES_SNAPSHOT_BATCH;
    case LEAT_QUEUE_TIMEOUT:
        return LEAT_POSTGRES_SNAPSHOT_NOTHING;
    case LEAT_QUEUE_CLOSED:
        break;
    }
    return LEAT_POSTGRES_SNAPSHOT_FAILED;
}

leat_status leat_postgres_snapshot_workers_failure(leat_postgres_snapshot_workers *workers, leat_error *error)
{
    pthread_mutex_lock(&workers->mutex);
    leat_error failure = workers->failure;
    pthread_mutex_unlock(&workers->mutex);
    if (error != NULL)
        *error = failure;
    return failure.status;
}

/* The server would otherwise go on reading until it next tries to send. */
static void cancel(copier *worker)
{
    char ignored[256];
    if (worker->started && worker->cancel != NULL && !atomic_load(&worker->finished))
        (void)PQcancel(worker->cancel, ignored, sizeof ignored);
}

static void close_worker(copier *worker)
{
    if (worker->started)
        pthread_join(worker->thread, NULL);
    if (worker->cancel != NULL)
        PQfreeCancel(worker->cancel);
    leat_postgres_session_close(worker->session);
}

void leat_postgres_snapshot_workers_close(leat_postgres_snapshot_workers *workers)
{
    if (workers == NULL)
        return;
    atomic_store(&workers->stopping, true);
    leat_queue_close(workers->filled);
    for (size_t i = 0; i < workers->count; i++)
        cancel(&workers->workers[i]);
    for (size_t i = 0; i < workers->count; i++)
        close_worker(&workers->workers[i]);
    free_queue(workers->filled);
    free_queue(workers->spare);
    pthread_mutex_destroy(&workers->mutex);
    leat_release(workers->workers);
    leat_release(workers);
}
