#include "mysql/value/json_text.h"

#include <math.h>

#include "base/cursor.h"
#include "base/utf8.h"

bool leat_mysql_json_spend(leat_mysql_json_printer *printer, size_t cost)
{
    if (printer->budget < cost)
        return false;
    printer->budget -= cost;
    return true;
}

static void append_unsigned(leat_buffer *out, uint64_t value)
{
    enum { MOST_DIGITS = 20 };
    uint8_t digits[MOST_DIGITS];
    size_t first = MOST_DIGITS;
    do {
        digits[--first] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    leat_buffer_append(out, digits + first, MOST_DIGITS - first);
}

/* The letter behind a backslash; 0 where a control character has none, and 1 where nothing is escaped. */
static char escape_of(uint8_t byte)
{
    switch (byte) {
    case '"':
    case '\\':
        return (char)byte;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return byte < 0x20 ? 0 : 1;
    }
}

static void append_escaped(leat_buffer *out, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    char letter = escape_of(byte);
    leat_buffer_append_byte(out, '\\');
    if (letter != 0) {
        leat_buffer_append_byte(out, (uint8_t)letter);
        return;
    }
    leat_buffer_append_string(out, "u00");
    leat_buffer_append_byte(out, (uint8_t)digits[byte >> 4]);
    leat_buffer_append_byte(out, (uint8_t)digits[byte & 15]);
}

/* Appends a string in quotes; false where it is not UTF-8. */
static bool append_string(leat_buffer *out, leat_slice text)
{
    if (!leat_utf8_valid(text))
        return false;
    leat_buffer_append_byte(out, '"');
    size_t start = 0;
    for (size_t i = 0; i < text.length; i++) {
        uint8_t byte = text.data[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        leat_buffer_append(out, text.data + start, i - start);
        append_escaped(out, byte);
        start = i + 1;
    }
    if (text.length > start)
        leat_buffer_append(out, text.data + start, text.length - start);
    leat_buffer_append_byte(out, '"');
    return true;
}

static bool print_literal(leat_mysql_json_printer *printer, const leat_mysql_json_value *value)
{
    static const char *const literals[] = {"null", "true", "false"};
    leat_cursor cursor = leat_cursor_open(value->bytes);
    uint8_t literal = leat_cursor_u8(&cursor);
    if (leat_cursor_failed(&cursor) || literal > 2)
        return false;
    leat_buffer_append_string(printer->out, literals[literal]);
    return true;
}

static bool print_signed(leat_mysql_json_printer *printer, const leat_mysql_json_value *value, size_t width)
{
    leat_cursor cursor = leat_cursor_open(value->bytes);
    unsigned unused = (unsigned)(64 - 8 * width);
    int64_t number = (int64_t)(leat_cursor_little_endian(&cursor, width) << unused) >> unused;
    if (number < 0)
        leat_buffer_append_byte(printer->out, '-');
    append_unsigned(printer->out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
    return !leat_cursor_failed(&cursor) && leat_mysql_json_spend(printer, width);
}

static bool print_unsigned(leat_mysql_json_printer *printer, const leat_mysql_json_value *value, size_t width)
{
    leat_cursor cursor = leat_cursor_open(value->bytes);
    append_unsigned(printer->out, leat_cursor_little_endian(&cursor, width));
    return !leat_cursor_failed(&cursor) && leat_mysql_json_spend(printer, width);
}

static bool print_double(leat_mysql_json_printer *printer, const leat_mysql_json_value *value)
{
    leat_cursor cursor = leat_cursor_open(value->bytes);
    uint64_t bits = leat_cursor_little_endian(&cursor, 8);
    double number;
    memcpy(&number, &bits, sizeof number);
    if (leat_cursor_failed(&cursor) || !isfinite(number))
        return false;
    leat_mysql_json_print_double(printer->out, number);
    return leat_mysql_json_spend(printer, 8);
}

static bool print_string(leat_mysql_json_printer *printer, const leat_mysql_json_value *value)
{
    leat_slice text;
    return leat_mysql_json_string(value, &text) && leat_mysql_json_spend(printer, text.length) &&
           append_string(printer->out, text);
}

static bool print_opaque(leat_mysql_json_printer *printer, const leat_mysql_json_value *value)
{
    leat_slice data;
    uint8_t column_type = 0;
    return leat_mysql_json_opaque(value, &column_type, &data) &&
           leat_mysql_json_spend(printer, data.length) &&
           leat_mysql_json_print_opaque(printer->out, column_type, data);
}

bool leat_mysql_json_print_key(leat_mysql_json_printer *printer, leat_slice key)
{
    if (!leat_mysql_json_spend(printer, key.length) || !append_string(printer->out, key))
        return false;
    leat_buffer_append_string(printer->out, ": ");
    return true;
}

static bool print_member(leat_mysql_json_printer *printer, const leat_mysql_json_value *container,
                         size_t place, unsigned depth)
{
    leat_slice key;
    leat_mysql_json_value member;
    if (leat_mysql_json_is_object(container) &&
        (!leat_mysql_json_key(container, place, &key) || !leat_mysql_json_print_key(printer, key)))
        return false;
    return leat_mysql_json_member(container, place, &member) &&
           leat_mysql_json_print(printer, &member, depth + 1);
}

static bool print_container(leat_mysql_json_printer *printer, const leat_mysql_json_value *value,
                            unsigned depth)
{
    bool is_object = leat_mysql_json_is_object(value);
    size_t count = 0;
    if (depth > LEAT_MYSQL_JSON_DEEPEST || !leat_mysql_json_count(value, &count))
        return false;
    leat_buffer_append_byte(printer->out, is_object ? '{' : '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            leat_buffer_append_string(printer->out, ", ");
        if (!print_member(printer, value, i, depth))
            return false;
    }
    leat_buffer_append_byte(printer->out, is_object ? '}' : ']');
    return true;
}

bool leat_mysql_json_print(leat_mysql_json_printer *printer, const leat_mysql_json_value *value,
                           unsigned depth)
{
    if (!leat_mysql_json_spend(printer, 1))
        return false;
    switch (value->type) {
    case LEAT_MYSQL_JSON_SMALL_OBJECT:
    case LEAT_MYSQL_JSON_LARGE_OBJECT:
    case LEAT_MYSQL_JSON_SMALL_ARRAY:
    case LEAT_MYSQL_JSON_LARGE_ARRAY:
        return print_container(printer, value, depth);
    case LEAT_MYSQL_JSON_LITERAL:
        return print_literal(printer, value);
    case LEAT_MYSQL_JSON_INT16:
        return print_signed(printer, value, 2);
    case LEAT_MYSQL_JSON_UINT16:
        return print_unsigned(printer, value, 2);
    case LEAT_MYSQL_JSON_INT32:
        return print_signed(printer, value, 4);
    case LEAT_MYSQL_JSON_UINT32:
        return print_unsigned(printer, value, 4);
    case LEAT_MYSQL_JSON_INT64:
        return print_signed(printer, value, 8);
    case LEAT_MYSQL_JSON_UINT64:
        return print_unsigned(printer, value, 8);
    case LEAT_MYSQL_JSON_DOUBLE:
        return print_double(printer, value);
    case LEAT_MYSQL_JSON_STRING:
        return print_string(printer, value);
    case LEAT_MYSQL_JSON_OPAQUE:
        return print_opaque(printer, value);
    default:
        return false;
    }
}
