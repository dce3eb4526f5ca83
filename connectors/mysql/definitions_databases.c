/* Databases that were dropped, with tables that nobody has met since the start. */
#include <jansson.h>
#include <string.h>

#include "base/memory.h"
#include "mysql/definition_json.h"
#include "mysql/definitions_parts.h"

static const char *notebook_key(leat_mysql_definitions *definitions, const leat_tracked_database *database)
{
    return leat_arena_printf(&definitions->scratch, "database:%s", database->name);
}

static void forget_drops(leat_tracked_database *database, size_t from, size_t to)
{
    if (from == to)
        return; /* there may be no list at all */
    for (size_t i = from; i < to; i++)
        leat_release(database->drops[i]);
    memmove(&database->drops[from], &database->drops[to], (database->count - to) * sizeof *database->drops);
    database->count -= to - from;
}

static void append_drop(leat_tracked_database *database, const char *position)
{
    database->drops = leat_reallocate(database->drops, (database->count + 1) * sizeof *database->drops);
    database->drops[database->count++] = leat_duplicate_string(position);
}

static bool holds(const leat_mysql_definitions *definitions, const char *position)
{
    return leat_definition_position_holds(position, &definitions->place, definitions->mariadb);
}

/* Drops that are later than the place will come again. */
static void return_drops(const leat_mysql_definitions *definitions, leat_tracked_database *database)
{
    size_t held = 0;
    while (held < database->count && holds(definitions, database->drops[held]))
        held++;
    forget_drops(database, held, database->count);
}

void leat_definitions_return_databases(leat_mysql_definitions *definitions)
{
    for (size_t i = 0; i < definitions->database_count; i++) {
        return_drops(definitions, &definitions->databases[i]);
        leat_definitions_forget_collation(&definitions->databases[i]);
    }
}

void leat_definitions_free_databases(leat_mysql_definitions *definitions)
{
    for (size_t i = 0; i < definitions->database_count; i++) {
        leat_tracked_database *database = &definitions->databases[i];
        forget_drops(database, 0, database->count);
        leat_release(database->drops);
        leat_release(database->collation);
        leat_release(database->name);
    }
    leat_release(definitions->databases);
}

/* ---- The notebook ---- */

static bool read_drops(const char *text, leat_tracked_database *database)
{
    json_error_t mistake = {0};
    json_t *list = json_loads(text, 0, &mistake);
    bool good = json_is_array(list);
    for (size_t i = 0; good && i < json_array_size(list); i++) {
        const char *position = json_string_value(json_array_get(list, i));
        good = position != NULL;
        if (good)
            append_drop(database, position);
    }
    json_decref(list);
    return good;
}

static leat_status load(leat_mysql_definitions *definitions, leat_tracked_database *database,
                        leat_error *error)
{
    const leat_notebook *notebook = definitions->options->notebook;
    char *text = NULL;
    leat_status status = notebook->get(notebook->context, notebook_key(definitions, database), &text, error);
    if (status == LEAT_OK && text != NULL && !read_drops(text, database))
        status =
            leat_error_set(error, LEAT_FAILED, "what is kept of database %s is not as leat writes it: %s",
                           database->name, text);
    leat_release(text);
    if (status == LEAT_OK && definitions->started)
        return_drops(definitions, database);
    return status;
}

static leat_status save(leat_mysql_definitions *definitions, const leat_tracked_database *database,
                        leat_error *error)
{
    const leat_notebook *notebook = definitions->options->notebook;
    leat_buffer text = {0};
    leat_buffer_append_byte(&text, '[');
    for (size_t i = 0; i < database->count; i++) {
        if (i > 0)
            leat_buffer_append_byte(&text, ',');
        leat_mysql_json_append_text(&text, database->drops[i]);
    }
    leat_buffer_append_byte(&text, ']');
    leat_status status = notebook->put(notebook->context, notebook_key(definitions, database),
                                       leat_buffer_string(&text), error);
    leat_buffer_free(&text);
    return status;
}

/* ---- Databases that were met ---- */

static leat_tracked_database *make(leat_mysql_definitions *definitions, const char *name)
{
    if (definitions->database_count == definitions->database_capacity) {
        size_t capacity = definitions->database_capacity == 0 ? 4 : 2 * definitions->database_capacity;
        definitions->databases =
            leat_reallocate(definitions->databases, capacity * sizeof *definitions->databases);
        definitions->database_capacity = capacity;
    }
    leat_tracked_database *database = &definitions->databases[definitions->database_count++];
    *database = (leat_tracked_database){.name = leat_duplicate_string(name)};
    return database;
}

/* Takes out again the one that was made last. */
static void unmake(leat_mysql_definitions *definitions)
{
    leat_tracked_database *database = &definitions->databases[--definitions->database_count];
    forget_drops(database, 0, database->count);
    leat_release(database->drops);
    leat_release(database->collation);
    leat_release(database->name);
}

leat_status leat_definitions_database(leat_mysql_definitions *definitions, const char *name,
                                      leat_tracked_database **database, leat_error *error)
{
    for (size_t i = 0; i < definitions->database_count; i++) {
        *database = &definitions->databases[i];
        if (strcmp((*database)->name, name) == 0)
            return LEAT_OK;
    }
    *database = make(definitions, name);
    leat_status status = load(definitions, *database, error);
    if (status != LEAT_OK)
        unmake(definitions);
    return status;
}

const char *leat_definitions_dropped_at(const leat_tracked_database *database)
{
    return database->count == 0 ? NULL : database->drops[database->count - 1];
}

/* Of the drops that are behind the place for good, the last one says it all. */
static void tidy_drops(const leat_mysql_definitions *definitions, leat_tracked_database *database)
{
    size_t held = 0;
    while (definitions->started && held < database->count && holds(definitions, database->drops[held]))
        held++;
    if (held > 1)
        forget_drops(database, 0, held - 1);
}

leat_status leat_definitions_drop_database(leat_mysql_definitions *definitions, const char *name,
                                           const char *position, leat_error *error)
{
    leat_tracked_database *database;
    name = leat_definitions_fold(definitions, name);
    leat_status status = leat_definitions_database(definitions, name, &database, error);
    if (status != LEAT_OK)
        return status;
    for (size_t i = 0; i < definitions->count; i++) {
        leat_tracked_table *table = definitions->tables[i];
        if (strcmp(table->database, name) == 0 && leat_definition_history_exists(&table->history) &&
            leat_definition_history_append(&table->history, position, LEAT_DEFINITION_DROPPED, NULL))
            table->changed = true;
    }
    leat_definitions_forget_collation(database);
    tidy_drops(definitions, database);
    append_drop(database, position);
    return save(definitions, database, error);
}
