#include "postgres/types/scalar.h"

#include "base/encode.h"
#include "base/hex.h"
#include "base/number.h"
#include "base/utf8.h"
#include "common/number.h"
#include "postgres/types/oids.h"
#include "postgres/types/text_time.h"

enum { UUID_LENGTH = 36 };

/* Most text is ASCII, which eight bytes at a time tell. */
static bool is_ascii(leat_slice text)
{
    enum { WORD = 8 };
    uint64_t seen = 0;
    size_t at = 0;
    for (; at + WORD <= text.length; at += WORD) {
        uint64_t word;
        memcpy(&word, text.data + at, WORD);
        seen |= word;
    }
    for (; at < text.length; at++)
        seen |= text.data[at];
    return (seen & UINT64_C(0x8080808080808080)) == 0;
}

static leat_encoding encode_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (!is_ascii(native) && leat_utf8_valid_length(native) != native.length)
        return LEAT_UNREPRESENTABLE;
    leat_encode_bytes(out, native);
    return LEAT_ENCODED;
}

static leat_encoding encode_boolean(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (native.length != 1 || (native.data[0] != 't' && native.data[0] != 'f'))
        return LEAT_MALFORMED;
    leat_encode_boolean(out, native.data[0] == 't');
    return LEAT_ENCODED;
}

/* bit(1) */
static leat_encoding encode_bit(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (native.length != 1 || (native.data[0] != '0' && native.data[0] != '1'))
        return LEAT_MALFORMED;
    leat_encode_boolean(out, native.data[0] == '1');
    return LEAT_ENCODED;
}

static leat_encoding encode_smallint(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    return leat_encode_integer_text(native, INT16_MIN, INT16_MAX, out);
}

static leat_encoding encode_integer(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    return leat_encode_integer_text(native, INT32_MIN, INT32_MAX, out);
}

static leat_encoding encode_bigint(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    return leat_encode_integer_text(native, INT64_MIN, INT64_MAX, out);
}

static leat_encoding encode_oid(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    return leat_encode_integer_text(native, 0, UINT32_MAX, out);
}

/* Unsigned 64 bits: the upper half does not fit a long. */
static leat_encoding encode_xid8(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    uint64_t value = 0;
    if (!leat_number_parse_unsigned(native, &value))
        return LEAT_MALFORMED;
    if (value > INT64_MAX)
        return LEAT_UNREPRESENTABLE;
    leat_encode_long(out, (int64_t)value);
    return LEAT_ENCODED;
}

static leat_encoding encode_float(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    float value = 0;
    if (!leat_number_parse_float(native, &value))
        return LEAT_MALFORMED;
    leat_encode_float(out, value);
    return LEAT_ENCODED;
}

static leat_encoding encode_double(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    double value = 0;
    if (!leat_number_parse_double(native, &value))
        return LEAT_MALFORMED;
    leat_encode_double(out, value);
    return LEAT_ENCODED;
}

static leat_encoding encode_decimal(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    if (leat_slice_equals_string(native, "NaN") || leat_slice_equals_string(native, "Infinity") ||
        leat_slice_equals_string(native, "-Infinity"))
        return LEAT_UNREPRESENTABLE;
    return leat_encode_decimal_text(out, native, encoder->type->precision, encoder->type->scale);
}

static leat_encoding encode_date(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    int32_t days = 0;
    leat_encoding answer = leat_postgres_parse_date(native, &days);
    if (answer == LEAT_ENCODED)
        leat_encode_long(out, days);
    return answer;
}

static leat_encoding encode_time(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    int64_t microseconds = 0;
    leat_encoding answer = leat_postgres_parse_time(native, &microseconds);
    if (answer == LEAT_ENCODED)
        leat_encode_long(out, microseconds);
    return answer;
}

static leat_encoding encode_timestamp(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    bool zoned = encoder->type->logical == LEAT_LOGICAL_TIMESTAMP_MICROS;
    int64_t microseconds = 0;
    leat_encoding answer = leat_postgres_parse_timestamp(native, zoned, &microseconds);
    if (answer == LEAT_ENCODED)
        leat_encode_long(out, microseconds);
    return answer;
}

/* intervalstyle iso_8601 prints an ISO 8601 duration; infinite intervals (PostgreSQL 17) are none. */
static leat_encoding encode_interval(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    if (leat_slice_equals_string(native, "infinity") || leat_slice_equals_string(native, "-infinity"))
        return LEAT_UNREPRESENTABLE;
    if (native.length < 3 || native.data[0] != 'P')
        return LEAT_MALFORMED;
    return encode_text(encoder, native, out);
}

/* The hyphens' places stand in `shape`. Without a branch in the loop, which the compiler then does for
 * sixteen characters at once. */
static bool is_uuid(const uint8_t *text)
{
    static const uint8_t shape[] = "00000000-0000-0000-0000-000000000000";
    unsigned wrong = 0;
    for (size_t i = 0; i < UUID_LENGTH; i++) {
        uint8_t decimal = (uint8_t)(text[i] - '0');
        uint8_t letter = (uint8_t)((text[i] | 0x20) - 'a');
        uint8_t is_hex = (uint8_t)((decimal <= 9) | (letter <= 5));
        uint8_t wants_hyphen = shape[i] == '-';
        uint8_t is_hyphen = text[i] == '-';
        wrong |= (uint8_t)((is_hyphen ^ wants_hyphen) | (is_hex ^ wants_hyphen ^ 1));
    }
    return wrong == 0;
}

static leat_encoding encode_uuid(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (native.length != UUID_LENGTH || !is_uuid(native.data))
        return LEAT_MALFORMED;
    uint8_t *at = leat_buffer_reserve(out, 1 + UUID_LENGTH);
    at[0] = 2 * UUID_LENGTH; /* zigzag, one byte */
    memcpy(at + 1, native.data, UUID_LENGTH);
    leat_buffer_commit(out, 1 + UUID_LENGTH);
    return LEAT_ENCODED;
}

/* bytea_output hex: "\x00ff". */
static leat_encoding encode_bytea(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (native.length < 2 || native.length % 2 != 0 || native.data[0] != '\\' || native.data[1] != 'x')
        return LEAT_MALFORMED;
    leat_slice digits = leat_slice_of(native.data + 2, native.length - 2);
    leat_encode_long(out, (int64_t)digits.length / 2);
    if (!leat_hex_decode(digits, leat_buffer_reserve(out, digits.length / 2)))
        return LEAT_MALFORMED;
    leat_buffer_commit(out, digits.length / 2);
    return LEAT_ENCODED;
}

static const leat_avro_type boolean_type = {.kind = LEAT_AVRO_BOOLEAN};
static const leat_avro_type int_type = {.kind = LEAT_AVRO_INT};
static const leat_avro_type long_type = {.kind = LEAT_AVRO_LONG};
static const leat_avro_type float_type = {.kind = LEAT_AVRO_FLOAT};
static const leat_avro_type double_type = {.kind = LEAT_AVRO_DOUBLE};
static const leat_avro_type bytes_type = {.kind = LEAT_AVRO_BYTES};
static const leat_avro_type string_type = {.kind = LEAT_AVRO_STRING};
static const leat_avro_type json_type = {.kind = LEAT_AVRO_STRING, .connect_name = "io.debezium.data.Json"};
static const leat_avro_type xml_type = {.kind = LEAT_AVRO_STRING, .connect_name = "io.debezium.data.Xml"};
static const leat_avro_type enum_type = {.kind = LEAT_AVRO_STRING, .connect_name = "io.debezium.data.Enum"};
static const leat_avro_type tsvector_type = {.kind = LEAT_AVRO_STRING,
                                             .connect_name = "io.debezium.data.Tsvector"};
static const leat_avro_type interval_type = {.kind = LEAT_AVRO_STRING,
                                             .connect_name = "io.debezium.time.Interval"};
static const leat_avro_type uuid_type = {
    .kind = LEAT_AVRO_STRING, .logical = LEAT_LOGICAL_UUID, .connect_name = "io.debezium.data.Uuid"};
static const leat_avro_type date_type = {
    .kind = LEAT_AVRO_INT, .logical = LEAT_LOGICAL_DATE, .connect_name = "io.debezium.time.Date"};
static const leat_avro_type time_type = {.kind = LEAT_AVRO_LONG,
                                         .logical = LEAT_LOGICAL_TIME_MICROS,
                                         .connect_name = "io.debezium.time.MicroTime"};
static const leat_avro_type timestamp_type = {.kind = LEAT_AVRO_LONG,
                                              .logical = LEAT_LOGICAL_LOCAL_TIMESTAMP_MICROS,
                                              .connect_name = "io.debezium.time.MicroTimestamp"};
/* Debezium's name for an instant, ZonedTimestamp, is that of a string. */
static const leat_avro_type timestamptz_type = {.kind = LEAT_AVRO_LONG,
                                                .logical = LEAT_LOGICAL_TIMESTAMP_MICROS};

const leat_encoder leat_postgres_text_encoder = {.encode = encode_text, .type = &string_type};
const leat_encoder leat_postgres_enum_encoder = {.encode = encode_text, .type = &enum_type};
const leat_encoder leat_postgres_double_encoder = {.encode = encode_double, .type = &double_type};
const leat_encoder leat_postgres_float_encoder = {.encode = encode_float, .type = &float_type};

static const struct {
    Oid type;
    leat_encoder encoder;
} scalars[] = {
    {LEAT_POSTGRES_BOOL, {.encode = encode_boolean, .type = &boolean_type}},
    {LEAT_POSTGRES_INT2, {.encode = encode_smallint, .type = &int_type}},
    {LEAT_POSTGRES_INT4, {.encode = encode_integer, .type = &int_type}},
    {LEAT_POSTGRES_INT8, {.encode = encode_bigint, .type = &long_type}},
    {LEAT_POSTGRES_OID, {.encode = encode_oid, .type = &long_type}},
    {LEAT_POSTGRES_XID8, {.encode = encode_xid8, .type = &long_type, .partial = true}},
    {LEAT_POSTGRES_FLOAT4, {.encode = encode_float, .type = &float_type}},
    {LEAT_POSTGRES_FLOAT8, {.encode = encode_double, .type = &double_type}},
    {LEAT_POSTGRES_BYTEA, {.encode = encode_bytea, .type = &bytes_type}},
    {LEAT_POSTGRES_UUID, {.encode = encode_uuid, .type = &uuid_type}},
    {LEAT_POSTGRES_JSON, {.encode = encode_text, .type = &json_type}},
    {LEAT_POSTGRES_JSONB, {.encode = encode_text, .type = &json_type}},
    {LEAT_POSTGRES_XML, {.encode = encode_text, .type = &xml_type}},
    {LEAT_POSTGRES_TSVECTOR, {.encode = encode_text, .type = &tsvector_type}},
    {LEAT_POSTGRES_INTERVAL, {.encode = encode_interval, .type = &interval_type, .partial = true}},
    {LEAT_POSTGRES_DATE, {.encode = encode_date, .type = &date_type, .partial = true}},
    {LEAT_POSTGRES_TIME, {.encode = encode_time, .type = &time_type}},
    {LEAT_POSTGRES_TIMESTAMP, {.encode = encode_timestamp, .type = &timestamp_type, .partial = true}},
    {LEAT_POSTGRES_TIMESTAMPTZ, {.encode = encode_timestamp, .type = &timestamptz_type, .partial = true}},
};

/* numeric(p,s) as its typmod packs it (src/backend/utils/adt/numeric.c): p in the upper 16 bits, s as a
 * signed number of 11 bits, and 4 on top of all. False for a numeric without precision. */
static bool unpack_numeric(int32_t typmod, int *precision, int *scale)
{
    enum { OFFSET = 4, SCALE_MASK = 0x7ff, SCALE_SIGN = 0x400 };
    if (typmod < OFFSET)
        return false;
    int32_t packed = typmod - OFFSET;
    *precision = (packed >> 16) & 0xffff;
    *scale = ((packed & SCALE_MASK) ^ SCALE_SIGN) - SCALE_SIGN;
    return true;
}

/* Avro's decimal wants 0 <= scale <= precision; what else PostgreSQL allows stays exact as text. */
static leat_encoder numeric_encoder(int32_t typmod, leat_arena *arena)
{
    int precision = 0;
    int scale = 0;
    if (!unpack_numeric(typmod, &precision, &scale) || scale < 0 || scale > precision)
        return leat_postgres_text_encoder;
    const leat_avro_type *type = leat_decimal_type(arena, precision, scale);
    return (leat_encoder){.encode = encode_decimal, .type = type, .partial = true};
}

bool leat_postgres_scalar_encoder(Oid type, int32_t typmod, leat_arena *arena, leat_encoder *encoder)
{
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
        if (scalars[i].type == type) {
            *encoder = scalars[i].encoder;
            return true;
        }
    }
    if (type == LEAT_POSTGRES_NUMERIC)
        *encoder = numeric_encoder(typmod, arena);
    else if (type == LEAT_POSTGRES_BIT && typmod == 1)
        *encoder = (leat_encoder){.encode = encode_bit, .type = &boolean_type};
    else
        return false;
    return true;
}
