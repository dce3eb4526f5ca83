#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(size_t size)
{
    fprintf(stderr, "leat: out of memory while asking for %zu bytes\n", size);
    abort();
}

void *leat_allocate(size_t size)
{
    void *block = calloc(1, size == 0 ? 1 : size);
    if (block == NULL)
        out_of_memory(size);
    return block;
}

void *leat_reallocate(void *block, size_t size)
{
    void *grown = realloc(block, size == 0 ? 1 : size);
    if (grown == NULL)
        out_of_memory(size);
    return grown;
}

/* Ends the process where the product does not fit. */
static size_t product(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        out_of_memory(SIZE_MAX);
    return count * size;
}

void *leat_allocate_array(size_t count, size_t size)
{
    return leat_allocate(product(count, size));
}

void *leat_reallocate_array(void *block, size_t count, size_t size)
{
    return leat_reallocate(block, product(count, size));
}

char *leat_duplicate_string(const char *text)
{
    return text == NULL ? NULL : leat_duplicate_bytes(text, strlen(text));
}

char *leat_duplicate_bytes(const void *bytes, size_t length)
{
    if (length == SIZE_MAX)
        out_of_memory(length);
    char *copy = malloc(length + 1);
    if (copy == NULL)
        out_of_memory(length + 1);
    if (length > 0)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

void leat_release(void *block)
{
    free(block);
}
