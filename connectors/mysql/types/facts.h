/* What the encoders share. */
#ifndef LEAT_MYSQL_TYPES_FACTS_H
#define LEAT_MYSQL_TYPES_FACTS_H

#include "base/arena.h"
#include "base/encode.h"
#include "leat/encode.h"
#include "mysql/charset/charset.h"
#include "mysql/definition/definition.h"
#include "mysql/types/types.h"

/* What an encoder knows of its column beyond the Avro type (leat_encoder.facts). Lives in the table's
 * arena. */
typedef struct leat_mysql_facts {
    const leat_mysql_charset *charset; /* of text; NULL: UTF-8 */
    const leat_slice *labels; /* of ENUM and SET, from 1, each as Avro has a string; 0 is the empty one */
    size_t label_count;       /* without that */
    uint32_t length;          /* BINARY: bytes; BIT: bits; ENUM, SET: bytes of the number */
    uint8_t fraction;         /* digits behind the second */
} leat_mysql_facts;

/* Encoders of numbers and bits; of text, bytes, JSON, ENUM and SET; of dates and times; of everything else.
 * False for a column that is none of these. */
bool leat_mysql_number_encoder(const leat_mysql_column *column, leat_mysql_form form, leat_arena *arena,
                               leat_encoder *encoder);
bool leat_mysql_text_encoder(const leat_mysql_column *column, const leat_mysql_charset *charset,
                             leat_mysql_form form, leat_arena *arena, leat_encoder *encoder);
bool leat_mysql_label_encoder(const leat_mysql_column *column, leat_mysql_form form, leat_arena *arena,
                              leat_encoder *encoder);
bool leat_mysql_time_encoder(const leat_mysql_column *column, leat_mysql_form form, leat_arena *arena,
                             leat_encoder *encoder);
bool leat_mysql_special_encoder(const leat_mysql_column *column, leat_mysql_form form, leat_arena *arena,
                                leat_encoder *encoder);

/* The bytes as they are. */
extern const leat_encoder leat_mysql_bytes_encoder;

/* leat_encoder.describe of what has no text: "0x00ff". */
void leat_mysql_describe_hex(const leat_encoder *encoder, leat_slice native, leat_buffer *text);

static inline const leat_mysql_facts *leat_mysql_facts_of(const leat_encoder *encoder)
{
    return encoder->facts;
}

/* Begins an Avro string or bytes whose length is known when it is written; gives the place that end wants. */
static inline size_t leat_mysql_begin_string(leat_buffer *out)
{
    leat_buffer_append_byte(out, 0); /* enough for up to 63 bytes */
    return out->length;
}

/* Ends it: what was appended since is the content. */
static inline void leat_mysql_end_string(leat_buffer *out, size_t start)
{
    size_t length = out->length - start;
    out->length = start - 1;
    if (length < 64) {
        leat_encode_long(out, (int64_t)length);
        out->length += length;
        return;
    }
    uint8_t *content = leat_buffer_reserve(out, length + 20) + 1;
    size_t prefix = 0;
    for (uint64_t rest = (uint64_t)length << 1; rest > 0; rest >>= 7)
        prefix++;
    memmove(content - 1 + prefix, content, length);
    leat_encode_long(out, (int64_t)length);
    out->length += length;
}

#endif
