#include "mysql/value/json_path.h"

#include "base/hex.h"

bool leat_mysql_json_path_begin(leat_cursor *path)
{
    return leat_cursor_u8(path) == '$';
}

/* To the end of an unquoted name, which no dot and no bracket are in. */
static leat_slice read_bare_name(leat_cursor *path)
{
    const uint8_t *start = path->at;
    for (int next = leat_cursor_peek(path); next != -1 && next != '.' && next != '[';
         next = leat_cursor_peek(path))
        (void)leat_cursor_u8(path);
    leat_slice name = leat_slice_of(start, (size_t)(path->at - start));
    if (name.length == 0)
        leat_cursor_fail(path);
    return name;
}

/* \u0001: nothing but control characters is written so. */
static uint8_t read_unicode_escape(leat_cursor *path)
{
    leat_slice digits = leat_cursor_bytes(path, 4);
    uint8_t bytes[2] = {0, 0};
    if (digits.length == 0 || !leat_hex_decode(digits, bytes) || bytes[0] != 0 || bytes[1] >= 0x80)
        leat_cursor_fail(path);
    return bytes[1];
}

static uint8_t read_escape(leat_cursor *path)
{
    static const char letters[] = "bfnrt\"\\/";
    static const char meanings[] = "\b\f\n\r\t\"\\/";
    uint8_t letter = leat_cursor_u8(path);
    if (letter == 'u')
        return read_unicode_escape(path);
    for (size_t i = 0; i + 1 < sizeof letters; i++)
        if (letter == (uint8_t)letters[i])
            return (uint8_t)meanings[i];
    leat_cursor_fail(path);
    return 0;
}

/* A name in quotes. It is no longer than what stands in them. */
static leat_slice read_quoted_name(leat_cursor *path, leat_arena *arena)
{
    uint8_t *name = leat_arena_allocate(arena, leat_cursor_remaining(path) + 1);
    size_t length = 0;
    (void)leat_cursor_u8(path);
    for (uint8_t byte = leat_cursor_u8(path); byte != '"' && !leat_cursor_failed(path);
         byte = leat_cursor_u8(path))
        name[length++] = byte == '\\' ? read_escape(path) : byte;
    return leat_slice_of(name, length);
}

static uint64_t read_index(leat_cursor *path)
{
    uint64_t index = 0;
    unsigned digits = 0;
    for (int next = leat_cursor_peek(path); next >= '0' && next <= '9'; next = leat_cursor_peek(path)) {
        index = index * 10 + leat_cursor_u8(path) - '0';
        if (++digits > 10)
            leat_cursor_fail(path);
    }
    if (digits == 0)
        leat_cursor_fail(path);
    return index;
}

/* "last", "last-1", or a number; behind the bracket. */
static void read_cell(leat_cursor *path, leat_mysql_json_leg *leg)
{
    leg->is_cell = true;
    leg->from_end = leat_cursor_peek(path) == 'l';
    if (!leg->from_end) {
        leg->index = read_index(path);
    } else {
        if (!leat_slice_equals_string(leat_cursor_bytes(path, 4), "last"))
            leat_cursor_fail(path);
        if (leat_cursor_peek(path) == '-') {
            (void)leat_cursor_u8(path);
            leg->index = read_index(path);
        }
    }
    if (leat_cursor_u8(path) != ']')
        leat_cursor_fail(path);
}

bool leat_mysql_json_path_next(leat_cursor *path, leat_arena *arena, leat_mysql_json_leg *leg)
{
    *leg = (leat_mysql_json_leg){0};
    uint8_t kind = leat_cursor_u8(path);
    if (kind == '[')
        read_cell(path, leg);
    else if (kind == '.')
        leg->name = leat_cursor_peek(path) == '"' ? read_quoted_name(path, arena) : read_bare_name(path);
    else
        leat_cursor_fail(path);
    return !leat_cursor_failed(path);
}
