/* PostgreSQL types: what each becomes in Avro, and its encoder from the server's text form.
 *
 * The room: scalar.h and spatial.h the types of their own, nested.h what is made of others, text_quoted.h and
 * text_time.h how texts are read, oids.h what is named by number. It asks nobody: it uses nothing of the
 * connector. */
#ifndef LEAT_POSTGRES_TYPES_TYPES_H
#define LEAT_POSTGRES_TYPES_TYPES_H

#include <libpq-fe.h>
#include <stddef.h>

#include "base/arena.h"
#include "leat/table.h"

/* What pg_type and its friends say about one type. Texts and arrays belong to the fact's owner. */
typedef struct leat_postgres_type_fact leat_postgres_type_fact;

typedef struct leat_postgres_type_field {
    const char *name;
    Oid type;
    int32_t typmod;
} leat_postgres_type_field;

struct leat_postgres_type_fact {
    Oid identifier;
    const char *schema;
    const char *name;
    char kind;      /* pg_type.typtype: b c d e p r m; 0 when the type is gone */
    char delimiter; /* between an array's elements (pg_type.typdelim of the element type) */
    Oid base;       /* of a domain */
    int32_t base_typmod;
    Oid element; /* of a true array (pg_type.typelem where the type is some type's typarray); else 0 */
    const char *const *labels; /* of an enum, in sort order */
    size_t label_count;
    const leat_postgres_type_field *fields; /* of a composite, in attribute order */
    size_t field_count;
};

/* Finds a fact by OID; NULL when nothing is known of it. */
typedef const leat_postgres_type_fact *(*leat_postgres_type_lookup)(void *context, Oid type);

/* Fills the column's encoder (and labels) for a value of `type` and `typmod`; everything is made in `arena`.
 * Types that are unknown or have no better form become strings of the server's own text. Never fails. */
void leat_postgres_type_resolve(Oid type, int32_t typmod, leat_postgres_type_lookup lookup, void *context,
                                leat_arena *arena, leat_column *column);

#endif
