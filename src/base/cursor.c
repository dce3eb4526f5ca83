#include "base/cursor.h"

leat_slice leat_cursor_string(leat_cursor *cursor)
{
    size_t room = leat_cursor_remaining(cursor);
    const uint8_t *end = room == 0 ? NULL : memchr(cursor->at, 0, room);
    if (end == NULL) {
        leat_cursor_fail(cursor);
        return leat_slice_of(NULL, 0);
    }
    leat_slice text = leat_slice_of(cursor->at, (size_t)(end - cursor->at));
    cursor->at = end + 1;
    return text;
}

int64_t leat_cursor_varint(leat_cursor *cursor)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = leat_cursor_u8(cursor);
        uint64_t part = byte & 0x7f;
        if (shift == 63 && part > 1)
            break;
        value |= part << shift;
        if ((byte & 0x80) == 0)
            return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
    }
    leat_cursor_fail(cursor);
    return 0;
}

leat_status leat_cursor_finish(const leat_cursor *cursor, leat_status status, const char *what,
                               leat_error *error)
{
    if (leat_cursor_failed(cursor))
        return leat_error_set(error, status, "%s is truncated or malformed at byte %td of %td", what,
                              cursor->failed_at - cursor->start, cursor->end - cursor->start);
    if (cursor->at != cursor->end)
        return leat_error_set(error, status, "%s has %zu bytes that its kind does not explain", what,
                              leat_cursor_remaining(cursor));
    return LEAT_OK;
}
