#include "postgres/catalog/catalog.h"

#include <string.h>

#include "base/memory.h"
#include "postgres/catalog/facts.h"
#include "postgres/catalog/key.h"
#include "postgres/catalog/query.h"
#include "postgres/types/types.h"

struct leat_postgres_catalog {
    const leat_source_options *options;
    char *database;
    leat_postgres_session *session; /* NULL until needed, and again after it was lost */
    leat_postgres_facts *facts;
};

leat_postgres_catalog *leat_postgres_catalog_open(const leat_source_options *options, const char *database)
{
    leat_postgres_catalog *catalog = leat_allocate(sizeof *catalog);
    catalog->options = options;
    catalog->database = leat_duplicate_string(database);
    catalog->facts = leat_postgres_facts_open();
    return catalog;
}

static void drop_session(leat_postgres_catalog *catalog)
{
    leat_postgres_session_close(catalog->session);
    catalog->session = NULL;
}

void leat_postgres_catalog_close(leat_postgres_catalog *catalog)
{
    if (catalog == NULL)
        return;
    drop_session(catalog);
    leat_postgres_facts_close(catalog->facts);
    leat_release(catalog->database);
    leat_release(catalog);
}

void leat_postgres_catalog_note_type(leat_postgres_catalog *catalog, Oid type, const char *schema,
                                     const char *name)
{
    leat_postgres_facts_note(catalog->facts, type, schema, name);
}

static leat_status ask_once(leat_postgres_catalog *catalog, const leat_postgres_relation *relation,
                            leat_arena *arena, leat_postgres_catalog_answer *answer, leat_error *error)
{
    leat_status status = LEAT_OK;
    if (catalog->session == NULL)
        status = leat_postgres_session_open(catalog->options, LEAT_POSTGRES_SQL, &catalog->session, error);
    if (status == LEAT_OK)
        status = leat_postgres_catalog_ask(catalog->session, relation, catalog->facts, arena, answer, error);
    return status;
}

/* A session that had been idle may be gone without our knowing. And functions that print defaults and types
 * look at the catalogs as they are at that moment, not as the statement's snapshot has them, so that DDL in
 * its midst can make it fail: the statement is always the same, and nothing else can. Neither is worth more
 * than another try at once; what still fails after these may do better after a pause. */
static leat_status ask(leat_postgres_catalog *catalog, const leat_postgres_relation *relation,
                       leat_arena *arena, leat_postgres_catalog_answer *answer, leat_error *error)
{
    enum { MOST_TRIES = 10 };
    leat_status status = LEAT_OK;
    for (int tries = 0; tries < MOST_TRIES; tries++) {
        leat_arena_reset(arena);
        status = ask_once(catalog, relation, arena, answer, error);
        if (status == LEAT_OK || catalog->session == NULL)
            return status;
        if (PQstatus(leat_postgres_session_connection(catalog->session)) != CONNECTION_OK ||
            status == LEAT_STOPPED)
            drop_session(catalog);
        if (status == LEAT_STOPPED || status == LEAT_OPERATOR)
            return status;
    }
    if (error != NULL)
        error->status = LEAT_RETRY;
    return LEAT_RETRY;
}

/* What the catalogs know of the column, if it is still the one that the relation has; else NULL. */
static const leat_postgres_catalog_column *find_column(const leat_postgres_catalog_answer *answer,
                                                       const leat_postgres_relation_column *column)
{
    for (size_t i = 0; i < answer->column_count; i++)
        if (answer->columns[i].type == column->type && strcmp(answer->columns[i].name, column->name) == 0)
            return &answer->columns[i];
    return NULL;
}

static void fill_column(leat_postgres_catalog *catalog, const leat_postgres_catalog_answer *answer,
                        const leat_postgres_relation_column *from, leat_arena *arena, leat_column *column)
{
    const leat_postgres_catalog_column *known = find_column(answer, from);
    column->name = leat_arena_string(arena, from->name);
    column->type_text =
        leat_arena_string(arena, leat_postgres_facts_spelling(catalog->facts, from->type, from->typmod));
    column->nullable = true;
    if (known != NULL) {
        column->attribute = known->attribute;
        column->nullable = !known->not_null;
        column->default_text = leat_arena_string(arena, known->default_text);
        column->comment = leat_arena_string(arena, known->comment);
    }
    leat_postgres_type_resolve(from->type, from->typmod, leat_postgres_facts_find, catalog->facts, arena,
                               column);
}

static void fill_key(const leat_postgres_catalog_answer *answer, const leat_postgres_relation *relation,
                     leat_arena *scratch, leat_table *table)
{
    int *attributes = leat_arena_allocate_array(scratch, table->column_count, sizeof *attributes);
    size_t *places = leat_arena_allocate_array(scratch, table->column_count, sizeof *places);
    for (size_t i = 0; i < table->column_count; i++)
        attributes[i] = table->columns[i].attribute;
    size_t count = leat_postgres_key_choose(relation, answer, attributes, places);
    leat_table_set_key(table, places, count);
}

static leat_table *build(leat_postgres_catalog *catalog, const leat_postgres_catalog_answer *answer,
                         const leat_postgres_relation *relation, leat_arena *scratch)
{
    leat_table *table = leat_table_new();
    leat_arena *arena = &table->arena;
    table->database = leat_arena_string(arena, catalog->database);
    table->schema = leat_arena_string(arena, relation->schema);
    table->name = leat_arena_string(arena, relation->name);
    table->comment = leat_arena_string(arena, answer->comment);
    table->identifier = relation->identifier;
    table->key_mend =
        "Let the table's replica identity cover its key (in PostgreSQL: REPLICA IDENTITY DEFAULT with a "
        "primary key, or FULL)";
    table->column_count = relation->column_count;
    table->columns = leat_arena_allocate_array(arena, relation->column_count, sizeof *table->columns);
    for (size_t i = 0; i < relation->column_count; i++)
        fill_column(catalog, answer, &relation->columns[i], arena, &table->columns[i]);
    fill_key(answer, relation, scratch, table);
    return table;
}

leat_status leat_postgres_catalog_describe(leat_postgres_catalog *catalog,
                                           const leat_postgres_relation *relation, leat_table **table,
                                           leat_error *error)
{
    leat_arena scratch = {0};
    leat_postgres_catalog_answer answer;
    leat_status status = ask(catalog, relation, &scratch, &answer, error);
    if (status == LEAT_OK)
        *table = build(catalog, &answer, relation, &scratch);
    leat_arena_free(&scratch);
    return status;
}
