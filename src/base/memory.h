/* Memory: the one way leat asks for heap.
 *
 * A replicator that runs out of its few megabytes can do nothing useful with the news, so these never return
 * NULL: they end the process with a sentence on standard error. Sizes that come from outside (a message, a
 * file) must be bounded by the caller before they reach here.
 */
#ifndef LEAT_BASE_MEMORY_H
#define LEAT_BASE_MEMORY_H

#include <stddef.h>

/* `size` zeroed bytes, to be given back with leat_release. Never NULL. Any thread. */
void *leat_allocate(size_t size);

/* Grows or shrinks what leat_allocate gave (`block` may be NULL); new bytes are not zeroed. Never NULL. */
void *leat_reallocate(void *block, size_t size);

/* Room for `count` zeroed elements of `size` bytes; an overflowing product ends the process. */
void *leat_allocate_array(size_t count, size_t size);

/* leat_reallocate for `count` elements of `size` bytes; an overflowing product ends the process. */
void *leat_reallocate_array(void *block, size_t count, size_t size);

/* A heap copy of a NUL-terminated string; NULL gives NULL. The caller releases it. */
char *leat_duplicate_string(const char *text);

/* A heap copy of `length` bytes with a NUL behind them. The caller releases it. */
char *leat_duplicate_bytes(const void *bytes, size_t length);

/* Gives memory back; NULL is fine. */
void leat_release(void *block);

#endif
