#include "base/hex.h"

bool leat_hex_decode(leat_slice text, uint8_t *bytes)
{
    unsigned seen = 0;
    for (size_t i = 0; i < text.length / 2; i++) {
        unsigned high = leat_hex_value(text.data[2 * i]);
        unsigned low = leat_hex_value(text.data[2 * i + 1]);
        seen |= high | low;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return seen < 16;
}
