#include "mysql/binlog/gtid_tagged.h"

#include "mysql/binlog/read.h"

enum { SERIALIZATION_VERSION = 1 };

/* Fields come in this order, and those that a reader can do without may be missing. */
typedef enum field {
    FIELD_FLAGS,
    FIELD_UUID,
    FIELD_NUMBER,
    FIELD_TAG,
    FIELD_LAST_COMMITTED,
    FIELD_SEQUENCE,
    FIELD_IMMEDIATE_TIME,
    FIELD_ORIGINAL_TIME,
    FIELD_LENGTH,
    FIELD_IMMEDIATE_VERSION,
    FIELD_ORIGINAL_VERSION,
    FIELD_COMMIT_GROUP,
    FIELD_COUNT,
} field;

/* The number of ones at the low end of the first byte is that of the bytes behind it; what stands above the
 * ones and the zero that ends them is the value, little-endian. Eight ones leave the first byte without. */
static uint64_t read_varint(leat_cursor *cursor)
{
    uint8_t first = leat_cursor_u8(cursor);
    unsigned more = 0;
    while (more < 8 && (first >> more & 1) != 0)
        more++;
    uint64_t rest = leat_cursor_little_endian(cursor, more);
    if (more == 8)
        return rest;
    return (uint64_t)first >> (more + 1) | rest << (7 - more);
}

/* The sign is in the lowest bit: 2n for n, 2n+1 for -(n+1). */
static int64_t read_signed(leat_cursor *cursor)
{
    uint64_t value = read_varint(cursor);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* Each byte of the uuid is a varint of its own. */
static void read_uuid(leat_cursor *cursor, leat_binlog_gtid *gtid)
{
    for (size_t i = 0; i < LEAT_MYSQL_UUID_SIZE; i++) {
        uint64_t byte = read_varint(cursor);
        if (byte > UINT8_MAX)
            leat_cursor_fail(cursor);
        gtid->gtid.uuid[i] = (uint8_t)byte;
    }
}

static bool is_tag(leat_slice tag)
{
    if (tag.length > LEAT_MYSQL_TAG_SIZE)
        return false;
    for (size_t i = 0; i < tag.length; i++) {
        uint8_t byte = tag.data[i];
        bool letter = (byte >= 'a' && byte <= 'z') || byte == '_';
        if (!letter && (i == 0 || byte < '0' || byte > '9'))
            return false;
    }
    return true;
}

static void read_tag(leat_cursor *cursor, leat_binlog_gtid *gtid)
{
    leat_slice tag = leat_cursor_bytes(cursor, read_varint(cursor));
    if (!is_tag(tag))
        leat_cursor_fail(cursor);
    else if (tag.length > 0)
        memcpy(gtid->gtid.tag, tag.data, tag.length);
}

/* The fields that are of no use here are unsigned or signed, which reads the same bytes. */
static void read_field(leat_cursor *cursor, field which, leat_binlog_gtid *gtid)
{
    if (which == FIELD_UUID)
        read_uuid(cursor, gtid);
    else if (which == FIELD_NUMBER)
        gtid->gtid.number = (uint64_t)read_signed(cursor);
    else if (which == FIELD_TAG)
        read_tag(cursor, gtid);
    else if (which == FIELD_IMMEDIATE_TIME)
        gtid->commit_time = (int64_t)read_varint(cursor);
    else if (which == FIELD_LENGTH)
        gtid->length = read_varint(cursor);
    else
        (void)read_varint(cursor);
}

/* Fields that a later version adds come behind the ones we know, and it says which of its own may not be left
 * unread. */
void leat_binlog_read_tagged_gtid(leat_cursor *cursor, leat_binlog_gtid *gtid)
{
    size_t whole = leat_cursor_remaining(cursor);
    uint64_t version = read_varint(cursor);
    uint64_t size = read_varint(cursor);
    uint64_t needed = read_varint(cursor); /* the last field that must be understood, plus one; 0 none */
    if (version != SERIALIZATION_VERSION || size != whole || needed > FIELD_COUNT)
        leat_cursor_fail(cursor);
    uint64_t next = 0;
    while (leat_cursor_remaining(cursor) > 0) {
        uint64_t which = read_varint(cursor);
        if (which < next)
            leat_cursor_fail(cursor);
        if (which >= FIELD_COUNT)
            (void)leat_binlog_rest(cursor);
        else
            read_field(cursor, (field)which, gtid);
        next = which + 1;
    }
    if (next <= FIELD_NUMBER) /* cut off at a field's end */
        leat_cursor_fail(cursor);
}
