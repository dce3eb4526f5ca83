#include "mysql/charset/charset.h"

#include "base/ascii.h"
#include "base/utf8.h"

const char *leat_mysql_charset_name(const leat_mysql_charset *charset)
{
    return charset->name;
}

unsigned leat_mysql_charset_longest(const leat_mysql_charset *charset)
{
    return charset->longest;
}

bool leat_mysql_charset_is_binary(const leat_mysql_charset *charset)
{
    return charset->kind == LEAT_MYSQL_CHARSET_BINARY;
}

bool leat_mysql_charset_is_readable(const leat_mysql_charset *charset)
{
    return charset->kind != LEAT_MYSQL_CHARSET_BINARY && charset->kind != LEAT_MYSQL_CHARSET_UNKNOWN;
}

static bool is_surrogate(uint32_t character)
{
    return character >= 0xd800 && character <= 0xdfff;
}

static bool exists(uint32_t character)
{
    return character <= 0x10ffff && !is_surrogate(character);
}

/* UTF-8 of a character that exists (RFC 3629). */
static void append_character(leat_buffer *out, uint32_t character)
{
    uint8_t *at = leat_buffer_reserve(out, 4);
    size_t length = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length - 1; i > 0; i--) {
        at[i] = (uint8_t)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    at[0] = (uint8_t)(lead[length] | character);
    leat_buffer_commit(out, length);
}

static uint32_t next_unit(leat_cursor *cursor, bool little_endian)
{
    return (uint32_t)(little_endian ? leat_cursor_little_endian(cursor, 2) : leat_cursor_u16be(cursor));
}

static uint32_t next_utf16(leat_cursor *cursor, bool little_endian)
{
    uint32_t high = next_unit(cursor, little_endian);
    if (!is_surrogate(high))
        return high;
    uint32_t low = next_unit(cursor, little_endian);
    if (high >= 0xdc00 || low < 0xdc00 || low > 0xdfff)
        leat_cursor_fail(cursor);
    return 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff));
}

static uint32_t next_character(const leat_mysql_charset *charset, leat_cursor *cursor)
{
    switch (charset->kind) {
    case LEAT_MYSQL_CHARSET_TABLE:
        return leat_mysql_charset_table_next(charset->table, cursor);
    case LEAT_MYSQL_CHARSET_UCS2:
        return leat_cursor_u16be(cursor);
    case LEAT_MYSQL_CHARSET_UTF16:
        return next_utf16(cursor, false);
    case LEAT_MYSQL_CHARSET_UTF16LE:
        return next_utf16(cursor, true);
    case LEAT_MYSQL_CHARSET_UTF32:
        return leat_cursor_u32be(cursor);
    case LEAT_MYSQL_CHARSET_BINARY:
    case LEAT_MYSQL_CHARSET_UTF8:
    case LEAT_MYSQL_CHARSET_ASCII:
    case LEAT_MYSQL_CHARSET_UNKNOWN:
        break;
    }
    leat_cursor_fail(cursor);
    return 0;
}

/* What stands at the cursor in plain ASCII, in one go. */
static void append_plain(leat_cursor *cursor, leat_buffer *out)
{
    size_t plain = leat_ascii_length(leat_slice_of(cursor->at, leat_cursor_remaining(cursor)));
    leat_buffer_append_slice(out, leat_cursor_bytes(cursor, plain));
}

static bool append_characters(const leat_mysql_charset *charset, leat_slice text, leat_buffer *out)
{
    size_t before = out->length;
    bool ascii = charset->kind == LEAT_MYSQL_CHARSET_TABLE && charset->table->ascii;
    leat_cursor cursor = leat_cursor_open(text);
    while (leat_cursor_remaining(&cursor) > 0) {
        if (ascii && *cursor.at < 0x80) {
            append_plain(&cursor, out);
            continue;
        }
        uint32_t character = next_character(charset, &cursor);
        if (!exists(character))
            leat_cursor_fail(&cursor);
        else
            append_character(out, character);
    }
    if (leat_cursor_failed(&cursor))
        out->length = before;
    return !leat_cursor_failed(&cursor);
}

bool leat_mysql_charset_is_utf8(const leat_mysql_charset *charset, leat_slice text)
{
    if (charset->kind == LEAT_MYSQL_CHARSET_UTF8)
        return leat_utf8_valid(text);
    bool ascii = charset->kind == LEAT_MYSQL_CHARSET_ASCII ||
                 (charset->kind == LEAT_MYSQL_CHARSET_TABLE && charset->table->ascii);
    return text.length == 0 || (ascii && leat_ascii_length(text) == text.length);
}

bool leat_mysql_charset_append(const leat_mysql_charset *charset, leat_slice text, leat_buffer *out)
{
    if (!leat_mysql_charset_is_utf8(charset, text))
        return append_characters(charset, text, out);
    leat_buffer_append_slice(out, text);
    return true;
}
