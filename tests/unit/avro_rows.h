/* A table of every kind of Avro type, with encoders from a plain native form, and rows for it: what the tests
 * and the benchmark of the Avro room share. */
#ifndef LEAT_TESTS_AVRO_ROWS_H
#define LEAT_TESTS_AVRO_ROWS_H

#include <stdint.h>
#include <string.h>

#include "base/encode.h"
#include "leat/encode.h"
#include "leat/event.h"
#include "leat/table.h"

/* The native forms: fixed-size numbers as they lie in this machine's memory, bytes and strings as they are.
 * A value of one byte where more are wanted stands for one that Avro cannot hold, any other wrong length for
 * a malformed one. */

static inline leat_encoding wrong_size(leat_slice native)
{
    return native.length == 1 ? LEAT_UNREPRESENTABLE : LEAT_MALFORMED;
}

static inline leat_encoding encode_native_boolean(const leat_encoder *encoder, leat_slice native,
                                                  leat_buffer *out)
{
    (void)encoder;
    if (native.length != 1)
        return LEAT_MALFORMED;
    leat_encode_boolean(out, native.data[0] != 0);
    return LEAT_ENCODED;
}

static inline leat_encoding encode_native_int(const leat_encoder *encoder, leat_slice native,
                                              leat_buffer *out)
{
    int32_t value;
    (void)encoder;
    if (native.length != sizeof value)
        return wrong_size(native);
    memcpy(&value, native.data, sizeof value);
    leat_encode_long(out, value);
    return LEAT_ENCODED;
}

static inline leat_encoding encode_native_long(const leat_encoder *encoder, leat_slice native,
                                               leat_buffer *out)
{
    int64_t value;
    (void)encoder;
    if (native.length != sizeof value)
        return wrong_size(native);
    memcpy(&value, native.data, sizeof value);
    leat_encode_long(out, value);
    return LEAT_ENCODED;
}

static inline leat_encoding encode_native_float(const leat_encoder *encoder, leat_slice native,
                                                leat_buffer *out)
{
    float value;
    (void)encoder;
    if (native.length != sizeof value)
        return wrong_size(native);
    memcpy(&value, native.data, sizeof value);
    leat_encode_float(out, value);
    return LEAT_ENCODED;
}

static inline leat_encoding encode_native_double(const leat_encoder *encoder, leat_slice native,
                                                 leat_buffer *out)
{
    double value;
    (void)encoder;
    if (native.length != sizeof value)
        return wrong_size(native);
    memcpy(&value, native.data, sizeof value);
    leat_encode_double(out, value);
    return LEAT_ENCODED;
}

static inline leat_encoding encode_native_bytes(const leat_encoder *encoder, leat_slice native,
                                                leat_buffer *out)
{
    (void)encoder;
    leat_encode_bytes(out, native);
    return LEAT_ENCODED;
}

static inline leat_encoding encode_native_decimal(const leat_encoder *encoder, leat_slice native,
                                                  leat_buffer *out)
{
    return leat_encode_decimal_text(out, native, encoder->type->precision, encoder->type->scale);
}

#endif
