/* A queue between threads, bounded in bytes. */
#ifndef LEAT_BASE_QUEUE_H
#define LEAT_BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opaque. Any number of threads may push, pop and close at the same time. */
typedef struct leat_queue leat_queue;

typedef enum leat_queue_answer {
    LEAT_QUEUE_ITEM,    /* an item was taken */
    LEAT_QUEUE_TIMEOUT, /* nothing came in time */
    LEAT_QUEUE_CLOSED,  /* closed, and everything that had been pushed is taken */
} leat_queue_answer;

/* A queue whose items count at most `byte_limit` bytes together. */
leat_queue *leat_queue_open(size_t byte_limit);

/* Appends `item`, which counts `bytes`, and hands it over. Waits while there is no room; an item larger than
 * the limit waits until it is alone. False: the queue was closed, the item stays the caller's. */
bool leat_queue_push(leat_queue *queue, void *item, size_t bytes);

/* Takes the oldest item; waits at most `timeout` microseconds for one. The item is the caller's. */
leat_queue_answer leat_queue_pop(leat_queue *queue, int64_t timeout, void **item);

/* No more pushes: those that wait return false. What is inside can still be taken. */
void leat_queue_close(leat_queue *queue);

/* Frees the queue, which nobody uses any more; items still inside are not looked at, so take them out first.
 * NULL is fine. */
void leat_queue_free(leat_queue *queue);

#endif
