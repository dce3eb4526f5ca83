#include "base/utf8.h"

/* Bytes that follow a leading byte, and the range the first of them must lie in (RFC 3629, section 4). */
typedef struct sequence {
    size_t following;
    uint8_t low;
    uint8_t high;
} sequence;

static bool sequence_of(uint8_t lead, sequence *found)
{
    if (lead < 0xc2 || lead > 0xf4)
        return false;
    found->following = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    found->low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    found->high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return true;
}

size_t leat_utf8_next(leat_cursor *cursor)
{
    uint8_t lead = leat_cursor_u8(cursor);
    sequence expected;
    if (lead < 0x80)
        return 1;
    if (!sequence_of(lead, &expected) || leat_cursor_remaining(cursor) < expected.following)
        return 0;
    leat_cursor ahead = *cursor;
    for (size_t i = 0; i < expected.following; i++) {
        uint8_t byte = leat_cursor_u8(&ahead);
        if (byte < (i == 0 ? expected.low : 0x80) || byte > (i == 0 ? expected.high : 0xbf))
            return 0;
    }
    *cursor = ahead;
    return expected.following + 1;
}

/* Most text is plain ASCII: passes over it, eight bytes at a time. */
static size_t ascii_length(leat_slice text)
{
    size_t at = 0;
    for (uint64_t word; text.length - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text.data + at, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (at < text.length && text.data[at] < 0x80)
        at++;
    return at;
}

size_t leat_utf8_valid_length(leat_slice text)
{
    leat_cursor cursor = leat_cursor_open(text);
    while (leat_cursor_remaining(&cursor) > 0) {
        leat_slice rest = leat_slice_of(cursor.at, leat_cursor_remaining(&cursor));
        size_t plain = ascii_length(rest);
        (void)leat_cursor_bytes(&cursor, plain);
        if (plain < rest.length && leat_utf8_next(&cursor) == 0)
            return text.length - leat_cursor_remaining(&cursor) - 1;
    }
    return text.length;
}

void leat_utf8_append_escaped(leat_buffer *out, leat_slice text)
{
    leat_cursor cursor = leat_cursor_open(text);
    while (leat_cursor_remaining(&cursor) > 0) {
        leat_cursor before = cursor;
        size_t length = leat_utf8_next(&cursor);
        if (length > 0)
            leat_buffer_append_slice(out, leat_cursor_bytes(&before, length));
        else
            leat_buffer_printf(out, "\\x%02x", leat_cursor_u8(&before));
    }
}
