#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

bool leat_number_parse_unsigned(leat_slice text, uint64_t *value)
{
    uint64_t sum = 0;
    if (text.length == 0)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        unsigned digit = (unsigned)text.data[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, digit, &sum))
            return false;
    }
    *value = sum;
    return true;
}

/* A decimal number taken apart: mantissa * 10^exponent, exact as long as `exact`. */
typedef struct decimal {
    uint64_t mantissa;
    int exponent;
    unsigned digits; /* in the mantissa, without leading zeros */
    bool negative;
    bool exact; /* false when there were more digits than the mantissa holds */
} decimal;

/* Digits go into the mantissa as long as they fit; `step` is what each does to the exponent. How many digits
 * there were. */
static size_t take_digits(leat_cursor *cursor, decimal *number, int step)
{
    leat_cursor at = *cursor; /* by value, as `taken`, so that the loop keeps them in registers */
    decimal taken = *number;
    size_t before = leat_cursor_remaining(cursor);
    for (int next = leat_cursor_peek(&at); next >= '0' && next <= '9'; next = leat_cursor_peek(&at)) {
        unsigned digit = (unsigned)leat_cursor_u8(&at) - '0';
        if (taken.digits == LEAT_NUMBER_SAFE_DIGITS) {
            taken.exact = false;
            continue;
        }
        taken.mantissa = taken.mantissa * 10 + digit;
        taken.exponent += step;
        taken.digits += taken.mantissa > 0;
    }
    *number = taken;
    *cursor = at;
    return before - leat_cursor_remaining(cursor);
}

static bool take_exponent(leat_cursor *cursor, decimal *number)
{
    enum { LARGEST = 9999 }; /* far beyond any float, far within an int */
    int exponent = 0;
    int sign = leat_cursor_u8(cursor);
    if (sign != '+' && sign != '-')
        return false;
    if (leat_cursor_remaining(cursor) == 0)
        return false;
    while (leat_cursor_remaining(cursor) > 0) {
        unsigned digit = (unsigned)leat_cursor_u8(cursor) - '0';
        if (digit > 9 || exponent > LARGEST)
            return false;
        exponent = exponent * 10 + (int)digit;
    }
    number->exponent += sign == '-' ? -exponent : exponent;
    return true;
}

/* [-]digits[.digits][e(+|-)digits] to the end of the text. */
static bool take_apart(leat_slice text, decimal *number)
{
    leat_cursor cursor = leat_cursor_open(text);
    *number = (decimal){.exact = true};
    if (leat_cursor_peek(&cursor) == '-') {
        number->negative = true;
        (void)leat_cursor_u8(&cursor);
    }
    if (take_digits(&cursor, number, 0) == 0)
        return false;
    if (leat_cursor_peek(&cursor) == '.') {
        (void)leat_cursor_u8(&cursor);
        if (take_digits(&cursor, number, -1) == 0)
            return false;
    }
    if (leat_cursor_peek(&cursor) == 'e') {
        (void)leat_cursor_u8(&cursor);
        if (!take_exponent(&cursor, number))
            return false;
    }
    return leat_cursor_remaining(&cursor) == 0;
}

/* NaN and the infinities, which are values of PostgreSQL's floats. */
static bool parse_special(leat_slice text, double *value)
{
    if (leat_slice_equals_string(text, "NaN"))
        *value = NAN;
    else if (leat_slice_equals_string(text, "Infinity"))
        *value = INFINITY;
    else if (leat_slice_equals_string(text, "-Infinity"))
        *value = -INFINITY;
    else
        return false;
    return true;
}

/* No float has more text than this: sign, 17 digits, point, exponent, or where MySQL does without one, 14
 * zeros behind the point. */
enum { LONGEST_FLOAT = 40 };

/* What strtod needs of text that take_apart has found well-formed: an end, and the C locale whatever the
 * program has set. glibc answers a request for the whole C locale from static storage. */
static bool prepare(leat_slice text, char copy[static LONGEST_FLOAT + 1], locale_t *plain)
{
    if (text.length > LONGEST_FLOAT)
        return false;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    *plain = newlocale(LC_ALL_MASK, "C", NULL);
    return *plain != NULL;
}

static bool convert_double(leat_slice text, double *value)
{
    char copy[LONGEST_FLOAT + 1];
    char *end = NULL;
    locale_t plain = NULL;
    if (!prepare(text, copy, &plain))
        return false;
    *value = strtod_l(copy, &end, plain);
    freelocale(plain);
    return end == copy + text.length;
}

static bool convert_float(leat_slice text, float *value)
{
    char copy[LONGEST_FLOAT + 1];
    char *end = NULL;
    locale_t plain = NULL;
    if (!prepare(text, copy, &plain))
        return false;
    *value = strtof_l(copy, &end, plain);
    freelocale(plain);
    return end == copy + text.length;
}

/* The largest power of ten that each type holds exactly, and up to it one multiplication or division of two
 * exact numbers rounds once, as it should. */
static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { DOUBLE_POWERS = 22, FLOAT_POWERS = 10, DOUBLE_BITS = 53, FLOAT_BITS = 24 };

static bool fits(const decimal *number, int bits, int largest_power)
{
    return number->exact && number->mantissa >> bits == 0 && number->exponent >= -largest_power &&
           number->exponent <= largest_power;
}

/* Digits that came out as an infinity or as nothing are no value that the server can have printed. */
static bool plausible(const decimal *number, double value)
{
    return !isinf(value) && (value != 0 || number->mantissa == 0);
}

/* The shortest text of most doubles has 16 or 17 digits: too many for the exact way of doubles, but not for
 * that of a float of 64 bits. Its one rounding gives a number that lies on the same side of every boundary
 * between two doubles as the text does, as all boundaries are such floats themselves; only a result that is
 * one of them does not tell on which side the text was. Then false, and where there is no such float. */
#if LDBL_MANT_DIG == 64 && defined(__x86_64__)
static bool convert_extended(const decimal *number, double *value)
{
    enum { EXTENDED_BITS = 64, EXTENDED_POWERS = 27 };
    static const long double extended_powers[] = {
        1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
        1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
    static const uint64_t below_double = (UINT64_C(1) << (EXTENDED_BITS - DOUBLE_BITS)) - 1;
    if (!number->exact || number->exponent < -EXTENDED_POWERS || number->exponent > EXTENDED_POWERS)
        return false;
    long double result = (long double)number->mantissa;
    result = number->exponent < 0 ? result / extended_powers[-number->exponent]
                                  : result * extended_powers[number->exponent];
    uint64_t bits; /* the lower eight of its ten bytes; no double of this size is subnormal */
    memcpy(&bits, &result, sizeof bits);
    if ((bits & below_double) == (below_double + 1) / 2)
        return false;
    *value = (double)(number->negative ? -result : result);
    return true;
}
#else
static bool convert_extended(const decimal *number, double *value)
{
    (void)number;
    (void)value;
    return false;
}
#endif

bool leat_number_parse_double(leat_slice text, double *value)
{
    decimal number;
    if (!take_apart(text, &number))
        return parse_special(text, value);
    if (fits(&number, DOUBLE_BITS, DOUBLE_POWERS)) {
        double result = (double)number.mantissa;
        result = number.exponent < 0 ? result / powers[-number.exponent] : result * powers[number.exponent];
        *value = number.negative ? -result : result;
        return true;
    }
    return convert_extended(&number, value) || (convert_double(text, value) && plausible(&number, *value));
}

bool leat_number_parse_float(leat_slice text, float *value)
{
    decimal number;
    double special = 0;
    if (!take_apart(text, &number)) {
        bool known = parse_special(text, &special);
        *value = (float)special;
        return known;
    }
    if (!fits(&number, FLOAT_BITS, FLOAT_POWERS))
        return convert_float(text, value) && plausible(&number, (double)*value);
    float result = (float)number.mantissa;
    float power = (float)powers[number.exponent < 0 ? -number.exponent : number.exponent];
    result = number.exponent < 0 ? result / power : result * power;
    *value = number.negative ? -result : result;
    return true;
}
