/* What has been seen of types, kept when the catalogs forget them: the log still has their values. */
#ifndef LEAT_POSTGRES_CATALOG_FACTS_H
#define LEAT_POSTGRES_CATALOG_FACTS_H

#include <libpq-fe.h>

#include "postgres/types/types.h"

/* Opaque; pump thread. */
typedef struct leat_postgres_facts leat_postgres_facts;

leat_postgres_facts *leat_postgres_facts_open(void);
void leat_postgres_facts_close(leat_postgres_facts *facts);

/* Keeps a copy of what the catalogs say now, in place of what they said before. */
void leat_postgres_facts_learn(leat_postgres_facts *facts, const leat_postgres_type_fact *fact);

/* Keeps the name of a type that the catalogs may no longer know; what they said before wins. "" stands for
 * pg_catalog, as in pgoutput. */
void leat_postgres_facts_note(leat_postgres_facts *facts, Oid type, const char *schema, const char *name);

/* What is known of the type; NULL for nothing. Of the kind leat_postgres_type_lookup, with the facts as
 * context. Valid until the type is learnt again. */
const leat_postgres_type_fact *leat_postgres_facts_find(void *facts, Oid type);

/* How the server spells a type with its modifier, e.g. "numeric(10,2)". */
void leat_postgres_facts_learn_spelling(leat_postgres_facts *facts, Oid type, int32_t typmod,
                                        const char *spelling);

/* The spelling learnt, else the type's name, else its number. Valid until the next call on these facts. */
const char *leat_postgres_facts_spelling(leat_postgres_facts *facts, Oid type, int32_t typmod);

#endif
