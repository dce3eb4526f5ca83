/* What statements do to the definitions of tables. */
#include <string.h>

#include "base/patterns.h"
#include "mysql/follow/tracker_internal.h"

/* A table that a statement gave, for the moment, a name that is not captured: RENAME a TO x, b TO a, x TO
 * b. */
typedef struct traveller {
    const char *key;
    leat_mysql_definition *definition; /* owned; NULL: not known, or gone on from here */
} traveller;

/* One statement being applied. */
typedef struct application {
    leat_mysql_tracker *tracker;
    const char *database_collation; /* of the effect at hand, where it counts */
    const char *position;
    traveller *travellers; /* room for one an effect */
    size_t traveller_count;
    leat_error *error;
} application;

static const char *join(application *at, const char *database, const char *name)
{
    return leat_table_name_join(database, name, &at->tracker->scratch);
}

static const char *key_of(application *at, leat_mysql_table_name table)
{
    return join(at, leat_mysql_tracker_fold(at->tracker, table.database),
                leat_mysql_tracker_fold(at->tracker, table.name));
}

static bool is_captured(application *at, leat_mysql_table_name table)
{
    const leat_source_options *options = at->tracker->options;
    return leat_patterns_match(options->tables, options->table_count, join(at, table.database, table.name)) ||
           leat_patterns_match(options->tables, options->table_count, key_of(at, table));
}

static leat_status find(application *at, leat_mysql_table_name table, leat_mysql_tracked_table **tracked)
{
    return leat_mysql_tracker_table(at->tracker, table.database, table.name, tracked, at->error);
}

/* From this statement on the table is so; takes `definition`. */
static void note(application *at, leat_mysql_tracked_table *table, leat_mysql_definition_state state,
                 leat_mysql_definition *definition)
{
    if (leat_mysql_definition_history_append(&table->history, at->position, state, definition))
        table->changed = true;
}

static void note_known(application *at, leat_mysql_tracked_table *table, leat_mysql_definition *definition)
{
    note(at, table, definition == NULL ? LEAT_MYSQL_DEFINITION_UNKNOWN : LEAT_MYSQL_DEFINITION_KNOWN,
         definition);
}

/* `definition` with the change made, or, where it cannot be made, NULL; takes it. */
static leat_mysql_definition *changed(application *at, const leat_mysql_tracked_table *table,
                                      const leat_mysql_change *change, leat_mysql_definition *definition)
{
    leat_buffer reason = {0};
    if (!leat_mysql_change_apply(change, at->tracker->collations, at->database_collation,
                                 at->tracker->mariadb, definition, &reason)) {
        leat_log_write(at->tracker->options->log, LEAT_LOG_INFO,
                       "table %s: what a statement made of it cannot be told (%s), so that it is looked up "
                       "before its next rows",
                       table->key, leat_buffer_string(&reason));
        leat_mysql_definition_free(definition);
        definition = NULL;
    }
    leat_buffer_free(&reason);
    return definition;
}

static leat_mysql_definition *renamed(const leat_mysql_definition *definition, leat_mysql_table_name name)
{
    if (definition == NULL)
        return NULL;
    leat_mysql_definition *copy = leat_mysql_definition_copy(definition);
    copy->database = leat_arena_string(&copy->arena, name.database);
    copy->name = leat_arena_string(&copy->arena, name.name);
    return copy;
}

/* ---- Effects on one captured table ---- */

static leat_status define(application *at, const leat_mysql_effect *effect)
{
    leat_mysql_tracked_table *table;
    leat_status status = find(at, effect->table, &table);
    if (status != LEAT_OK || (effect->if_exists && leat_mysql_definition_history_exists(&table->history)))
        return status;
    leat_mysql_definition *empty = leat_mysql_definition_new(effect->table.database, effect->table.name);
    note_known(at, table, changed(at, table, effect->change, empty));
    return LEAT_OK;
}

static leat_status define_like(application *at, const leat_mysql_effect *effect)
{
    leat_mysql_tracked_table *table;
    leat_mysql_tracked_table *other;
    leat_status status = find(at, effect->table, &table);
    if (status != LEAT_OK || (effect->if_exists && leat_mysql_definition_history_exists(&table->history)))
        return status;
    /* What is kept of a table that is not captured may be old. */
    if (!is_captured(at, effect->other)) {
        note_known(at, table, NULL);
        return LEAT_OK;
    }
    status = find(at, effect->other, &other);
    if (status == LEAT_OK)
        note_known(at, table, renamed(leat_mysql_definition_history_known(&other->history), effect->table));
    return status;
}

/* What is not known stays so. */
static leat_status change(application *at, const leat_mysql_effect *effect)
{
    leat_mysql_tracked_table *table;
    leat_status status = find(at, effect->table, &table);
    const leat_mysql_definition *known =
        status == LEAT_OK ? leat_mysql_definition_history_known(&table->history) : NULL;
    if (known != NULL)
        note_known(at, table, changed(at, table, effect->change, leat_mysql_definition_copy(known)));
    return status;
}

static leat_status forget(application *at, leat_mysql_table_name name, bool unless_it_exists)
{
    leat_mysql_tracked_table *table;
    leat_status status = find(at, name, &table);
    if (status == LEAT_OK && !(unless_it_exists && leat_mysql_definition_history_exists(&table->history)))
        note_known(at, table, NULL);
    return status;
}

static leat_status drop(application *at, leat_mysql_table_name name)
{
    leat_mysql_tracked_table *table;
    leat_status status = find(at, name, &table);
    if (status == LEAT_OK && leat_mysql_definition_history_exists(&table->history))
        note(at, table, LEAT_MYSQL_DEFINITION_DROPPED, NULL);
    return status;
}

/* ---- Renames ---- */

static leat_mysql_definition *depart(application *at, leat_mysql_table_name name)
{
    const char *key = key_of(at, name);
    for (size_t i = at->traveller_count; i > 0; i--) {
        traveller *one = &at->travellers[i - 1];
        if (strcmp(one->key, key) == 0) {
            leat_mysql_definition *definition = one->definition;
            one->definition = NULL;
            return definition;
        }
    }
    return NULL;
}

static void arrive(application *at, leat_mysql_table_name name, leat_mysql_definition *definition)
{
    at->travellers[at->traveller_count++] = (traveller){.key = key_of(at, name), .definition = definition};
}

/* What the table `from` was, under the name `to`; NULL where that is not known. */
static leat_status leave(application *at, leat_mysql_table_name from, leat_mysql_table_name to,
                         leat_mysql_definition **definition)
{
    leat_mysql_tracked_table *table;
    if (!is_captured(at, from)) {
        leat_mysql_definition *travelling = depart(at, from);
        *definition = renamed(travelling, to);
        leat_mysql_definition_free(travelling);
        return LEAT_OK;
    }
    *definition = NULL;
    leat_status status = find(at, from, &table);
    if (status != LEAT_OK)
        return status;
    *definition = renamed(leat_mysql_definition_history_known(&table->history), to);
    if (leat_mysql_definition_history_exists(&table->history))
        note(at, table, LEAT_MYSQL_DEFINITION_DROPPED, NULL);
    return LEAT_OK;
}

static leat_status rename_table(application *at, const leat_mysql_effect *effect)
{
    leat_mysql_tracked_table *table;
    leat_mysql_definition *definition;
    leat_status status = leave(at, effect->table, effect->other, &definition);
    if (status != LEAT_OK)
        return status;
    if (!is_captured(at, effect->other)) {
        arrive(at, effect->other, definition);
        return LEAT_OK;
    }
    status = find(at, effect->other, &table);
    if (status == LEAT_OK)
        note_known(at, table, definition);
    else
        leat_mysql_definition_free(definition);
    return status;
}

/* ---- A statement ---- */

static leat_status apply_to_captured(application *at, const leat_mysql_effect *effect)
{
    switch ((int)effect->kind) {
    case LEAT_MYSQL_EFFECT_DEFINE:
        return define(at, effect);
    case LEAT_MYSQL_EFFECT_LIKE:
        return define_like(at, effect);
    case LEAT_MYSQL_EFFECT_CHANGE:
        return change(at, effect);
    case LEAT_MYSQL_EFFECT_FORGET:
        return forget(at, effect->table, effect->if_exists);
    case LEAT_MYSQL_EFFECT_DROP:
        return drop(at, effect->table);
    default: /* rows only */
        return LEAT_OK;
    }
}

/* New tables get their database's default, and CONVERT TO CHARACTER SET DEFAULT goes back to it. */
static leat_status find_collation(application *at, const leat_mysql_effect *effect)
{
    at->database_collation = NULL;
    if (effect->change == NULL || !leat_mysql_change_asks_database(effect->change))
        return LEAT_OK;
    return leat_mysql_tracker_database_collation(at->tracker, effect->table.database, &at->database_collation,
                                                 at->error);
}

static leat_status apply_effect(application *at, const leat_mysql_effect *effect)
{
    if (effect->temporary)
        return LEAT_OK;
    if (effect->kind == LEAT_MYSQL_EFFECT_DROP_DATABASE)
        return leat_mysql_tracker_drop_database(at->tracker, effect->table.database, at->position, at->error);
    if (effect->kind == LEAT_MYSQL_EFFECT_RENAME)
        return rename_table(at, effect);
    if (!is_captured(at, effect->table))
        return LEAT_OK;
    leat_status status = find_collation(at, effect);
    return status == LEAT_OK ? apply_to_captured(at, effect) : status;
}

static leat_status apply_effects(application *at, const leat_mysql_statement *statement)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < statement->effect_count; i++)
        status = apply_effect(at, &statement->effects[i]);
    bool unreadable = statement->kind == LEAT_MYSQL_UNREADABLE;
    for (size_t i = 0; unreadable && status == LEAT_OK && i < statement->table_count; i++)
        if (is_captured(at, statement->tables[i]))
            status = forget(at, statement->tables[i], false);
    return status;
}

static leat_status save_changed(leat_mysql_tracker *tracker, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < tracker->count; i++)
        status = leat_mysql_tracker_save(tracker, tracker->tables[i], error);
    return status;
}

leat_status leat_mysql_tracker_apply(leat_mysql_tracker *tracker, const leat_mysql_statement *statement,
                                     const char *server_collation, const char *position, leat_error *error)
{
    leat_arena_reset(&tracker->scratch);
    application at = {
        .tracker = tracker,
        .position = position,
        .travellers =
            leat_arena_allocate_array(&tracker->scratch, statement->effect_count, sizeof(traveller)),
        .error = error,
    };
    leat_status status = apply_effects(&at, statement);
    if (status == LEAT_OK)
        status = leat_mysql_tracker_follow_database(tracker, statement, server_collation, position, error);
    if (status == LEAT_OK)
        status = save_changed(tracker, error);
    for (size_t i = 0; i < at.traveller_count; i++)
        leat_mysql_definition_free(at.travellers[i].definition);
    return status;
}
