/* What the tests of PostgreSQL's encoders share. */
#ifndef TESTS_POSTGRES_TYPES_H
#define TESTS_POSTGRES_TYPES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

#include "base/buffer.h"
#include "postgres/types/types.h"

/* What the server prints for a value, and the Avro bytes of the same value. */
typedef struct vector {
    Oid type;
    int32_t typmod;
    const char *text;
    const char *hex;
} vector;

/* A text and the answer that is no encoding. */
typedef struct refusal {
    Oid type;
    int32_t typmod;
    const char *text;
} refusal;

enum { NUMERIC_10_2 = ((10 << 16) | 2) + 4 };

static const leat_postgres_type_fact *find_fact(void *facts, Oid type)
{
    for (const leat_postgres_type_fact *fact = facts; fact != NULL && fact->identifier != 0; fact++)
        if (fact->identifier == type)
            return fact;
    return NULL;
}

/* Encodes text that stands in memory of exactly its size, so that a sanitizer sees a read behind it. */
static inline leat_encoding encode(const leat_encoder *encoder, const char *text, size_t length,
                                   leat_buffer *out)
{
    uint8_t *exact = malloc(length == 0 ? 1 : length);
    assert_non_null(exact);
    memcpy(exact, text, length);
    leat_encoding answer = encoder->encode(encoder, leat_slice_of(exact, length), out);
    free(exact);
    return answer;
}

static inline leat_encoder encoder_of(leat_postgres_type_fact *facts, Oid type, int32_t typmod,
                                      leat_arena *arena)
{
    leat_column column = {0};
    leat_postgres_type_resolve(type, typmod, find_fact, facts, arena, &column);
    return column.encoder;
}

static inline const char *to_hex(leat_slice bytes, leat_buffer *hex)
{
    leat_buffer_reset(hex);
    for (size_t i = 0; i < bytes.length; i++)
        leat_buffer_printf(hex, "%02x", bytes.data[i]);
    return leat_buffer_string(hex);
}

static inline void assert_encodes(const leat_encoder *encoder, const char *text, const char *expected)
{
    leat_buffer out = {0};
    leat_buffer hex = {0};
    leat_encoding answer = encode(encoder, text, strlen(text), &out);
    if (answer != LEAT_ENCODED)
        fail_msg("\"%s\" was answered with %d", text, answer);
    if (strcmp(to_hex(leat_buffer_slice(&out), &hex), expected) != 0)
        fail_msg("\"%s\" became %s instead of %s", text, leat_buffer_string(&hex), expected);
    leat_buffer_free(&hex);
    leat_buffer_free(&out);
}

static inline void assert_vectors(leat_postgres_type_fact *facts, const vector *vectors, size_t count)
{
    leat_arena arena = {0};
    for (size_t i = 0; i < count; i++) {
        leat_encoder encoder = encoder_of(facts, vectors[i].type, vectors[i].typmod, &arena);
        assert_encodes(&encoder, vectors[i].text, vectors[i].hex);
    }
    leat_arena_free(&arena);
}

static inline void assert_refusals(leat_postgres_type_fact *facts, leat_encoding expected,
                                   const refusal *refusals, size_t count)
{
    leat_arena arena = {0};
    leat_buffer out = {0};
    for (size_t i = 0; i < count; i++) {
        leat_encoder encoder = encoder_of(facts, refusals[i].type, refusals[i].typmod, &arena);
        leat_encoding answer = encode(&encoder, refusals[i].text, strlen(refusals[i].text), &out);
        if (answer != expected)
            fail_msg("type %u: \"%s\" was answered with %d instead of %d", refusals[i].type, refusals[i].text,
                     answer, expected);
        if (answer == LEAT_UNREPRESENTABLE)
            assert_true(encoder.partial);
    }
    leat_buffer_free(&out);
    leat_arena_free(&arena);
}

/* Every beginning of every text, and every text with one byte changed: no answer is wrong, but none may read
 * or write where it should not. */
static inline void mangle_vectors(leat_postgres_type_fact *facts, const vector *vectors, size_t count)
{
    static const char replacements[] = "\"\\{}(),;:.-+ 9\x80";
    leat_arena arena = {0};
    leat_buffer out = {0};
    for (size_t i = 0; i < count; i++) {
        leat_encoder encoder = encoder_of(facts, vectors[i].type, vectors[i].typmod, &arena);
        size_t length = strlen(vectors[i].text);
        for (size_t cut = 0; cut < length; cut++) {
            leat_buffer_reset(&out);
            (void)encode(&encoder, vectors[i].text, cut, &out);
            char *changed = strdup(vectors[i].text);
            assert_non_null(changed);
            for (size_t j = 0; j < sizeof replacements; j++) { /* the NUL too */
                changed[cut] = replacements[j];
                leat_buffer_reset(&out);
                (void)encode(&encoder, changed, length, &out);
            }
            free(changed);
        }
    }
    leat_buffer_free(&out);
    leat_arena_free(&arena);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
