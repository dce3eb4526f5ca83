/* An arena: many small allocations that die together. */
#ifndef LEAT_BASE_ARENA_H
#define LEAT_BASE_ARENA_H

#include <stddef.h>

#include "base/slice.h"

struct leat_arena_chunk;

/* Zero-initialise ({0}) to start. Not shared between threads. */
typedef struct leat_arena {
    struct leat_arena_chunk *chunks; /* the newest first */
} leat_arena;

/* `size` zeroed bytes, aligned for any object, valid until the arena is reset or freed. Never NULL. */
void *leat_arena_allocate(leat_arena *arena, size_t size);

/* `count` zeroed elements of `size` bytes. */
void *leat_arena_allocate_array(leat_arena *arena, size_t count, size_t size);

/* Copies with a NUL behind them, valid as long as the arena's content. NULL text gives NULL. */
char *leat_arena_string(leat_arena *arena, const char *text);
char *leat_arena_slice_string(leat_arena *arena, leat_slice slice);

/* printf into the arena. */
char *leat_arena_printf(leat_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets everything and keeps the largest chunk of up to 1 MiB, so that a steady use allocates nothing and
 * one outsized value does not stay in memory. */
void leat_arena_reset(leat_arena *arena);

/* Gives all memory back. */
void leat_arena_free(leat_arena *arena);

#endif
