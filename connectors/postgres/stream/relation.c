#include "postgres/stream/relation.h"

#include "base/memory.h"
#include "base/patterns.h"

enum { FIRST_CAPACITY = 64 };

/* A place of the hash table; free when the identifier is InvalidOid, which no relation has. */
typedef struct cell {
    leat_postgres_known_relation known;
    bool *in_identity; /* the same array, owned */
} cell;

/* Open addressing, at most half full. Nothing is ever taken out: a connection ends before that matters. */
struct leat_postgres_relations {
    leat_postgres_catalog *catalog;
    const char *const *patterns;
    size_t pattern_count;
    cell *places;
    size_t capacity; /* a power of two */
    size_t count;
    const leat_postgres_known_relation *last; /* changes come in runs of one table */
};

leat_postgres_relations *leat_postgres_relations_open(leat_postgres_catalog *catalog,
                                                      const char *const *patterns, size_t pattern_count)
{
    leat_postgres_relations *relations = leat_allocate(sizeof *relations);
    relations->catalog = catalog;
    relations->patterns = patterns;
    relations->pattern_count = pattern_count;
    relations->capacity = FIRST_CAPACITY;
    relations->places = leat_allocate_array(relations->capacity, sizeof *relations->places);
    return relations;
}

void leat_postgres_relations_close(leat_postgres_relations *relations)
{
    if (relations == NULL)
        return;
    for (size_t i = 0; i < relations->capacity; i++) {
        leat_table_release(relations->places[i].known.table);
        leat_release(relations->places[i].in_identity);
    }
    leat_release(relations->places);
    leat_release(relations);
}

/* Multiplicative hashing: OIDs are handed out in sequence. */
static size_t first_place(const leat_postgres_relations *relations, Oid identifier)
{
    return (size_t)(((uint64_t)identifier * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (relations->capacity - 1);
}

/* Where the OID is, or would go. */
static cell *locate(const leat_postgres_relations *relations, Oid identifier)
{
    size_t at = first_place(relations, identifier);
    while (relations->places[at].known.identifier != InvalidOid &&
           relations->places[at].known.identifier != identifier)
        at = (at + 1) & (relations->capacity - 1);
    return &relations->places[at];
}

static void grow(leat_postgres_relations *relations)
{
    cell *old = relations->places;
    size_t old_capacity = relations->capacity;
    relations->capacity *= 2;
    relations->places = leat_allocate_array(relations->capacity, sizeof *relations->places);
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].known.identifier != InvalidOid)
            *locate(relations, old[i].known.identifier) = old[i];
    leat_release(old);
}

static bool is_captured(const leat_postgres_relations *relations, const leat_postgres_relation *relation)
{
    leat_buffer name = {0};
    leat_buffer_printf(&name, "%s.%s", relation->schema, relation->name);
    bool captured =
        leat_patterns_match(relations->patterns, relations->pattern_count, leat_buffer_string(&name));
    leat_buffer_free(&name);
    return captured;
}

/* Puts an announcement in its place; takes the reference to `table`. */
static void replace(leat_postgres_relations *relations, const leat_postgres_relation *relation,
                    leat_table *table)
{
    if (2 * (relations->count + 1) > relations->capacity)
        grow(relations);
    cell *place = locate(relations, relation->identifier);
    if (place->known.identifier == InvalidOid)
        relations->count++;
    leat_table_release(place->known.table);
    leat_release(place->in_identity);
    place->in_identity = leat_allocate_array(relation->column_count, sizeof *place->in_identity);
    for (size_t i = 0; i < relation->column_count; i++)
        place->in_identity[i] = relation->columns[i].in_identity;
    place->known = (leat_postgres_known_relation){
        .identifier = relation->identifier,
        .replica_identity = relation->replica_identity,
        .table = table,
        .column_count = relation->column_count,
        .in_identity = place->in_identity,
    };
    relations->last = &place->known;
}

leat_status leat_postgres_relations_learn(leat_postgres_relations *relations,
                                          const leat_postgres_relation *relation, leat_table **table,
                                          leat_error *error)
{
    *table = NULL;
    if (relation->identifier == InvalidOid)
        return leat_error_set(error, LEAT_FAILED, "pgoutput announced relation %s.%s without an OID",
                              relation->schema, relation->name);
    if (is_captured(relations, relation)) {
        leat_status status = leat_postgres_catalog_describe(relations->catalog, relation, table, error);
        if (status != LEAT_OK)
            return leat_error_context(error, status, "cannot describe table %s.%s", relation->schema,
                                      relation->name);
    }
    replace(relations, relation, *table);
    return LEAT_OK;
}

leat_status leat_postgres_relations_find(leat_postgres_relations *relations, Oid identifier,
                                         const leat_postgres_known_relation **known, leat_error *error)
{
    if (__builtin_expect(relations->last == NULL || relations->last->identifier != identifier, 0)) {
        const cell *place = locate(relations, identifier);
        if (place->known.identifier == InvalidOid)
            return leat_error_set(error, LEAT_FAILED,
                                  "pgoutput sent a change of relation %u, which it never announced",
                                  identifier);
        relations->last = &place->known;
    }
    *known = relations->last;
    return LEAT_OK;
}
