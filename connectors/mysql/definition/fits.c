#include "mysql/definition/map_column.h"
#include "mysql/definition/map_hidden.h"
#include "mysql/definition/map_match.h"

#include <string.h>

static void append_place(leat_buffer *difference, size_t place, const char *name)
{
    leat_buffer_printf(difference, "column %zu", place + 1);
    if (name != NULL)
        leat_buffer_printf(difference, ", %s", name);
    leat_buffer_append_string(difference, ": ");
}

/* What of a column the other side is to be told besides its type's text. */
typedef struct shown_traits {
    bool collation;
    bool nullable;
    bool visibility;
} shown_traits;

static void append_traits(leat_buffer *difference, const leat_mysql_column *column, shown_traits shown)
{
    leat_buffer_append_string(difference, column->type_text);
    if (shown.collation)
        leat_buffer_printf(difference, " collate %s",
                           column->collation == NULL ? "binary" : column->collation);
    if (shown.nullable)
        leat_buffer_append_string(difference, column->nullable ? " null" : " not null");
    if (shown.visibility)
        leat_buffer_append_string(difference, column->invisible ? " invisible" : " visible");
}

static bool differs(leat_buffer *difference, size_t place, const leat_mysql_column *said,
                    const leat_mysql_column *column, shown_traits shown)
{
    if (difference == NULL)
        return false;
    append_place(difference, place, column->name);
    leat_buffer_append_string(difference, "the log has ");
    append_traits(difference, said, shown);
    leat_buffer_append_string(difference, ", the definition ");
    append_traits(difference, column, shown);
    return false;
}

static bool name_differs(leat_buffer *difference, size_t place, const char *said, const char *held)
{
    if (difference == NULL)
        return false;
    append_place(difference, place, NULL);
    leat_buffer_printf(difference, "the log calls it %s, the definition %s", said, held);
    return false;
}

/* What only a FULL map tells besides names and types. */
static bool full_column_fits(const leat_binlog_table_map *map, size_t place,
                             const leat_mysql_collations *collations, const leat_mysql_column *said,
                             const leat_mysql_column *column, leat_buffer *difference)
{
    if (!leat_mysql_map_collation_agrees(map, place, collations, column))
        return differs(difference, place, said, column, (shown_traits){.collation = true});
    /* MariaDB tells of no column that it is invisible. */
    if (said->invisible && !column->invisible)
        return differs(difference, place, said, column, (shown_traits){.visibility = true});
    return true;
}

static bool column_fits(const leat_binlog_table_map *map, size_t place,
                        const leat_mysql_collations *collations, const leat_mysql_column *said,
                        const leat_mysql_column *column, leat_buffer *difference)
{
    bool full = map->metadata == LEAT_BINLOG_METADATA_FULL;
    if (full && strcmp(said->name, column->name) != 0)
        return name_differs(difference, place, said->name, column->name);
    if (!leat_mysql_map_column_type_agrees(map, place, collations, said, column)) {
        bool collation =
            said->collation != NULL && !leat_mysql_map_collation_agrees(map, place, collations, column);
        return differs(difference, place, said, column, (shown_traits){.collation = collation});
    }
    if (said->nullable != column->nullable)
        return differs(difference, place, said, column, (shown_traits){.nullable = true});
    return !full || full_column_fits(map, place, collations, said, column, difference);
}

static bool count_differs(const leat_mysql_definition *definition, size_t visible, leat_buffer *difference)
{
    if (difference != NULL)
        leat_buffer_printf(difference, "the log has %zu columns, the definition %zu", visible,
                           definition->column_count);
    return false;
}

static void append_key_of_map(leat_buffer *difference, const leat_binlog_table_map *map)
{
    if (map->primary_key_count == 0)
        leat_buffer_append_string(difference, "the log has no primary key");
    for (size_t i = 0; i < map->primary_key_count; i++) {
        leat_slice name = map->columns[map->primary_key[i]].name;
        leat_buffer_append_string(difference, i == 0 ? "the log has the key (" : ", ");
        leat_buffer_append_slice(difference, name);
    }
    leat_buffer_append_string(difference, map->primary_key_count == 0 ? "" : ")");
}

static bool key_differs(const leat_mysql_definition *definition, const leat_binlog_table_map *map,
                        leat_buffer *difference)
{
    if (difference == NULL)
        return false;
    append_key_of_map(difference, map);
    if (definition->index_count == 0) {
        leat_buffer_append_string(difference, ", the definition none");
        return false;
    }
    const leat_mysql_index *index = &definition->indexes[0];
    for (size_t i = 0; i < index->column_count; i++)
        leat_buffer_printf(difference, "%s%s", i == 0 ? ", the definition (" : ", ", index->columns[i]);
    leat_buffer_append_string(difference, ")");
    return false;
}

static bool columns_fit(const leat_mysql_definition *definition, const leat_binlog_table_map *map,
                        const leat_mysql_collations *collations, leat_buffer *difference)
{
    leat_arena scratch = {0};
    bool fits = true;
    for (size_t i = 0; i < definition->column_count && fits; i++) {
        leat_mysql_column said;
        leat_mysql_map_column(map, i, collations, &scratch, &said);
        fits = column_fits(map, i, collations, &said, &definition->columns[i], difference);
    }
    leat_arena_free(&scratch);
    return fits;
}

bool leat_mysql_definition_fits(const leat_mysql_definition *definition, const leat_binlog_table_map *map,
                                const leat_mysql_collations *collations, leat_buffer *difference)
{
    size_t visible = leat_mysql_map_visible_count(map, definition);
    if (definition->column_count != visible)
        return count_differs(definition, visible, difference);
    if (!columns_fit(definition, map, collations, difference))
        return false;
    if (map->metadata == LEAT_BINLOG_METADATA_FULL && !leat_mysql_map_key_agrees(map, definition))
        return key_differs(definition, map, difference);
    return true;
}
