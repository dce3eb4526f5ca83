#include "mysql/value/decimal_packed.h"

#include "base/cursor.h"
#include "base/encode.h"

enum {
    GROUP_DIGITS = 9,
    MOST_DIGITS = 81, /* a column has 65; JSON counts whole groups, of which there are nine */
    MOST_GROUPS = MOST_DIGITS / GROUP_DIGITS + 3,
    SMALL_DIGITS = 18, /* always fit an int64_t */
    MOST_WORDS = 9,    /* of 32 bits: for the digits and the sign */
};

static const uint8_t bytes_of_digits[GROUP_DIGITS + 1] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
static const uint32_t powers[GROUP_DIGITS + 1] = {1,      10,      100,      1000,      10000,
                                                  100000, 1000000, 10000000, 100000000, 1000000000};

/* A decimal's groups of digits, the highest first. */
typedef struct groups {
    bool negative;
    size_t count;
    size_t whole_count; /* before the point */
    uint32_t values[MOST_GROUPS];
    uint8_t digits[MOST_GROUPS];
} groups;

static void expect_digits(groups *found, unsigned digits)
{
    if (digits > 0)
        found->digits[found->count++] = (uint8_t)digits;
}

/* How the digits are grouped: towards the point, so that those next to it are full. */
static void lay_out(groups *found, unsigned precision, unsigned scale)
{
    unsigned whole = precision - scale;
    expect_digits(found, whole % GROUP_DIGITS);
    for (unsigned i = 0; i < whole / GROUP_DIGITS; i++)
        expect_digits(found, GROUP_DIGITS);
    found->whole_count = found->count;
    for (unsigned i = 0; i < scale / GROUP_DIGITS; i++)
        expect_digits(found, GROUP_DIGITS);
    expect_digits(found, scale % GROUP_DIGITS);
}

static bool read_groups(leat_slice packed, unsigned precision, unsigned scale, groups *found)
{
    *found = (groups){0};
    if (precision == 0 || precision > MOST_DIGITS || scale > precision || packed.length == 0)
        return false;
    lay_out(found, precision, scale);
    leat_cursor cursor = leat_cursor_open(packed);
    found->negative = (packed.data[0] & 0x80) == 0;
    uint64_t flip = found->negative ? UINT64_MAX : 0;
    for (size_t i = 0; i < found->count; i++) {
        size_t width = bytes_of_digits[found->digits[i]];
        uint64_t range = UINT64_C(1) << 8 * width;
        uint64_t stored = leat_cursor_big_endian(&cursor, width) ^ flip ^ (i == 0 ? range / 2 : 0);
        found->values[i] = (uint32_t)(stored & (range - 1));
        if (found->values[i] >= powers[found->digits[i]])
            return false;
    }
    return !leat_cursor_failed(&cursor) && leat_cursor_remaining(&cursor) == 0;
}

/* Little-endian words in two's complement as bytes, the highest first, without those that only repeat the
 * sign. */
static void append_words(leat_buffer *out, const uint32_t *words, size_t count)
{
    uint8_t bytes[MOST_WORDS * 4];
    size_t first = 0;
    for (size_t i = 0; i < count * 4; i++)
        bytes[count * 4 - 1 - i] = (uint8_t)(words[i / 4] >> (8 * (i % 4)));
    uint8_t sign = (bytes[0] & 0x80) != 0 ? 0xff : 0;
    while (first + 1 < count * 4 && bytes[first] == sign && ((bytes[first + 1] ^ sign) & 0x80) == 0)
        first++;
    leat_encode_bytes(out, leat_slice_of(bytes + first, count * 4 - first));
}

static void negate(uint32_t *words, size_t count)
{
    uint64_t carry = 1;
    for (size_t i = 0; i < count; i++) {
        carry += (uint32_t)~words[i];
        words[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

void leat_mysql_unscaled_encode(leat_buffer *out, uint64_t magnitude, bool negative)
{
    enum { WORDS = 3 };
    uint32_t words[WORDS] = {(uint32_t)magnitude, (uint32_t)(magnitude >> 32), 0};
    if (negative)
        negate(words, WORDS);
    append_words(out, words, WORDS);
}

/* The fewest bytes of a number of at most 63 bits. */
static void append_small(leat_buffer *out, int64_t value)
{
    unsigned length = 1;
    while (length < 8 && value >> (8 * length - 1) != 0 && value >> (8 * length - 1) != -1)
        length++;
    uint8_t *at = leat_buffer_reserve(out, 1 + length);
    at[0] = (uint8_t)(2 * length); /* zigzag, one byte */
    for (unsigned i = 0; i < length; i++)
        at[1 + i] = (uint8_t)((uint64_t)value >> (8 * (length - 1 - i)));
    leat_buffer_commit(out, 1 + length);
}

static int64_t small_value(const groups *found)
{
    int64_t value = 0;
    for (size_t i = 0; i < found->count; i++)
        value = value * powers[found->digits[i]] + found->values[i];
    return found->negative ? -value : value;
}

static void append_large(leat_buffer *out, const groups *found)
{
    uint32_t words[MOST_WORDS] = {0};
    for (size_t i = 0; i < found->count; i++) {
        uint64_t carry = found->values[i];
        for (size_t j = 0; j < MOST_WORDS; j++) {
            carry += (uint64_t)words[j] * powers[found->digits[i]];
            words[j] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    if (found->negative)
        negate(words, MOST_WORDS);
    append_words(out, words, MOST_WORDS);
}

leat_encoding leat_mysql_decimal_encode(leat_slice packed, unsigned precision, unsigned scale,
                                        leat_buffer *out)
{
    groups found;
    if (!read_groups(packed, precision, scale, &found))
        return LEAT_MALFORMED;
    if (precision <= SMALL_DIGITS)
        append_small(out, small_value(&found));
    else
        append_large(out, &found);
    return LEAT_ENCODED;
}

static void append_digits(leat_buffer *text, uint32_t value, unsigned digits)
{
    for (unsigned i = digits; i > 0; i--)
        leat_buffer_append_byte(text, (uint8_t)('0' + value / powers[i - 1] % 10));
}

static void append_whole(leat_buffer *text, const groups *found)
{
    bool begun = false;
    for (size_t i = 0; i < found->whole_count; i++) {
        unsigned digits = found->digits[i];
        while (!begun && digits > 0 && found->values[i] < powers[digits - 1])
            digits--;
        append_digits(text, found->values[i], digits);
        begun = begun || digits > 0;
    }
    if (!begun)
        leat_buffer_append_byte(text, '0');
}

bool leat_mysql_decimal_text(leat_slice packed, unsigned precision, unsigned scale, leat_buffer *text)
{
    groups found;
    if (!read_groups(packed, precision, scale, &found))
        return false;
    if (found.negative)
        leat_buffer_append_byte(text, '-');
    append_whole(text, &found);
    for (size_t i = found.whole_count; i < found.count; i++) {
        if (i == found.whole_count)
            leat_buffer_append_byte(text, '.');
        append_digits(text, found.values[i], found.digits[i]);
    }
    return true;
}
