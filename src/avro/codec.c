#include "avro/codec.h"

#include <libdeflate.h>
#include <snappy-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/cursor.h"
#include "base/memory.h"

enum { DEFAULT_LEVEL = 1, SNAPPY_CRC_BYTES = 4, FIRST_ROOM = 64 * 1024 };

/* The ones above it want far more memory, on the reader's side too. */
enum { HIGHEST_ZSTANDARD_LEVEL = 19 };

/* Some writers leave the checksum of zlib's own form, or a part of it, behind the deflate stream. */
enum { DEFLATE_TAIL_BYTES = 4 };

/* snappy's densest element makes 64 bytes of 3. */
enum { SNAPPY_MOST_RATIO = 22 };

struct leat_codec {
    leat_codec_kind kind;
    int level;
    struct libdeflate_compressor *deflater; /* these four are made when first needed */
    struct libdeflate_decompressor *inflater;
    ZSTD_CCtx *zstandard_out;
    ZSTD_DCtx *zstandard_in;
};

static const char *const names[] = {
    [LEAT_CODEC_NULL] = "null",
    [LEAT_CODEC_DEFLATE] = "deflate",
    [LEAT_CODEC_SNAPPY] = "snappy",
    [LEAT_CODEC_ZSTANDARD] = "zstandard",
};

const char *leat_codec_name(leat_codec_kind kind)
{
    return names[kind];
}

bool leat_codec_parse(const char *name, leat_codec_kind *kind)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0) {
            *kind = (leat_codec_kind)i;
            return true;
        }
    return false;
}

leat_codec *leat_codec_open(leat_codec_kind kind, int level)
{
    leat_codec *codec = leat_allocate(sizeof *codec);
    codec->kind = kind;
    codec->level = level == 0 ? DEFAULT_LEVEL : level;
    return codec;
}

void leat_codec_close(leat_codec *codec)
{
    if (codec == NULL)
        return;
    libdeflate_free_compressor(codec->deflater);
    libdeflate_free_decompressor(codec->inflater);
    ZSTD_freeCCtx(codec->zstandard_out);
    ZSTD_freeDCtx(codec->zstandard_in);
    leat_release(codec);
}

leat_codec_kind leat_codec_kind_of(const leat_codec *codec)
{
    return codec->kind;
}

/* A compressor's state; as in base/memory.h, the process ends where there is no memory for it. */
static void *held(void *state)
{
    if (state != NULL)
        return state;
    fputs("leat: out of memory for a codec\n", stderr);
    abort();
}

/* ---- Compression ---- */

static leat_status bad_level(const leat_codec *codec, leat_error *error)
{
    return leat_error_fail(error, LEAT_FAILED, "deflate has the levels 1 to 12, zstandard 1 to 19",
                           "the codec %s has no level %d", names[codec->kind], codec->level);
}

static leat_status compress_deflate(leat_codec *codec, leat_slice plain, leat_buffer *out, leat_error *error)
{
    if (codec->deflater == NULL)
        codec->deflater = libdeflate_alloc_compressor(codec->level);
    if (codec->deflater == NULL)
        return bad_level(codec, error);
    size_t room = libdeflate_deflate_compress_bound(codec->deflater, plain.length);
    uint8_t *at = leat_buffer_reserve(out, room);
    size_t length = libdeflate_deflate_compress(codec->deflater, plain.data, plain.length, at, room);
    if (length == 0)
        return leat_error_set(error, LEAT_FAILED, "deflate cannot compress a block of %zu bytes",
                              plain.length);
    leat_buffer_commit(out, length);
    return LEAT_OK;
}

static leat_status compress_snappy(leat_slice plain, leat_buffer *out, leat_error *error)
{
    size_t length = snappy_max_compressed_length(plain.length);
    char *at = (char *)leat_buffer_reserve(out, length + SNAPPY_CRC_BYTES);
    if (snappy_compress((const char *)plain.data, plain.length, at, &length) != SNAPPY_OK)
        return leat_error_set(error, LEAT_FAILED, "snappy cannot compress a block of %zu bytes",
                              plain.length);
    leat_buffer_commit(out, length);
    uint32_t checksum = libdeflate_crc32(0, plain.data, plain.length);
    for (int shift = 24; shift >= 0; shift -= 8)
        leat_buffer_append_byte(out, (uint8_t)(checksum >> shift));
    return LEAT_OK;
}

static leat_status compress_zstandard(leat_codec *codec, leat_slice plain, leat_buffer *out,
                                      leat_error *error)
{
    if (codec->level < 1 || codec->level > HIGHEST_ZSTANDARD_LEVEL)
        return bad_level(codec, error);
    if (codec->zstandard_out == NULL)
        codec->zstandard_out = held(ZSTD_createCCtx());
    size_t room = ZSTD_compressBound(plain.length);
    uint8_t *at = leat_buffer_reserve(out, room);
    size_t length = ZSTD_compressCCtx(codec->zstandard_out, at, room, plain.data, plain.length, codec->level);
    if (ZSTD_isError(length))
        return leat_error_set(error, LEAT_FAILED, "zstandard cannot compress a block of %zu bytes: %s",
                              plain.length, ZSTD_getErrorName(length));
    leat_buffer_commit(out, length);
    return LEAT_OK;
}

leat_status leat_codec_compress(leat_codec *codec, leat_slice plain, leat_buffer *out, leat_error *error)
{
    switch (codec->kind) {
    case LEAT_CODEC_DEFLATE:
        return compress_deflate(codec, plain, out, error);
    case LEAT_CODEC_SNAPPY:
        return compress_snappy(plain, out, error);
    case LEAT_CODEC_ZSTANDARD:
        return compress_zstandard(codec, plain, out, error);
    case LEAT_CODEC_NULL:
        break;
    }
    leat_buffer_append_slice(out, plain);
    return LEAT_OK;
}

/* ---- Expansion ---- */

static leat_status corrupt(const leat_codec *codec, const char *what, leat_error *error)
{
    return leat_error_set(error, LEAT_FAILED, "the block's %s data %s", names[codec->kind], what);
}

static leat_status too_large(const leat_codec *codec, size_t most, leat_error *error)
{
    return leat_error_set(error, LEAT_FAILED, "the block's %s data would be more than %zu bytes",
                          names[codec->kind], most);
}

/* deflate does not say how much it will be, so the room grows until it is enough. */
static leat_status expand_deflate(leat_codec *codec, leat_slice packed, size_t most, leat_buffer *out,
                                  leat_error *error)
{
    if (codec->inflater == NULL)
        codec->inflater = held(libdeflate_alloc_decompressor());
    for (size_t room = FIRST_ROOM;; room *= 2) {
        size_t used = 0;
        size_t made = 0;
        room = room > most ? most : room;
        uint8_t *at = leat_buffer_reserve(out, room);
        enum libdeflate_result result = libdeflate_deflate_decompress_ex(
            codec->inflater, packed.data, packed.length, at, room, &used, &made);
        if (result == LIBDEFLATE_INSUFFICIENT_SPACE && room < most)
            continue;
        if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
            return too_large(codec, most, error);
        if (result != LIBDEFLATE_SUCCESS)
            return corrupt(codec, "is corrupt", error);
        if (packed.length - used > DEFLATE_TAIL_BYTES)
            return corrupt(codec, "has bytes behind its end", error);
        leat_buffer_commit(out, made);
        return LEAT_OK;
    }
}

static leat_status expand_snappy(leat_codec *codec, leat_slice packed, size_t most, leat_buffer *out,
                                 leat_error *error)
{
    size_t length = 0;
    leat_cursor cursor = leat_cursor_open(packed);
    if (packed.length < SNAPPY_CRC_BYTES)
        return corrupt(codec, "is too short", error);
    leat_slice data = leat_cursor_bytes(&cursor, packed.length - SNAPPY_CRC_BYTES);
    uint32_t checksum = leat_cursor_u32be(&cursor);
    const char *from = (const char *)data.data;
    if (snappy_uncompressed_length(from, data.length, &length) != SNAPPY_OK)
        return corrupt(codec, "is corrupt", error);
    if (length > most)
        return too_large(codec, most, error);
    /* A length that the data cannot make is not worth its memory. */
    if (length / SNAPPY_MOST_RATIO > data.length)
        return corrupt(codec, "is corrupt", error);
    uint8_t *at = leat_buffer_reserve(out, length == 0 ? 1 : length);
    if (snappy_uncompress(from, data.length, (char *)at, &length) != SNAPPY_OK)
        return corrupt(codec, "is corrupt", error);
    if (libdeflate_crc32(0, at, length) != checksum)
        return corrupt(codec, "does not match its checksum", error);
    leat_buffer_commit(out, length);
    return LEAT_OK;
}

/* Not every writer says in the frame how much it will be, so this goes step by step. */
static leat_status expand_zstandard(leat_codec *codec, leat_slice packed, size_t most, leat_buffer *out,
                                    leat_error *error)
{
    if (codec->zstandard_in == NULL)
        codec->zstandard_in = held(ZSTD_createDCtx());
    ZSTD_DCtx_reset(codec->zstandard_in, ZSTD_reset_session_only);
    ZSTD_inBuffer in = {.src = packed.data, .size = packed.length};
    size_t start = out->length;
    size_t left = 1; /* 0 at the end of a frame */
    bool filled = false;
    while (in.pos < in.size || (left != 0 && filled)) {
        ZSTD_outBuffer step = {.dst = leat_buffer_reserve(out, FIRST_ROOM), .size = FIRST_ROOM};
        left = ZSTD_decompressStream(codec->zstandard_in, &step, &in);
        if (ZSTD_isError(left))
            return corrupt(codec, ZSTD_getErrorName(left), error);
        leat_buffer_commit(out, step.pos);
        filled = step.pos == step.size;
        if (out->length - start > most)
            return too_large(codec, most, error);
    }
    return left == 0 ? LEAT_OK : corrupt(codec, "ends before its end", error);
}

static leat_status expand_null(const leat_codec *codec, leat_slice packed, size_t most, leat_buffer *out,
                               leat_error *error)
{
    if (packed.length > most)
        return too_large(codec, most, error);
    leat_buffer_append_slice(out, packed);
    return LEAT_OK;
}

leat_status leat_codec_expand(leat_codec *codec, leat_slice packed, size_t most, leat_buffer *out,
                              leat_error *error)
{
    switch (codec->kind) {
    case LEAT_CODEC_DEFLATE:
        return expand_deflate(codec, packed, most, out, error);
    case LEAT_CODEC_SNAPPY:
        return expand_snappy(codec, packed, most, out, error);
    case LEAT_CODEC_ZSTANDARD:
        return expand_zstandard(codec, packed, most, out, error);
    case LEAT_CODEC_NULL:
        break;
    }
    return expand_null(codec, packed, most, out, error);
}
