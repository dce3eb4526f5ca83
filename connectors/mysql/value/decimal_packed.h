/* DECIMAL as it is stored (mysys and strings/decimal.c, decimal2bin): groups of nine decimal digits in four
 * bytes, big-endian; the first and the last group have as many bytes as their digits take; the top bit is the
 * sign, turned over, and a negative number has all bits turned over. */
#ifndef LEAT_MYSQL_VALUE_DECIMAL_PACKED_H
#define LEAT_MYSQL_VALUE_DECIMAL_PACKED_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "leat/encode.h"

/* Appends Avro's decimal: LEAT_MALFORMED where `packed` is none of this precision and scale. No floating
 * point and no text on the way. */
leat_encoding leat_mysql_decimal_encode(leat_slice packed, unsigned precision, unsigned scale,
                                        leat_buffer *out);

/* Appends the text that the server prints, with all digits of the scale; false, with nothing appended, where
 * it is none. */
bool leat_mysql_decimal_text(leat_slice packed, unsigned precision, unsigned scale, leat_buffer *text);

/* Appends Avro's decimal of an integer. */
void leat_mysql_unscaled_encode(leat_buffer *out, uint64_t magnitude, bool negative);

#endif
