/* What a pipeline has at its server, as it is there now: nothing here makes or judges more than one of them.
 *
 * The room: names.h says how they are called, publication.h, slot.h and tables.h read them (and drop a slot),
 * identity.h tells this server, database, publication and slot from all others. It uses server/ and
 * wire/lsn.h. */
#ifndef LEAT_POSTGRES_OBJECTS_NAMES_H
#define LEAT_POSTGRES_OBJECTS_NAMES_H

#include "leat/source.h"

/* Names that hold for this pipeline: the config's, or made from the pipeline's name ("leat_shop"). Heap
 * texts. */
typedef struct leat_postgres_names {
    char *slot;
    char *publication;
} leat_postgres_names;

void leat_postgres_names_resolve(const leat_source_options *options, leat_postgres_names *names);
void leat_postgres_names_free(leat_postgres_names *names);

#endif
