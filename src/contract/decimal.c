/* Decimal text to the two's-complement bytes of Avro's decimal. */
#include <string.h>

#include "base/cursor.h"
#include "base/encode.h"
#include "base/memory.h"
#include "leat/encode.h"

/* The parts of a decimal's text. */
typedef struct decimal_text {
    bool negative;
    leat_slice whole;    /* once trimmed, without leading zeros */
    leat_slice fraction; /* once trimmed, without trailing zeros */
} decimal_text;

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static leat_slice take_digits(leat_cursor *cursor)
{
    const uint8_t *start = cursor->at;
    while (is_digit(leat_cursor_peek(cursor)))
        (void)leat_cursor_u8(cursor);
    return leat_slice_of(start, (size_t)(cursor->at - start));
}

static bool parse(leat_slice text, decimal_text *decimal)
{
    leat_cursor cursor = leat_cursor_open(text);
    decimal->negative = leat_cursor_peek(&cursor) == '-';
    if (decimal->negative || leat_cursor_peek(&cursor) == '+')
        (void)leat_cursor_u8(&cursor);
    decimal->whole = take_digits(&cursor);
    decimal->fraction = leat_slice_of(cursor.at, 0);
    if (leat_cursor_peek(&cursor) == '.') {
        (void)leat_cursor_u8(&cursor);
        decimal->fraction = take_digits(&cursor);
    }
    bool any = decimal->whole.length > 0 || decimal->fraction.length > 0;
    return any && leat_cursor_remaining(&cursor) == 0;
}

static void trim(decimal_text *decimal)
{
    while (decimal->whole.length > 0 && decimal->whole.data[0] == '0')
        decimal->whole = leat_slice_of(decimal->whole.data + 1, decimal->whole.length - 1);
    while (decimal->fraction.length > 0 && decimal->fraction.data[decimal->fraction.length - 1] == '0')
        decimal->fraction.length--;
    if (decimal->whole.length == 0 && decimal->fraction.length == 0)
        decimal->negative = false;
}

/* Digits of the unscaled value without leading zeros; those of 0.05 at scale 2 are "5". */
static size_t significant_digits(const decimal_text *decimal, size_t scale)
{
    if (decimal->whole.length > 0)
        return decimal->whole.length + scale;
    size_t leading = 0;
    while (leading < decimal->fraction.length && decimal->fraction.data[leading] == '0')
        leading++;
    return decimal->fraction.length == 0 ? 0 : scale - leading;
}

/* The n-th digit of the unscaled value: whole, fraction, then zeros up to the scale. */
static unsigned digit_at(const decimal_text *decimal, size_t n)
{
    if (n < decimal->whole.length)
        return decimal->whole.data[n] - (unsigned)'0';
    n -= decimal->whole.length;
    return n < decimal->fraction.length ? decimal->fraction.data[n] - (unsigned)'0' : 0;
}

/* Appends the fewest bytes for a number of at most 63 bits. */
static void append_small(leat_buffer *out, uint64_t magnitude, bool negative)
{
    int64_t value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    unsigned length = 1;
    while (length < 8 && (value >> (8 * length - 1)) != 0 && (value >> (8 * length - 1)) != -1)
        length++;
    leat_encode_long(out, (int64_t)length);
    uint8_t *at = leat_buffer_reserve(out, length);
    for (unsigned i = 0; i < length; i++)
        at[i] = (uint8_t)((uint64_t)value >> (8 * (length - 1 - i)));
    leat_buffer_commit(out, length);
}

/* Little-endian words of an unscaled value of any length. */
typedef struct magnitude {
    uint32_t *words;
    size_t count;
} magnitude;

static void multiply_and_add(magnitude *number, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (size_t i = 0; i < number->count; i++) {
        carry += (uint64_t)number->words[i] * factor;
        number->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        number->words[number->count++] = (uint32_t)carry;
}

/* Nine digits a step: the most whose power of ten fits a word. */
static void read_digits(magnitude *number, const decimal_text *decimal, size_t digits)
{
    for (size_t at = 0; at < digits;) {
        uint32_t chunk = 0;
        uint32_t power = 1;
        for (size_t end = at + 9; at < end && at < digits; at++) {
            chunk = chunk * 10 + digit_at(decimal, at);
            power *= 10;
        }
        multiply_and_add(number, power, chunk);
    }
}

/* Two's complement in place; the words then stand for count * 32 bits. */
static void negate(magnitude *number)
{
    uint64_t carry = 1;
    for (size_t i = 0; i < number->count; i++) {
        carry += (uint32_t)~number->words[i];
        number->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static uint8_t byte_at(const magnitude *number, size_t n)
{
    return (uint8_t)(number->words[n / 4] >> (8 * (n % 4)));
}

/* Appends the words as bytes, the highest first, without those that only repeat the sign. */
static void append_words(leat_buffer *out, const magnitude *number, bool negative)
{
    uint8_t sign = negative ? 0xff : 0;
    size_t length = number->count * 4;
    while (length > 1 && byte_at(number, length - 1) == sign &&
           ((byte_at(number, length - 2) ^ sign) & 0x80) == 0)
        length--;
    leat_encode_long(out, (int64_t)length);
    uint8_t *at = leat_buffer_reserve(out, length);
    for (size_t i = 0; i < length; i++)
        at[i] = byte_at(number, length - 1 - i);
    leat_buffer_commit(out, length);
}

/* The stack's words hold the thousand digits that databases declare; only longer numbers need the heap. */
static void append_large(leat_buffer *out, const decimal_text *decimal, size_t digits)
{
    enum { STACK_WORDS = 128 };
    uint32_t stack[STACK_WORDS];
    /* A word holds more than nine digits; one more is for the sign. */
    size_t most = digits / 9 + 3;
    magnitude number = {.words = most <= STACK_WORDS ? stack : leat_allocate_array(most, sizeof(uint32_t))};
    read_digits(&number, decimal, digits);
    number.words[number.count++] = 0;
    if (decimal->negative)
        negate(&number);
    append_words(out, &number, decimal->negative);
    if (number.words != stack)
        leat_release(number.words);
}

enum { SMALL_DIGITS = 18 };

static uint64_t power_of_ten(int exponent)
{
    static const uint64_t powers[SMALL_DIGITS + 1] = {1,
                                                      10,
                                                      100,
                                                      1000,
                                                      10000,
                                                      100000,
                                                      1000000,
                                                      10000000,
                                                      100000000,
                                                      1000000000,
                                                      10000000000,
                                                      100000000000,
                                                      1000000000000,
                                                      10000000000000,
                                                      100000000000000,
                                                      1000000000000000,
                                                      10000000000000000,
                                                      100000000000000000,
                                                      1000000000000000000};
    return powers[exponent];
}

/* What nearly every value is: a number of up to 18 digits, as many behind the point as the scale says. One
 * pass; false, with nothing appended, for everything else, wrong or not. */
static bool append_usual(leat_buffer *out, leat_slice text, int precision, int scale)
{
    bool negative = text.length > 0 && text.data[0] == '-';
    size_t places = scale < 0 ? 0 : (size_t)scale;
    size_t point = places == 0 ? text.length : text.length - places - 1; /* wraps when there is no room */
    uint64_t unscaled = 0;
    size_t first = negative ? 1 : 0;
    if (text.length > SMALL_DIGITS || point <= first || point > text.length || precision > SMALL_DIGITS ||
        precision < 0)
        return false;
    for (size_t i = first; i < text.length; i++) {
        unsigned digit = (unsigned)text.data[i] - '0';
        if (i == point && text.data[i] == '.')
            continue;
        if (i == point || digit > 9)
            return false;
        unscaled = unscaled * 10 + digit;
    }
    if (unscaled >= power_of_ten(precision))
        return false;
    append_small(out, unscaled, negative);
    return true;
}

leat_encoding leat_encode_decimal_text(leat_buffer *out, leat_slice text, int precision, int scale)
{
    decimal_text decimal;
    if (append_usual(out, text, precision, scale))
        return LEAT_ENCODED;
    if (!parse(text, &decimal))
        return LEAT_MALFORMED;
    trim(&decimal);
    size_t places = scale < 0 ? 0 : (size_t)scale;
    if (decimal.fraction.length > places ||
        significant_digits(&decimal, places) > (precision < 0 ? 0 : (size_t)precision))
        return LEAT_UNREPRESENTABLE;
    size_t digits = decimal.whole.length + places;
    if (digits > SMALL_DIGITS) {
        append_large(out, &decimal, digits);
        return LEAT_ENCODED;
    }
    uint64_t unscaled = 0;
    for (size_t i = 0; i < digits; i++)
        unscaled = unscaled * 10 + digit_at(&decimal, i);
    append_small(out, unscaled, decimal.negative);
    return LEAT_ENCODED;
}
