#include "avro/json.h"

#include <avro.h>
#include <inttypes.h>
#include <string.h>

#include "avro/json_text.h"
#include "avro/node.h"
#include "base/memory.h"

struct leat_json_decoder {
    leat_arena arena;
    const leat_node *root;
    avro_schema_t schema;
    avro_value_iface_t *class;
    avro_value_t value;
    avro_reader_t reader;
};

static leat_status open_avro(leat_json_decoder *decoder, const char *schema_json, leat_error *error)
{
    if (avro_schema_from_json_length(schema_json, strlen(schema_json), &decoder->schema) != 0)
        return leat_error_set(error, LEAT_FAILED, "the Avro schema cannot be read: %s", avro_strerror());
    decoder->class = avro_generic_class_from_schema(decoder->schema);
    if (decoder->class == NULL || avro_generic_value_new(decoder->class, &decoder->value) != 0)
        return leat_error_set(error, LEAT_FAILED, "the Avro schema has no values: %s", avro_strerror());
    decoder->reader = avro_reader_memory("", 0);
    if (decoder->reader == NULL)
        return leat_error_set(error, LEAT_FAILED, "Avro C has no reader: %s", avro_strerror());
    return LEAT_OK;
}

leat_status leat_json_decoder_open(const char *schema_json, leat_json_decoder **decoder, leat_error *error)
{
    *decoder = NULL;
    leat_json_decoder *opened = leat_allocate(sizeof *opened);
    leat_status status = leat_node_compile(schema_json, &opened->arena, &opened->root, error);
    if (status == LEAT_OK)
        status = open_avro(opened, schema_json, error);
    if (status == LEAT_OK)
        *decoder = opened;
    else
        leat_json_decoder_close(opened);
    return status;
}

void leat_json_decoder_close(leat_json_decoder *decoder)
{
    if (decoder == NULL)
        return;
    if (decoder->reader != NULL)
        avro_reader_free(decoder->reader);
    if (decoder->value.iface != NULL)
        avro_value_decref(&decoder->value);
    if (decoder->class != NULL)
        avro_value_iface_decref(decoder->class);
    if (decoder->schema != NULL)
        avro_schema_decref(decoder->schema);
    leat_arena_free(&decoder->arena);
    leat_release(decoder);
}

/* ---- Values ---- */

/* False where Avro C does not have what the schema says; it says so only when its memory is used up. */
static bool append_value(const leat_node *node, avro_value_t *value, leat_buffer *out);

static void append_long(const leat_node *node, int64_t number, leat_buffer *out)
{
    switch (node->logical) {
    case LEAT_LOGICAL_DATE:
        leat_json_append_date(out, number);
        return;
    case LEAT_LOGICAL_TIME_MICROS:
        leat_json_append_time(out, number);
        return;
    case LEAT_LOGICAL_TIMESTAMP_MICROS:
        leat_json_append_timestamp(out, number, true);
        return;
    case LEAT_LOGICAL_LOCAL_TIMESTAMP_MICROS:
        leat_json_append_timestamp(out, number, false);
        return;
    case LEAT_LOGICAL_NONE:
    case LEAT_LOGICAL_DECIMAL:
    case LEAT_LOGICAL_UUID:
        break;
    }
    leat_buffer_printf(out, "%" PRId64, number);
}

static void append_number(const leat_node *node, avro_value_t *value, leat_buffer *out)
{
    int32_t narrow = 0;
    int64_t wide = 0;
    if (node->kind == LEAT_NODE_INT) {
        avro_value_get_int(value, &narrow);
        wide = narrow;
    } else {
        avro_value_get_long(value, &wide);
    }
    append_long(node, wide, out);
}

static void append_real(const leat_node *node, avro_value_t *value, leat_buffer *out)
{
    float narrow = 0;
    double wide = 0;
    if (node->kind == LEAT_NODE_FLOAT) {
        avro_value_get_float(value, &narrow);
        leat_json_append_float(out, narrow);
    } else {
        avro_value_get_double(value, &wide);
        leat_json_append_double(out, wide);
    }
}

static void append_boolean(avro_value_t *value, leat_buffer *out)
{
    int truth = 0;
    avro_value_get_boolean(value, &truth);
    leat_buffer_append_string(out, truth ? "true" : "false");
}

static void append_bytes(const leat_node *node, avro_value_t *value, leat_buffer *out)
{
    const void *data = NULL;
    size_t length = 0;
    if (node->kind == LEAT_NODE_FIXED)
        avro_value_get_fixed(value, &data, &length);
    else
        avro_value_get_bytes(value, &data, &length);
    leat_slice bytes = leat_slice_of(data, length);
    if (node->logical == LEAT_LOGICAL_DECIMAL)
        leat_json_append_decimal(out, bytes, node->scale);
    else
        leat_json_append_hex(out, bytes);
}

static void append_text(avro_value_t *value, leat_buffer *out)
{
    const char *text = "";
    size_t size = 1; /* with the NUL behind it */
    avro_value_get_string(value, &text, &size);
    leat_json_append_string(out, leat_slice_of(text, size - 1));
}

static void append_symbol(const leat_node *node, avro_value_t *value, leat_buffer *out)
{
    int symbol = 0;
    avro_value_get_enum(value, &symbol);
    leat_json_append_string(out, leat_slice_of_string(node->names[symbol]));
}

static bool append_branch(const leat_node *node, avro_value_t *value, leat_buffer *out)
{
    int branch = 0;
    avro_value_t inner;
    if (avro_value_get_discriminant(value, &branch) != 0 || avro_value_get_current_branch(value, &inner) != 0)
        return false;
    return append_value(node->parts[branch], &inner, out);
}

/* The n-th element of an array, entry of a map, field of a record. */
static bool append_part(const leat_node *node, avro_value_t *value, size_t n, leat_buffer *out)
{
    avro_value_t part;
    const char *name = NULL;
    if (avro_value_get_by_index(value, n, &part, &name) != 0)
        return false;
    if (n > 0)
        leat_buffer_append_byte(out, ',');
    if (node->kind != LEAT_NODE_ARRAY) {
        leat_json_append_string(out, leat_slice_of_string(name));
        leat_buffer_append_byte(out, ':');
    }
    return append_value(node->parts[node->kind == LEAT_NODE_RECORD ? n : 0], &part, out);
}

static bool append_parts(const leat_node *node, avro_value_t *value, leat_buffer *out)
{
    size_t count = 0;
    bool is_array = node->kind == LEAT_NODE_ARRAY;
    bool there = avro_value_get_size(value, &count) == 0;
    leat_buffer_append_byte(out, is_array ? '[' : '{');
    for (size_t i = 0; i < count && there; i++)
        there = append_part(node, value, i, out);
    leat_buffer_append_byte(out, is_array ? ']' : '}');
    return there;
}

static bool append_value(const leat_node *node, avro_value_t *value, leat_buffer *out)
{
    switch (node->kind) {
    case LEAT_NODE_NULL:
        leat_buffer_append_string(out, "null");
        break;
    case LEAT_NODE_BOOLEAN:
        append_boolean(value, out);
        break;
    case LEAT_NODE_INT:
    case LEAT_NODE_LONG:
        append_number(node, value, out);
        break;
    case LEAT_NODE_FLOAT:
    case LEAT_NODE_DOUBLE:
        append_real(node, value, out);
        break;
    case LEAT_NODE_BYTES:
    case LEAT_NODE_FIXED:
        append_bytes(node, value, out);
        break;
    case LEAT_NODE_STRING:
        append_text(value, out);
        break;
    case LEAT_NODE_ENUM:
        append_symbol(node, value, out);
        break;
    case LEAT_NODE_ARRAY:
    case LEAT_NODE_MAP:
    case LEAT_NODE_RECORD:
        return append_parts(node, value, out);
    case LEAT_NODE_UNION:
        return append_branch(node, value, out);
    }
    return true;
}

/* Avro C trusts the lengths it reads, so the bytes are walked before it sees them. */
leat_status leat_json_decoder_next(leat_json_decoder *decoder, leat_slice *bytes, leat_buffer *out,
                                   leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(*bytes);
    leat_node_measure(decoder->root, &cursor);
    if (leat_cursor_failed(&cursor))
        return leat_error_set(error, LEAT_FAILED, "a record is truncated or malformed at byte %td of %zu",
                              cursor.failed_at - cursor.start, bytes->length);
    size_t length = bytes->length - leat_cursor_remaining(&cursor);
    avro_reader_memory_set_source(decoder->reader, (const char *)bytes->data, (int64_t)length);
    size_t before = out->length;
    if (avro_value_read(decoder->reader, &decoder->value) != 0 ||
        !append_value(decoder->root, &decoder->value, out)) {
        out->length = before;
        return leat_error_set(error, LEAT_FAILED, "a record cannot be decoded: %s", avro_strerror());
    }
    *bytes = leat_slice_of(cursor.at, leat_cursor_remaining(&cursor));
    return LEAT_OK;
}
