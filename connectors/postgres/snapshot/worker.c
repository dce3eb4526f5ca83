#include "postgres/snapshot/worker.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/memory.h"
#include "postgres/server/failure.h"
#include "postgres/server/session.h"
#include "postgres/wire/copy_text.h"

enum {
    BATCH_BYTES = 256 * 1024,
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
} copier;

struct leat_postgres_snapshot_workers {
    /* The sessions' own options: those of the source would ask for a stop, which only the pump's thread
     * may. */
    leat_source_options options;
    const leat_postgres_snapshot_plan *plan;
    leat_pool *pool;
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

static void free_batch(leat_parcel *parcel)
{
    leat_postgres_snapshot_batch *batch = (leat_postgres_snapshot_batch *)parcel;
    leat_release(batch->bytes);
    leat_release(batch);
}

/* A batch for at least `length` bytes; a row larger than usual gets one of its own. */
static leat_postgres_snapshot_batch *take_batch(leat_pool *pool, size_t length)
{
    if (length > BATCH_BYTES)
        return new_batch(length);
    leat_parcel *spare = leat_pool_spare(pool);
    return spare == NULL ? new_batch(BATCH_BYTES) : (leat_postgres_snapshot_batch *)spare;
}

void leat_postgres_snapshot_return_batch(leat_pool *pool, leat_parcel *batch)
{
    leat_pool_return(pool, batch, ((leat_postgres_snapshot_batch *)batch)->capacity == BATCH_BYTES);
}

/* What the worker has in hand is not to be sent. */
static void drop_batch(copier *worker)
{
    if (worker->batch != NULL)
        leat_postgres_snapshot_return_batch(worker->all->pool, &worker->batch->parcel);
    worker->batch = NULL;
}

static leat_status send_batch(copier *worker, bool last, leat_error *error)
{
    leat_postgres_snapshot_batch *batch = worker->batch;
    worker->batch = NULL;
    batch->parcel.last = last;
    return leat_pool_send(worker->all->pool, &batch->parcel, batch->capacity, error);
}

static void start_batch(copier *worker, size_t table, size_t length)
{
    worker->batch = take_batch(worker->all->pool, length);
    worker->batch->parcel.table = table;
    worker->batch->length = 0;
}

/* ---- Copying ---- */

static leat_status keep_row(copier *worker, const char *row, size_t length, leat_error *error)
{
    leat_postgres_snapshot_batch *batch = worker->batch;
    if (batch->capacity - batch->length < length) {
        size_t table = batch->parcel.table;
        leat_status status = batch->length > 0 ? send_batch(worker, false, error) : LEAT_OK;
        if (status != LEAT_OK)
            return status;
        drop_batch(worker);
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
        if (leat_pool_is_stopping(worker->all->pool))
            return leat_error_set(error, LEAT_STOPPED, "asked to stop");
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
    return status == LEAT_OK ? send_batch(worker, true, error) : status;
}

/* ---- Threads ---- */

static leat_status work(void *context, leat_error *error)
{
    copier *worker = context;
    leat_status status = LEAT_OK;
    size_t range = 0;
    while (status == LEAT_OK && leat_pool_take_piece(worker->all->pool, &range))
        status = copy_range(worker, &worker->all->plan->ranges[range], error);
    drop_batch(worker);
    return status;
}

/* The server would otherwise go on reading until it next tries to send. */
static void cancel(void *context)
{
    copier *worker = context;
    char ignored[256];
    if (worker->cancel != NULL)
        (void)PQcancel(worker->cancel, ignored, sizeof ignored);
}

static const leat_pool_kind pool_kind = {.work = work, .interrupt = cancel, .free_parcel = free_batch};

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

static leat_status open_sessions(leat_postgres_snapshot_workers *all, const char *snapshot, leat_error *error)
{
    size_t wanted = all->options.snapshot_workers == 0 ? 1 : all->options.snapshot_workers;
    wanted = wanted > all->plan->range_count ? all->plan->range_count : wanted;
    all->workers = leat_allocate_array(wanted, sizeof *all->workers);
    leat_status status = LEAT_OK;
    for (; all->count < wanted && status == LEAT_OK; all->count++)
        status = open_worker(all, &all->workers[all->count], snapshot, error);
    return status;
}

static leat_status start_all(leat_postgres_snapshot_workers *all, leat_error *error)
{
    leat_status status = LEAT_OK;
    all->options.stop = (leat_stop){0};
    for (size_t i = 0; i < all->count && status == LEAT_OK; i++)
        status = leat_pool_start(all->pool, &all->workers[i], error);
    return status;
}

leat_status leat_postgres_snapshot_workers_open(const leat_source_options *options,
                                                const leat_postgres_snapshot_plan *plan, const char *snapshot,
                                                leat_postgres_snapshot_workers **workers, leat_pool **pool,
                                                leat_error *error)
{
    leat_postgres_snapshot_workers *all = leat_allocate(sizeof *all);
    all->options = *options;
    all->plan = plan;
    all->pool = leat_pool_open(&pool_kind, 0, plan->range_count);
    leat_status status = open_sessions(all, snapshot, error);
    if (status == LEAT_OK)
        status = start_all(all, error);
    if (status != LEAT_OK) {
        leat_pool_close(all->pool);
        leat_postgres_snapshot_workers_close(all);
        return status;
    }
    *workers = all;
    *pool = all->pool;
    return LEAT_OK;
}

void leat_postgres_snapshot_workers_close(leat_postgres_snapshot_workers *workers)
{
    if (workers == NULL)
        return;
    for (size_t i = 0; i < workers->count; i++) {
        if (workers->workers[i].cancel != NULL)
            PQfreeCancel(workers->workers[i].cancel);
        leat_postgres_session_close(workers->workers[i].session);
    }
    leat_release(workers->workers);
    leat_release(workers);
}
