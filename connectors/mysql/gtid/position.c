#include "mysql/gtid/position.h"

#include <string.h>

#include "base/cursor.h"
#include "base/digits.h"
#include "base/hex.h"
#include "base/memory.h"
#include "base/number.h"

/* ---- The file's name ---- */

/* What may stand in a position's text as it is: printable ASCII, but for what the text form needs. */
static bool stands_for_itself(uint8_t byte)
{
    switch (byte) {
    case '+':
    case '@':
    case '%':
    case '/':
    case ':':
        return false;
    default:
        return byte > ' ' && byte < 0x7f;
    }
}

static void append_name(leat_buffer *out, const char *name)
{
    static const char digits[] = "0123456789ABCDEF";
    for (const char *at = name; *at != '\0'; at++) {
        uint8_t byte = (uint8_t)*at;
        if (stands_for_itself(byte)) {
            leat_buffer_append_byte(out, byte);
            continue;
        }
        leat_buffer_append_byte(out, '%');
        leat_buffer_append_byte(out, (uint8_t)digits[byte >> 4]);
        leat_buffer_append_byte(out, (uint8_t)digits[byte & 15]);
    }
}

/* One byte of a name; 0, with the cursor failed, where none stands. */
static uint8_t read_byte(leat_cursor *cursor)
{
    uint8_t byte = leat_cursor_u8(cursor);
    if (byte == '%') {
        leat_slice digits = leat_cursor_bytes(cursor, 2);
        if (digits.length == 0 || !leat_hex_decode(digits, &byte) || byte == 0)
            leat_cursor_fail(cursor);
    } else if (!stands_for_itself(byte)) {
        leat_cursor_fail(cursor);
    }
    return leat_cursor_failed(cursor) ? 0 : byte;
}

/* Reads "FILE:OFFSET"; behind GTIDs there may be nothing, as they are all that is needed. */
static bool read_place(leat_slice text, leat_mysql_position *position)
{
    if (text.length == 0)
        return position->set != NULL || position->state != NULL;
    size_t colon = 0;
    while (colon < text.length && text.data[colon] != ':')
        colon++;
    leat_cursor cursor = leat_cursor_open(text);
    leat_cursor name = leat_cursor_narrow(&cursor, colon);
    leat_cursor_u8(&cursor);
    leat_slice offset = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
    if (colon == 0 || !leat_number_parse_unsigned(offset, &position->offset))
        return false;
    leat_buffer file = {0};
    while (leat_cursor_remaining(&name) > 0)
        leat_buffer_append_byte(&file, read_byte(&name));
    position->file = leat_buffer_detach_string(&file);
    return !leat_cursor_failed(&name);
}

/* ---- The text form ---- */

static leat_status read_gtids(leat_slice text, bool mariadb, leat_mysql_position *position, leat_error *error)
{
    if (mariadb) {
        position->state = leat_mariadb_gtid_state_new();
        return leat_mariadb_gtid_state_parse(position->state, text, error);
    }
    position->set = leat_mysql_gtid_set_new();
    return leat_mysql_gtid_set_parse(position->set, text, error);
}

static leat_status read_position(leat_slice text, bool mariadb, leat_mysql_position *position,
                                 leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(text);
    const uint8_t *slash = text.length == 0 ? NULL : memchr(text.data, '/', text.length);
    leat_status status = LEAT_OK;
    if (slash != NULL) {
        leat_slice gtids = leat_cursor_bytes(&cursor, (size_t)(slash - text.data));
        status = read_gtids(gtids, mariadb, position, error);
        leat_cursor_u8(&cursor);
    }
    leat_slice place = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
    if (status == LEAT_OK && !read_place(place, position))
        status = leat_error_set(error, LEAT_FAILED, "\"%.*s\" is not of the form FILE:OFFSET",
                                LEAT_SLICE_FORMAT(place));
    return status;
}

leat_status leat_mysql_position_parse(const char *text, bool mariadb, leat_mysql_position *position,
                                      leat_error *error)
{
    leat_mysql_position read = {0};
    leat_status status = read_position(leat_slice_of_string(text), mariadb, &read, error);
    if (status != LEAT_OK) {
        leat_mysql_position_clear(&read);
        return leat_error_context(error, status, "this is no position in a binlog");
    }
    leat_mysql_position_clear(position);
    *position = read;
    return LEAT_OK;
}

void leat_mysql_position_format(const leat_mysql_position *position, leat_buffer *out)
{
    if (position->set != NULL)
        leat_mysql_gtid_set_format(position->set, out);
    else if (position->state != NULL)
        leat_mariadb_gtid_state_format(position->state, out);
    if (position->set != NULL || position->state != NULL)
        leat_buffer_append_byte(out, '/');
    if (position->file == NULL)
        return;
    append_name(out, position->file);
    leat_buffer_append_byte(out, ':');
    leat_digits_append(out, position->offset);
}

/* ---- Holding one ---- */

void leat_mysql_position_clear(leat_mysql_position *position)
{
    leat_mysql_gtid_set_free(position->set);
    leat_mariadb_gtid_state_free(position->state);
    leat_release(position->file);
    *position = (leat_mysql_position){0};
}

void leat_mysql_position_copy(leat_mysql_position *to, const leat_mysql_position *from)
{
    /* Copies first: both may be the same. */
    leat_mysql_position copy = {
        .set = from->set == NULL ? NULL : leat_mysql_gtid_set_copy(from->set),
        .state = from->state == NULL ? NULL : leat_mariadb_gtid_state_copy(from->state),
        .file = leat_duplicate_string(from->file),
        .offset = from->offset,
    };
    leat_mysql_position_clear(to);
    *to = copy;
}

void leat_mysql_position_set_file(leat_mysql_position *position, leat_slice file, uint64_t offset)
{
    position->offset = offset;
    /* Nearly always it is the same file. */
    if (position->file != NULL && leat_slice_equals_string(file, position->file))
        return;
    char *copy = leat_duplicate_bytes(file.data, file.length);
    leat_release(position->file);
    position->file = copy;
}

/* ---- Order ---- */

/* Where the digits at the end of a name begin; its length when there are none. */
static size_t digits_of(leat_slice file)
{
    size_t at = file.length;
    while (at > 0 && file.data[at - 1] >= '0' && file.data[at - 1] <= '9')
        at--;
    return at;
}

bool leat_mysql_file_number(leat_slice file, uint64_t *number)
{
    size_t at = digits_of(file);
    return at < file.length &&
           leat_number_parse_unsigned(leat_slice_of(&file.data[at], file.length - at), number);
}

static int order_of(uint64_t left, uint64_t right)
{
    return (left > right) - (left < right);
}

static leat_status compare_files(const leat_mysql_position *left, const leat_mysql_position *right,
                                 int *order, leat_error *error)
{
    leat_slice left_file = leat_slice_of_string(left->file);
    leat_slice right_file = leat_slice_of_string(right->file);
    uint64_t left_number = 0;
    uint64_t right_number = 0;
    bool one_series = leat_slice_equal(leat_slice_of(left_file.data, digits_of(left_file)),
                                       leat_slice_of(right_file.data, digits_of(right_file))) &&
                      leat_mysql_file_number(left_file, &left_number) &&
                      leat_mysql_file_number(right_file, &right_number);
    if (!one_series)
        return leat_error_set(error, LEAT_FAILED,
                              "positions in %s and in %s cannot be compared: the files are of two series",
                              left->file, right->file);
    int by_file = order_of(left_number, right_number);
    *order = by_file != 0 ? by_file : order_of(left->offset, right->offset);
    return LEAT_OK;
}

static leat_status compare_gtids(bool left_has_right, bool right_has_left, int *order, leat_error *error)
{
    if (!left_has_right && !right_has_left)
        return leat_error_set(
            error, LEAT_FAILED,
            "the positions cannot be compared: each has transactions that the other has not");
    *order = (int)left_has_right - (int)right_has_left;
    return LEAT_OK;
}

leat_status leat_mysql_position_compare(const leat_mysql_position *left, const leat_mysql_position *right,
                                        int *order, leat_error *error)
{
    if (left->set != NULL && right->set != NULL)
        return compare_gtids(leat_mysql_gtid_set_contains(left->set, right->set),
                             leat_mysql_gtid_set_contains(right->set, left->set), order, error);
    if (left->state != NULL && right->state != NULL)
        return compare_gtids(leat_mariadb_gtid_state_contains(left->state, right->state),
                             leat_mariadb_gtid_state_contains(right->state, left->state), order, error);
    if (left->set != NULL || right->set != NULL || left->state != NULL || right->state != NULL)
        return leat_error_set(
            error, LEAT_FAILED,
            "positions in %s and in %s cannot be compared: they do not name transactions in "
            "the same way",
            left->file, right->file);
    return compare_files(left, right, order, error);
}
