#include "mysql/follow/tracker.h"

#include <string.h>

#include "base/list.h"
#include "base/memory.h"
#include "mysql/catalog/catalog.h"
#include "mysql/follow/tracker_internal.h"

/* ---- The catalog, asked by whoever did not set other lookups ---- */

static leat_status ask_catalog(void *context, const char *database, const char *name,
                               leat_mysql_definition **definition, leat_error *error)
{
    const leat_mysql_tracker *tracker = context;
    return leat_mysql_catalog_ask_definition(tracker->options, tracker->collations, database, name,
                                             definition, error);
}

static leat_status ask_database(void *context, const char *database, char **collation, leat_error *error)
{
    const leat_mysql_tracker *tracker = context;
    return leat_mysql_catalog_ask_database(tracker->options, database, collation, error);
}

/* ---- Open and close ---- */

leat_mysql_tracker *leat_mysql_tracker_open(const leat_source_options *options,
                                            const leat_mysql_collations *collations, bool mariadb)
{
    leat_mysql_tracker *tracker = leat_allocate(sizeof *tracker);
    tracker->options = options;
    tracker->collations = collations;
    tracker->mariadb = mariadb;
    tracker->lookups = (leat_mysql_tracker_lookups){ask_catalog, ask_database, tracker};
    return tracker;
}

void leat_mysql_tracker_fold_names(leat_mysql_tracker *tracker)
{
    tracker->fold = true;
}

void leat_mysql_tracker_set_lookups(leat_mysql_tracker *tracker, const leat_mysql_tracker_lookups *lookups)
{
    tracker->lookups = *lookups;
}

static void free_table(leat_mysql_tracked_table *table)
{
    leat_mysql_definition_history_clear(&table->history);
    leat_release(table->key);
    leat_release(table->database);
    leat_release(table);
}

void leat_mysql_tracker_close(leat_mysql_tracker *tracker)
{
    if (tracker == NULL)
        return;
    for (size_t i = 0; i < tracker->count; i++)
        free_table(tracker->tables[i]);
    leat_release(tracker->tables);
    leat_mysql_tracker_free_databases(tracker);
    leat_mysql_position_clear(&tracker->place);
    leat_arena_free(&tracker->scratch);
    leat_release(tracker);
}

/* ---- Tables that were met ---- */

/* Where the key is, or would go. */
static size_t locate(const leat_mysql_tracker *tracker, const char *key, bool *found)
{
    size_t low = 0;
    size_t high = tracker->count;
    *found = false;
    while (low < high && !*found) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(tracker->tables[middle]->key, key);
        *found = order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static void insert(leat_mysql_tracker *tracker, size_t at, leat_mysql_tracked_table *table)
{
    tracker->tables =
        leat_list_room(tracker->tables, tracker->count, &tracker->capacity, sizeof *tracker->tables);
    memmove(&tracker->tables[at + 1], &tracker->tables[at],
            (tracker->count - at) * sizeof(leat_mysql_tracked_table *));
    tracker->tables[at] = table;
    tracker->count++;
}

/* The table of this name; `fresh` when it is met for the first time, with an empty history. */
static leat_mysql_tracked_table *meet(leat_mysql_tracker *tracker, const char *database, const char *name,
                                      bool *fresh)
{
    database = leat_mysql_tracker_fold(tracker, database);
    name = leat_mysql_tracker_fold(tracker, name);
    const char *key = leat_table_name_join(database, name, &tracker->scratch);
    bool found;
    size_t at = locate(tracker, key, &found);
    *fresh = !found;
    if (!found) {
        leat_mysql_tracked_table *table = leat_allocate(sizeof *table);
        table->key = leat_duplicate_string(key);
        table->database = leat_duplicate_string(database);
        insert(tracker, at, table);
    }
    return tracker->tables[at];
}

static const char *notebook_key(leat_mysql_tracker *tracker, const leat_mysql_tracked_table *table)
{
    return leat_arena_printf(&tracker->scratch, "table:%s", table->key);
}

/* What the notebook has of a table does not tell that it went with its database before it was met. */
static void drop_with_database(leat_mysql_tracker *tracker, leat_mysql_tracked_table *table,
                               const char *dropped_at)
{
    const leat_mysql_definition_entry *now = leat_mysql_definition_history_now(&table->history);
    leat_mysql_position dropped = {0};
    if (now != NULL && leat_mysql_position_parse(dropped_at, tracker->mariadb, &dropped, NULL) == LEAT_OK &&
        leat_mysql_definition_position_holds(now->position, &dropped, tracker->mariadb))
        leat_mysql_definition_history_append(&table->history, dropped_at, LEAT_MYSQL_DEFINITION_DROPPED,
                                             NULL);
    leat_mysql_position_clear(&dropped);
}

static leat_status take_history(leat_mysql_tracker *tracker, leat_mysql_tracked_table *table, leat_slice text,
                                leat_error *error)
{
    leat_mysql_tracked_database *database;
    leat_status status = leat_mysql_definition_history_read(text, &table->history, error);
    if (status == LEAT_OK)
        status = leat_mysql_tracker_database(tracker, table->database, &database, error);
    if (status != LEAT_OK)
        return status;
    if (tracker->started)
        leat_mysql_definition_history_return(&table->history, &tracker->place, tracker->mariadb);
    const char *dropped_at = leat_mysql_tracker_dropped_at(database);
    if (dropped_at != NULL)
        drop_with_database(tracker, table, dropped_at);
    return LEAT_OK;
}

static leat_status load(leat_mysql_tracker *tracker, leat_mysql_tracked_table *table, leat_error *error)
{
    const leat_notebook *notebook = tracker->options->notebook;
    const char *key = notebook_key(tracker, table);
    char *text = NULL;
    leat_status status = notebook->get(notebook->context, key, &text, error);
    if (status != LEAT_OK || text == NULL)
        return status;
    status = take_history(tracker, table, leat_slice_of_string(text), error);
    leat_release(text);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "cannot read what is kept of table %s", table->key);
    return LEAT_OK;
}

/* Takes a table out again, as if it had not been met. */
static void part(leat_mysql_tracker *tracker, leat_mysql_tracked_table *table)
{
    bool found;
    size_t at = locate(tracker, table->key, &found);
    tracker->count--;
    memmove(&tracker->tables[at], &tracker->tables[at + 1],
            (tracker->count - at) * sizeof(leat_mysql_tracked_table *));
    free_table(table);
}

leat_status leat_mysql_tracker_table(leat_mysql_tracker *tracker, const char *database, const char *name,
                                     leat_mysql_tracked_table **table, leat_error *error)
{
    bool fresh;
    *table = meet(tracker, database, name, &fresh);
    leat_status status = fresh ? load(tracker, *table, error) : LEAT_OK;
    if (status != LEAT_OK)
        part(tracker, *table);
    return status;
}

leat_status leat_mysql_tracker_save(leat_mysql_tracker *tracker, leat_mysql_tracked_table *table,
                                    leat_error *error)
{
    if (!table->changed)
        return LEAT_OK;
    const leat_notebook *notebook = tracker->options->notebook;
    leat_buffer text = {0};
    leat_mysql_definition_history_write(&table->history, &text);
    const char *value = table->history.count == 0 ? NULL : leat_buffer_string(&text);
    leat_status status = notebook->put(notebook->context, notebook_key(tracker, table), value, error);
    leat_buffer_free(&text);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "cannot keep the definition of table %s", table->key);
    table->changed = false;
    return LEAT_OK;
}

/* ---- Places in the log ---- */

leat_status leat_mysql_tracker_record(leat_mysql_tracker *tracker, const leat_mysql_definition *definition,
                                      const char *position, leat_error *error)
{
    bool fresh;
    leat_arena_reset(&tracker->scratch);
    leat_mysql_tracked_table *table = meet(tracker, definition->database, definition->name, &fresh);
    leat_mysql_definition_history_clear(&table->history);
    table->changed = leat_mysql_definition_history_append(
        &table->history, position, LEAT_MYSQL_DEFINITION_KNOWN, leat_mysql_definition_copy(definition));
    leat_status status = leat_mysql_tracker_save(tracker, table, error);
    if (status != LEAT_OK)
        return status;
    return leat_mysql_tracker_record_database(tracker, definition->database, position, error);
}

/* A position that cannot be read stands before everything: nothing that is known counts then. */
static void set_place(leat_mysql_tracker *tracker, const char *position)
{
    leat_error error;
    leat_mysql_position *place = &tracker->place;
    tracker->started = true;
    if (leat_mysql_position_parse(position, tracker->mariadb, place, &error) == LEAT_OK)
        return;
    leat_log_error(tracker->options->log, LEAT_LOG_ERROR, &error);
    leat_mysql_position_clear(place);
    if (tracker->mariadb)
        place->state = leat_mariadb_gtid_state_new();
    else
        place->set = leat_mysql_gtid_set_new();
}

void leat_mysql_tracker_start(leat_mysql_tracker *tracker, const char *position)
{
    leat_arena_reset(&tracker->scratch);
    set_place(tracker, position);
    for (size_t i = 0; i < tracker->count; i++)
        leat_mysql_definition_history_return(&tracker->tables[i]->history, &tracker->place, tracker->mariadb);
    leat_mysql_tracker_return_databases(tracker);
}

static leat_status forget_before(leat_mysql_tracker *tracker, const leat_mysql_position *place,
                                 leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < tracker->count; i++) {
        leat_mysql_tracked_table *table = tracker->tables[i];
        if (leat_mysql_definition_history_forget(&table->history, place, tracker->mariadb))
            table->changed = true;
        status = leat_mysql_tracker_save(tracker, table, error);
    }
    return status;
}

static bool has_forgettable(const leat_mysql_tracker *tracker)
{
    for (size_t i = 0; i < tracker->count; i++)
        if (leat_mysql_definition_history_forgettable(&tracker->tables[i]->history))
            return true;
    return false;
}

leat_status leat_mysql_tracker_acknowledge(leat_mysql_tracker *tracker, const char *position,
                                           leat_error *error)
{
    if (!has_forgettable(tracker))
        return LEAT_OK;
    leat_mysql_position place = {0};
    leat_arena_reset(&tracker->scratch);
    leat_status status = leat_mysql_position_parse(position, tracker->mariadb, &place, error);
    if (status == LEAT_OK)
        status = forget_before(tracker, &place, error);
    leat_mysql_position_clear(&place);
    return status;
}
