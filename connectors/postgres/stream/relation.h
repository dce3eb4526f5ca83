/* The relations that a replication connection has announced, by OID. */
#ifndef LEAT_POSTGRES_STREAM_RELATION_H
#define LEAT_POSTGRES_STREAM_RELATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "leat/table.h"
#include "postgres/catalog/catalog.h"

/* What the stream's tuples of one relation mean until it is announced again. */
typedef struct leat_postgres_known_relation {
    Oid identifier;
    char replica_identity;
    leat_table *table; /* held here; NULL for a relation that is not captured */
    size_t column_count;
    const bool *in_identity; /* of each column, as the last RELATION flagged it */
} leat_postgres_known_relation;

/* Opaque; belongs to one connection, as the server announces every relation anew on each. Pump thread. */
typedef struct leat_postgres_relations leat_postgres_relations;

/* `catalog` and `patterns` (see leat_patterns_match) are borrowed. */
leat_postgres_relations *leat_postgres_relations_open(leat_postgres_catalog *catalog,
                                                      const char *const *patterns, size_t pattern_count);
void leat_postgres_relations_close(leat_postgres_relations *relations);

/* Takes an announcement, which replaces what was known of its OID. `table` is the new definition, borrowed
 * until that OID is announced again, or NULL when the patterns leave the relation out. LEAT_RETRY when the
 * server cannot be asked about it. */
leat_status leat_postgres_relations_learn(leat_postgres_relations *relations,
                                          const leat_postgres_relation *relation, leat_table **table,
                                          leat_error *error);

/* What is known of an OID, valid until the next learn. LEAT_FAILED for one that was never announced. */
leat_status leat_postgres_relations_find(leat_postgres_relations *relations, Oid identifier,
                                         const leat_postgres_known_relation **known, leat_error *error);

#endif
