/* The publication: what it publishes, and the statements that make it what is wanted. */
#ifndef LEAT_POSTGRES_OBJECTS_PUBLICATION_H
#define LEAT_POSTGRES_OBJECTS_PUBLICATION_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "postgres/objects/tables.h"
#include "postgres/server/session.h"

/* A table that comes through the publication, under this name. */
typedef struct leat_postgres_published {
    Oid identifier;
    const char *schema;
    const char *name;
    bool restricted; /* has a row filter or a column list */
    Oid membership;  /* pg_publication_rel.oid: another one when the table was taken out and put back; 0 where
                      * the publication is of whole schemas or all tables */
} leat_postgres_published;

/* Zero-initialise; leat_postgres_publication_free ends it. */
typedef struct leat_postgres_publication {
    leat_arena arena;
    bool exists; /* the rest is only set when it does */
    Oid identifier;
    bool all_tables;
    bool inserts;
    bool updates;
    bool deletes;
    bool truncates;
    bool via_root;                         /* partitions come under the name of their partitioned table */
    bool generated_stored;                 /* PostgreSQL 18: stored generated columns come too */
    const leat_postgres_published *tables; /* in order of identifier */
    size_t count;
} leat_postgres_publication;

leat_status leat_postgres_publication_read(leat_postgres_session *session, const char *name,
                                           leat_postgres_publication *publication, leat_error *error);
void leat_postgres_publication_free(leat_postgres_publication *publication);

/* NULL when the table does not come under this identifier. */
const leat_postgres_published *leat_postgres_publication_find(const leat_postgres_publication *publication,
                                                              Oid identifier);

/* The statement that makes the publication as we want it, for exactly the captured tables. */
void leat_postgres_publication_append_create(leat_buffer *sql, const char *name,
                                             const leat_postgres_tables *tables, int version);

/* Appends `ONLY "schema"."name"`, with ", " before it when it is not the first. */
void leat_postgres_publication_append_table(leat_buffer *sql, const char *schema, const char *name,
                                            bool first);

#endif
