/* Avro's primitive values as bytes, appended to a buffer.
 *
 * Byte layouts: Avro 1.11 specification, "Binary Encoding". A permanent test compares them with Avro C.
 */
#ifndef LEAT_BASE_ENCODE_H
#define LEAT_BASE_ENCODE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Avro int and long: zigzag varint. */
static inline void leat_encode_long(leat_buffer *out, int64_t value)
{
    uint64_t zigzag = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
    uint8_t *at = leat_buffer_reserve(out, 10);
    size_t length = 0;
    while (zigzag >= 0x80) {
        at[length++] = (uint8_t)(zigzag | 0x80);
        zigzag >>= 7;
    }
    at[length++] = (uint8_t)zigzag;
    leat_buffer_commit(out, length);
}

static inline void leat_encode_boolean(leat_buffer *out, bool value)
{
    leat_buffer_append_byte(out, value ? 1 : 0);
}

/* Avro bytes and string: length, then the bytes. A string's bytes must be UTF-8 already. */
static inline void leat_encode_bytes(leat_buffer *out, leat_slice bytes)
{
    leat_buffer_reserve(out, bytes.length + 10);
    leat_encode_long(out, (int64_t)bytes.length);
    leat_buffer_append_slice(out, bytes);
}

/* Little-endian IEEE 754. */
static inline void leat_encode_float(leat_buffer *out, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint8_t *at = leat_buffer_reserve(out, 4);
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(bits >> (8 * i));
    leat_buffer_commit(out, 4);
}

static inline void leat_encode_double(leat_buffer *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint8_t *at = leat_buffer_reserve(out, 8);
    for (unsigned i = 0; i < 8; i++)
        at[i] = (uint8_t)(bits >> (8 * i));
    leat_buffer_commit(out, 8);
}

#endif
