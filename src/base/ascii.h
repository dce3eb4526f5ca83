/* Plain ASCII, which most text is: told eight bytes at a time. */
#ifndef LEAT_BASE_ASCII_H
#define LEAT_BASE_ASCII_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* How many bytes at the start of `text` are below 0x80. */
static inline size_t leat_ascii_length(leat_slice text)
{
    size_t at = 0;
    for (uint64_t word; text.length - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text.data + at, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (at < text.length && text.data[at] < 0x80)
        at++;
    return at;
}

#endif
