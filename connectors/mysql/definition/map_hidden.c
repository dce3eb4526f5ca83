#include "mysql/definition/map_hidden.h"

#include <string.h>

/* Indexes hold at least so many bytes, with every engine and row format that has such hashes. */
enum { INDEX_HOLDS = 767 };

static const char hash_prefix[] = "DB_ROW_HASH_";

/* How much a column can add to an index; what has no bound is too much by itself. */
static size_t index_bytes(leat_mysql_layout layout)
{
    switch ((int)layout.type) {
    case LEAT_MYSQL_BLOB:
    case LEAT_MYSQL_GEOMETRY:
    case LEAT_MYSQL_COMPRESSED_BLOB:
        return INDEX_HOLDS + 1;
    case LEAT_MYSQL_VARCHAR:
    case LEAT_MYSQL_STRING:
    case LEAT_MYSQL_COMPRESSED_VARCHAR:
        return layout.length;
    default:
        return 0;
    }
}

/* ---- By name ---- */

static bool can_need_hash(const leat_binlog_table_map *map)
{
    size_t bytes = 0;
    for (size_t i = 0; i < map->column_count; i++)
        bytes += index_bytes(map->columns[i].layout);
    return bytes > INDEX_HOLDS;
}

static bool has_hash_name(const leat_binlog_column *column)
{
    size_t length = sizeof hash_prefix - 1;
    return column->name.length > length && memcmp(column->name.data, hash_prefix, length) == 0 &&
           column->layout.type == LEAT_MYSQL_LONGLONG && column->is_unsigned;
}

static bool is_known(const leat_mysql_definition *known, leat_slice name)
{
    for (size_t i = 0; known != NULL && i < known->column_count; i++)
        if (leat_slice_equals_string(name, known->columns[i].name))
            return true;
    return false;
}

static size_t count_by_name(const leat_binlog_table_map *map, const leat_mysql_definition *known)
{
    size_t count = map->column_count;
    if (!can_need_hash(map))
        return count;
    while (count > 1 && has_hash_name(&map->columns[count - 1]) &&
           !is_known(known, map->columns[count - 1].name))
        count--;
    return count;
}

/* ---- Without names ---- */

static bool index_can_need_hash(const leat_mysql_definition *known, const leat_mysql_index *index)
{
    size_t bytes = 0;
    for (size_t i = 0; i < index->column_count; i++) {
        const leat_mysql_column *column = leat_mysql_definition_column(known, index->columns[i]);
        bytes += column == NULL ? 0 : index_bytes(column->layout);
    }
    return bytes > INDEX_HOLDS;
}

static size_t count_possible_hashes(const leat_mysql_definition *known)
{
    size_t count = 0;
    for (size_t i = 0; i < known->index_count; i++)
        count += index_can_need_hash(known, &known->indexes[i]);
    return count;
}

/* Everything behind what is known must be such a hash, or it is the table's. */
static size_t count_by_layout(const leat_binlog_table_map *map, const leat_mysql_definition *known)
{
    if (known == NULL || known->column_count >= map->column_count ||
        map->column_count - known->column_count > count_possible_hashes(known))
        return map->column_count;
    for (size_t i = known->column_count; i < map->column_count; i++)
        if (map->columns[i].layout.type != LEAT_MYSQL_LONGLONG ||
            (map->metadata != LEAT_BINLOG_METADATA_NONE && !map->columns[i].is_unsigned))
            return map->column_count;
    return known->column_count;
}

size_t leat_mysql_map_visible_count(const leat_binlog_table_map *map, const leat_mysql_definition *known)
{
    return map->metadata == LEAT_BINLOG_METADATA_FULL ? count_by_name(map, known)
                                                      : count_by_layout(map, known);
}
