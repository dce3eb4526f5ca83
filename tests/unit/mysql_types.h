/* What the tests of MySQL's encoders share. */
#ifndef TESTS_MYSQL_TYPES_H
#define TESTS_MYSQL_TYPES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* after the headers it needs */
#include <cmocka.h>

#include "base/hex.h"
#include "mysql/charset/collations_build.h"
#include "mysql/definition/column_type.h"
#include "mysql/types/types.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A value as a server logged and as it printed it, and the Avro bytes of the same value. */
typedef struct vector {
    const char *type; /* information_schema.columns.column_type */
    const char *collation;
    const char *binlog; /* hex */
    const char *text;
    size_t text_length;
    const char *avro; /* hex; NULL: it cannot be represented, and a note has the text */
    bool mariadb;
} vector;

/* Bytes that are no value of the type. */
typedef struct refusal {
    const char *type;
    const char *collation;
    leat_mysql_form form;
    const char *hex;
} refusal;

static inline leat_mysql_collations *collations_of(bool mariadb)
{
    if (!mariadb)
        return leat_mysql_collations_usual();
    leat_mysql_collations *collations = leat_mysql_collations_new();
    (void)leat_mysql_collations_add_charset(collations, "utf8mb4", 4);
    (void)leat_mysql_collations_add(collations, 2304, "utf8mb4_uca1400_ai_ci", "utf8mb4", true);
    leat_mysql_collations_seal(collations);
    return collations;
}

static inline leat_encoder encoder_of(const char *type, const char *collation, leat_mysql_form form,
                                      const leat_mysql_collations *collations, leat_arena *arena)
{
    leat_mysql_column column = {.name = "c", .collation = collation};
    leat_column to = {0};
    if (!leat_mysql_column_type_read(type, collations, arena, &column))
        fail_msg("%s is no type", type);
    leat_mysql_type_resolve(&column, collations, form, arena, &to);
    assert_string_equal(to.type_text, type);
    return to.encoder;
}

/* Encodes bytes that stand in memory of exactly their size, so that a sanitizer sees a read behind them. */
static inline leat_encoding encode(const leat_encoder *encoder, const void *bytes, size_t length,
                                   leat_buffer *out)
{
    uint8_t *exact = malloc(length == 0 ? 1 : length);
    assert_non_null(exact);
    if (length > 0)
        memcpy(exact, bytes, length);
    leat_encoding answer = encoder->encode(encoder, leat_slice_of(exact, length), out);
    free(exact);
    return answer;
}

static inline uint8_t *from_hex(const char *hex, size_t *length)
{
    *length = strlen(hex) / 2;
    uint8_t *bytes = malloc(*length + 1);
    assert_non_null(bytes);
    assert_true(leat_hex_decode(leat_slice_of_string(hex), bytes));
    return bytes;
}

static inline const char *to_hex(leat_slice bytes, leat_buffer *hex)
{
    leat_buffer_reset(hex);
    for (size_t i = 0; i < bytes.length; i++)
        leat_buffer_printf(hex, "%02x", bytes.data[i]);
    return leat_buffer_string(hex);
}

static inline void assert_noted(const leat_encoder *encoder, leat_slice native, const vector *expected)
{
    leat_buffer text = {0};
    assert_true(encoder->partial);
    if (encoder->describe == NULL)
        leat_buffer_append_slice(&text, native);
    else
        encoder->describe(encoder, native, &text);
    assert_string_equal(leat_buffer_string(&text), expected->text);
    leat_buffer_free(&text);
}

static inline void assert_encodes(const vector *expected, leat_mysql_form form, const uint8_t *bytes,
                                  size_t length)
{
    leat_arena arena = {0};
    leat_buffer out = {0};
    leat_buffer hex = {0};
    leat_mysql_collations *collations = collations_of(expected->mariadb);
    leat_encoder encoder = encoder_of(expected->type, expected->collation, form, collations, &arena);
    leat_encoding answer = encode(&encoder, bytes, length, &out);
    const char *name = form == LEAT_MYSQL_BINLOG ? expected->binlog : expected->text;
    if (answer != (expected->avro == NULL ? LEAT_UNREPRESENTABLE : LEAT_ENCODED))
        fail_msg("%s: %s was answered with %d", expected->type, name, answer);
    if (expected->avro == NULL)
        assert_noted(&encoder, leat_slice_of(bytes, length), expected);
    else if (strcmp(to_hex(leat_buffer_slice(&out), &hex), expected->avro) != 0)
        fail_msg("%s: %s became %s instead of %s", expected->type, name, leat_buffer_string(&hex),
                 expected->avro);
    leat_mysql_collations_free(collations);
    leat_buffer_free(&hex);
    leat_buffer_free(&out);
    leat_arena_free(&arena);
}

static inline void assert_vectors(const vector *vectors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        uint8_t *bytes = from_hex(vectors[i].binlog, &length);
        assert_encodes(&vectors[i], LEAT_MYSQL_BINLOG, bytes, length);
        free(bytes);
        assert_encodes(&vectors[i], LEAT_MYSQL_TEXT, (const uint8_t *)vectors[i].text,
                       vectors[i].text_length);
    }
}

static inline void assert_answers(leat_encoding expected, const refusal *refusals, size_t count)
{
    leat_arena arena = {0};
    leat_buffer out = {0};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    for (size_t i = 0; i < count; i++) {
        const refusal *refused = &refusals[i];
        size_t length = 0;
        uint8_t *bytes = from_hex(refused->hex, &length);
        leat_encoder encoder =
            encoder_of(refused->type, refused->collation, refused->form, collations, &arena);
        leat_encoding answer = encode(&encoder, bytes, length, &out);
        if (answer != expected)
            fail_msg("%s: %s was answered with %d", refused->type, refused->hex, answer);
        free(bytes);
    }
    leat_mysql_collations_free(collations);
    leat_buffer_free(&out);
    leat_arena_free(&arena);
}

#endif
