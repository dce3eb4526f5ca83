#include "postgres/types/types.h"

#include "postgres/types/nested.h"
#include "postgres/types/oids.h"
#include "postgres/types/scalar.h"
#include "postgres/types/spatial.h"

/* Types may nest as deeply as their makers like. What lies deeper than this, or beyond this many parts in one
 * column, is given as text: exact, and no encoder then recurses or grows without bound. */
enum { DEEPEST = 16, MOST_PARTS = 4096 };

typedef struct resolution {
    leat_postgres_type_lookup lookup;
    void *context;
    leat_arena *arena;
    size_t parts_left;
} resolution;

/* Types of extensions; their OIDs differ in every database. */
static const struct {
    const char *name;
    const leat_encoder *encoder;
} extension_types[] = {
    {"hstore", &leat_postgres_hstore_encoder},       {"vector", &leat_postgres_vector_encoder},
    {"halfvec", &leat_postgres_vector_encoder},      {"geometry", &leat_postgres_geometry_encoder},
    {"geography", &leat_postgres_geography_encoder}, {"citext", &leat_postgres_text_encoder},
};

static leat_encoder resolve_extension(const leat_postgres_type_fact *fact)
{
    for (size_t i = 0; i < sizeof extension_types / sizeof *extension_types; i++)
        if (strcmp(fact->name, extension_types[i].name) == 0)
            return *extension_types[i].encoder;
    return leat_postgres_text_encoder;
}

static leat_encoder resolve(resolution *going, Oid type, int32_t typmod, unsigned depth);

/* An array's typmod is that of its elements. */
static leat_encoder resolve_array(resolution *going, const leat_postgres_type_fact *fact, int32_t typmod,
                                  unsigned depth)
{
    leat_encoder *element = leat_arena_allocate(going->arena, sizeof *element);
    *element = resolve(going, fact->element, typmod, depth + 1);
    return leat_postgres_array_encoder(element, (uint8_t)fact->delimiter, going->arena);
}

static leat_encoder resolve_composite(resolution *going, const leat_postgres_type_fact *fact, unsigned depth)
{
    size_t count = fact->field_count;
    if (count == 0 || count > going->parts_left)
        return leat_postgres_text_encoder;
    going->parts_left -= count;
    leat_encoder *parts = leat_arena_allocate_array(going->arena, count, sizeof *parts);
    const char **names = leat_arena_allocate_array(going->arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        parts[i] = resolve(going, fact->fields[i].type, fact->fields[i].typmod, depth + 1);
        names[i] = leat_arena_string(going->arena, fact->fields[i].name);
    }
    return leat_postgres_composite_encoder(parts, names, count, going->arena);
}

static leat_encoder resolve_fact(resolution *going, const leat_postgres_type_fact *fact, int32_t typmod,
                                 unsigned depth)
{
    switch (fact->kind) {
    case 'd':
        return resolve(going, fact->base, fact->base_typmod, depth + 1);
    case 'e':
        return leat_postgres_enum_encoder;
    case 'c':
        return resolve_composite(going, fact, depth);
    case 'b':
        return fact->element != InvalidOid ? resolve_array(going, fact, typmod, depth)
                                           : resolve_extension(fact);
    default: /* ranges, multiranges, pseudo-types, types that have gone */
        return leat_postgres_text_encoder;
    }
}

static leat_encoder resolve(resolution *going, Oid type, int32_t typmod, unsigned depth)
{
    leat_encoder encoder;
    if (type == LEAT_POSTGRES_POINT)
        return leat_postgres_point_encoder;
    if (leat_postgres_scalar_encoder(type, typmod, going->arena, &encoder))
        return encoder;
    const leat_postgres_type_fact *fact = going->lookup(going->context, type);
    if (fact == NULL || depth == DEEPEST)
        return leat_postgres_text_encoder;
    return resolve_fact(going, fact, typmod, depth);
}

/* The enum that a column's values are, or consist of: itself, or under domains and arrays. NULL for none. */
static const leat_postgres_type_fact *find_enum(const resolution *going, Oid type)
{
    const leat_postgres_type_fact *fact = going->lookup(going->context, type);
    for (unsigned depth = 0; fact != NULL && depth < DEEPEST; depth++) {
        if (fact->kind == 'e')
            return fact;
        Oid next = fact->kind == 'd' ? fact->base : fact->element;
        fact = next == InvalidOid ? NULL : going->lookup(going->context, next);
    }
    return NULL;
}

static void copy_labels(const leat_postgres_type_fact *fact, leat_arena *arena, leat_column *column)
{
    const char **labels = leat_arena_allocate_array(arena, fact->label_count, sizeof *labels);
    for (size_t i = 0; i < fact->label_count; i++)
        labels[i] = leat_arena_string(arena, fact->labels[i]);
    column->labels = labels;
    column->label_count = fact->label_count;
}

void leat_postgres_type_resolve(Oid type, int32_t typmod, leat_postgres_type_lookup lookup, void *context,
                                leat_arena *arena, leat_column *column)
{
    resolution going = {.lookup = lookup, .context = context, .arena = arena, .parts_left = MOST_PARTS};
    column->encoder = resolve(&going, type, typmod, 0);
    const leat_postgres_type_fact *labelled = find_enum(&going, type);
    if (labelled != NULL)
        copy_labels(labelled, arena, column);
}
