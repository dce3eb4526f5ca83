#include "mysql/definition/map_column.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "mysql/definition/column_type.h"

/* ---- Charsets ---- */

/* Which layouts can be text, or bytes in the place of text. The log gives GEOMETRY and VECTOR a collation on
 * some servers, but they have none. */
static bool has_collation(leat_mysql_type type)
{
    switch ((int)type) {
    case LEAT_MYSQL_VARCHAR:
    case LEAT_MYSQL_STRING:
    case LEAT_MYSQL_BLOB:
    case LEAT_MYSQL_ENUM:
    case LEAT_MYSQL_SET:
    case LEAT_MYSQL_COMPRESSED_BLOB:
    case LEAT_MYSQL_COMPRESSED_VARCHAR:
        return true;
    default:
        return false;
    }
}

/* NULL where the log says none. A number that the server's own list does not have still needs a name of its
 * own, so that a definition made from it fits it. */
static const char *collation_name(const leat_binlog_column *column, const leat_mysql_collations *collations,
                                  leat_arena *arena)
{
    if (column->collation == 0 || !has_collation(column->layout.type))
        return NULL;
    const leat_mysql_collation *collation = leat_mysql_collation_by_id(collations, column->collation);
    return collation != NULL ? leat_arena_string(arena, collation->name)
                             : leat_arena_printf(arena, "collation %u", column->collation);
}

static bool is_same_name(const leat_binlog_column *column, const char *name)
{
    leat_arena scratch = {0};
    bool same = strcmp(leat_arena_printf(&scratch, "collation %u", column->collation), name) == 0;
    leat_arena_free(&scratch);
    return same;
}

/* Whether collation `name` is, or has the charset of, the one that the log says. */
static bool collation_agrees(const leat_binlog_column *column, const leat_mysql_collations *collations,
                             const char *name, bool charset_is_enough)
{
    if (column->collation == 0)
        return true;
    if (name == NULL)
        return column->collation == LEAT_MYSQL_COLLATION_BINARY;
    const leat_mysql_collation *said = leat_mysql_collation_by_id(collations, column->collation);
    const leat_mysql_collation *held = leat_mysql_collation_by_name(collations, name);
    if (said == NULL || held == NULL)
        return said == NULL && is_same_name(column, name);
    if (charset_is_enough)
        return strcmp(leat_mysql_charset_name(said->charset), leat_mysql_charset_name(held->charset)) == 0;
    return said->identifier == held->identifier;
}

bool leat_mysql_map_collation_agrees(const leat_binlog_table_map *map, size_t place,
                                     const leat_mysql_collations *collations, const leat_mysql_column *column)
{
    return collation_agrees(&map->columns[place], collations, column->collation, false);
}

/* ---- Types ---- */

/* In UTF-8, whatever the bytes are: what is no text of its charset is escaped. */
static const char *label_text(leat_slice label, const leat_mysql_collation *collation, leat_arena *arena)
{
    leat_buffer text = {0};
    bool is_text = collation != NULL && !leat_mysql_charset_is_binary(collation->charset);
    if (!is_text || !leat_mysql_charset_append(collation->charset, label, &text))
        leat_utf8_append_escaped(&text, label);
    const char *kept = leat_arena_string(arena, leat_buffer_string(&text));
    leat_buffer_free(&text);
    return kept;
}

static void set_labels(const leat_binlog_column *from, const leat_mysql_collations *collations,
                       leat_arena *arena, leat_mysql_column *column)
{
    const leat_mysql_collation *collation = leat_mysql_collation_by_id(collations, from->collation);
    const char **labels = leat_arena_allocate_array(arena, from->label_count, sizeof *labels);
    for (size_t i = 0; i < from->label_count; i++)
        labels[i] = label_text(from->labels[i], collation, arena);
    column->labels = labels;
    column->label_count = from->label_count;
}

/* Names of OGC's kinds in WKB's numbers, as the log has them. */
static const char *const geometry_names[] = {
    "geometry",   "point",           "linestring",   "polygon",
    "multipoint", "multilinestring", "multipolygon", "geometrycollection"};

static const char *geometry_name(const leat_binlog_column *column)
{
    size_t count = sizeof geometry_names / sizeof *geometry_names;
    bool known = column->geometry >= 0 && (size_t)column->geometry < count;
    return known ? geometry_names[column->geometry] : NULL;
}

static bool geometry_agrees(const leat_binlog_column *from, const leat_mysql_column *column)
{
    const char *name = geometry_name(from);
    if (from->layout.type != LEAT_MYSQL_GEOMETRY || name == NULL || strcasecmp(column->type_text, name) == 0)
        return true;
    return strcmp(name, "geometrycollection") == 0 && strcasecmp(column->type_text, "geomcollection") == 0;
}

static bool dimensions_agree(const leat_binlog_column *from, const leat_mysql_column *said,
                             const leat_mysql_column *column)
{
    return from->layout.type != LEAT_MYSQL_VECTOR || from->dimensions == 0 ||
           strcasecmp(column->type_text, said->type_text) == 0;
}

static void set_type_text(const leat_binlog_column *from, const leat_mysql_collations *collations,
                          leat_arena *arena, leat_mysql_column *column)
{
    leat_mysql_column_type_write(collations, arena, column);
    if (from->layout.type == LEAT_MYSQL_GEOMETRY && geometry_name(from) != NULL)
        column->type_text = geometry_name(from);
    if (from->layout.type == LEAT_MYSQL_VECTOR && from->dimensions != 0)
        column->type_text = leat_arena_printf(arena, "vector(%u)", from->dimensions);
}

/* A YEAR is never negative, and servers say so or do not. */
static bool sign_matters(leat_mysql_type type)
{
    return leat_mysql_type_is_numeric(type) && type != LEAT_MYSQL_YEAR;
}

void leat_mysql_map_column(const leat_binlog_table_map *map, size_t place,
                           const leat_mysql_collations *collations, leat_arena *arena,
                           leat_mysql_column *column)
{
    const leat_binlog_column *from = &map->columns[place];
    *column = (leat_mysql_column){
        .name = leat_arena_slice_string(arena, from->name),
        .layout = from->layout,
        .is_unsigned =
            from->layout.type == LEAT_MYSQL_YEAR || (from->is_unsigned && sign_matters(from->layout.type)),
        .nullable = from->nullable,
        .invisible = from->invisible,
        .collation = collation_name(from, collations, arena),
    };
    set_labels(from, collations, arena, column);
    set_type_text(from, collations, arena, column);
}

static bool labels_agree(const leat_mysql_column *left, const leat_mysql_column *right)
{
    if (left->label_count != right->label_count)
        return false;
    for (size_t i = 0; i < left->label_count; i++)
        if (strcmp(left->labels[i], right->labels[i]) != 0)
            return false;
    return true;
}

bool leat_mysql_map_column_type_agrees(const leat_binlog_table_map *map, size_t place,
                                       const leat_mysql_collations *collations, const leat_mysql_column *said,
                                       const leat_mysql_column *column)
{
    const leat_binlog_column *from = &map->columns[place];
    if (!leat_mysql_layout_equal(from->layout, column->layout))
        return false;
    if (map->metadata == LEAT_BINLOG_METADATA_NONE)
        return true;
    if (sign_matters(from->layout.type) && from->is_unsigned != column->is_unsigned)
        return false;
    if (!collation_agrees(from, collations, column->collation, true))
        return false;
    return map->metadata != LEAT_BINLOG_METADATA_FULL ||
           (labels_agree(said, column) && geometry_agrees(from, column) &&
            dimensions_agree(from, said, column));
}

/* ---- The key ---- */

/* As servers compare columns' names, which an index may spell otherwise than the column itself. */
static bool is_named(leat_slice name, const char *text)
{
    return text != NULL && strlen(text) == name.length &&
           strncasecmp((const char *)name.data, text, name.length) == 0;
}

static leat_slice key_name(const leat_binlog_table_map *map, size_t at)
{
    return map->columns[map->primary_key[at]].name;
}

static size_t pass_row_end_in_map(const leat_binlog_table_map *map, size_t at, const char *row_end)
{
    while (at < map->primary_key_count && is_named(key_name(map, at), row_end))
        at++;
    return at;
}

static size_t pass_row_end_in_index(const leat_mysql_index *index, size_t at, const char *row_end)
{
    while (at < index->column_count && row_end != NULL && strcasecmp(index->columns[at], row_end) == 0)
        at++;
    return at;
}

static bool key_is_index(const leat_binlog_table_map *map, const leat_mysql_index *index, const char *row_end)
{
    size_t said = pass_row_end_in_map(map, 0, row_end);
    size_t held = pass_row_end_in_index(index, 0, row_end);
    while (said < map->primary_key_count && held < index->column_count) {
        if (!is_named(key_name(map, said), index->columns[held]))
            return false;
        said = pass_row_end_in_map(map, said + 1, row_end);
        held = pass_row_end_in_index(index, held + 1, row_end);
    }
    return said == map->primary_key_count && held == index->column_count;
}

static const leat_mysql_index *find_primary(const leat_mysql_definition *definition)
{
    for (size_t i = 0; i < definition->index_count; i++)
        if (strcasecmp(definition->indexes[i].name, "PRIMARY") == 0)
            return &definition->indexes[i];
    return NULL;
}

bool leat_mysql_map_key_agrees(const leat_binlog_table_map *map, const leat_mysql_definition *definition)
{
    const leat_mysql_index *primary = find_primary(definition);
    if (primary != NULL)
        return map->primary_key_count > 0 && key_is_index(map, primary, definition->row_end);
    if (map->primary_key_count == 0)
        return true;
    for (size_t i = 0; i < definition->index_count; i++)
        if (!definition->indexes[i].expression &&
            key_is_index(map, &definition->indexes[i], definition->row_end))
            return true;
    return false;
}
