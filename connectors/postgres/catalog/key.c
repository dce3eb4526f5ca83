#include "postgres/catalog/key.h"

/* Where the relation has this attribute; column_count where it does not. */
static size_t find_place(const leat_postgres_relation *relation, const int *attributes, int attribute)
{
    size_t place = 0;
    while (place < relation->column_count && attributes[place] != attribute)
        place++;
    return place;
}

static bool identity_is_index(char replica_identity)
{
    return replica_identity == 'd' || replica_identity == 'i';
}

static const leat_postgres_catalog_index *find_index(const leat_postgres_catalog_answer *known,
                                                     leat_postgres_index_role role)
{
    for (size_t i = 0; i < known->index_count; i++)
        if (known->indexes[i].role == role)
            return &known->indexes[i];
    return NULL;
}

/* The index that is the replica identity of the table as the catalogs show it; NULL for none. The primary key
 * may be the one named as the identity. */
static const leat_postgres_catalog_index *identity_index(const leat_postgres_catalog_answer *known)
{
    const leat_postgres_catalog_index *named =
        known->replica_identity == 'i' ? find_index(known, LEAT_POSTGRES_IDENTITY) : NULL;
    return named != NULL ? named : find_index(known, LEAT_POSTGRES_PRIMARY);
}

static size_t count_announced(const leat_postgres_relation *relation)
{
    size_t count = 0;
    for (size_t i = 0; i < relation->column_count; i++)
        count += relation->columns[i].in_identity;
    return count;
}

static bool contains(const leat_postgres_catalog_index *index, int attribute)
{
    for (size_t i = 0; i < index->attribute_count; i++)
        if (index->attributes[i] == attribute)
            return true;
    return false;
}

/* Whether the old row of a delete has this column. A snapshot knows no announced identity; there the catalogs
 * say what the stream will announce. */
static bool is_carried(const leat_postgres_relation *relation, const leat_postgres_catalog_answer *known,
                       size_t place, int attribute)
{
    if (relation->replica_identity != 0)
        return !identity_is_index(relation->replica_identity) || count_announced(relation) == 0 ||
               relation->columns[place].in_identity;
    const leat_postgres_catalog_index *identity =
        identity_is_index(known->replica_identity) ? identity_index(known) : NULL;
    return identity == NULL || contains(identity, attribute);
}

static bool take_index(const leat_postgres_relation *relation, const leat_postgres_catalog_answer *known,
                       const int *attributes, const leat_postgres_catalog_index *index, size_t *places)
{
    for (size_t i = 0; i < index->attribute_count; i++) {
        size_t place = find_place(relation, attributes, index->attributes[i]);
        if (place == relation->column_count || !is_carried(relation, known, place, index->attributes[i]))
            return false;
        places[i] = place;
    }
    return true;
}

/* The announced identity, in the order of the columns: the stream does not tell the key's. It may be no more
 * than a part of the identity where the publication lists columns; then it is no key, which shows in its size
 * as long as the table is there. */
static size_t take_announced(const leat_postgres_relation *relation,
                             const leat_postgres_catalog_answer *known, size_t *places)
{
    size_t count = 0;
    if (!identity_is_index(relation->replica_identity))
        return 0;
    const leat_postgres_catalog_index *identity = identity_index(known);
    if (known->found && (identity == NULL || identity->attribute_count != count_announced(relation)))
        return 0;
    for (size_t i = 0; i < relation->column_count; i++)
        if (relation->columns[i].in_identity)
            places[count++] = i;
    return count;
}

size_t leat_postgres_key_choose(const leat_postgres_relation *relation,
                                const leat_postgres_catalog_answer *known, const int *attributes,
                                size_t *places)
{
    for (size_t i = 0; i < known->index_count; i++)
        if (known->indexes[i].attribute_count <= relation->column_count &&
            take_index(relation, known, attributes, &known->indexes[i], places))
            return known->indexes[i].attribute_count;
    return take_announced(relation, known, places);
}
