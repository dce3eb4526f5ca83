/* Whether bytes are UTF-8, as every Avro string and JSON text must be. */
#ifndef LEAT_AVRO_UTF8_H
#define LEAT_AVRO_UTF8_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/slice.h"

/* Takes one well-formed character (RFC 3629: shortest form, no surrogates, at most U+10FFFF) off the cursor
 * and gives its length, 1 to 4; 0, and one byte taken, where none stands. Not to be called at the end. */
size_t leat_utf8_next(leat_cursor *cursor);

bool leat_utf8_valid(leat_slice bytes);

/* Appends `text` with every byte that is not UTF-8 written as \xHH, so that nothing is lost and the result
 * is UTF-8. */
void leat_utf8_append_escaped(leat_buffer *out, leat_slice text);

#endif
