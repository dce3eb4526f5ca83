/* What happened to databases: drops, with tables that nobody has met since the start, and default
 * charsets. */
#include <jansson.h>
#include <string.h>

#include "base/list.h"
#include "base/memory.h"
#include "mysql/definition/json.h"
#include "mysql/follow/tracker_internal.h"

static const char *notebook_key(leat_mysql_tracker *tracker, const leat_mysql_tracked_database *database)
{
    return leat_arena_printf(&tracker->scratch, "database:%s", database->name);
}

static void forget_moments(leat_mysql_tracked_database *database, size_t from, size_t to)
{
    if (from == to)
        return; /* there may be no list at all */
    for (size_t i = from; i < to; i++) {
        leat_release(database->moments[i].position);
        leat_release(database->moments[i].collation);
    }
    memmove(&database->moments[from], &database->moments[to],
            (database->count - to) * sizeof *database->moments);
    database->count -= to - from;
}

static void append_moment(leat_mysql_tracked_database *database, const char *position, bool dropped,
                          const char *collation)
{
    database->moments =
        leat_list_room(database->moments, database->count, &database->capacity, sizeof *database->moments);
    database->moments[database->count++] = (leat_mysql_database_moment){
        .position = leat_duplicate_string(position),
        .dropped = dropped,
        .collation = collation == NULL ? NULL : leat_duplicate_string(collation),
    };
}

static bool holds(const leat_mysql_tracker *tracker, const char *position)
{
    return leat_mysql_definition_position_holds(position, &tracker->place, tracker->mariadb);
}

/* What is later than the place will come again. */
static void return_moments(const leat_mysql_tracker *tracker, leat_mysql_tracked_database *database)
{
    size_t held = 0;
    while (held < database->count && holds(tracker, database->moments[held].position))
        held++;
    forget_moments(database, held, database->count);
}

void leat_mysql_tracker_forget_collation(leat_mysql_tracked_database *database)
{
    leat_release(database->collation);
    database->collation = NULL;
    database->collation_asked = false;
}

void leat_mysql_tracker_return_databases(leat_mysql_tracker *tracker)
{
    for (size_t i = 0; i < tracker->database_count; i++) {
        return_moments(tracker, &tracker->databases[i]);
        leat_mysql_tracker_forget_collation(&tracker->databases[i]);
    }
}

static void release(leat_mysql_tracked_database *database)
{
    forget_moments(database, 0, database->count);
    leat_release(database->moments);
    leat_release(database->collation);
    leat_release(database->name);
}

void leat_mysql_tracker_free_databases(leat_mysql_tracker *tracker)
{
    for (size_t i = 0; i < tracker->database_count; i++)
        release(&tracker->databases[i]);
    leat_release(tracker->databases);
}

/* ---- The notebook: a list of positions for drops, and of objects for defaults ---- */

static bool read_moment(const json_t *item, leat_mysql_tracked_database *database)
{
    bool dropped = json_is_string(item);
    const char *position = json_string_value(dropped ? item : json_object_get(item, "position"));
    if (position != NULL)
        append_moment(database, position, dropped, json_string_value(json_object_get(item, "collation")));
    return position != NULL;
}

static bool read_moments(const char *text, leat_mysql_tracked_database *database)
{
    json_error_t mistake = {0};
    json_t *list = json_loads(text, 0, &mistake);
    bool good = json_is_array(list);
    for (size_t i = 0; good && i < json_array_size(list); i++)
        good = read_moment(json_array_get(list, i), database);
    json_decref(list);
    return good;
}

static leat_status load(leat_mysql_tracker *tracker, leat_mysql_tracked_database *database, leat_error *error)
{
    const leat_notebook *notebook = tracker->options->notebook;
    char *text = NULL;
    leat_status status = notebook->get(notebook->context, notebook_key(tracker, database), &text, error);
    if (status == LEAT_OK && text != NULL && !read_moments(text, database))
        status =
            leat_error_set(error, LEAT_FAILED, "what is kept of database %s is not as leat writes it: %s",
                           database->name, text);
    leat_release(text);
    if (status == LEAT_OK && tracker->started)
        return_moments(tracker, database);
    return status;
}

static void append_json(leat_buffer *text, const leat_mysql_database_moment *moment)
{
    if (moment->dropped) {
        leat_mysql_json_append_text(text, moment->position);
        return;
    }
    leat_buffer_append_string(text, "{\"position\":");
    leat_mysql_json_append_text(text, moment->position);
    leat_buffer_append_string(text, ",\"collation\":");
    if (moment->collation == NULL)
        leat_buffer_append_string(text, "null");
    else
        leat_mysql_json_append_text(text, moment->collation);
    leat_buffer_append_byte(text, '}');
}

static leat_status save(leat_mysql_tracker *tracker, const leat_mysql_tracked_database *database,
                        leat_error *error)
{
    const leat_notebook *notebook = tracker->options->notebook;
    leat_buffer text = {0};
    leat_buffer_append_byte(&text, '[');
    for (size_t i = 0; i < database->count; i++) {
        if (i > 0)
            leat_buffer_append_byte(&text, ',');
        append_json(&text, &database->moments[i]);
    }
    leat_buffer_append_byte(&text, ']');
    leat_status status =
        notebook->put(notebook->context, notebook_key(tracker, database), leat_buffer_string(&text), error);
    leat_buffer_free(&text);
    return status;
}

/* ---- Databases that were met ---- */

static leat_mysql_tracked_database *make(leat_mysql_tracker *tracker, const char *name)
{
    tracker->databases = leat_list_room(tracker->databases, tracker->database_count,
                                        &tracker->database_capacity, sizeof *tracker->databases);
    leat_mysql_tracked_database *database = &tracker->databases[tracker->database_count++];
    *database = (leat_mysql_tracked_database){.name = leat_duplicate_string(name)};
    return database;
}

/* Takes out again the one that was made last. */
static void unmake(leat_mysql_tracker *tracker)
{
    release(&tracker->databases[--tracker->database_count]);
}

leat_status leat_mysql_tracker_database(leat_mysql_tracker *tracker, const char *name,
                                        leat_mysql_tracked_database **database, leat_error *error)
{
    for (size_t i = 0; i < tracker->database_count; i++) {
        *database = &tracker->databases[i];
        if (strcmp((*database)->name, name) == 0)
            return LEAT_OK;
    }
    *database = make(tracker, name);
    leat_status status = load(tracker, *database, error);
    if (status != LEAT_OK)
        unmake(tracker);
    return status;
}

const char *leat_mysql_tracker_dropped_at(const leat_mysql_tracked_database *database)
{
    for (size_t i = database->count; i > 0; i--)
        if (database->moments[i - 1].dropped)
            return database->moments[i - 1].position;
    return NULL;
}

/* Of what is behind the place for good, the last drop and the last default say it all. */
static void tidy_moments(const leat_mysql_tracker *tracker, leat_mysql_tracked_database *database)
{
    size_t held = 0;
    while (tracker->started && held < database->count && holds(tracker, database->moments[held].position))
        held++;
    bool seen[2] = {false, false};
    for (size_t i = held; i > 0; i--) {
        bool *later = &seen[database->moments[i - 1].dropped];
        if (*later)
            forget_moments(database, i - 1, i);
        *later = true;
    }
}

leat_status leat_mysql_tracker_note_database(leat_mysql_tracker *tracker,
                                             leat_mysql_tracked_database *database, const char *position,
                                             bool dropped, const char *collation, leat_error *error)
{
    tidy_moments(tracker, database);
    append_moment(database, position, dropped, collation);
    return save(tracker, database, error);
}

void leat_mysql_tracker_clear_database(leat_mysql_tracked_database *database)
{
    forget_moments(database, 0, database->count);
}

leat_status leat_mysql_tracker_drop_database(leat_mysql_tracker *tracker, const char *name,
                                             const char *position, leat_error *error)
{
    leat_mysql_tracked_database *database;
    name = leat_mysql_tracker_fold(tracker, name);
    leat_status status = leat_mysql_tracker_database(tracker, name, &database, error);
    if (status != LEAT_OK)
        return status;
    for (size_t i = 0; i < tracker->count; i++) {
        leat_mysql_tracked_table *table = tracker->tables[i];
        if (strcmp(table->database, name) == 0 && leat_mysql_definition_history_exists(&table->history) &&
            leat_mysql_definition_history_append(&table->history, position, LEAT_MYSQL_DEFINITION_DROPPED,
                                                 NULL))
            table->changed = true;
    }
    leat_mysql_tracker_forget_collation(database);
    return leat_mysql_tracker_note_database(tracker, database, position, true, NULL, error);
}
