/* Walking a record's bytes without taking its values: how long it is, and whether it is one. */
#include "avro/node.h"

static void measure_sized(leat_cursor *cursor)
{
    int64_t length = leat_cursor_varint(cursor);
    if (length < 0)
        leat_cursor_fail(cursor);
    else
        (void)leat_cursor_bytes(cursor, (size_t)length);
}

/* The next index into `count` things; 0 and a failed cursor where it is none. */
static size_t take_index(leat_cursor *cursor, size_t count)
{
    int64_t index = leat_cursor_varint(cursor);
    if (index >= 0 && (uint64_t)index < count)
        return (size_t)index;
    leat_cursor_fail(cursor);
    return 0;
}

/* Avro specification, "Arrays" and "Maps": blocks, ended by one of no items; a negative count has the block's
 * size behind it. Every item has a byte at least, so a count that goes beyond the end is refused at once. */
static void measure_blocks(const leat_node *node, leat_cursor *cursor)
{
    for (int64_t count = leat_cursor_varint(cursor); count != 0 && !leat_cursor_failed(cursor);
         count = leat_cursor_varint(cursor)) {
        uint64_t items = count < 0 ? 0 - (uint64_t)count : (uint64_t)count;
        if (count < 0 && leat_cursor_varint(cursor) < 0)
            leat_cursor_fail(cursor);
        if (items > leat_cursor_remaining(cursor))
            leat_cursor_fail(cursor);
        for (uint64_t i = 0; i < items && !leat_cursor_failed(cursor); i++) {
            if (node->kind == LEAT_NODE_MAP)
                measure_sized(cursor);
            leat_node_measure(node->parts[0], cursor);
        }
    }
}

static void measure_int(leat_cursor *cursor)
{
    int64_t value = leat_cursor_varint(cursor);
    if (value < INT32_MIN || value > INT32_MAX)
        leat_cursor_fail(cursor);
}

static void measure_boolean(leat_cursor *cursor)
{
    if (leat_cursor_u8(cursor) > 1)
        leat_cursor_fail(cursor);
}

static void measure_record(const leat_node *node, leat_cursor *cursor)
{
    for (size_t i = 0; i < node->count && !leat_cursor_failed(cursor); i++)
        leat_node_measure(node->parts[i], cursor);
}

void leat_node_measure(const leat_node *node, leat_cursor *cursor)
{
    switch (node->kind) {
    case LEAT_NODE_NULL:
        break;
    case LEAT_NODE_BOOLEAN:
        measure_boolean(cursor);
        break;
    case LEAT_NODE_INT:
        measure_int(cursor);
        break;
    case LEAT_NODE_LONG:
        (void)leat_cursor_varint(cursor);
        break;
    case LEAT_NODE_FLOAT:
        (void)leat_cursor_bytes(cursor, 4);
        break;
    case LEAT_NODE_DOUBLE:
        (void)leat_cursor_bytes(cursor, 8);
        break;
    case LEAT_NODE_BYTES:
    case LEAT_NODE_STRING:
        measure_sized(cursor);
        break;
    case LEAT_NODE_FIXED:
        (void)leat_cursor_bytes(cursor, node->size);
        break;
    case LEAT_NODE_ENUM:
        (void)take_index(cursor, node->count);
        break;
    case LEAT_NODE_ARRAY:
    case LEAT_NODE_MAP:
        measure_blocks(node, cursor);
        break;
    case LEAT_NODE_RECORD:
        measure_record(node, cursor);
        break;
    case LEAT_NODE_UNION:
        leat_node_measure(node->parts[take_index(cursor, node->count)], cursor);
        break;
    }
}
