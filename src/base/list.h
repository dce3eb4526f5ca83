/* A list that grows: elements of one kind side by side, their count and the room they have.
 *
 * The three stand in the owner's struct (`items`, `count`, `capacity`, all zero to start); what is here gives
 * room for one element more:
 *
 *     list->items = leat_list_room(list->items, list->count, &list->capacity, sizeof *list->items);
 *     list->items[list->count++] = element;
 *
 * A list that grew may have moved: pointers to its elements hold until the next call only.
 */
#ifndef LEAT_BASE_LIST_H
#define LEAT_BASE_LIST_H

#include <stddef.h>

#include "base/arena.h"

/* The list behind leat_list_room and leat_arena_list_room; not to be called by others. */
void *leat_list_grow(void *items, size_t *capacity, size_t size);
void *leat_arena_list_grow(leat_arena *arena, const void *items, size_t *capacity, size_t size);

/* `items`, which holds `count` elements of `size` bytes, with room for at least one more; doubled when it is
 * full, so that n elements cost n. What is new is not zeroed. The caller releases it (leat_release). Never
 * NULL. */
static inline void *leat_list_room(void *items, size_t count, size_t *capacity, size_t size)
{
    return count < *capacity ? items : leat_list_grow(items, capacity, size);
}

/* The same in an arena, which frees it; what is new is zeroed. */
static inline void *leat_arena_list_room(leat_arena *arena, void *items, size_t count, size_t *capacity,
                                         size_t size)
{
    return count < *capacity ? items : leat_arena_list_grow(arena, items, capacity, size);
}

#endif
