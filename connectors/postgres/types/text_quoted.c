#include "postgres/types/text_quoted.h"

#include <string.h>

uint8_t *leat_postgres_scratch_take(leat_postgres_scratch *scratch, size_t size)
{
    if (size <= sizeof scratch->near)
        return scratch->near;
    leat_buffer_reset(&scratch->far);
    return leat_buffer_reserve(&scratch->far, size);
}

void leat_postgres_scratch_end(leat_postgres_scratch *scratch)
{
    leat_buffer_free(&scratch->far);
}

void leat_postgres_expect(leat_cursor *cursor, char wanted)
{
    if (leat_cursor_u8(cursor) != (uint8_t)wanted)
        leat_cursor_fail(cursor);
}

/* Whether the byte just read makes the one behind it an ordinary character. */
static bool is_escape(uint8_t byte, leat_postgres_quoting quoting, const leat_cursor *cursor)
{
    return byte == '\\' ||
           (byte == '"' && quoting == LEAT_POSTGRES_DOUBLED && leat_cursor_peek(cursor) == '"');
}

/* Up to the closing quote, which is consumed: the raw content, and whether anything in it is escaped. */
static leat_slice read_raw(leat_cursor *cursor, leat_postgres_quoting quoting, bool *escaped)
{
    leat_cursor content = *cursor;
    *escaped = false;
    while (!leat_cursor_failed(cursor)) {
        uint8_t byte = leat_cursor_u8(cursor);
        if (is_escape(byte, quoting, cursor)) {
            *escaped = true;
            (void)leat_cursor_u8(cursor);
        } else if (byte == '"') {
            size_t consumed = leat_cursor_remaining(&content) - leat_cursor_remaining(cursor);
            return leat_cursor_bytes(&content, consumed - 1);
        }
    }
    return leat_slice_of(NULL, 0);
}

/* A backslash or, among doubled ones, a quote gives way to the character behind it. read_raw has seen that
 * there is one. */
static leat_slice remove_escapes(leat_slice raw, leat_postgres_scratch *scratch)
{
    uint8_t *plain = leat_postgres_scratch_take(scratch, raw.length);
    size_t length = 0;
    leat_cursor cursor = leat_cursor_open(raw);
    while (leat_cursor_remaining(&cursor) > 0) {
        uint8_t byte = leat_cursor_u8(&cursor);
        plain[length++] = byte == '\\' || byte == '"' ? leat_cursor_u8(&cursor) : byte;
    }
    return leat_slice_of(plain, length);
}

leat_slice leat_postgres_read_quoted(leat_cursor *cursor, leat_postgres_quoting quoting,
                                     leat_postgres_scratch *scratch)
{
    bool escaped = false;
    leat_postgres_expect(cursor, '"');
    leat_slice raw = read_raw(cursor, quoting, &escaped);
    return escaped && !leat_cursor_failed(cursor) ? remove_escapes(raw, scratch) : raw;
}

leat_slice leat_postgres_read_bare(leat_cursor *cursor, uint8_t separator, uint8_t closing,
                                   const char *refused)
{
    leat_cursor content = *cursor;
    for (int next = leat_cursor_peek(cursor); next != separator && next != closing;
         next = leat_cursor_peek(cursor)) {
        if (next <= 0 || strchr(refused, next) != NULL) {
            leat_cursor_fail(cursor);
            return leat_slice_of(NULL, 0);
        }
        (void)leat_cursor_u8(cursor);
    }
    return leat_cursor_bytes(&content, leat_cursor_remaining(&content) - leat_cursor_remaining(cursor));
}
