/* Encoders of numbers, and of bits, which are none. */
#include "base/number.h"
#include "base/cursor.h"
#include "base/encode.h"
#include "common/number.h"
#include "mysql/types/facts.h"
#include "mysql/value/decimal_packed.h"

/* Little-endian, of exactly `width` bytes. */
static inline bool read_unsigned(leat_slice native, size_t width, uint64_t *value)
{
    leat_cursor cursor = leat_cursor_open(native);
    *value = leat_cursor_little_endian(&cursor, width);
    return native.length == width;
}

static inline leat_encoding encode_unsigned(leat_slice native, size_t width, leat_buffer *out)
{
    uint64_t value = 0;
    if (!read_unsigned(native, width, &value))
        return LEAT_MALFORMED;
    leat_encode_long(out, (int64_t)value);
    return LEAT_ENCODED;
}

static inline leat_encoding encode_signed(leat_slice native, size_t width, leat_buffer *out)
{
    uint64_t value = 0;
    if (!read_unsigned(native, width, &value))
        return LEAT_MALFORMED;
    unsigned unused = (unsigned)(64 - 8 * width);
    leat_encode_long(out, (int64_t)(value << unused) >> unused);
    return LEAT_ENCODED;
}

#define INTEGER_ENCODER(name, kind, width)                                                                   \
    static leat_encoding name(const leat_encoder *encoder, leat_slice native, leat_buffer *out)              \
    {                                                                                                        \
        (void)encoder;                                                                                       \
        return kind(native, width, out);                                                                     \
    }

INTEGER_ENCODER(encode_tiny, encode_signed, 1)
INTEGER_ENCODER(encode_short, encode_signed, 2)
INTEGER_ENCODER(encode_int24, encode_signed, 3)
INTEGER_ENCODER(encode_long, encode_signed, 4)
INTEGER_ENCODER(encode_longlong, encode_signed, 8)
INTEGER_ENCODER(encode_unsigned_tiny, encode_unsigned, 1)
INTEGER_ENCODER(encode_unsigned_short, encode_unsigned, 2)
INTEGER_ENCODER(encode_unsigned_int24, encode_unsigned, 3)
INTEGER_ENCODER(encode_unsigned_long, encode_unsigned, 4)

static leat_encoding encode_unsigned_longlong(const leat_encoder *encoder, leat_slice native,
                                              leat_buffer *out)
{
    (void)encoder;
    uint64_t value = 0;
    if (!read_unsigned(native, 8, &value))
        return LEAT_MALFORMED;
    leat_mysql_unscaled_encode(out, value, false);
    return LEAT_ENCODED;
}

static inline leat_encoding encode_signed_text(leat_slice native, unsigned bits, leat_buffer *out)
{
    int64_t most = INT64_MAX >> (64 - bits);
    return leat_encode_integer_text(native, -most - 1, most, out);
}

/* ZEROFILL has any number of zeros before. */
static inline leat_encoding encode_unsigned_text(leat_slice native, unsigned bits, leat_buffer *out)
{
    uint64_t value = 0;
    if (!leat_number_parse_unsigned(native, &value) || value >> bits != 0)
        return LEAT_MALFORMED;
    leat_encode_long(out, (int64_t)value);
    return LEAT_ENCODED;
}

INTEGER_ENCODER(encode_tiny_text, encode_signed_text, 8)
INTEGER_ENCODER(encode_short_text, encode_signed_text, 16)
INTEGER_ENCODER(encode_int24_text, encode_signed_text, 24)
INTEGER_ENCODER(encode_long_text, encode_signed_text, 32)
INTEGER_ENCODER(encode_longlong_text, encode_signed_text, 64)
INTEGER_ENCODER(encode_unsigned_tiny_text, encode_unsigned_text, 8)
INTEGER_ENCODER(encode_unsigned_short_text, encode_unsigned_text, 16)
INTEGER_ENCODER(encode_unsigned_int24_text, encode_unsigned_text, 24)
INTEGER_ENCODER(encode_unsigned_long_text, encode_unsigned_text, 32)

static leat_encoding encode_unsigned_longlong_text(const leat_encoder *encoder, leat_slice native,
                                                   leat_buffer *out)
{
    (void)encoder;
    uint64_t value = 0;
    if (!leat_number_parse_unsigned(native, &value))
        return LEAT_MALFORMED;
    leat_mysql_unscaled_encode(out, value, false);
    return LEAT_ENCODED;
}

/* One byte, counted from 1900; 0 is the year 0000. */
static leat_encoding encode_year(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (native.length != 1)
        return LEAT_MALFORMED;
    leat_encode_long(out, native.data[0] == 0 ? 0 : 1900 + native.data[0]);
    return LEAT_ENCODED;
}

/* MariaDB's YEAR(2) shows the last two digits of 1970 to 2069. */
static leat_encoding encode_year_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    uint64_t year = 0;
    if ((native.length != 4 && native.length != 2) || !leat_number_parse_digits(native, &year))
        return LEAT_MALFORMED;
    if (native.length == 2)
        year += year < 70 ? 2000 : 1900;
    leat_encode_long(out, (int64_t)year);
    return LEAT_ENCODED;
}

/* FLOAT and DOUBLE are stored as Avro has them. */
static leat_encoding encode_float(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    if (native.length != (encoder->type->kind == LEAT_AVRO_FLOAT ? 4u : 8u))
        return LEAT_MALFORMED;
    leat_buffer_append_slice(out, native);
    return LEAT_ENCODED;
}

/* The servers leave out the exponent's plus sign, which our reader wants. */
static bool parse_double(leat_slice text, double *value)
{
    enum { LONGEST = 64 };
    uint8_t copy[LONGEST + 1];
    size_t length = 0;
    if (text.length > LONGEST)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        copy[length++] = text.data[i];
        if (text.data[i] == 'e' && i + 1 < text.length && text.data[i + 1] >= '0' &&
            text.data[i + 1] <= '9' && length == i + 1)
            copy[length++] = '+';
    }
    return leat_number_parse_double(leat_slice_of(copy, length), value);
}

static leat_encoding encode_double_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    double value = 0;
    if (!parse_double(native, &value))
        return LEAT_MALFORMED;
    leat_encode_double(out, value);
    return LEAT_ENCODED;
}

/* leat_mysql_select_expression makes a double of it, which every float fits exactly. */
static leat_encoding encode_float_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    double value = 0;
    if (!parse_double(native, &value) || (double)(float)value != value)
        return LEAT_MALFORMED;
    leat_encode_float(out, (float)value);
    return LEAT_ENCODED;
}

static leat_encoding encode_decimal(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    return leat_mysql_decimal_encode(native, (unsigned)encoder->type->precision,
                                     (unsigned)encoder->type->scale, out);
}

static leat_encoding encode_decimal_text(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    return leat_encode_decimal_text(out, native, encoder->type->precision, encoder->type->scale);
}

/* Big-endian, in as few bytes as the bits take; the same in both forms. */
static bool read_bits(leat_slice native, uint32_t bits, uint64_t *value)
{
    leat_cursor cursor = leat_cursor_open(native);
    *value = leat_cursor_big_endian(&cursor, native.length);
    return native.length == (bits + 7) / 8 && native.length <= 8 && (bits == 64 || *value >> bits == 0);
}

static leat_encoding encode_bit(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    if (native.length != 1 || native.data[0] > 1)
        return LEAT_MALFORMED;
    leat_encode_boolean(out, native.data[0] == 1);
    return LEAT_ENCODED;
}

static leat_encoding encode_bits(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    uint32_t bits = leat_mysql_facts_of(encoder)->length;
    uint64_t value = 0;
    if (!read_bits(native, bits, &value))
        return LEAT_MALFORMED;
    leat_encode_long(out, bits);
    uint8_t *at = leat_buffer_reserve(out, bits);
    for (uint32_t i = 0; i < bits; i++)
        at[i] = (uint8_t)('0' + (value >> (bits - 1 - i) & 1));
    leat_buffer_commit(out, bits);
    return LEAT_ENCODED;
}

static const leat_avro_type boolean_type = {.kind = LEAT_AVRO_BOOLEAN};
static const leat_avro_type int_type = {.kind = LEAT_AVRO_INT};
static const leat_avro_type long_type = {.kind = LEAT_AVRO_LONG};
static const leat_avro_type float_type = {.kind = LEAT_AVRO_FLOAT};
static const leat_avro_type double_type = {.kind = LEAT_AVRO_DOUBLE};
static const leat_avro_type bits_type = {.kind = LEAT_AVRO_STRING};
static const leat_avro_type year_type = {.kind = LEAT_AVRO_INT, .connect_name = "io.debezium.time.Year"};
static const leat_avro_type unsigned_longlong_type = {.kind = LEAT_AVRO_BYTES,
                                                      .logical = LEAT_LOGICAL_DECIMAL,
                                                      .precision = 20,
                                                      .connect_name =
                                                          "org.apache.kafka.connect.data.Decimal"};

static const struct {
    const leat_avro_type *type;
    leat_encode_function functions[2]; /* by form */
    leat_mysql_type of;
    bool is_unsigned;
} numbers[] = {
    {&int_type, {encode_tiny, encode_tiny_text}, LEAT_MYSQL_TINY, false},
    {&int_type, {encode_unsigned_tiny, encode_unsigned_tiny_text}, LEAT_MYSQL_TINY, true},
    {&int_type, {encode_short, encode_short_text}, LEAT_MYSQL_SHORT, false},
    {&int_type, {encode_unsigned_short, encode_unsigned_short_text}, LEAT_MYSQL_SHORT, true},
    {&int_type, {encode_int24, encode_int24_text}, LEAT_MYSQL_INT24, false},
    {&int_type, {encode_unsigned_int24, encode_unsigned_int24_text}, LEAT_MYSQL_INT24, true},
    {&int_type, {encode_long, encode_long_text}, LEAT_MYSQL_LONG, false},
    {&long_type, {encode_unsigned_long, encode_unsigned_long_text}, LEAT_MYSQL_LONG, true},
    {&long_type, {encode_longlong, encode_longlong_text}, LEAT_MYSQL_LONGLONG, false},
    {&unsigned_longlong_type,
     {encode_unsigned_longlong, encode_unsigned_longlong_text},
     LEAT_MYSQL_LONGLONG,
     true},
    {&year_type, {encode_year, encode_year_text}, LEAT_MYSQL_YEAR, false},
    {&year_type, {encode_year, encode_year_text}, LEAT_MYSQL_YEAR, true},
    {&float_type, {encode_float, encode_float_text}, LEAT_MYSQL_FLOAT, false},
    {&float_type, {encode_float, encode_float_text}, LEAT_MYSQL_FLOAT, true},
    {&double_type, {encode_float, encode_double_text}, LEAT_MYSQL_DOUBLE, false},
    {&double_type, {encode_float, encode_double_text}, LEAT_MYSQL_DOUBLE, true},
};

static leat_encoder decimal_encoder(const leat_mysql_column *column, leat_mysql_form form, leat_arena *arena)
{
    const leat_avro_type *type = leat_decimal_type(arena, column->layout.precision, column->layout.scale);
    return (leat_encoder){.encode = form == LEAT_MYSQL_BINLOG ? encode_decimal : encode_decimal_text,
                          .type = type};
}

static leat_encoder bit_encoder(const leat_mysql_column *column, leat_arena *arena)
{
    if (column->layout.length == 1)
        return (leat_encoder){
            .encode = encode_bit, .describe = leat_mysql_describe_hex, .type = &boolean_type};
    leat_mysql_facts *facts = leat_arena_allocate(arena, sizeof *facts);
    facts->length = column->layout.length;
    return (leat_encoder){
        .encode = encode_bits, .describe = leat_mysql_describe_hex, .facts = facts, .type = &bits_type};
}

bool leat_mysql_number_encoder(const leat_mysql_column *column, leat_mysql_form form, leat_arena *arena,
                               leat_encoder *encoder)
{
    if (column->layout.type == LEAT_MYSQL_BIT) {
        *encoder = bit_encoder(column, arena);
        return true;
    }
    leat_describe_function describe = form == LEAT_MYSQL_BINLOG ? leat_mysql_describe_hex : NULL;
    if (column->layout.type == LEAT_MYSQL_DECIMAL) {
        *encoder = decimal_encoder(column, form, arena);
        encoder->describe = describe;
        return true;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (numbers[i].of == column->layout.type && numbers[i].is_unsigned == column->is_unsigned) {
            *encoder = (leat_encoder){
                .encode = numbers[i].functions[form], .describe = describe, .type = numbers[i].type};
            return true;
        }
    }
    return false;
}
