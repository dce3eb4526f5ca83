/* Encoders of text, bytes and JSON. */
#include "base/encode.h"
#include "base/utf8.h"
#include "mysql/types/facts.h"
#include "mysql/value/json_binary.h"

static leat_encoding encode_bytes(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_encode_bytes(out, native);
    return LEAT_ENCODED;
}

/* BINARY(n): the log leaves out the zeros at the end. */
static leat_encoding encode_padded(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    uint32_t length = leat_mysql_facts_of(encoder)->length;
    if (native.length > length)
        return LEAT_MALFORMED;
    leat_encode_long(out, length);
    leat_buffer_append_slice(out, native);
    memset(leat_buffer_reserve(out, length), 0, length - native.length);
    leat_buffer_commit(out, length - native.length);
    return LEAT_ENCODED;
}

static leat_encoding encode_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    const leat_mysql_charset *charset = leat_mysql_facts_of(encoder)->charset;
    if (leat_mysql_charset_is_utf8(charset, native)) {
        leat_encode_bytes(out, native);
        return LEAT_ENCODED;
    }
    size_t start = leat_mysql_begin_string(out);
    if (!leat_mysql_charset_append(charset, native, out))
        return LEAT_UNREPRESENTABLE;
    leat_mysql_end_string(out, start);
    return LEAT_ENCODED;
}

/* CHAR in the log: a SELECT gives it without the blanks at its end, and so do we, whether or not the log has
 * them. */
static leat_encoding encode_trimmed(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    const leat_mysql_charset *charset = leat_mysql_facts_of(encoder)->charset;
    if (native.length > 0 && native.data[native.length - 1] != ' ' &&
        leat_mysql_charset_is_utf8(charset, native)) {
        leat_encode_bytes(out, native);
        return LEAT_ENCODED;
    }
    size_t start = leat_mysql_begin_string(out);
    if (!leat_mysql_charset_append(charset, native, out))
        return LEAT_UNREPRESENTABLE;
    while (out->length > start && out->data[out->length - 1] == ' ')
        out->length--;
    leat_mysql_end_string(out, start);
    return LEAT_ENCODED;
}

/* Text of unknown charset that is UTF-8, as such of servers' own making is. */
static leat_encoding encode_utf8(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (!leat_utf8_valid(native))
        return LEAT_UNREPRESENTABLE;
    leat_encode_bytes(out, native);
    return LEAT_ENCODED;
}

/* A document in binary form, or the text that leat_mysql_json_patch made; no text begins like a document. */
static leat_encoding encode_json(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    if (native.length > 0 && native.data[0] >= 0x20)
        return encode_utf8(encoder, native, out);
    size_t start = leat_mysql_begin_string(out);
    if (!leat_mysql_json_append(native, out))
        return LEAT_MALFORMED;
    leat_mysql_end_string(out, start);
    return LEAT_ENCODED;
}

static const leat_avro_type bytes_type = {.kind = LEAT_AVRO_BYTES};
static const leat_avro_type string_type = {.kind = LEAT_AVRO_STRING};
static const leat_avro_type json_type = {.kind = LEAT_AVRO_STRING, .connect_name = "io.debezium.data.Json"};
static const leat_avro_type xml_type = {.kind = LEAT_AVRO_STRING, .connect_name = "io.debezium.data.Xml"};

const leat_encoder leat_mysql_bytes_encoder = {
    .encode = encode_bytes, .describe = leat_mysql_describe_hex, .type = &bytes_type};

static leat_encoder json_encoder(leat_mysql_form form)
{
    return (leat_encoder){.encode = form == LEAT_MYSQL_BINLOG ? encode_json : encode_utf8,
                          .describe = form == LEAT_MYSQL_BINLOG ? leat_mysql_describe_hex : NULL,
                          .type = &json_type};
}

static leat_encoder binary_encoder(const leat_mysql_column *column, leat_mysql_form form, leat_arena *arena)
{
    leat_encoder encoder = leat_mysql_bytes_encoder;
    if (column->layout.type == LEAT_MYSQL_STRING && form == LEAT_MYSQL_BINLOG) {
        leat_mysql_facts *facts = leat_arena_allocate(arena, sizeof *facts);
        facts->length = column->layout.length;
        encoder.facts = facts;
        encoder.encode = encode_padded;
    }
    return encoder;
}

static leat_encoder readable_encoder(const leat_mysql_column *column, const leat_mysql_charset *charset,
                                     leat_mysql_form form, leat_arena *arena)
{
    bool is_xml = column->type_text != NULL && strcmp(column->type_text, "xmltype") == 0;
    bool trimmed = column->layout.type == LEAT_MYSQL_STRING && form == LEAT_MYSQL_BINLOG;
    leat_mysql_facts *facts = leat_arena_allocate(arena, sizeof *facts);
    facts->charset = charset;
    return (leat_encoder){.encode = trimmed ? encode_trimmed : encode_text,
                          .facts = facts,
                          .type = is_xml ? &xml_type : &string_type};
}

static bool is_character_type(leat_mysql_type type)
{
    return type == LEAT_MYSQL_VARCHAR || type == LEAT_MYSQL_STRING || type == LEAT_MYSQL_BLOB ||
           type == LEAT_MYSQL_COMPRESSED_VARCHAR || type == LEAT_MYSQL_COMPRESSED_BLOB;
}

bool leat_mysql_text_encoder(const leat_mysql_column *column, const leat_mysql_charset *charset,
                             leat_mysql_form form, leat_arena *arena, leat_encoder *encoder)
{
    if (column->layout.type == LEAT_MYSQL_JSON)
        *encoder = json_encoder(form);
    else if (!is_character_type(column->layout.type))
        return false;
    else if (charset != NULL && leat_mysql_charset_is_readable(charset))
        *encoder = readable_encoder(column, charset, form, arena);
    else if (charset != NULL || column->type_text == NULL || strcmp(column->type_text, "xmltype") != 0)
        *encoder = binary_encoder(column, form, arena);
    else
        *encoder = (leat_encoder){.encode = encode_utf8, .type = &xml_type};
    return true;
}
