#include "base/buffer.h"

#include <stdio.h>

#include "base/memory.h"

enum { SMALLEST_CAPACITY = 64 };

void leat_buffer_grow(leat_buffer *buffer, size_t extra)
{
    size_t wanted = buffer->length + extra;
    if (wanted < extra)
        wanted = SIZE_MAX; /* the allocator refuses it with its own sentence */
    size_t capacity = buffer->capacity < SMALLEST_CAPACITY ? SMALLEST_CAPACITY : buffer->capacity;
    while (capacity < wanted)
        capacity = capacity > SIZE_MAX / 2 ? wanted : capacity * 2;
    buffer->data = leat_reallocate(buffer->data, capacity);
    buffer->capacity = capacity;
}

void leat_buffer_vprintf(leat_buffer *buffer, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length > 0) {
        size_t room = (size_t)length + 1;
        vsnprintf((char *)leat_buffer_reserve(buffer, room), room, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
}

void leat_buffer_printf(leat_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    leat_buffer_vprintf(buffer, format, arguments);
    va_end(arguments);
}

const char *leat_buffer_string(leat_buffer *buffer)
{
    *leat_buffer_reserve(buffer, 1) = '\0';
    return (const char *)buffer->data;
}

char *leat_buffer_detach_string(leat_buffer *buffer)
{
    leat_buffer_string(buffer);
    char *text = (char *)buffer->data;
    *buffer = (leat_buffer){0};
    return text;
}

void leat_buffer_free(leat_buffer *buffer)
{
    leat_release(buffer->data);
    *buffer = (leat_buffer){0};
}
