/* Contract: how a column's native bytes become Avro bytes. What encoders write with is base/encode.h. */
#ifndef LEAT_ENCODE_H
#define LEAT_ENCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "leat/avro_type.h"

/* What an encoder answers. On anything but LEAT_ENCODED the caller takes back what was appended. */
typedef enum leat_encoding {
    LEAT_ENCODED,
    LEAT_UNREPRESENTABLE, /* a legal value that the Avro type cannot hold: null, and a note with the text */
    LEAT_MALFORMED, /* not a value of this type at all: the stream or our understanding is broken; stop */
} leat_encoding;

typedef struct leat_encoder leat_encoder;

/* Appends the Avro encoding of `native` (never SQL null; that is the caller's union branch) to `out`.
 * Must not keep `native`. Called from the pump's thread. */
typedef leat_encoding (*leat_encode_function)(const leat_encoder *encoder, leat_slice native,
                                              leat_buffer *out);

/* Appends the source's own text of a native value, for notes and errors; what is no text may be appended as
 * it is. Never fails: of a value that cannot be read it says whatever can be said. Called from the pump's
 * thread.
 */
typedef void (*leat_describe_function)(const leat_encoder *encoder, leat_slice native, leat_buffer *text);

/* A column's encoder: a function and what it needs to know. Immutable once built; lives as long as its table.
 */
struct leat_encoder {
    leat_encode_function encode;
    leat_describe_function describe; /* NULL: the native bytes are the source's text */
    const void *facts;               /* the connector's own, where the type does not say enough; or NULL */
    const leat_avro_type *type;      /* what `encode` writes */
    bool partial; /* some legal values are LEAT_UNREPRESENTABLE: such a column is nullable even in a key */
    uint8_t delimiter; /* between the elements of an array's text */
    size_t part_count; /* elements of an array (1), values of a map (1), fields of a record */
    const leat_encoder *parts;
};

/* Decimal text ("-12.50", "7", ".5", "1e3" is refused) as the two's-complement big-endian unscaled value of
 * Avro's decimal, as Avro bytes, in the fewest bytes. The text's fraction is padded with zeros up to `scale`;
 * more non-zero fraction digits than `scale`, or more digits than `precision`, are LEAT_UNREPRESENTABLE;
 * anything but sign, digits and one point is LEAT_MALFORMED. No floating point, any number of digits. */
leat_encoding leat_encode_decimal_text(leat_buffer *out, leat_slice text, int precision, int scale);

#endif
