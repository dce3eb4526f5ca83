/* A tracker of definitions in a world of its own: a notebook in memory, a catalog that says what the test
 * wants it to say, statements as SQL, and rows whose TABLE_MAP is made from a CREATE TABLE. */
#ifndef LEAT_TESTS_MYSQL_DEFINITIONS_WORLD_H
#define LEAT_TESTS_MYSQL_DEFINITIONS_WORLD_H

#include <string.h>

#include "base/memory.h"
#include "mysql/follow/tracker.h"

enum { WORLD_NOTES = 64, WORLD_TABLES = 16 };

typedef struct world_note {
    char *key;
    char *value;
} world_note;

typedef struct world {
    world_note notes[WORLD_NOTES];
    size_t puts; /* of tables */
    bool notebook_fails;
    leat_mysql_definition *catalog[WORLD_TABLES];
    size_t lookups;
    const char *database_collation; /* what the catalog says of each database; NULL: there is none */
    size_t database_lookups;
    leat_status catalog_status; /* other than OK: the catalog cannot be asked */
    bool mariadb;
    leat_notebook notebook;
    leat_source_options options;
    leat_mysql_collations *collations;
    leat_mysql_tracker *tracker;
    leat_arena arena;
    leat_error error;
    leat_buffer text;
} world;

/* ---- The notebook ---- */

static world_note *world_find_note(world *world, const char *key)
{
    for (size_t i = 0; i < WORLD_NOTES; i++)
        if (world->notes[i].key != NULL && strcmp(world->notes[i].key, key) == 0)
            return &world->notes[i];
    return NULL;
}

static leat_status world_get(void *context, const char *key, char **value, leat_error *error)
{
    (void)error;
    const world_note *note = world_find_note(context, key);
    *value = note == NULL ? NULL : leat_duplicate_string(note->value);
    return LEAT_OK;
}

static void world_forget(world_note *note)
{
    leat_release(note->key);
    leat_release(note->value);
    *note = (world_note){0};
}

static leat_status world_put(void *context, const char *key, const char *value, leat_error *error)
{
    world *world = context;
    if (world->notebook_fails)
        return leat_error_set(error, LEAT_RETRY, "the disk is full");
    if (strncmp(key, "table:", strlen("table:")) == 0)
        world->puts++;
    world_note *note = world_find_note(world, key);
    if (note != NULL)
        world_forget(note);
    for (note = world->notes; value != NULL && note->key != NULL; note++)
        assert_true(note < &world->notes[WORLD_NOTES - 1]);
    if (value != NULL)
        *note = (world_note){leat_duplicate_string(key), leat_duplicate_string(value)};
    return LEAT_OK;
}

static inline const char *world_noted(world *world, const char *key)
{
    const world_note *note = world_find_note(world, key);
    return note == NULL ? NULL : note->value;
}

/* ---- The catalog ---- */

static leat_status world_look_up(void *context, const char *database, const char *name,
                                 leat_mysql_definition **definition, leat_error *error)
{
    world *world = context;
    world->lookups++;
    *definition = NULL;
    if (world->catalog_status != LEAT_OK)
        return leat_error_set(error, world->catalog_status, "cannot reach the server");
    for (size_t i = 0; i < WORLD_TABLES && world->catalog[i] != NULL; i++)
        if (strcmp(world->catalog[i]->database, database) == 0 && strcmp(world->catalog[i]->name, name) == 0)
            *definition = leat_mysql_definition_copy(world->catalog[i]);
    return LEAT_OK;
}

static leat_status world_look_up_database(void *context, const char *database, char **collation,
                                          leat_error *error)
{
    world *world = context;
    (void)database;
    world->database_lookups++;
    *collation = NULL;
    if (world->catalog_status != LEAT_OK)
        return leat_error_set(error, world->catalog_status, "cannot reach the server");
    if (world->database_collation != NULL)
        *collation = leat_duplicate_string(world->database_collation);
    return LEAT_OK;
}

/* ---- Statements ---- */

static leat_mysql_statement world_read(world *world, const char *sql)
{
    leat_mysql_ddl_context context = {
        .database = "shop", .mariadb = world->mariadb, .version = world->mariadb ? 101119 : 90704};
    leat_mysql_statement statement;
    leat_mysql_ddl_read(leat_slice_of_string(sql), &context, &world->arena, &statement);
    return statement;
}

static leat_mysql_definition *world_define(world *world, const char *sql)
{
    leat_mysql_statement statement = world_read(world, sql);
    assert_int_equal(statement.effect_count, 1);
    const leat_mysql_effect *effect = &statement.effects[0];
    assert_int_equal(effect->kind, LEAT_MYSQL_EFFECT_DEFINE);
    leat_mysql_definition *definition = leat_mysql_definition_new(effect->table.database, effect->table.name);
    leat_buffer reason = {0};
    assert_true(leat_mysql_change_apply(effect->change, world->collations, "utf8mb4_general_ci",
                                        world->mariadb, definition, &reason));
    leat_buffer_free(&reason);
    return definition;
}

/* What the catalog says from now on; the table is not there any more when `sql` is NULL. */
static void world_set_catalog(world *world, const char *sql)
{
    for (size_t i = 0; i < WORLD_TABLES; i++) {
        leat_mysql_definition_free(world->catalog[i]);
        world->catalog[i] = NULL;
    }
    if (sql != NULL)
        world->catalog[0] = world_define(world, sql);
}

/* At a position that is made from a number. */
static const char *world_position(world *world, unsigned number)
{
    return leat_arena_printf(&world->arena,
                             world->mariadb ? "0-1-%u/b.000001:%u"
                                            : "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-%u/b.000001:%u",
                             number, 1000 + number);
}

static leat_status world_apply(world *world, unsigned at, const char *sql)
{
    leat_mysql_statement statement = world_read(world, sql);
    return leat_mysql_tracker_apply(world->tracker, &statement, "utf8mb4_general_ci",
                                    world_position(world, at), &world->error);
}

static leat_status world_record(world *world, unsigned at, const char *sql)
{
    leat_mysql_definition *definition = world_define(world, sql);
    leat_status status =
        leat_mysql_tracker_record(world->tracker, definition, world_position(world, at), &world->error);
    leat_mysql_definition_free(definition);
    return status;
}

/* ---- Rows ---- */

static size_t world_place(const leat_mysql_definition *definition, const char *name)
{
    const leat_mysql_column *column = leat_mysql_definition_column(definition, name);
    assert_non_null(column);
    return (size_t)(column - definition->columns);
}

static void world_map_key(world *world, const leat_mysql_definition *definition, leat_binlog_table_map *map)
{
    if (definition->index_count == 0 || strcmp(definition->indexes[0].name, "PRIMARY") != 0)
        return;
    const leat_mysql_index *primary = &definition->indexes[0];
    size_t *places = leat_arena_allocate_array(&world->arena, primary->column_count, sizeof *places);
    for (size_t i = 0; i < primary->column_count; i++)
        places[i] = world_place(definition, primary->columns[i]);
    map->primary_key = places;
    map->primary_key_count = primary->column_count;
}

static leat_binlog_column world_map_column(world *world, const leat_mysql_column *column, bool full)
{
    leat_binlog_column out = {.layout = column->layout,
                              .nullable = column->nullable,
                              .is_unsigned = column->is_unsigned,
                              .geometry = -1};
    if (column->collation != NULL)
        out.collation = leat_mysql_collation_by_name(world->collations, column->collation)->identifier;
    if (full)
        out.name = leat_slice_of_string(leat_arena_string(&world->arena, column->name));
    return out;
}

/* The TABLE_MAP of a table that was made so. */
static leat_binlog_table_map world_map(world *world, const char *sql, leat_binlog_metadata metadata)
{
    leat_mysql_definition *definition = world_define(world, sql);
    bool full = metadata == LEAT_BINLOG_METADATA_FULL;
    leat_binlog_table_map map = {
        .database = leat_arena_string(&world->arena, definition->database),
        .name = leat_arena_string(&world->arena, definition->name),
        .metadata = metadata,
        .column_count = definition->column_count,
        .columns =
            leat_arena_allocate_array(&world->arena, definition->column_count, sizeof(leat_binlog_column)),
    };
    for (size_t i = 0; i < map.column_count; i++)
        map.columns[i] = world_map_column(world, &definition->columns[i], full);
    if (full)
        world_map_key(world, definition, &map);
    leat_mysql_definition_free(definition);
    return map;
}

/* Rows of a table that was made by `sql` stand in the log. */
static inline leat_status world_settle(world *world, unsigned at, const char *sql,
                                       leat_binlog_metadata metadata,
                                       const leat_mysql_definition **definition)
{
    leat_binlog_table_map map = world_map(world, sql, metadata);
    return leat_mysql_tracker_settle(world->tracker, &map, world_position(world, at), definition,
                                     &world->error);
}

/* "name type, name type…" */
static inline const char *world_columns(world *world, const leat_mysql_definition *definition)
{
    leat_buffer_reset(&world->text);
    for (size_t i = 0; i < definition->column_count; i++)
        leat_buffer_printf(&world->text, "%s%s %s", i == 0 ? "" : ", ", definition->columns[i].name,
                           definition->columns[i].type_text);
    return leat_buffer_string(&world->text);
}

/* ---- The world ---- */

/* A tracker that knows nothing but the notebook. */
static void world_restart(world *world)
{
    leat_mysql_tracker_close(world->tracker);
    world->tracker = leat_mysql_tracker_open(&world->options, world->collations, world->mariadb);
    const leat_mysql_tracker_lookups lookups = {world_look_up, world_look_up_database, world};
    leat_mysql_tracker_set_lookups(world->tracker, &lookups);
    world->puts = world->lookups = world->database_lookups = 0;
}

static void world_start(world *world, unsigned at)
{
    leat_mysql_tracker_start(world->tracker, world_position(world, at));
}

static world *world_open(bool mariadb, const char *const *patterns, size_t count)
{
    world *world = leat_allocate(sizeof *world);
    world->mariadb = mariadb;
    world->notebook = (leat_notebook){.context = world, .get = world_get, .put = world_put};
    world->options =
        (leat_source_options){.tables = patterns, .table_count = count, .notebook = &world->notebook};
    world->collations = leat_mysql_collations_usual();
    world->database_collation = "utf8mb4_general_ci";
    world_restart(world);
    return world;
}

static void world_close(world *world)
{
    leat_mysql_tracker_close(world->tracker);
    leat_mysql_collations_free(world->collations);
    world_set_catalog(world, NULL);
    for (size_t i = 0; i < WORLD_NOTES; i++)
        world_forget(&world->notes[i]);
    leat_buffer_free(&world->text);
    leat_arena_free(&world->arena);
    leat_release(world);
}

#endif
