#include "mysql/definition/map_column.h"
#include "mysql/definition/map_hidden.h"
#include "mysql/definition/map_match.h"

#include <string.h>

static const char *const *copy_texts(const char *const *texts, size_t count, leat_arena *arena)
{
    const char **copies = leat_arena_allocate_array(arena, count, sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = leat_arena_string(arena, texts[i]);
    return copies;
}

/* What the map cannot tell and a definition of the same column can. */
static void take_facts(const leat_mysql_column *known, leat_arena *arena, leat_mysql_column *column)
{
    column->default_text = leat_arena_string(arena, known->default_text);
    column->comment = leat_arena_string(arena, known->comment);
    column->generated = known->generated;
    /* MariaDB tells of no column that it is invisible. */
    column->invisible = column->invisible || known->invisible;
}

/* The type of a column whose layout is that of several: UUID and BINARY(16), with its own spelling. */
static void take_type(const leat_mysql_column *known, bool same_collation, leat_arena *arena,
                      leat_mysql_column *column)
{
    column->type_text = leat_arena_string(arena, known->type_text);
    column->special = known->special;
    column->is_unsigned = known->is_unsigned;
    if (same_collation)
        column->collation = leat_arena_string(arena, known->collation);
    column->labels = copy_texts(known->labels, known->label_count, arena);
    column->label_count = known->label_count;
}

static void enrich(const leat_binlog_table_map *map, size_t place, const leat_mysql_definition *known,
                   const leat_mysql_collations *collations, leat_arena *arena, leat_mysql_column *column)
{
    const leat_mysql_column *match = leat_mysql_definition_column(known, column->name);
    if (match == NULL || strcmp(match->name, column->name) != 0 ||
        !leat_mysql_layout_equal(match->layout, column->layout))
        return;
    take_facts(match, arena, column);
    if (!leat_mysql_map_column_type_agrees(map, place, collations, column, match))
        return;
    take_type(match, leat_mysql_map_collation_agrees(map, place, collations, match), arena, column);
}

static void make_columns(const leat_binlog_table_map *map, const leat_mysql_definition *known,
                         const leat_mysql_collations *collations, leat_mysql_definition *definition)
{
    leat_arena *arena = &definition->arena;
    definition->column_count = leat_mysql_map_visible_count(map, known);
    definition->columns =
        leat_arena_allocate_array(arena, definition->column_count, sizeof *definition->columns);
    for (size_t i = 0; i < definition->column_count; i++) {
        leat_mysql_map_column(map, i, collations, arena, &definition->columns[i]);
        if (known != NULL)
            enrich(map, i, known, collations, arena, &definition->columns[i]);
    }
}

static bool has_columns(const leat_mysql_definition *definition, const leat_mysql_index *index)
{
    for (size_t i = 0; i < index->column_count; i++)
        if (leat_mysql_definition_column(definition, index->columns[i]) == NULL)
            return false;
    return true;
}

static void take_indexes(const leat_mysql_definition *known, leat_mysql_definition *definition)
{
    leat_arena *arena = &definition->arena;
    definition->indexes = leat_arena_allocate_array(arena, known->index_count, sizeof *definition->indexes);
    for (size_t i = 0; i < known->index_count; i++) {
        const leat_mysql_index *from = &known->indexes[i];
        if (!has_columns(definition, from))
            continue;
        definition->indexes[definition->index_count++] = (leat_mysql_index){
            .name = leat_arena_string(arena, from->name),
            .columns = copy_texts(from->columns, from->column_count, arena),
            .column_count = from->column_count,
            .expression = from->expression,
        };
    }
}

static void make_primary_key(const leat_binlog_table_map *map, leat_mysql_definition *definition)
{
    if (map->primary_key_count == 0)
        return;
    leat_arena *arena = &definition->arena;
    const char **names = leat_arena_allocate_array(arena, map->primary_key_count, sizeof *names);
    for (size_t i = 0; i < map->primary_key_count; i++)
        names[i] = definition->columns[map->primary_key[i]].name;
    definition->indexes = leat_arena_allocate_array(arena, 1, sizeof *definition->indexes);
    definition->indexes[0] =
        (leat_mysql_index){.name = "PRIMARY", .columns = names, .column_count = map->primary_key_count};
    definition->index_count = 1;
}

/* What is known of the table as a whole. Before it became system-versioned, or after, it is a table like
 * others. */
static void take_table(const leat_mysql_definition *known, leat_mysql_definition *definition)
{
    leat_arena *arena = &definition->arena;
    definition->collation = leat_arena_string(arena, known->collation);
    definition->engine = leat_arena_string(arena, known->engine);
    definition->comment = leat_arena_string(arena, known->comment);
    definition->kind = known->kind;
    if (known->kind != LEAT_MYSQL_VERSIONED_TABLE)
        return;
    if (known->row_end != NULL && leat_mysql_definition_column(definition, known->row_end) != NULL)
        definition->row_end = leat_arena_string(arena, known->row_end);
    else
        definition->kind = LEAT_MYSQL_BASE_TABLE;
}

leat_mysql_definition *leat_mysql_definition_from_map(const leat_binlog_table_map *map,
                                                      const leat_mysql_definition *known,
                                                      const leat_mysql_collations *collations)
{
    leat_mysql_definition *definition = leat_mysql_definition_new(map->database, map->name);
    make_columns(map, known, collations, definition);
    if (known != NULL)
        take_table(known, definition);
    if (known != NULL && leat_mysql_map_key_agrees(map, known))
        take_indexes(known, definition);
    else
        make_primary_key(map, definition);
    return definition;
}
