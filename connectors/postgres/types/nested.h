/* Encoders of types whose values are made of other values. They and their Avro types are made in `arena`;
 * parts and names given must live as long. */
#ifndef LEAT_POSTGRES_TYPES_NESTED_H
#define LEAT_POSTGRES_TYPES_NESTED_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "leat/encode.h"

/* "{1,NULL,3}" of one dimension that begins at 1. */
leat_encoder leat_postgres_array_encoder(const leat_encoder *element, uint8_t delimiter, leat_arena *arena);

/* "(1,\"a b\",)": one part and name for each attribute, at least one. Fields that do not fit the attributes
 * in number or kind (the type was altered since) are LEAT_UNREPRESENTABLE. */
leat_encoder leat_postgres_composite_encoder(const leat_encoder *parts, const char *const *names,
                                             size_t count, leat_arena *arena);

/* hstore: "\"a\"=>\"1\", \"b\"=>NULL". */
extern const leat_encoder leat_postgres_hstore_encoder;

/* pgvector's vector and halfvec: "[1,2.5]". */
extern const leat_encoder leat_postgres_vector_encoder;

#endif
