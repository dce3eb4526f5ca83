/* Who the server, the database, the publication and the slot are: recorded at the first start, compared at
 * every later one. */
#ifndef LEAT_POSTGRES_OBJECTS_IDENTITY_H
#define LEAT_POSTGRES_OBJECTS_IDENTITY_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "leat/source.h"
#include "postgres/objects/names.h"
#include "postgres/objects/publication.h"
#include "postgres/server/session.h"

/* A table that comes through the publication, or once did. */
typedef struct leat_postgres_recorded_table {
    Oid identifier;   /* 0: the name is no published table's any more */
    const char *name; /* "schema.name" */
    Oid membership;   /* leat_postgres_published.membership */
} leat_postgres_recorded_table;

/* Zero-initialise; leat_postgres_identity_free ends it. */
typedef struct leat_postgres_identity {
    leat_arena arena;
    const char *system; /* pg_control_system().system_identifier, decimal */
    int64_t timeline;
    Oid database;
    Oid publication;
    const char *publication_name;
    const char *slot;
    const leat_postgres_recorded_table *tables;
    size_t table_count;
} leat_postgres_identity;

/* What is there now. `publication` has been read over the same session and exists. */
leat_status leat_postgres_identity_gather(leat_postgres_session *session, const leat_postgres_names *names,
                                          const leat_postgres_publication *publication,
                                          leat_postgres_identity *identity, leat_error *error);

/* Adds the tables that `earlier` knows under names that `identity` does not, without their identifiers: who
 * takes such a name later is no new table to whoever reads our files. */
void leat_postgres_identity_remember(leat_postgres_identity *identity, const leat_postgres_identity *earlier);

/* The form that the notebook keeps, on the heap; and back. LEAT_FAILED for a text that is none. */
char *leat_postgres_identity_format(const leat_postgres_identity *identity);
leat_status leat_postgres_identity_parse(const char *text, leat_postgres_identity *identity,
                                         leat_error *error);

/* Reads what the notebook keeps under one of the keys; `found` says whether there was anything. */
leat_status leat_postgres_identity_load(const leat_source_options *options, const char *key, bool *found,
                                        leat_postgres_identity *identity, leat_error *error);

void leat_postgres_identity_free(leat_postgres_identity *identity);

/* Keys of the notebook: what the first start set out to make, and what it was when it was whole. */
#define LEAT_POSTGRES_INTENT_KEY   "postgres.intent"
#define LEAT_POSTGRES_IDENTITY_KEY "postgres.identity"

#endif
