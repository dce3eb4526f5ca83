/* A slice: bytes that somebody else owns. */
#ifndef LEAT_BASE_SLICE_H
#define LEAT_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `length` bytes at `data`; not NUL-terminated. The owner is named wherever a slice is handed out. */
typedef struct leat_slice {
    const uint8_t *data;
    size_t length;
} leat_slice;

static inline leat_slice leat_slice_of(const void *data, size_t length)
{
    return (leat_slice){.data = (const uint8_t *)data, .length = length};
}

/* The bytes of a NUL-terminated string, without the NUL. */
static inline leat_slice leat_slice_of_string(const char *text)
{
    return leat_slice_of(text, strlen(text));
}

static inline bool leat_slice_equal(leat_slice left, leat_slice right)
{
    return left.length == right.length &&
           (left.length == 0 || memcmp(left.data, right.data, left.length) == 0);
}

static inline bool leat_slice_equals_string(leat_slice slice, const char *text)
{
    return leat_slice_equal(slice, leat_slice_of_string(text));
}

/* For printf's "%.*s": length (capped so that it fits an int) and address. */
#define LEAT_SLICE_FORMAT(slice)                                                                             \
    (int)((slice).length > 4096 ? 4096 : (slice).length), (const char *)(slice).data

#endif
