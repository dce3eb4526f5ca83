/* Decimal digits written by hand, for paths on which printf would be most of the work. */
#ifndef LEAT_BASE_DIGITS_H
#define LEAT_BASE_DIGITS_H

#include <stdint.h>

#include "base/buffer.h"

static inline void leat_digits_append(leat_buffer *out, uint64_t number)
{
    enum { MOST_DIGITS = 20 };
    char digits[MOST_DIGITS];
    size_t at = MOST_DIGITS;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    leat_buffer_append(out, &digits[at], MOST_DIGITS - at);
}

#endif
