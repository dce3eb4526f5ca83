/* What the catalogs say about tables and types, remembered when first seen.
 *
 * The room: query.h asks the server, facts.h keeps what it said of types, key.h chooses a table's key. It uses
 * server/ and types/, and knows nothing of the stream. */
#ifndef LEAT_POSTGRES_CATALOG_CATALOG_H
#define LEAT_POSTGRES_CATALOG_CATALOG_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "leat/table.h"
#include "postgres/server/session.h"

/* A relation as the stream's RELATION message, or the snapshot's column list, gives it. Texts are borrowed.
 */
typedef struct leat_postgres_relation_column {
    const char *name;
    Oid type;
    int32_t typmod;
    bool in_identity; /* the RELATION's flag: part of the replica identity */
} leat_postgres_relation_column;

typedef struct leat_postgres_relation {
    Oid identifier;
    const char *schema; /* "pg_catalog" already put in for pgoutput's "" */
    const char *name;
    char replica_identity; /* d n f i; 0 where unknown (a snapshot) */
    const leat_postgres_relation_column *columns;
    size_t column_count;
} leat_postgres_relation;

/* Opaque; owns its own plain SQL session, opened when first needed and again after it was lost. Pump thread.
 */
typedef struct leat_postgres_catalog leat_postgres_catalog;

leat_postgres_catalog *leat_postgres_catalog_open(const leat_source_options *options, const char *database);
void leat_postgres_catalog_close(leat_postgres_catalog *catalog);

/* pgoutput's TYPE message: the name of a user type, for when the catalogs no longer know it. */
void leat_postgres_catalog_note_type(leat_postgres_catalog *catalog, Oid type, const char *schema,
                                     const char *name);

/* A full definition of the relation, with type facts, encoders, nullability, defaults, comments, labels and
 * the key.
 *
 * The relation's columns rule; the catalogs (which show the present, not the log's past) only add to a column
 * that they know by the same name and type. Key: the primary key of the catalogs in key order; else the
 * replica identity index; else the first unique index over not-null columns; and when the table is gone, the
 * flags of the relation unless its identity is FULL. A key with a column that the relation lacks is no key;
 * nor is one, where the replica identity is an index, with a column outside of it, for a delete could not
 * tell it (catalog_key.h has the whole rule). The same stored table gives the same definition from stream and
 * snapshot. A type that has gone is as it was when it was last seen, else text. Waits for nobody's lock on
 * the table. Held once by the caller. LEAT_RETRY when the server cannot be asked. */
leat_status leat_postgres_catalog_describe(leat_postgres_catalog *catalog,
                                           const leat_postgres_relation *relation, leat_table **table,
                                           leat_error *error);

#endif
