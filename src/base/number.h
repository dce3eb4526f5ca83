/* Decimal numbers as databases print them. */
#ifndef LEAT_BASE_NUMBER_H
#define LEAT_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Nineteen decimal digits always fit an uint64_t. */
enum { LEAT_NUMBER_SAFE_DIGITS = 19 };

/* One to nineteen decimal digits and nothing else. */
static inline bool leat_number_parse_digits(leat_slice text, uint64_t *value)
{
    uint64_t sum = 0;
    if (text.length - 1 >= LEAT_NUMBER_SAFE_DIGITS)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        unsigned digit = (unsigned)text.data[i] - '0';
        if (digit > 9)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

/* An optional minus and digits, within int64_t; false for anything else. */
static inline bool leat_number_parse_integer(leat_slice text, int64_t *value)
{
    uint64_t magnitude = 0;
    bool negative = text.length > 0 && text.data[0] == '-';
    leat_slice digits = negative ? leat_slice_of(text.data + 1, text.length - 1) : text;
    if (!leat_number_parse_digits(digits, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *value = (int64_t)(negative ? 0 - magnitude : magnitude);
    return true;
}

/* Digits within uint64_t; false for anything else. */
bool leat_number_parse_unsigned(leat_slice text, uint64_t *value);

/* What float8out and float4out print: shortest decimal text that gives exactly this value back, NaN, Infinity
 * and -Infinity. Exact, whatever the program's locale. False for anything else, and for a number that the
 * type cannot hold. */
bool leat_number_parse_double(leat_slice text, double *value);
bool leat_number_parse_float(leat_slice text, float *value);

#endif
