#include "postgres/catalog/facts.h"

#include <string.h>

#include "base/buffer.h"
#include "base/list.h"
#include "base/memory.h"

/* A spelling for one modifier; a type in use has few of them. */
typedef struct spelling {
    struct spelling *next;
    int32_t typmod;
    char *text;
} spelling;

/* The fact lives in the arena, which is emptied when it is learnt again. Spellings stay. */
typedef struct known_type {
    leat_postgres_type_fact fact;
    leat_arena arena;
    spelling *spellings;
} known_type;

/* In no order: types are looked for when a table is described, not for every row. */
struct leat_postgres_facts {
    known_type **types;
    size_t count;
    size_t capacity;
    leat_buffer name; /* what leat_postgres_facts_spelling last put together */
};

leat_postgres_facts *leat_postgres_facts_open(void)
{
    return leat_allocate(sizeof(leat_postgres_facts));
}

static void free_type(known_type *type)
{
    while (type->spellings != NULL) {
        spelling *gone = type->spellings;
        type->spellings = gone->next;
        leat_release(gone->text);
        leat_release(gone);
    }
    leat_arena_free(&type->arena);
    leat_release(type);
}

void leat_postgres_facts_close(leat_postgres_facts *facts)
{
    if (facts == NULL)
        return;
    for (size_t i = 0; i < facts->count; i++)
        free_type(facts->types[i]);
    leat_release(facts->types);
    leat_buffer_free(&facts->name);
    leat_release(facts);
}

static known_type *find(const leat_postgres_facts *facts, Oid type)
{
    for (size_t i = 0; i < facts->count; i++)
        if (facts->types[i]->fact.identifier == type)
            return facts->types[i];
    return NULL;
}

static known_type *find_or_add(leat_postgres_facts *facts, Oid type)
{
    known_type *found = find(facts, type);
    if (found != NULL)
        return found;
    facts->types = leat_list_room(facts->types, facts->count, &facts->capacity, sizeof *facts->types);
    known_type *added = leat_allocate(sizeof *added);
    added->fact.identifier = type;
    facts->types[facts->count++] = added;
    return added;
}

static const char *const *copy_labels(const leat_postgres_type_fact *fact, leat_arena *arena)
{
    const char **labels = leat_arena_allocate_array(arena, fact->label_count, sizeof *labels);
    for (size_t i = 0; i < fact->label_count; i++)
        labels[i] = leat_arena_string(arena, fact->labels[i]);
    return labels;
}

static const leat_postgres_type_field *copy_fields(const leat_postgres_type_fact *fact, leat_arena *arena)
{
    leat_postgres_type_field *fields = leat_arena_allocate_array(arena, fact->field_count, sizeof *fields);
    for (size_t i = 0; i < fact->field_count; i++) {
        fields[i] = fact->fields[i];
        fields[i].name = leat_arena_string(arena, fact->fields[i].name);
    }
    return fields;
}

void leat_postgres_facts_learn(leat_postgres_facts *facts, const leat_postgres_type_fact *fact)
{
    known_type *type = find_or_add(facts, fact->identifier);
    leat_arena_reset(&type->arena);
    type->fact = *fact;
    type->fact.schema = leat_arena_string(&type->arena, fact->schema);
    type->fact.name = leat_arena_string(&type->arena, fact->name);
    type->fact.labels = copy_labels(fact, &type->arena);
    type->fact.fields = copy_fields(fact, &type->arena);
}

void leat_postgres_facts_note(leat_postgres_facts *facts, Oid type, const char *schema, const char *name)
{
    if (find(facts, type) != NULL)
        return;
    leat_postgres_type_fact noted = {
        .identifier = type, .schema = schema[0] == '\0' ? "pg_catalog" : schema, .name = name};
    leat_postgres_facts_learn(facts, &noted);
}

const leat_postgres_type_fact *leat_postgres_facts_find(void *facts, Oid type)
{
    const known_type *known = find(facts, type);
    return known == NULL ? NULL : &known->fact;
}

static spelling *find_spelling(const known_type *type, int32_t typmod)
{
    for (spelling *one = type->spellings; one != NULL; one = one->next)
        if (one->typmod == typmod)
            return one;
    return NULL;
}

void leat_postgres_facts_learn_spelling(leat_postgres_facts *facts, Oid type, int32_t typmod,
                                        const char *text)
{
    known_type *known = find_or_add(facts, type);
    spelling *one = find_spelling(known, typmod);
    if (one == NULL) {
        one = leat_allocate(sizeof *one);
        *one = (spelling){.next = known->spellings, .typmod = typmod};
        known->spellings = one;
    }
    leat_release(one->text);
    one->text = leat_duplicate_string(text);
}

const char *leat_postgres_facts_spelling(leat_postgres_facts *facts, Oid type, int32_t typmod)
{
    const known_type *known = find(facts, type);
    const spelling *one = known == NULL ? NULL : find_spelling(known, typmod);
    if (one != NULL)
        return one->text;
    leat_buffer_reset(&facts->name);
    if (known == NULL || known->fact.name == NULL)
        leat_buffer_printf(&facts->name, "type %u", type);
    else if (strcmp(known->fact.schema, "pg_catalog") == 0)
        leat_buffer_append_string(&facts->name, known->fact.name);
    else
        leat_buffer_printf(&facts->name, "%s.%s", known->fact.schema, known->fact.name);
    return leat_buffer_string(&facts->name);
}
