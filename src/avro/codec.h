/* Compression of container blocks: null, deflate, snappy, zstandard. */
#ifndef LEAT_AVRO_CODEC_H
#define LEAT_AVRO_CODEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

typedef enum leat_codec_kind {
    LEAT_CODEC_NULL,
    LEAT_CODEC_DEFLATE,
    LEAT_CODEC_SNAPPY,
    LEAT_CODEC_ZSTANDARD,
} leat_codec_kind;

/* Compressor state that one thread reuses for every block. Opaque. */
typedef struct leat_codec leat_codec;

/* `level` is the codec's own (deflate 1..12, zstandard 1..19); 0 takes the default (deflate 1, zstandard 1).
 */
leat_codec *leat_codec_open(leat_codec_kind kind, int level);
void leat_codec_close(leat_codec *codec);

/* Avro's name of it: "null", "deflate", "snappy", "zstandard"; and back (false: none of these). */
const char *leat_codec_name(leat_codec_kind kind);
bool leat_codec_parse(const char *name, leat_codec_kind *kind);
leat_codec_kind leat_codec_kind_of(const leat_codec *codec);

/* Appends the compressed block to `out`. snappy carries the big-endian CRC-32 of the plain bytes behind it.
 */
leat_status leat_codec_compress(leat_codec *codec, leat_slice plain, leat_buffer *out, leat_error *error);

/* Appends the plain block to `out`; refuses one that would be larger than `most` bytes, or a wrong CRC. */
leat_status leat_codec_expand(leat_codec *codec, leat_slice packed, size_t most, leat_buffer *out,
                              leat_error *error);

#endif
