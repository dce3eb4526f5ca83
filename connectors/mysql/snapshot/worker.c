#include "mysql/snapshot/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "mysql/snapshot/read.h"

enum { QUEUE_BYTES = 4 * 1024 * 1024 };

/* One thread and what it works with. */
typedef struct reading_thread {
    leat_mysql_snapshot_workers *all;
    leat_mysql_snapshot_reader reader;
    bool locker; /* reads the tables that its session has locked */
    pthread_t thread;
    bool started;
} reading_thread;

struct leat_mysql_snapshot_workers {
    const leat_mysql_snapshot_plan *plan;
    leat_mysql_snapshot_guard guard;
    leat_queue *filled;
    leat_queue *spare;
    atomic_bool stopping;
    pthread_mutex_t mutex; /* guards the two below */
    size_t next_unit;      /* of the readers */
    leat_error failure;    /* LEAT_OK while there is none */
    size_t next_locked;    /* of the locker, which is alone */
    reading_thread *workers;
    size_t count;
};

/* ---- Work ---- */

static const leat_mysql_snapshot_unit *take_shared_unit(leat_mysql_snapshot_workers *all)
{
    const leat_mysql_snapshot_unit *unit = NULL;
    pthread_mutex_lock(&all->mutex);
    if (all->next_unit < all->plan->unit_count)
        unit = &all->plan->units[all->next_unit++];
    pthread_mutex_unlock(&all->mutex);
    return unit;
}

static const leat_mysql_snapshot_unit *take_unit(reading_thread *worker)
{
    leat_mysql_snapshot_workers *all = worker->all;
    if (!worker->locker)
        return take_shared_unit(all);
    return all->next_locked < all->plan->locked_units ? &all->plan->units[all->next_locked++] : NULL;
}

/* A reader lets go of the table, so that it can be altered again; the locker keeps its tables until the last
 * is read. */
static leat_status read_unit(reading_thread *worker, const leat_mysql_snapshot_unit *unit, leat_error *error)
{
    leat_status status = leat_mysql_snapshot_read_unit(&worker->reader, unit, error);
    if (status == LEAT_OK && !worker->locker)
        status = leat_mysql_execute(worker->reader.session, "ROLLBACK TO SAVEPOINT leat", error);
    return status;
}

/* The server need not keep old rows, or locks, for a worker that has nothing left to do. */
static leat_status finish(reading_thread *worker, leat_error *error)
{
    return leat_mysql_execute(worker->reader.session, worker->locker ? "UNLOCK TABLES" : "ROLLBACK", error);
}

/* The first failure is the snapshot's; it wakes everybody. */
static void report_failure(leat_mysql_snapshot_workers *all, const leat_error *error)
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
    reading_thread *worker = context;
    leat_error error = {0};
    leat_status status = LEAT_OK;
    const leat_mysql_snapshot_unit *unit;
    mysql_thread_init();
    while (status == LEAT_OK && (unit = take_unit(worker)) != NULL)
        status = read_unit(worker, unit, &error);
    if (status == LEAT_OK)
        status = finish(worker, &error);
    if (status != LEAT_OK && !atomic_load(&worker->all->stopping))
        report_failure(worker->all, &error);
    mysql_thread_end();
    return NULL;
}

/* ---- Threads ---- */

/* Signals are the pump's: its waits are the ones that end early for them. */
static int start_thread(reading_thread *worker)
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

static void prepare(leat_mysql_snapshot_workers *all, leat_mysql_session *session, bool locker)
{
    all->workers[all->count++] = (reading_thread){
        .all = all,
        .reader = {.plan = all->plan,
                   .session = session,
                   .guard = &all->guard,
                   .filled = all->filled,
                   .spare = all->spare},
        .locker = locker,
    };
}

static leat_status start_all(leat_mysql_snapshot_workers *all, leat_error *error)
{
    for (size_t i = 0; i < all->count; i++) {
        int failure = start_thread(&all->workers[i]);
        if (failure != 0)
            return leat_error_system(error, LEAT_RETRY, failure, "cannot start a snapshot worker's thread");
    }
    return LEAT_OK;
}

leat_status leat_mysql_snapshot_workers_open(leat_mysql_snapshot_point *point,
                                             const leat_mysql_collations *collations,
                                             leat_mysql_snapshot_workers **workers, leat_error *error)
{
    leat_mysql_snapshot_workers *all = leat_allocate(sizeof *all);
    all->plan = point->plan;
    all->next_unit = point->plan->locked_units;
    leat_mysql_snapshot_guard_open(&all->guard, point->plan, collations, point->control);
    all->filled = leat_queue_open(QUEUE_BYTES);
    all->spare = leat_queue_open(SIZE_MAX);
    pthread_mutex_init(&all->mutex, NULL);
    all->workers = leat_allocate_array(point->reader_count + 1, sizeof *all->workers);
    if (point->locker != NULL)
        prepare(all, point->locker, true);
    for (size_t i = 0; i < point->reader_count; i++)
        prepare(all, point->readers[i], false);
    leat_status status = start_all(all, error);
    if (status != LEAT_OK) {
        leat_mysql_snapshot_workers_close(all);
        return status;
    }
    *workers = all;
    return LEAT_OK;
}

/* ---- The pump's side ---- */

leat_mysql_snapshot_answer leat_mysql_snapshot_workers_next(leat_mysql_snapshot_workers *workers,
                                                            int64_t timeout,
                                                            leat_mysql_snapshot_block **block)
{
    void *item = NULL;
    switch (leat_queue_pop(workers->filled, timeout, &item)) {
    case LEAT_QUEUE_ITEM:
        *block = item;
        return LEAT_MYSQL_SNAPSHOT_BLOCK;
    case LEAT_QUEUE_TIMEOUT:
        return LEAT_MYSQL_SNAPSHOT_NOTHING;
    case LEAT_QUEUE_CLOSED:
        break;
    }
    return LEAT_MYSQL_SNAPSHOT_FAILED;
}

void leat_mysql_snapshot_workers_return(leat_mysql_snapshot_workers *workers,
                                        leat_mysql_snapshot_block *block)
{
    leat_mysql_snapshot_return_block(workers->spare, block);
}

leat_status leat_mysql_snapshot_workers_failure(leat_mysql_snapshot_workers *workers, leat_error *error)
{
    pthread_mutex_lock(&workers->mutex);
    leat_error failure = workers->failure;
    pthread_mutex_unlock(&workers->mutex);
    if (error != NULL)
        *error = failure;
    return failure.status;
}

static void free_queue(leat_queue *queue)
{
    void *block = NULL;
    while (leat_queue_pop(queue, 0, &block) == LEAT_QUEUE_ITEM)
        leat_mysql_snapshot_block_free(block);
    leat_queue_free(queue);
}

void leat_mysql_snapshot_workers_close(leat_mysql_snapshot_workers *workers)
{
    if (workers == NULL)
        return;
    atomic_store(&workers->stopping, true);
    leat_queue_close(workers->filled);
    leat_mysql_session_interrupt(workers->guard.session);
    for (size_t i = 0; i < workers->count; i++)
        if (workers->workers[i].started)
            leat_mysql_session_interrupt(workers->workers[i].reader.session);
    for (size_t i = 0; i < workers->count; i++)
        if (workers->workers[i].started)
            pthread_join(workers->workers[i].thread, NULL);
    free_queue(workers->filled);
    free_queue(workers->spare);
    leat_mysql_snapshot_guard_close(&workers->guard);
    pthread_mutex_destroy(&workers->mutex);
    leat_release(workers->workers);
    leat_release(workers);
}
