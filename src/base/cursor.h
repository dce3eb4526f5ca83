/* The cursor: the only way leat reads bytes that come from a network or a file.
 *
 * It cannot read past its end, and its error is sticky: after the first short read every further read gives
 * zero or an empty slice and leat_cursor_failed stays true. So a parser reads a whole message straight
 * through and asks once at the end. A zero from a failed read is never mistaken for a value as long as that
 * question is asked before the values are used; leat_cursor_finish asks it, and refuses left-over bytes as
 * well.
 */
#ifndef LEAT_BASE_CURSOR_H
#define LEAT_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

typedef struct leat_cursor {
    const uint8_t *start; /* for offsets in errors */
    const uint8_t *at;
    const uint8_t *end;
    const uint8_t *failed_at; /* NULL until a read did not fit or leat_cursor_fail was called */
} leat_cursor;

static inline leat_cursor leat_cursor_open(leat_slice bytes)
{
    /* An empty slice may have no address, but a place of failure needs one. */
    if (bytes.data == NULL)
        bytes = leat_slice_of("", 0);
    return (leat_cursor){
        .start = bytes.data, .at = bytes.data, .end = bytes.data + bytes.length, .failed_at = NULL};
}

static inline bool leat_cursor_failed(const leat_cursor *cursor)
{
    return cursor->failed_at != NULL;
}

static inline size_t leat_cursor_remaining(const leat_cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

/* Marks the cursor failed at the present place (a value that makes no sense). Only the first failure counts.
 */
static inline void leat_cursor_fail(leat_cursor *cursor)
{
    if (cursor->failed_at == NULL)
        cursor->failed_at = cursor->at;
    cursor->at = cursor->end;
}

/* The next `length` bytes, consumed; an empty slice with NULL data when there are not as many. */
static inline leat_slice leat_cursor_bytes(leat_cursor *cursor, size_t length)
{
    if (__builtin_expect(leat_cursor_remaining(cursor) < length, 0)) {
        leat_cursor_fail(cursor);
        return leat_slice_of(NULL, 0);
    }
    leat_slice bytes = leat_slice_of(cursor->at, length);
    cursor->at += length;
    return bytes;
}

/* A cursor over the next `length` bytes, which are consumed here: a hard end for a sub-parser. */
static inline leat_cursor leat_cursor_narrow(leat_cursor *cursor, size_t length)
{
    leat_slice bytes = leat_cursor_bytes(cursor, length);
    /* A failed cursor is at its end: the copy is as failed, and its offsets are those of the whole. */
    return leat_cursor_failed(cursor) ? *cursor : leat_cursor_open(bytes);
}

static inline uint8_t leat_cursor_u8(leat_cursor *cursor)
{
    if (__builtin_expect(cursor->at == cursor->end, 0)) {
        leat_cursor_fail(cursor);
        return 0;
    }
    return *cursor->at++;
}

/* The next byte without consuming it, or -1 at the end (which is no failure). */
static inline int leat_cursor_peek(const leat_cursor *cursor)
{
    return cursor->at == cursor->end ? -1 : *cursor->at;
}

/* Big-endian ("network order") integers of 2, 4 and 8 bytes: PostgreSQL. */
static inline uint64_t leat_cursor_big_endian(leat_cursor *cursor, size_t width)
{
    leat_slice bytes = leat_cursor_bytes(cursor, width);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.length; i++)
        value = value << 8 | bytes.data[i];
    return value;
}

/* Little-endian integers of 1 to 8 bytes: MySQL. */
static inline uint64_t leat_cursor_little_endian(leat_cursor *cursor, size_t width)
{
    leat_slice bytes = leat_cursor_bytes(cursor, width);
    uint64_t value = 0;
    for (size_t i = bytes.length; i > 0; i--)
        value = value << 8 | bytes.data[i - 1];
    return value;
}

static inline uint16_t leat_cursor_u16be(leat_cursor *cursor)
{
    return (uint16_t)leat_cursor_big_endian(cursor, 2);
}

static inline uint32_t leat_cursor_u32be(leat_cursor *cursor)
{
    return (uint32_t)leat_cursor_big_endian(cursor, 4);
}

static inline uint64_t leat_cursor_u64be(leat_cursor *cursor)
{
    return leat_cursor_big_endian(cursor, 8);
}

static inline int32_t leat_cursor_i32be(leat_cursor *cursor)
{
    return (int32_t)leat_cursor_u32be(cursor);
}

/* A NUL-terminated string without its NUL; the NUL is consumed. No NUL before the end is a failure. */
leat_slice leat_cursor_string(leat_cursor *cursor);

/* A zigzag varint as Avro's int and long have it (Avro specification, "Binary encoding"); at most ten bytes.
 */
int64_t leat_cursor_varint(leat_cursor *cursor);

/* OK when every byte was read and no read failed; else `status` with a sentence that names `what` and the
 * offset. */
leat_status leat_cursor_finish(const leat_cursor *cursor, leat_status status, const char *what,
                               leat_error *error);

#endif
