/* UTF-8, as every text that leat writes must be (RFC 3629: shortest form, no surrogates, at most U+10FFFF).
 */
#ifndef LEAT_BASE_UTF8_H
#define LEAT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/slice.h"

/* Takes one well-formed character off the cursor and gives its length, 1 to 4; 0, and one byte taken, where
 * none stands. Not to be called at the end. Any thread, as all of these. */
size_t leat_utf8_next(leat_cursor *cursor);

/* How many bytes at the start of `text` are whole, valid characters: text.length when all of it is. */
size_t leat_utf8_valid_length(leat_slice text);

static inline bool leat_utf8_valid(leat_slice text)
{
    return leat_utf8_valid_length(text) == text.length;
}

/* Appends `text` with every byte that is not UTF-8 written as \xHH, so that nothing is lost and the result is
 * UTF-8. */
void leat_utf8_append_escaped(leat_buffer *out, leat_slice text);

#endif
