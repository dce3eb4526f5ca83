#include "mysql/follow/definitions.h"

#include <string.h>

#include "base/memory.h"
#include "mysql/catalog/catalog.h"
#include "mysql/follow/definitions_parts.h"

/* ---- The catalog, asked by whoever did not set other lookups ---- */

static leat_status ask_catalog(void *context, const char *database, const char *name,
                               leat_mysql_definition **definition, leat_error *error)
{
    const leat_mysql_definitions *definitions = context;
    return leat_mysql_catalog_ask_definition(definitions->options, definitions->collations, database, name,
                                             definition, error);
}

static leat_status ask_database(void *context, const char *database, char **collation, leat_error *error)
{
    const leat_mysql_definitions *definitions = context;
    return leat_mysql_catalog_ask_database(definitions->options, database, collation, error);
}

/* ---- Open and close ---- */

leat_mysql_definitions *leat_mysql_definitions_open(const leat_source_options *options,
                                                    const leat_mysql_collations *collations, bool mariadb)
{
    leat_mysql_definitions *definitions = leat_allocate(sizeof *definitions);
    definitions->options = options;
    definitions->collations = collations;
    definitions->mariadb = mariadb;
    definitions->lookups = (leat_mysql_definition_lookups){ask_catalog, ask_database, definitions};
    return definitions;
}

void leat_mysql_definitions_fold_names(leat_mysql_definitions *definitions)
{
    definitions->fold = true;
}

void leat_mysql_definitions_set_lookups(leat_mysql_definitions *definitions,
                                        const leat_mysql_definition_lookups *lookups)
{
    definitions->lookups = *lookups;
}

static void free_table(leat_tracked_table *table)
{
    leat_definition_history_clear(&table->history);
    leat_release(table->key);
    leat_release(table->database);
    leat_release(table);
}

void leat_mysql_definitions_close(leat_mysql_definitions *definitions)
{
    if (definitions == NULL)
        return;
    for (size_t i = 0; i < definitions->count; i++)
        free_table(definitions->tables[i]);
    leat_release(definitions->tables);
    leat_definitions_free_databases(definitions);
    leat_mysql_position_clear(&definitions->place);
    leat_arena_free(&definitions->scratch);
    leat_release(definitions);
}

/* ---- Tables that were met ---- */

/* Where the key is, or would go. */
static size_t locate(const leat_mysql_definitions *definitions, const char *key, bool *found)
{
    size_t low = 0;
    size_t high = definitions->count;
    *found = false;
    while (low < high && !*found) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(definitions->tables[middle]->key, key);
        *found = order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static void insert(leat_mysql_definitions *definitions, size_t at, leat_tracked_table *table)
{
    if (definitions->count == definitions->capacity) {
        definitions->capacity = definitions->capacity == 0 ? 16 : 2 * definitions->capacity;
        definitions->tables =
            leat_reallocate(definitions->tables, definitions->capacity * sizeof *definitions->tables);
    }
    memmove(&definitions->tables[at + 1], &definitions->tables[at],
            (definitions->count - at) * sizeof(leat_tracked_table *));
    definitions->tables[at] = table;
    definitions->count++;
}

/* The table of this name; `fresh` when it is met for the first time, with an empty history. */
static leat_tracked_table *meet(leat_mysql_definitions *definitions, const char *database, const char *name,
                                bool *fresh)
{
    database = leat_definitions_fold(definitions, database);
    name = leat_definitions_fold(definitions, name);
    const char *key = leat_table_name_join(database, name, &definitions->scratch);
    bool found;
    size_t at = locate(definitions, key, &found);
    *fresh = !found;
    if (!found) {
        leat_tracked_table *table = leat_allocate(sizeof *table);
        table->key = leat_duplicate_string(key);
        table->database = leat_duplicate_string(database);
        insert(definitions, at, table);
    }
    return definitions->tables[at];
}

static const char *notebook_key(leat_mysql_definitions *definitions, const leat_tracked_table *table)
{
    return leat_arena_printf(&definitions->scratch, "table:%s", table->key);
}

/* What the notebook has of a table does not tell that it went with its database before it was met. */
static void drop_with_database(leat_mysql_definitions *definitions, leat_tracked_table *table,
                               const char *dropped_at)
{
    const leat_definition_entry *now = leat_definition_history_now(&table->history);
    leat_mysql_position dropped = {0};
    if (now != NULL &&
        leat_mysql_position_parse(dropped_at, definitions->mariadb, &dropped, NULL) == LEAT_OK &&
        leat_definition_position_holds(now->position, &dropped, definitions->mariadb))
        leat_definition_history_append(&table->history, dropped_at, LEAT_DEFINITION_DROPPED, NULL);
    leat_mysql_position_clear(&dropped);
}

static leat_status take_history(leat_mysql_definitions *definitions, leat_tracked_table *table,
                                leat_slice text, leat_error *error)
{
    leat_tracked_database *database;
    leat_status status = leat_definition_history_read(text, &table->history, error);
    if (status == LEAT_OK)
        status = leat_definitions_database(definitions, table->database, &database, error);
    if (status != LEAT_OK)
        return status;
    if (definitions->started)
        leat_definition_history_return(&table->history, &definitions->place, definitions->mariadb);
    const char *dropped_at = leat_definitions_dropped_at(database);
    if (dropped_at != NULL)
        drop_with_database(definitions, table, dropped_at);
    return LEAT_OK;
}

static leat_status load(leat_mysql_definitions *definitions, leat_tracked_table *table, leat_error *error)
{
    const leat_notebook *notebook = definitions->options->notebook;
    const char *key = notebook_key(definitions, table);
    char *text = NULL;
    leat_status status = notebook->get(notebook->context, key, &text, error);
    if (status != LEAT_OK || text == NULL)
        return status;
    status = take_history(definitions, table, leat_slice_of_string(text), error);
    leat_release(text);
    if (status != LEAT_OK)
        return leat_error_context(error, "cannot read what is kept of table %s", table->key);
    return LEAT_OK;
}

/* Takes a table out again, as if it had not been met. */
static void part(leat_mysql_definitions *definitions, leat_tracked_table *table)
{
    bool found;
    size_t at = locate(definitions, table->key, &found);
    definitions->count--;
    memmove(&definitions->tables[at], &definitions->tables[at + 1],
            (definitions->count - at) * sizeof(leat_tracked_table *));
    free_table(table);
}

leat_status leat_definitions_table(leat_mysql_definitions *definitions, const char *database,
                                   const char *name, leat_tracked_table **table, leat_error *error)
{
    bool fresh;
    *table = meet(definitions, database, name, &fresh);
    leat_status status = fresh ? load(definitions, *table, error) : LEAT_OK;
    if (status != LEAT_OK)
        part(definitions, *table);
    return status;
}

leat_status leat_definitions_save(leat_mysql_definitions *definitions, leat_tracked_table *table,
                                  leat_error *error)
{
    if (!table->changed)
        return LEAT_OK;
    const leat_notebook *notebook = definitions->options->notebook;
    leat_buffer text = {0};
    leat_definition_history_write(&table->history, &text);
    const char *value = table->history.count == 0 ? NULL : leat_buffer_string(&text);
    leat_status status = notebook->put(notebook->context, notebook_key(definitions, table), value, error);
    leat_buffer_free(&text);
    if (status != LEAT_OK)
        return leat_error_context(error, "cannot keep the definition of table %s", table->key);
    table->changed = false;
    return LEAT_OK;
}

/* ---- Places in the log ---- */

leat_status leat_mysql_definitions_record(leat_mysql_definitions *definitions,
                                          const leat_mysql_definition *definition, const char *position,
                                          leat_error *error)
{
    bool fresh;
    leat_arena_reset(&definitions->scratch);
    leat_tracked_table *table = meet(definitions, definition->database, definition->name, &fresh);
    leat_definition_history_clear(&table->history);
    table->changed = leat_definition_history_append(&table->history, position, LEAT_DEFINITION_KNOWN,
                                                    leat_mysql_definition_copy(definition));
    leat_status status = leat_definitions_save(definitions, table, error);
    if (status != LEAT_OK)
        return status;
    return leat_definitions_record_database(definitions, definition->database, position, error);
}

/* A position that cannot be read stands before everything: nothing that is known counts then. */
static void set_place(leat_mysql_definitions *definitions, const char *position)
{
    leat_error error;
    leat_mysql_position *place = &definitions->place;
    definitions->started = true;
    if (leat_mysql_position_parse(position, definitions->mariadb, place, &error) == LEAT_OK)
        return;
    leat_log_error(definitions->options->log, LEAT_LOG_ERROR, &error);
    leat_mysql_position_clear(place);
    if (definitions->mariadb)
        place->state = leat_mariadb_gtid_state_new();
    else
        place->set = leat_mysql_gtid_set_new();
}

void leat_mysql_definitions_start(leat_mysql_definitions *definitions, const char *position)
{
    leat_arena_reset(&definitions->scratch);
    set_place(definitions, position);
    for (size_t i = 0; i < definitions->count; i++)
        leat_definition_history_return(&definitions->tables[i]->history, &definitions->place,
                                       definitions->mariadb);
    leat_definitions_return_databases(definitions);
}

static leat_status forget_before(leat_mysql_definitions *definitions, const leat_mysql_position *place,
                                 leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < definitions->count; i++) {
        leat_tracked_table *table = definitions->tables[i];
        if (leat_definition_history_forget(&table->history, place, definitions->mariadb))
            table->changed = true;
        status = leat_definitions_save(definitions, table, error);
    }
    return status;
}

static bool has_forgettable(const leat_mysql_definitions *definitions)
{
    for (size_t i = 0; i < definitions->count; i++)
        if (leat_definition_history_forgettable(&definitions->tables[i]->history))
            return true;
    return false;
}

leat_status leat_mysql_definitions_acknowledge(leat_mysql_definitions *definitions, const char *position,
                                               leat_error *error)
{
    if (!has_forgettable(definitions))
        return LEAT_OK;
    leat_mysql_position place = {0};
    leat_arena_reset(&definitions->scratch);
    leat_status status = leat_mysql_position_parse(position, definitions->mariadb, &place, error);
    if (status == LEAT_OK)
        status = forget_before(definitions, &place, error);
    leat_mysql_position_clear(&place);
    return status;
}
