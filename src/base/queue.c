#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/memory.h"

typedef struct queue_entry {
    void *item;
    size_t bytes;
} queue_entry;

/* A ring of entries that doubles when full: the bound is on bytes, so the number of entries finds its own
 * measure. */
struct leat_queue {
    pthread_mutex_t mutex;
    pthread_cond_t item_came;
    pthread_cond_t room_came;
    queue_entry *entries;
    size_t capacity;
    size_t first;
    size_t count;
    size_t bytes;
    size_t byte_limit;
    bool closed;
};

leat_queue *leat_queue_open(size_t byte_limit)
{
    leat_queue *queue = leat_allocate(sizeof *queue);
    queue->byte_limit = byte_limit;
    queue->capacity = 16;
    queue->entries = leat_allocate_array(queue->capacity, sizeof *queue->entries);
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    /* A wall clock that is set back must not lengthen a wait. */
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->item_came, &attributes);
    pthread_cond_init(&queue->room_came, &attributes);
    pthread_condattr_destroy(&attributes);
    return queue;
}

static bool has_room(const leat_queue *queue, size_t bytes)
{
    return queue->count == 0 || (bytes <= queue->byte_limit && queue->bytes <= queue->byte_limit - bytes);
}

static void grow_ring(leat_queue *queue)
{
    queue_entry *entries = leat_allocate_array(queue->capacity * 2, sizeof *entries);
    for (size_t i = 0; i < queue->count; i++)
        entries[i] = queue->entries[(queue->first + i) % queue->capacity];
    leat_release(queue->entries);
    queue->entries = entries;
    queue->capacity *= 2;
    queue->first = 0;
}

static void append(leat_queue *queue, queue_entry entry)
{
    if (queue->count == queue->capacity)
        grow_ring(queue);
    queue->entries[(queue->first + queue->count) % queue->capacity] = entry;
    queue->count++;
    queue->bytes += entry.bytes;
}

bool leat_queue_push(leat_queue *queue, void *item, size_t bytes)
{
    pthread_mutex_lock(&queue->mutex);
    while (!queue->closed && !has_room(queue, bytes))
        pthread_cond_wait(&queue->room_came, &queue->mutex);
    bool open = !queue->closed;
    if (open) {
        append(queue, (queue_entry){.item = item, .bytes = bytes});
        pthread_cond_signal(&queue->item_came);
    }
    pthread_mutex_unlock(&queue->mutex);
    return open;
}

static struct timespec deadline_after(int64_t microseconds)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += microseconds / 1000000;
    deadline.tv_nsec += microseconds % 1000000 * 1000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    return deadline;
}

static void wait_for_item(leat_queue *queue, int64_t timeout)
{
    if (queue->count > 0 || queue->closed || timeout <= 0)
        return;
    struct timespec deadline = deadline_after(timeout);
    int outcome = 0;
    while (queue->count == 0 && !queue->closed && outcome != ETIMEDOUT)
        outcome = pthread_cond_timedwait(&queue->item_came, &queue->mutex, &deadline);
}

static void *take_first(leat_queue *queue)
{
    queue_entry entry = queue->entries[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->count--;
    queue->bytes -= entry.bytes;
    /* All of them: items differ in size, so the one that was woken alone might not fit where another would.
     */
    pthread_cond_broadcast(&queue->room_came);
    return entry.item;
}

leat_queue_answer leat_queue_pop(leat_queue *queue, int64_t timeout, void **item)
{
    pthread_mutex_lock(&queue->mutex);
    wait_for_item(queue, timeout);
    leat_queue_answer answer = queue->closed ? LEAT_QUEUE_CLOSED : LEAT_QUEUE_TIMEOUT;
    if (queue->count > 0) {
        *item = take_first(queue);
        answer = LEAT_QUEUE_ITEM;
    }
    pthread_mutex_unlock(&queue->mutex);
    return answer;
}

void leat_queue_close(leat_queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    queue->closed = true;
    pthread_cond_broadcast(&queue->item_came);
    pthread_cond_broadcast(&queue->room_came);
    pthread_mutex_unlock(&queue->mutex);
}

void leat_queue_free(leat_queue *queue)
{
    if (queue == NULL)
        return;
    pthread_cond_destroy(&queue->item_came);
    pthread_cond_destroy(&queue->room_came);
    pthread_mutex_destroy(&queue->mutex);
    leat_release(queue->entries);
    leat_release(queue);
}
