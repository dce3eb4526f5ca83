/* Numbers that servers print, as Avro has them. */
#ifndef LEAT_COMMON_NUMBER_H
#define LEAT_COMMON_NUMBER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/encode.h"
#include "base/number.h"
#include "leat/encode.h"

/* An integer of the range of its type; LEAT_MALFORMED when it is none, or lies outside. */
static inline leat_encoding leat_encode_integer_text(leat_slice native, int64_t least, int64_t most,
                                                     leat_buffer *out)
{
    int64_t value = 0;
    if (!leat_number_parse_integer(native, &value) || value < least || value > most)
        return LEAT_MALFORMED;
    leat_encode_long(out, value);
    return LEAT_ENCODED;
}

/* Avro's type of a decimal of so many digits, so many of them behind the point; in the arena. */
static inline const leat_avro_type *leat_decimal_type(leat_arena *arena, int precision, int scale)
{
    leat_avro_type *type = leat_arena_allocate(arena, sizeof *type);
    *type = (leat_avro_type){.kind = LEAT_AVRO_BYTES,
                             .logical = LEAT_LOGICAL_DECIMAL,
                             .precision = precision,
                             .scale = scale,
                             .connect_name = "org.apache.kafka.connect.data.Decimal"};
    return type;
}

#endif
