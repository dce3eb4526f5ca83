/* A growable byte buffer, and the one way leat builds strings. */
#ifndef LEAT_BASE_BUFFER_H
#define LEAT_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/slice.h"

/* Zero-initialise ({0}) to start; leat_buffer_free to end. `data` may move at every growth. */
typedef struct leat_buffer {
    uint8_t *data;
    size_t length;
    size_t capacity;
} leat_buffer;

/* Makes the capacity at least length + extra, growing by doubling. Slow path of the inline functions below.
 */
void leat_buffer_grow(leat_buffer *buffer, size_t extra);

/* Appends printf-formatted text. */
void leat_buffer_printf(leat_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void leat_buffer_vprintf(leat_buffer *buffer, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* The content as a NUL-terminated string; the NUL is not counted in `length`. Valid until the next change. */
const char *leat_buffer_string(leat_buffer *buffer);

/* Hands the content over as a NUL-terminated heap string (leat_release it) and leaves the buffer empty. */
char *leat_buffer_detach_string(leat_buffer *buffer);

/* Frees the memory and leaves an empty, usable buffer. */
void leat_buffer_free(leat_buffer *buffer);

/* Room for `extra` more bytes, at the address returned; the caller then calls leat_buffer_commit with what it
 * used. */
static inline uint8_t *leat_buffer_reserve(leat_buffer *buffer, size_t extra)
{
    /* The second condition: no address may be computed from none, not even for `extra` 0. */
    if (__builtin_expect(buffer->capacity - buffer->length < extra || buffer->data == NULL, 0))
        leat_buffer_grow(buffer, extra);
    return buffer->data + buffer->length;
}

static inline void leat_buffer_commit(leat_buffer *buffer, size_t used)
{
    buffer->length += used;
}

static inline void leat_buffer_append(leat_buffer *buffer, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    memcpy(leat_buffer_reserve(buffer, length), bytes, length);
    buffer->length += length;
}

static inline void leat_buffer_append_byte(leat_buffer *buffer, uint8_t byte)
{
    *leat_buffer_reserve(buffer, 1) = byte;
    buffer->length++;
}

static inline void leat_buffer_append_slice(leat_buffer *buffer, leat_slice slice)
{
    leat_buffer_append(buffer, slice.data, slice.length);
}

static inline void leat_buffer_append_string(leat_buffer *buffer, const char *text)
{
    leat_buffer_append(buffer, text, strlen(text));
}

/* Empties the buffer and keeps its memory for reuse. */
static inline void leat_buffer_reset(leat_buffer *buffer)
{
    buffer->length = 0;
}

enum { LEAT_BUFFER_MOST_KEPT = 1 << 20 };

/* Empties the buffer, and keeps its memory only up to LEAT_BUFFER_MOST_KEPT: for a buffer that lives long and
 * once held an outsized value. */
static inline void leat_buffer_reset_bounded(leat_buffer *buffer)
{
    buffer->length = 0;
    if (__builtin_expect(buffer->capacity > LEAT_BUFFER_MOST_KEPT, 0))
        leat_buffer_free(buffer);
}

static inline leat_slice leat_buffer_slice(const leat_buffer *buffer)
{
    return leat_slice_of(buffer->data, buffer->length);
}

#endif
