/* Which columns are a table's key. */
#ifndef LEAT_POSTGRES_CATALOG_KEY_H
#define LEAT_POSTGRES_CATALOG_KEY_H

#include <stddef.h>

#include "postgres/catalog/catalog.h"
#include "postgres/catalog/query.h"

/* The key of `relation`: puts places among its columns, in key order, into `places` (which has room for all
 * of them) and gives their number, 0 for no key. `attributes` is for each column its number in the catalogs,
 * 0 for one that they do not know.
 *
 * The primary key; else the index of the replica identity; else the first unique one over columns that are
 * not null. An index with a column that the relation lacks is none. Neither is one, where the replica
 * identity is the primary key or an index, with a column outside of it: the old row of a delete has no more
 * than the identity, so that its key could not be told. When the table is gone, or the identity's columns
 * have other names by now, the identity that the stream itself announced is the key. */
size_t leat_postgres_key_choose(const leat_postgres_relation *relation,
                                const leat_postgres_catalog_answer *known, const int *attributes,
                                size_t *places);

#endif
