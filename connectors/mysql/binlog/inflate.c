#include "mysql/binlog/inflate.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "mysql/binlog/binlog.h"

/* deflate's densest symbols make 258 bytes of 2 bits. */
enum { MOST_RATIO = 1032 };

/* An event's first byte: 1, three bits for the algorithm (0: zlib), a bit without meaning, and how many bytes
 * the length has. */
enum { EVENT_KIND = 0xf0, EVENT_ZLIB = 0x80, LENGTH_BYTES = 0x07 };

/* A value's first byte: four bits for the algorithm (0: none, 8: zlib), one that there is no zlib header, and
 * how many bytes the length has. */
enum { VALUE_KIND = 0xf0, VALUE_STORED = 0x00, VALUE_ZLIB = 0x80, VALUE_RAW = 0x08 };

struct leat_binlog_inflater {
    struct libdeflate_decompressor *state;
};

leat_binlog_inflater *leat_binlog_inflater_new(void)
{
    leat_binlog_inflater *inflater = leat_allocate(sizeof *inflater);
    inflater->state = libdeflate_alloc_decompressor();
    if (inflater->state != NULL)
        return inflater;
    /* As in base/memory.h, the process ends where there is no memory. */
    fputs("leat: out of memory for a decompressor\n", stderr);
    abort();
}

void leat_binlog_inflater_free(leat_binlog_inflater *inflater)
{
    if (inflater == NULL)
        return;
    libdeflate_free_decompressor(inflater->state);
    leat_release(inflater);
}

/* A length that the data cannot make is not worth its memory. */
static bool is_plausible(const leat_binlog_deflated *deflated)
{
    return deflated->length <= LEAT_BINLOG_MOST_BYTES &&
           deflated->length / MOST_RATIO <= deflated->data.length;
}

static bool read_length(leat_cursor *cursor, uint8_t first, leat_binlog_deflated *deflated)
{
    size_t width = first & LENGTH_BYTES;
    if (width < 1 || width > 4)
        return false;
    deflated->length = leat_cursor_big_endian(cursor, width);
    deflated->data = leat_cursor_bytes(cursor, leat_cursor_remaining(cursor));
    return !leat_cursor_failed(cursor) && is_plausible(deflated);
}

bool leat_binlog_deflated_event(leat_slice bytes, leat_binlog_deflated *deflated)
{
    leat_cursor cursor = leat_cursor_open(bytes);
    *deflated = (leat_binlog_deflated){.raw = false};
    uint8_t first = leat_cursor_u8(&cursor);
    return (first & EVENT_KIND) == EVENT_ZLIB && read_length(&cursor, first, deflated);
}

bool leat_binlog_deflated_value(leat_slice bytes, leat_binlog_deflated *deflated)
{
    leat_cursor cursor = leat_cursor_open(bytes);
    *deflated = (leat_binlog_deflated){.stored = true};
    if (bytes.length == 0)
        return true;
    uint8_t first = leat_cursor_u8(&cursor);
    if (first == VALUE_STORED) {
        deflated->data = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
        deflated->length = deflated->data.length;
        return true;
    }
    deflated->stored = false;
    deflated->raw = (first & VALUE_RAW) != 0;
    return (first & VALUE_KIND) == VALUE_ZLIB && read_length(&cursor, first, deflated);
}

bool leat_binlog_inflate(leat_binlog_inflater *inflater, const leat_binlog_deflated *deflated, void *out)
{
    const uint8_t *in = deflated->data.data;
    size_t in_length = deflated->data.length;
    size_t made = 0;
    enum libdeflate_result result =
        deflated->raw
            ? libdeflate_deflate_decompress(inflater->state, in, in_length, out, deflated->length, &made)
            : libdeflate_zlib_decompress(inflater->state, in, in_length, out, deflated->length, &made);
    return result == LIBDEFLATE_SUCCESS && made == deflated->length;
}
