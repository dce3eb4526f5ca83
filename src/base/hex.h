/* Hex digits, as databases print bytes. */
#ifndef LEAT_BASE_HEX_H
#define LEAT_BASE_HEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* The value of a hex digit of either case; 16 or more for anything else. */
static inline unsigned leat_hex_value(uint8_t digit)
{
    unsigned decimal = (unsigned)digit - '0';
    unsigned letter = ((unsigned)digit | 0x20) - 'a';
    return decimal <= 9 ? decimal : letter <= 5 ? letter + 10 : 16;
}

/* Turns pairs of digits into text.length / 2 bytes at `bytes`; false where something else stands. The length
 * must be even. */
bool leat_hex_decode(leat_slice text, uint8_t *bytes);

#endif
