#include "pipeline/messages.h"

#include "base/encode.h"

static leat_encoding encode_bytes(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_encode_bytes(out, native);
    return LEAT_ENCODED;
}

static leat_encoding encode_boolean(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_encode_boolean(out, leat_slice_equals_string(native, "t"));
    return LEAT_ENCODED;
}

static const leat_avro_type string_type = {.kind = LEAT_AVRO_STRING};
static const leat_avro_type bytes_type = {.kind = LEAT_AVRO_BYTES};
static const leat_avro_type boolean_type = {.kind = LEAT_AVRO_BOOLEAN};

leat_table *leat_message_table(void)
{
    leat_table *table = leat_table_new();
    table->database = "";
    table->schema = "leat";
    table->name = "message";
    table->of_messages = true;
    table->column_count = LEAT_MESSAGE_COLUMNS;
    table->columns = leat_arena_allocate_array(&table->arena, LEAT_MESSAGE_COLUMNS, sizeof *table->columns);
    table->columns[0] = (leat_column){
        .name = "prefix", .type_text = "text", .encoder = {.encode = encode_bytes, .type = &string_type}};
    table->columns[1] = (leat_column){
        .name = "content", .type_text = "bytes", .encoder = {.encode = encode_bytes, .type = &bytes_type}};
    table->columns[2] = (leat_column){.name = "transactional",
                                      .type_text = "boolean",
                                      .encoder = {.encode = encode_boolean, .type = &boolean_type}};
    return table;
}

static leat_datum value(leat_slice slice)
{
    return (leat_datum){.kind = LEAT_DATUM_VALUE, .value = slice};
}

void leat_message_row(const leat_event *event, leat_datum row[LEAT_MESSAGE_COLUMNS])
{
    row[0] = value(event->message_prefix);
    row[1] = value(event->message_content);
    row[2] = value(leat_slice_of_string(event->transactional ? "t" : "f"));
}
