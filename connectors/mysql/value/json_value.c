#include "mysql/value/json_value.h"

#include "base/cursor.h"

bool leat_mysql_json_open(leat_slice document, leat_mysql_json_value *value)
{
    leat_cursor cursor = leat_cursor_open(document);
    value->type = leat_cursor_u8(&cursor);
    value->bytes = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
    return !leat_cursor_failed(&cursor);
}

static bool is_large(const leat_mysql_json_value *container)
{
    return container->type == LEAT_MYSQL_JSON_LARGE_OBJECT || container->type == LEAT_MYSQL_JSON_LARGE_ARRAY;
}

/* Bytes of a place, a count or a size. */
static size_t width_of(const leat_mysql_json_value *container)
{
    return is_large(container) ? 4 : 2;
}

/* Bytes of the entry that tells where a key is: its place, and its length. */
static size_t key_entry(const leat_mysql_json_value *container)
{
    return leat_mysql_json_is_object(container) ? width_of(container) + 2 : 0;
}

static leat_cursor cursor_at(leat_slice bytes, size_t place)
{
    leat_cursor cursor = leat_cursor_open(bytes);
    (void)leat_cursor_bytes(&cursor, place);
    return cursor;
}

/* A container's bytes without what comes behind it; an empty slice where its head says what cannot be. */
static leat_slice extent(const leat_mysql_json_value *container, size_t *count)
{
    size_t width = width_of(container);
    leat_cursor cursor = leat_cursor_open(container->bytes);
    *count = (size_t)leat_cursor_little_endian(&cursor, width);
    size_t size = (size_t)leat_cursor_little_endian(&cursor, width);
    size_t head = 2 * width + *count * (key_entry(container) + 1 + width);
    if (leat_cursor_failed(&cursor) || size < head || size > container->bytes.length)
        return leat_slice_of(NULL, 0);
    return leat_slice_of(container->bytes.data, size);
}

bool leat_mysql_json_count(const leat_mysql_json_value *container, size_t *count)
{
    return extent(container, count).length > 0;
}

/* Values that need no more room than a place stand where it would. */
static bool is_inlined(uint8_t type, bool large)
{
    return type == LEAT_MYSQL_JSON_LITERAL || type == LEAT_MYSQL_JSON_INT16 ||
           type == LEAT_MYSQL_JSON_UINT16 ||
           (large && (type == LEAT_MYSQL_JSON_INT32 || type == LEAT_MYSQL_JSON_UINT32));
}

bool leat_mysql_json_member(const leat_mysql_json_value *container, size_t place,
                            leat_mysql_json_value *member)
{
    size_t count = 0;
    size_t width = width_of(container);
    leat_slice whole = extent(container, &count);
    leat_cursor entry = cursor_at(whole, 2 * width + count * key_entry(container) + place * (1 + width));
    member->type = leat_cursor_u8(&entry);
    if (is_inlined(member->type, is_large(container))) {
        member->bytes = leat_cursor_bytes(&entry, width);
        return !leat_cursor_failed(&entry);
    }
    size_t offset = (size_t)leat_cursor_little_endian(&entry, width);
    leat_cursor value = cursor_at(whole, offset);
    member->bytes = leat_cursor_bytes(&value, leat_cursor_remaining(&value));
    return !leat_cursor_failed(&entry) && !leat_cursor_failed(&value);
}

bool leat_mysql_json_key(const leat_mysql_json_value *object, size_t place, leat_slice *key)
{
    size_t count = 0;
    size_t width = width_of(object);
    leat_slice whole = extent(object, &count);
    leat_cursor entry = cursor_at(whole, 2 * width + place * key_entry(object));
    size_t offset = (size_t)leat_cursor_little_endian(&entry, width);
    size_t length = (size_t)leat_cursor_little_endian(&entry, 2);
    leat_cursor text = cursor_at(whole, offset);
    *key = leat_cursor_bytes(&text, length);
    return !leat_cursor_failed(&entry) && !leat_cursor_failed(&text);
}

/* Seven bits a byte, the lowest first; at most 32. */
static size_t read_length(leat_cursor *cursor)
{
    uint64_t length = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = leat_cursor_u8(cursor);
        length |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return (size_t)length;
    }
    leat_cursor_fail(cursor);
    return 0;
}

bool leat_mysql_json_string(const leat_mysql_json_value *value, leat_slice *text)
{
    leat_cursor cursor = leat_cursor_open(value->bytes);
    *text = leat_cursor_bytes(&cursor, read_length(&cursor));
    return !leat_cursor_failed(&cursor);
}

bool leat_mysql_json_opaque(const leat_mysql_json_value *value, uint8_t *column_type, leat_slice *data)
{
    leat_cursor cursor = leat_cursor_open(value->bytes);
    *column_type = leat_cursor_u8(&cursor);
    *data = leat_cursor_bytes(&cursor, read_length(&cursor));
    return !leat_cursor_failed(&cursor);
}

int leat_mysql_json_compare_keys(leat_slice left, leat_slice right)
{
    if (left.length != right.length)
        return left.length < right.length ? -1 : 1;
    return left.length == 0 ? 0 : memcmp(left.data, right.data, left.length);
}
