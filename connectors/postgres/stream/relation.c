#include "postgres/stream/relation.h"

#include "base/list.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/patterns.h"

typedef struct announced {
    leat_postgres_known_relation known;
    bool *in_identity; /* the same array, owned */
} announced;

/* Nothing is ever taken out: a connection ends before that matters. */
struct leat_postgres_relations {
    leat_postgres_catalog *catalog;
    const char *const *patterns;
    size_t pattern_count;
    leat_map identifiers; /* OIDs, by their bytes; at the same place of the list is what was announced */
    announced *items;
    size_t count;
    size_t capacity;
    const leat_postgres_known_relation *last; /* changes come in runs of one table */
};

leat_postgres_relations *leat_postgres_relations_open(leat_postgres_catalog *catalog,
                                                      const char *const *patterns, size_t pattern_count)
{
    leat_postgres_relations *relations = leat_allocate(sizeof *relations);
    relations->catalog = catalog;
    relations->patterns = patterns;
    relations->pattern_count = pattern_count;
    return relations;
}

void leat_postgres_relations_close(leat_postgres_relations *relations)
{
    if (relations == NULL)
        return;
    for (size_t i = 0; i < relations->count; i++) {
        leat_table_release(relations->items[i].known.table);
        leat_release(relations->items[i].in_identity);
    }
    leat_release(relations->items);
    leat_map_free(&relations->identifiers);
    leat_release(relations);
}

static leat_slice name_of(const Oid *identifier)
{
    return leat_slice_of(identifier, sizeof *identifier);
}

/* Where the relation's announcement stands, or an empty place for its first one. */
static announced *place_of(leat_postgres_relations *relations, Oid identifier)
{
    size_t place;
    if (leat_map_add(&relations->identifiers, name_of(&identifier), &place)) {
        relations->items = leat_list_room(relations->items, relations->count, &relations->capacity,
                                          sizeof *relations->items);
        relations->items[relations->count++] = (announced){0};
    }
    return &relations->items[place];
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
    announced *place = place_of(relations, relation->identifier);
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
        size_t place;
        if (!leat_map_find(&relations->identifiers, name_of(&identifier), &place))
            return leat_error_set(error, LEAT_FAILED,
                                  "pgoutput sent a change of relation %u, which it never announced",
                                  identifier);
        relations->last = &relations->items[place].known;
    }
    *known = relations->last;
    return LEAT_OK;
}
