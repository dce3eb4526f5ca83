/* One question to the catalogs: everything about a relation and the types of its columns. */
#ifndef LEAT_POSTGRES_CATALOG_QUERY_H
#define LEAT_POSTGRES_CATALOG_QUERY_H

#include "base/arena.h"
#include "base/error.h"
#include "postgres/catalog/catalog.h"
#include "postgres/catalog/facts.h"
#include "postgres/server/session.h"

typedef struct leat_postgres_catalog_column {
    const char *name;
    int attribute;
    Oid type;
    bool not_null;
    const char *default_text; /* NULL for none; generated columns have none */
    const char *comment;
} leat_postgres_catalog_column;

typedef enum leat_postgres_index_role {
    LEAT_POSTGRES_PRIMARY = 1,
    LEAT_POSTGRES_IDENTITY, /* named by REPLICA IDENTITY USING INDEX */
    LEAT_POSTGRES_UNIQUE,   /* any other over columns that are not null */
} leat_postgres_index_role;

/* A unique index that is whole: without condition and expressions. */
typedef struct leat_postgres_catalog_index {
    leat_postgres_index_role role;
    const int *attributes; /* in key order */
    size_t attribute_count;
} leat_postgres_catalog_index;

/* What the catalogs say now. Texts and arrays live in the arena given to the question. */
typedef struct leat_postgres_catalog_answer {
    bool found;            /* false: no such relation any more, and all of the following is empty */
    char replica_identity; /* d n f i */
    const char *comment;
    leat_postgres_catalog_column *columns;
    size_t column_count;
    leat_postgres_catalog_index *indexes; /* by role; those of one role in the order of their making */
    size_t index_count;
} leat_postgres_catalog_answer;

/* Asks in one statement, so that all parts of the answer come from one snapshot of the catalogs, and keeps
 * what it says about types in `facts`. */
leat_status leat_postgres_catalog_ask(leat_postgres_session *session, const leat_postgres_relation *relation,
                                      leat_postgres_facts *facts, leat_arena *arena,
                                      leat_postgres_catalog_answer *answer, leat_error *error);

#endif
