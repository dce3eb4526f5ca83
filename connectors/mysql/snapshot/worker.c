#include "mysql/snapshot/worker.h"

#include "base/memory.h"
#include "mysql/snapshot/read.h"

/* What one thread works with. */
typedef struct reading_worker {
    leat_mysql_snapshot_workers *all;
    leat_mysql_snapshot_reader reader;
    bool locker; /* reads the tables that its session has locked */
} reading_worker;

struct leat_mysql_snapshot_workers {
    const leat_mysql_snapshot_plan *plan;
    leat_mysql_snapshot_guard guard;
    leat_pool *pool;
    size_t next_locked; /* of the locker, which is alone */
    reading_worker *workers;
    size_t count;
};

/* ---- Work ---- */

static bool take_unit(reading_worker *worker, size_t *unit)
{
    leat_mysql_snapshot_workers *all = worker->all;
    if (!worker->locker)
        return leat_pool_take_piece(all->pool, unit);
    *unit = all->next_locked;
    return all->next_locked++ < all->plan->locked_units;
}

/* A reader lets go of the table, so that it can be altered again; the locker keeps its tables until the last
 * is read. */
static leat_status read_unit(reading_worker *worker, const leat_mysql_snapshot_unit *unit, leat_error *error)
{
    leat_status status = leat_mysql_snapshot_read_unit(&worker->reader, unit, error);
    if (status == LEAT_OK && !worker->locker)
        status = leat_mysql_execute(worker->reader.session, "ROLLBACK TO SAVEPOINT leat", error);
    return status;
}

/* The server need not keep old rows, or locks, for a worker that has nothing left to do. */
static leat_status finish(reading_worker *worker, leat_error *error)
{
    return leat_mysql_execute(worker->reader.session, worker->locker ? "UNLOCK TABLES" : "ROLLBACK", error);
}

static leat_status work(void *context, leat_error *error)
{
    reading_worker *worker = context;
    leat_status status = LEAT_OK;
    size_t unit = 0;
    mysql_thread_init();
    while (status == LEAT_OK && take_unit(worker, &unit))
        status = read_unit(worker, &worker->all->plan->units[unit], error);
    if (status == LEAT_OK)
        status = finish(worker, error);
    mysql_thread_end();
    return status;
}

/* It waits on its own session, or for the guard's, on which it or another is asking. */
static void interrupt(void *context)
{
    reading_worker *worker = context;
    leat_mysql_session_interrupt(worker->all->guard.session);
    leat_mysql_session_interrupt(worker->reader.session);
}

static const leat_pool_kind pool_kind = {
    .work = work, .interrupt = interrupt, .free_parcel = leat_mysql_snapshot_block_free};

/* ---- Opening and closing ---- */

static void prepare(leat_mysql_snapshot_workers *all, leat_mysql_session *session, bool locker)
{
    all->workers[all->count++] = (reading_worker){
        .all = all,
        .reader = {.plan = all->plan, .session = session, .guard = &all->guard, .pool = all->pool},
        .locker = locker,
    };
}

static void prepare_all(leat_mysql_snapshot_workers *all, const leat_mysql_snapshot_point *point)
{
    all->workers = leat_allocate_array(point->reader_count + 1, sizeof *all->workers);
    if (point->locker != NULL)
        prepare(all, point->locker, true);
    for (size_t i = 0; i < point->reader_count; i++)
        prepare(all, point->readers[i], false);
}

leat_status leat_mysql_snapshot_workers_open(leat_mysql_snapshot_point *point,
                                             const leat_mysql_collations *collations,
                                             leat_mysql_snapshot_workers **workers, leat_pool **pool,
                                             leat_error *error)
{
    leat_status status = LEAT_OK;
    leat_mysql_snapshot_workers *all = leat_allocate(sizeof *all);
    all->plan = point->plan;
    all->pool = leat_pool_open(&pool_kind, point->plan->locked_units, point->plan->unit_count);
    leat_mysql_snapshot_guard_open(&all->guard, point->plan, collations, point->control);
    prepare_all(all, point);
    for (size_t i = 0; i < all->count && status == LEAT_OK; i++)
        status = leat_pool_start(all->pool, &all->workers[i], error);
    if (status != LEAT_OK) {
        leat_pool_close(all->pool);
        leat_mysql_snapshot_workers_close(all);
        return status;
    }
    *workers = all;
    *pool = all->pool;
    return LEAT_OK;
}

void leat_mysql_snapshot_workers_close(leat_mysql_snapshot_workers *workers)
{
    if (workers == NULL)
        return;
    leat_mysql_snapshot_guard_close(&workers->guard);
    leat_release(workers->workers);
    leat_release(workers);
}
