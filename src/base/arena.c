#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* A chunk above the second is for one outsized value, and goes with it. */
enum { CHUNK_BYTES = 4096, MOST_BYTES_KEPT = 1024 * 1024 };

typedef struct leat_arena_chunk {
    struct leat_arena_chunk *older;
    size_t used;
    size_t capacity;
    alignas(max_align_t) unsigned char bytes[];
} leat_arena_chunk;

static leat_arena_chunk *add_chunk(leat_arena *arena, size_t size)
{
    size_t capacity = size > CHUNK_BYTES ? size : CHUNK_BYTES;
    leat_arena_chunk *chunk = leat_reallocate(NULL, sizeof *chunk + capacity);
    chunk->older = arena->chunks;
    chunk->used = 0;
    chunk->capacity = capacity;
    arena->chunks = chunk;
    return chunk;
}

static size_t aligned(size_t size)
{
    size_t unit = alignof(max_align_t);
    return (size + unit - 1) / unit * unit;
}

void *leat_arena_allocate(leat_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return leat_allocate(SIZE_MAX); /* ends the process: one way to say so */
    size_t room = aligned(size == 0 ? 1 : size);
    leat_arena_chunk *chunk = arena->chunks;
    if (chunk == NULL || chunk->capacity - chunk->used < room)
        chunk = add_chunk(arena, room);
    void *block = chunk->bytes + chunk->used;
    chunk->used += room;
    memset(block, 0, size);
    return block;
}

void *leat_arena_allocate_array(leat_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX / 2) / size)
        return leat_allocate_array(SIZE_MAX, SIZE_MAX);
    return leat_arena_allocate(arena, count * size);
}

char *leat_arena_slice_string(leat_arena *arena, leat_slice slice)
{
    char *copy = leat_arena_allocate(arena, slice.length + 1);
    if (slice.length > 0)
        memcpy(copy, slice.data, slice.length);
    return copy;
}

char *leat_arena_string(leat_arena *arena, const char *text)
{
    return text == NULL ? NULL : leat_arena_slice_string(arena, leat_slice_of_string(text));
}

char *leat_arena_printf(leat_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t room = length < 0 ? 1 : (size_t)length + 1;
    char *text = leat_arena_allocate(arena, room);
    if (length > 0)
        vsnprintf(text, room, format, again);
    va_end(again);
    return text;
}

static void release_chunks(leat_arena_chunk *chunk, const leat_arena_chunk *keep)
{
    while (chunk != NULL) {
        leat_arena_chunk *older = chunk->older;
        if (chunk != keep)
            leat_release(chunk);
        chunk = older;
    }
}

void leat_arena_reset(leat_arena *arena)
{
    leat_arena_chunk *largest = NULL;
    for (leat_arena_chunk *chunk = arena->chunks; chunk != NULL; chunk = chunk->older)
        if (chunk->capacity <= MOST_BYTES_KEPT && (largest == NULL || chunk->capacity > largest->capacity))
            largest = chunk;
    release_chunks(arena->chunks, largest);
    if (largest != NULL) {
        largest->older = NULL;
        largest->used = 0;
    }
    arena->chunks = largest;
}

void leat_arena_free(leat_arena *arena)
{
    release_chunks(arena->chunks, NULL);
    arena->chunks = NULL;
}
