#include "common/pool.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/list.h"
#include "base/memory.h"
#include "base/queue.h"
#include "common/thread.h"

enum { QUEUE_BYTES = 4 * 1024 * 1024 };

/* One thread of the pool. */
typedef struct pool_member {
    leat_pool *pool;
    void *worker;
    pthread_t thread;
    atomic_bool finished;
} pool_member;

struct leat_pool {
    const leat_pool_kind *kind;
    leat_queue *filled;
    leat_queue *spare;
    atomic_bool stopping;
    pthread_mutex_t mutex; /* guards the two below */
    size_t next_piece;
    leat_error failure; /* LEAT_OK while there is none */
    size_t end_piece;
    pool_member **members; /* the pump's thread's */
    size_t count;
    size_t capacity;
};

/* ---- The workers' side ---- */

bool leat_pool_take_piece(leat_pool *pool, size_t *piece)
{
    pthread_mutex_lock(&pool->mutex);
    bool there = pool->next_piece < pool->end_piece;
    if (there)
        *piece = pool->next_piece++;
    pthread_mutex_unlock(&pool->mutex);
    return there;
}

bool leat_pool_is_stopping(leat_pool *pool)
{
    return atomic_load(&pool->stopping);
}

leat_status leat_pool_send(leat_pool *pool, leat_parcel *parcel, size_t bytes, leat_error *error)
{
    if (leat_queue_push(pool->filled, parcel, bytes))
        return LEAT_OK;
    pool->kind->free_parcel(parcel);
    return leat_error_set(error, LEAT_STOPPED, "asked to stop");
}

leat_parcel *leat_pool_spare(leat_pool *pool)
{
    void *parcel = NULL;
    return leat_queue_pop(pool->spare, 0, &parcel) == LEAT_QUEUE_ITEM ? parcel : NULL;
}

void leat_pool_return(leat_pool *pool, leat_parcel *parcel, bool usual)
{
    if (parcel == NULL)
        return;
    if (!usual || !leat_queue_push(pool->spare, parcel, 1))
        pool->kind->free_parcel(parcel);
}

/* The first failure is that of all; it wakes everybody. */
static void report_failure(leat_pool *pool, const leat_error *error)
{
    pthread_mutex_lock(&pool->mutex);
    if (pool->failure.status == LEAT_OK)
        pool->failure = *error;
    pthread_mutex_unlock(&pool->mutex);
    atomic_store(&pool->stopping, true);
    leat_queue_close(pool->filled);
}

static void *run_member(void *context)
{
    pool_member *member = context;
    leat_error error = {0};
    leat_status status = member->pool->kind->work(member->worker, &error);
    /* Once the pool stops, what a worker fails of is the stop. */
    if (status != LEAT_OK && !leat_pool_is_stopping(member->pool))
        report_failure(member->pool, &error);
    atomic_store(&member->finished, true);
    return NULL;
}

/* ---- The pump's side ---- */

leat_pool *leat_pool_open(const leat_pool_kind *kind, size_t first, size_t end)
{
    leat_pool *pool = leat_allocate(sizeof *pool);
    pool->kind = kind;
    pool->next_piece = first;
    pool->end_piece = end;
    pool->filled = leat_queue_open(QUEUE_BYTES);
    pool->spare = leat_queue_open(SIZE_MAX);
    pthread_mutex_init(&pool->mutex, NULL);
    return pool;
}

leat_status leat_pool_start(leat_pool *pool, void *worker, leat_error *error)
{
    pool_member *member = leat_allocate(sizeof *member);
    member->pool = pool;
    member->worker = worker;
    int failure = leat_thread_start(&member->thread, run_member, member);
    if (failure != 0) {
        leat_release(member);
        return leat_error_system(error, LEAT_RETRY, failure, "cannot start a snapshot worker's thread");
    }
    pool->members = leat_list_room(pool->members, pool->count, &pool->capacity, sizeof *pool->members);
    pool->members[pool->count++] = member;
    return LEAT_OK;
}

leat_pool_answer leat_pool_next(leat_pool *pool, int64_t timeout, leat_parcel **parcel)
{
    void *item = NULL;
    switch (leat_queue_pop(pool->filled, timeout, &item)) {
    case LEAT_QUEUE_ITEM:
        *parcel = item;
        return LEAT_POOL_PARCEL;
    case LEAT_QUEUE_TIMEOUT:
        return LEAT_POOL_NOTHING;
    case LEAT_QUEUE_CLOSED:
        break;
    }
    return LEAT_POOL_FAILED;
}

leat_status leat_pool_failure(leat_pool *pool, leat_error *error)
{
    pthread_mutex_lock(&pool->mutex);
    leat_error failure = pool->failure;
    pthread_mutex_unlock(&pool->mutex);
    if (error != NULL)
        *error = failure;
    return failure.status;
}

static void free_queue(const leat_pool *pool, leat_queue *queue)
{
    void *parcel = NULL;
    while (leat_queue_pop(queue, 0, &parcel) == LEAT_QUEUE_ITEM)
        pool->kind->free_parcel(parcel);
    leat_queue_free(queue);
}

static void interrupt_all(leat_pool *pool)
{
    for (size_t i = 0; i < pool->count && pool->kind->interrupt != NULL; i++)
        if (!atomic_load(&pool->members[i]->finished))
            pool->kind->interrupt(pool->members[i]->worker);
}

void leat_pool_close(leat_pool *pool)
{
    if (pool == NULL)
        return;
    atomic_store(&pool->stopping, true);
    leat_queue_close(pool->filled);
    interrupt_all(pool);
    for (size_t i = 0; i < pool->count; i++) {
        pthread_join(pool->members[i]->thread, NULL);
        leat_release(pool->members[i]);
    }
    free_queue(pool, pool->filled);
    free_queue(pool, pool->spare);
    pthread_mutex_destroy(&pool->mutex);
    leat_release(pool->members);
    leat_release(pool);
}
