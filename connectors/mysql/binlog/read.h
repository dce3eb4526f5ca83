/* What the parsers of binlog events share: packed integers, and sentences that name the event. */
#ifndef LEAT_MYSQL_BINLOG_READ_H
#define LEAT_MYSQL_BINLOG_READ_H

#include "base/cursor.h"
#include "mysql/binlog/binlog.h"

/* A length-encoded integer (MySQL protocol, "LengthEncodedInteger"): one byte up to 250, else 252, 253 or 254
 * and two, three or eight. 251 and 255 mean other things elsewhere and fail the cursor. */
static inline uint64_t leat_binlog_packed(leat_cursor *cursor)
{
    uint8_t first = leat_cursor_u8(cursor);
    if (__builtin_expect(first <= 250, 1))
        return first;
    if (first == 251 || first == 255) {
        leat_cursor_fail(cursor);
        return 0;
    }
    return leat_cursor_little_endian(cursor, first == 252 ? 2 : first == 253 ? 3 : 8);
}

/* Bytes behind a length-encoded length. */
static inline leat_slice leat_binlog_packed_bytes(leat_cursor *cursor)
{
    return leat_cursor_bytes(cursor, leat_binlog_packed(cursor));
}

/* Everything that is left. */
static inline leat_slice leat_binlog_rest(leat_cursor *cursor)
{
    return leat_cursor_bytes(cursor, leat_cursor_remaining(cursor));
}

/* One bit of a bitmap whose first column is the lowest bit of the first byte. */
static inline bool leat_binlog_bit(leat_slice bitmap, size_t index)
{
    return (bitmap.data[index / 8] >> (index % 8) & 1) != 0;
}

/* The same for bitmaps whose first column is the highest bit (TABLE_MAP's optional metadata). */
static inline bool leat_binlog_high_bit(leat_slice bitmap, size_t index)
{
    return (bitmap.data[index / 8] >> (7 - index % 8) & 1) != 0;
}

/* leat_cursor_finish with the event's name and place. */
leat_status leat_binlog_finish(const leat_cursor *cursor, const leat_binlog_event *event, leat_error *error);

/* LEAT_FAILED with a sentence about the event: "the QUERY event that ends at 1234 has …". */
leat_status leat_binlog_refuse(const leat_binlog_event *event, leat_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
