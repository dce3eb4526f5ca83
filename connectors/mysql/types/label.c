/* Encoders of ENUM and SET: numbers in the log, and in a SELECT what leat_mysql_select_expression casts to
 * numbers, so that neither a charset nor a comma in a label comes between. */
#include "base/cursor.h"
#include "base/encode.h"
#include "base/number.h"
#include "mysql/types/facts.h"

static bool read_number(const leat_mysql_facts *facts, leat_slice native, uint64_t *number)
{
    leat_cursor cursor = leat_cursor_open(native);
    if (native.length != facts->length || native.length > 8)
        return false;
    *number = leat_cursor_little_endian(&cursor, native.length);
    return true;
}

/* Number 0 is the empty string that an invalid value became. */
static leat_encoding append_label(const leat_mysql_facts *facts, uint64_t number, leat_buffer *out)
{
    if (number > facts->label_count)
        return LEAT_MALFORMED;
    leat_buffer_append_slice(out, facts->labels[number]);
    return LEAT_ENCODED;
}

static leat_encoding append_set(const leat_mysql_facts *facts, uint64_t bits, leat_buffer *out)
{
    if (facts->label_count < 64 && bits >> facts->label_count != 0)
        return LEAT_MALFORMED;
    if (bits != 0)
        leat_encode_long(out, __builtin_popcountll(bits));
    for (size_t i = 0; i < facts->label_count && i < 64; i++)
        if ((bits >> i & 1) != 0)
            leat_buffer_append_slice(out, facts->labels[i + 1]);
    leat_encode_long(out, 0);
    return LEAT_ENCODED;
}

static leat_encoding encode_enum(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    const leat_mysql_facts *facts = leat_mysql_facts_of(encoder);
    uint64_t number = 0;
    return read_number(facts, native, &number) ? append_label(facts, number, out) : LEAT_MALFORMED;
}

static leat_encoding encode_enum_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    uint64_t number = 0;
    if (!leat_number_parse_unsigned(native, &number))
        return LEAT_MALFORMED;
    return append_label(leat_mysql_facts_of(encoder), number, out);
}

static leat_encoding encode_set(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    const leat_mysql_facts *facts = leat_mysql_facts_of(encoder);
    uint64_t bits = 0;
    return read_number(facts, native, &bits) ? append_set(facts, bits, out) : LEAT_MALFORMED;
}

static leat_encoding encode_set_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    uint64_t bits = 0;
    if (!leat_number_parse_unsigned(native, &bits))
        return LEAT_MALFORMED;
    return append_set(leat_mysql_facts_of(encoder), bits, out);
}

static const leat_avro_type string_type = {.kind = LEAT_AVRO_STRING};
static const leat_avro_type enum_type = {.kind = LEAT_AVRO_STRING, .connect_name = "io.debezium.data.Enum"};
static const leat_avro_type set_type = {.kind = LEAT_AVRO_ARRAY, .items = &string_type};

static const leat_slice *encode_labels(const leat_mysql_column *column, leat_arena *arena)
{
    leat_slice *labels = leat_arena_allocate_array(arena, column->label_count + 1, sizeof *labels);
    leat_buffer label = {0};
    for (size_t i = 0; i <= column->label_count; i++) {
        leat_buffer_reset(&label);
        leat_encode_bytes(&label, leat_slice_of_string(i == 0 ? "" : column->labels[i - 1]));
        labels[i] = leat_slice_of(leat_arena_slice_string(arena, leat_buffer_slice(&label)), label.length);
    }
    leat_buffer_free(&label);
    return labels;
}

bool leat_mysql_label_encoder(const leat_mysql_column *column, leat_mysql_form form, leat_arena *arena,
                              leat_encoder *encoder)
{
    bool is_set = column->layout.type == LEAT_MYSQL_SET;
    if (!is_set && column->layout.type != LEAT_MYSQL_ENUM)
        return false;
    leat_mysql_facts *facts = leat_arena_allocate(arena, sizeof *facts);
    facts->length = column->layout.length;
    facts->labels = encode_labels(column, arena);
    facts->label_count = column->label_count;
    *encoder = (leat_encoder){.facts = facts, .type = is_set ? &set_type : &enum_type};
    if (form == LEAT_MYSQL_BINLOG) {
        encoder->encode = is_set ? encode_set : encode_enum;
        encoder->describe = leat_mysql_describe_hex;
    } else {
        encoder->encode = is_set ? encode_set_text : encode_enum_text;
    }
    return true;
}
