/* Encoders of MariaDB's uuid, inet4 and inet6, of geometries and of vectors. */
#include "base/ascii.h"
#include "base/cursor.h"
#include "base/encode.h"
#include "mysql/types/facts.h"

enum { UUID_BYTES = 16, UUID_LENGTH = 36, INET4_BYTES = 4, INET6_BYTES = 16, INET6_WORDS = 8 };

void leat_mysql_describe_hex(const leat_encoder *encoder, leat_slice native, leat_buffer *text)
{
    (void)encoder;
    leat_buffer_append_string(text, "0x");
    for (size_t i = 0; i < native.length; i++)
        leat_buffer_printf(text, "%02x", native.data[i]);
}

/* They are BINARY to the log, which leaves out the zeros at the end. */
static bool pad_bytes(leat_slice native, uint8_t *bytes, size_t length)
{
    if (native.length > length)
        return false;
    memset(bytes, 0, length);
    if (native.length > 0)
        memcpy(bytes, native.data, native.length);
    return true;
}

static leat_encoding encode_uuid(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[UUID_BYTES];
    if (!pad_bytes(native, bytes, UUID_BYTES))
        return LEAT_MALFORMED;
    leat_encode_long(out, UUID_LENGTH);
    uint8_t *at = leat_buffer_reserve(out, UUID_LENGTH);
    size_t length = 0;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            at[length++] = '-';
        at[length++] = (uint8_t)digits[bytes[i] >> 4];
        at[length++] = (uint8_t)digits[bytes[i] & 15];
    }
    leat_buffer_commit(out, length);
    return LEAT_ENCODED;
}

static leat_encoding encode_uuid_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (native.length != UUID_LENGTH || leat_ascii_length(native) != native.length)
        return LEAT_MALFORMED;
    leat_encode_bytes(out, native);
    return LEAT_ENCODED;
}

static void append_number(leat_buffer *out, unsigned number)
{
    if (number >= 100)
        leat_buffer_append_byte(out, (uint8_t)('0' + number / 100));
    if (number >= 10)
        leat_buffer_append_byte(out, (uint8_t)('0' + number / 10 % 10));
    leat_buffer_append_byte(out, (uint8_t)('0' + number % 10));
}

static void append_inet4(leat_buffer *out, const uint8_t bytes[static INET4_BYTES])
{
    for (size_t i = 0; i < INET4_BYTES; i++) {
        if (i > 0)
            leat_buffer_append_byte(out, '.');
        append_number(out, bytes[i]);
    }
}

static void append_word(leat_buffer *out, unsigned word)
{
    static const char digits[] = "0123456789abcdef";
    for (unsigned shift = 16; shift > 0; shift -= 4)
        if (shift == 4 || word >> (shift - 4) != 0)
            leat_buffer_append_byte(out, (uint8_t)digits[word >> (shift - 4) & 15]);
}

/* Zero words that "::" stands for: the longest run, the first of several; of one word even. */
typedef struct gap {
    size_t start;
    size_t length;
} gap;

static gap find_gap(const unsigned words[static INET6_WORDS])
{
    gap longest = {.start = INET6_WORDS};
    gap run = {0};
    for (size_t i = 0; i < INET6_WORDS; i++) {
        run = words[i] == 0 ? (gap){.start = i - run.length, .length = run.length + 1} : (gap){0};
        if (run.length > longest.length)
            longest = run;
    }
    return longest;
}

/* As Inet6::to_string (MariaDB sql/sql_type_inet.cc) does: IPv4 addresses within keep their form. */
static void append_inet6(leat_buffer *out, const uint8_t bytes[static INET6_BYTES])
{
    unsigned words[INET6_WORDS];
    for (size_t i = 0; i < INET6_WORDS; i++)
        words[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
    gap zeros = find_gap(words);
    bool holds_inet4 = zeros.start == 0 && (zeros.length == 6 || (zeros.length == 5 && words[5] == 0xffff));
    for (size_t i = 0; i < INET6_WORDS; i++) {
        if (i == zeros.start) {
            leat_buffer_append_string(out, i == 0 ? "::" : ":");
            i += zeros.length - 1;
        } else if (i == 6 && holds_inet4) {
            append_inet4(out, bytes + 12);
            return;
        } else {
            append_word(out, words[i]);
            if (i + 1 < INET6_WORDS)
                leat_buffer_append_byte(out, ':');
        }
    }
}

static leat_encoding encode_inet4(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    uint8_t bytes[INET4_BYTES];
    if (!pad_bytes(native, bytes, INET4_BYTES))
        return LEAT_MALFORMED;
    size_t start = leat_mysql_begin_string(out);
    append_inet4(out, bytes);
    leat_mysql_end_string(out, start);
    return LEAT_ENCODED;
}

static leat_encoding encode_inet6(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    uint8_t bytes[INET6_BYTES];
    if (!pad_bytes(native, bytes, INET6_BYTES))
        return LEAT_MALFORMED;
    size_t start = leat_mysql_begin_string(out);
    append_inet6(out, bytes);
    leat_mysql_end_string(out, start);
    return LEAT_ENCODED;
}

static leat_encoding encode_ascii(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (leat_ascii_length(native) != native.length)
        return LEAT_MALFORMED;
    leat_encode_bytes(out, native);
    return LEAT_ENCODED;
}

/* The reference system, then WKB; the same in both forms. What is empty (from before geometries were checked)
 * has neither. A reference system may have any number of 32 bits, Avro's int not. */
static leat_encoding encode_geometry(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    leat_cursor cursor = leat_cursor_open(native);
    uint32_t srid = (uint32_t)leat_cursor_little_endian(&cursor, native.length == 0 ? 0 : 4);
    if (leat_cursor_failed(&cursor))
        return LEAT_MALFORMED;
    if (srid > INT32_MAX)
        return LEAT_UNREPRESENTABLE;
    leat_encode_bytes(out, leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor)));
    leat_encode_long(out, native.length == 0 ? 0 : 1);
    if (native.length > 0)
        leat_encode_long(out, srid);
    return LEAT_ENCODED;
}

/* Little-endian floats, as Avro has them, in both forms. */
static leat_encoding encode_vector(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (native.length % 4 != 0)
        return LEAT_MALFORMED;
    if (native.length > 0)
        leat_encode_long(out, (int64_t)(native.length / 4));
    leat_buffer_append_slice(out, native);
    leat_encode_long(out, 0);
    return LEAT_ENCODED;
}

static const leat_avro_type int_type = {.kind = LEAT_AVRO_INT};
static const leat_avro_type float_type = {.kind = LEAT_AVRO_FLOAT};
static const leat_avro_type bytes_type = {.kind = LEAT_AVRO_BYTES};
static const leat_avro_type string_type = {.kind = LEAT_AVRO_STRING};
static const leat_avro_type uuid_type = {
    .kind = LEAT_AVRO_STRING, .logical = LEAT_LOGICAL_UUID, .connect_name = "io.debezium.data.Uuid"};
static const leat_avro_type vector_type = {
    .kind = LEAT_AVRO_ARRAY, .connect_name = "io.debezium.data.FloatVector", .items = &float_type};

static const leat_avro_field geometry_fields[] = {
    {.name = "wkb", .type = &bytes_type},
    {.name = "srid", .type = &int_type, .nullable = true},
};
static const leat_avro_type geometry_type = {.kind = LEAT_AVRO_RECORD,
                                             .connect_name = "io.debezium.data.geometry.Geometry",
                                             .field_count = 2,
                                             .fields = geometry_fields};

static const leat_encoder geometry_encoder = {
    .encode = encode_geometry, .describe = leat_mysql_describe_hex, .type = &geometry_type, .partial = true};
static const leat_encoder vector_encoder = {
    .encode = encode_vector, .describe = leat_mysql_describe_hex, .type = &vector_type};

static const struct {
    leat_encoder forms[2];
    leat_mysql_special special;
} specials[] = {
    {{{.encode = encode_uuid, .describe = leat_mysql_describe_hex, .type = &uuid_type},
      {.encode = encode_uuid_text, .type = &uuid_type}},
     LEAT_MYSQL_UUID},
    {{{.encode = encode_inet4, .describe = leat_mysql_describe_hex, .type = &string_type},
      {.encode = encode_ascii, .type = &string_type}},
     LEAT_MYSQL_INET4},
    {{{.encode = encode_inet6, .describe = leat_mysql_describe_hex, .type = &string_type},
      {.encode = encode_ascii, .type = &string_type}},
     LEAT_MYSQL_INET6},
};

bool leat_mysql_special_encoder(const leat_mysql_column *column, leat_mysql_form form, leat_arena *arena,
                                leat_encoder *encoder)
{
    (void)arena;
    if (column->layout.type == LEAT_MYSQL_GEOMETRY) {
        *encoder = geometry_encoder;
        return true;
    }
    if (column->layout.type == LEAT_MYSQL_VECTOR || column->special == LEAT_MYSQL_FLOATS) {
        *encoder = vector_encoder;
        return true;
    }
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
        if (specials[i].special == column->special) {
            *encoder = specials[i].forms[form];
            return true;
        }
    }
    return false;
}
