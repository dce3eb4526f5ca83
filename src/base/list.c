#include "base/list.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_CAPACITY = 16 };

static size_t grown(size_t capacity)
{
    return capacity == 0 ? FIRST_CAPACITY : capacity > SIZE_MAX / 2 ? SIZE_MAX : capacity * 2;
}

void *leat_list_grow(void *items, size_t *capacity, size_t size)
{
    *capacity = grown(*capacity);
    return leat_reallocate_array(items, *capacity, size);
}

void *leat_arena_list_grow(leat_arena *arena, const void *items, size_t *capacity, size_t size)
{
    size_t used = *capacity * size;
    *capacity = grown(*capacity);
    void *longer = leat_arena_allocate_array(arena, *capacity, size);
    if (used > 0)
        memcpy(longer, items, used);
    return longer;
}
