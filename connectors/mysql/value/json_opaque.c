/* Values of column types that JSON itself has not (Json_wrapper::to_string, sql-common/json_dom.cc). */
#include "base/cursor.h"
#include "mysql/value/decimal_packed.h"
#include "mysql/value/json_text.h"
#include "mysql/value/layout.h"
#include "mysql/value/time_parts.h"

/* Column types as the server numbers them within: dates and times have the numbers of their old formats. */
enum { DATE = 10, TIME = 11, DATETIME = 12, TIMESTAMP = 7, JSON_FRACTION = 6 };

/* Precision, scale, and the number as a column has it. */
static bool print_decimal(leat_buffer *out, leat_slice data)
{
    leat_cursor cursor = leat_cursor_open(data);
    unsigned precision = leat_cursor_u8(&cursor);
    unsigned scale = leat_cursor_u8(&cursor);
    leat_slice packed = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
    return !leat_cursor_failed(&cursor) && leat_mysql_decimal_text(packed, precision, scale, out);
}

static bool is_printable(const leat_mysql_moment *moment, bool is_span)
{
    return moment->year <= 9999 && (is_span || !moment->negative) && moment->hour <= 838 &&
           moment->minute <= 59 && moment->second <= 59 && moment->microsecond <= 999999;
}

static bool print_moment(leat_buffer *out, uint8_t column_type, leat_slice data)
{
    leat_cursor cursor = leat_cursor_open(data);
    int64_t packed = (int64_t)leat_cursor_little_endian(&cursor, 8);
    leat_mysql_moment moment;
    if (column_type == TIME)
        leat_mysql_moment_unpack_span(packed, &moment);
    else
        leat_mysql_moment_unpack_datetime(packed, &moment);
    if (leat_cursor_failed(&cursor) || leat_cursor_remaining(&cursor) > 0 ||
        !is_printable(&moment, column_type == TIME))
        return false;
    leat_buffer_append_byte(out, '"');
    if (column_type == TIME)
        leat_mysql_moment_append_span(&moment, JSON_FRACTION, out);
    else if (column_type == DATE)
        leat_mysql_moment_append_date(&moment, out);
    else
        leat_mysql_moment_append_datetime(&moment, JSON_FRACTION, out);
    leat_buffer_append_byte(out, '"');
    return true;
}

/* Three bytes or what is left of them as four digits. */
static void append_quartet(leat_buffer *out, leat_slice bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; i++)
        bits = bits << 8 | (i < bytes.length ? bytes.data[i] : 0u);
    for (size_t i = 0; i < 4; i++)
        leat_buffer_append_byte(out, i > bytes.length ? '=' : (uint8_t)digits[bits >> (18 - 6 * i) & 63]);
}

/* The server's base64 has lines of 76 digits, which a string shows as escapes. */
static void append_base64(leat_buffer *out, leat_slice data)
{
    enum { LINE_QUARTETS = 19 };
    leat_cursor cursor = leat_cursor_open(data);
    for (size_t quartets = 0; leat_cursor_remaining(&cursor) > 0; quartets++) {
        size_t left = leat_cursor_remaining(&cursor);
        if (quartets > 0 && quartets % LINE_QUARTETS == 0)
            leat_buffer_append_string(out, "\\n");
        append_quartet(out, leat_cursor_bytes(&cursor, left < 3 ? left : 3));
    }
}

static bool print_bytes(leat_buffer *out, uint8_t column_type, leat_slice data)
{
    leat_buffer_append_string(out, "\"base64:type");
    if (column_type >= 100)
        leat_buffer_append_byte(out, (uint8_t)('0' + column_type / 100));
    if (column_type >= 10)
        leat_buffer_append_byte(out, (uint8_t)('0' + column_type / 10 % 10));
    leat_buffer_append_byte(out, (uint8_t)('0' + column_type % 10));
    leat_buffer_append_byte(out, ':');
    append_base64(out, data);
    leat_buffer_append_byte(out, '"');
    return true;
}

bool leat_mysql_json_print_opaque(leat_buffer *out, uint8_t column_type, leat_slice data)
{
    switch (column_type) {
    case LEAT_MYSQL_DECIMAL:
        return print_decimal(out, data);
    case DATE:
    case TIME:
    case DATETIME:
    case TIMESTAMP:
        return print_moment(out, column_type, data);
    default:
        return print_bytes(out, column_type, data);
    }
}
