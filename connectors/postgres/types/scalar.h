/* Encoders of the types that every PostgreSQL has and whose values are not made of other types. */
#ifndef LEAT_POSTGRES_TYPES_SCALAR_H
#define LEAT_POSTGRES_TYPES_SCALAR_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "leat/encode.h"

/* The server's own text as an Avro string: what every type without a better form becomes.
 * Text that is not UTF-8 (a SQL_ASCII database, "char") is LEAT_UNREPRESENTABLE; none of these counts as
 * `partial` for that, lest every text key become nullable. */
extern const leat_encoder leat_postgres_text_encoder;

/* The same for the labels of an enum. */
extern const leat_encoder leat_postgres_enum_encoder;

/* double precision: the coordinates of a point. real: the elements of pgvector's types. */
extern const leat_encoder leat_postgres_double_encoder;
extern const leat_encoder leat_postgres_float_encoder;

/* The encoder of a built-in scalar type; a decimal's Avro type is made in `arena`. False when `type` is none
 * of them. */
bool leat_postgres_scalar_encoder(Oid type, int32_t typmod, leat_arena *arena, leat_encoder *encoder);

#endif
