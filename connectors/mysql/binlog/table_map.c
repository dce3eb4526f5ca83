#include "mysql/binlog/table_map.h"

#include "mysql/binlog/read.h"
#include "mysql/binlog/table_map_parts.h"

enum {
    TABLE_ID_SIZE = 6,
    MOST_COLUMNS = 4096, /* of either server */
};

leat_status leat_binlog_peek_table_id(const leat_binlog_event *event, uint64_t *table_id, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    *table_id = leat_cursor_little_endian(&cursor, TABLE_ID_SIZE);
    return leat_cursor_failed(&cursor) ? leat_binlog_finish(&cursor, event, error) : LEAT_OK;
}

/* A name with its length in front and a NUL behind, which makes it a string where it lies. */
static const char *read_name(leat_cursor *cursor)
{
    size_t length = leat_cursor_u8(cursor);
    leat_slice text = leat_cursor_string(cursor);
    if (text.length == length && length > 0)
        return (const char *)text.data;
    leat_cursor_fail(cursor);
    return "";
}

static leat_status refuse_type(const leat_binlog_event *event, const leat_binlog_table_map *map,
                               size_t column, uint8_t type, leat_error *error)
{
    return leat_binlog_refuse(event, error,
                              "says that column %zu of table %s.%s has type %u, which leat does not know",
                              column + 1, map->database, map->name, type);
}

/* Types and their metadata, to the end of both. */
static leat_status read_columns(leat_cursor *cursor, const leat_binlog_event *event, leat_arena *arena,
                                leat_binlog_table_map *map, leat_error *error)
{
    uint64_t count = leat_binlog_packed(cursor);
    if (count > MOST_COLUMNS)
        leat_cursor_fail(cursor);
    leat_slice types = leat_cursor_bytes(cursor, count);
    leat_cursor metadata = leat_cursor_narrow(cursor, leat_binlog_packed(cursor));
    leat_slice nullable = leat_cursor_bytes(cursor, (types.length + 7) / 8);
    if (nullable.data == NULL)
        return LEAT_OK; /* cut off: told at the end */
    map->column_count = types.length;
    map->columns = leat_arena_allocate_array(arena, types.length, sizeof *map->columns);
    for (size_t i = 0; i < types.length; i++) {
        map->columns[i].geometry = -1;
        map->columns[i].nullable = leat_binlog_bit(nullable, i);
        if (!leat_binlog_read_layout(&metadata, types.data[i], &map->columns[i].layout))
            return refuse_type(event, map, i, types.data[i], error);
    }
    if (leat_cursor_failed(&metadata) || leat_cursor_remaining(&metadata) > 0)
        leat_cursor_fail(cursor);
    return LEAT_OK;
}

static leat_status refuse_old_type(const leat_binlog_table_map *map, size_t place, leat_error *error)
{
    const leat_binlog_column *column = &map->columns[place];
    const char *kind =
        column->layout.type == LEAT_MYSQL_NULL ? "no type" : "the DECIMAL type of before MySQL 5.0";
    if (column->name.length > 0)
        leat_error_set(error, LEAT_FAILED, "column %.*s of table %s.%s has %s, which leat cannot read",
                       LEAT_SLICE_FORMAT(column->name), map->database, map->name, kind);
    else
        leat_error_set(error, LEAT_FAILED, "column %zu of table %s.%s has %s, which leat cannot read",
                       place + 1, map->database, map->name, kind);
    leat_error_mend(error,
                    "run ALTER TABLE `%s`.`%s` FORCE, which gives its columns their present types, and "
                    "take a new snapshot of the table",
                    map->database, map->name);
    return LEAT_FAILED;
}

/* What cannot be read is refused here rather than at a row, once names are known. */
static leat_status refuse_old_types(const leat_binlog_table_map *map, leat_error *error)
{
    for (size_t i = 0; i < map->column_count; i++)
        if (map->columns[i].layout.type == LEAT_MYSQL_OLD_DECIMAL ||
            map->columns[i].layout.type == LEAT_MYSQL_NULL)
            return refuse_old_type(map, i, error);
    return LEAT_OK;
}

/* Everything is read from a copy, so that names, labels and `bytes` need none of their own. */
leat_status leat_binlog_parse_table_map(const leat_binlog_event *event, leat_arena *arena,
                                        leat_binlog_table_map *map, leat_error *error)
{
    const char *copy = leat_arena_slice_string(arena, event->body);
    *map = (leat_binlog_table_map){.bytes = leat_slice_of(copy, event->body.length)};
    leat_cursor cursor = leat_cursor_open(map->bytes);
    map->table_id = leat_cursor_little_endian(&cursor, TABLE_ID_SIZE);
    map->flags = (uint16_t)leat_cursor_little_endian(&cursor, 2);
    map->database = read_name(&cursor);
    map->name = read_name(&cursor);
    leat_status status = read_columns(&cursor, event, arena, map, error);
    if (status != LEAT_OK)
        return status;
    leat_binlog_read_options(&cursor, event->mariadb, arena, map);
    status = leat_binlog_finish(&cursor, event, error);
    return status != LEAT_OK ? status : refuse_old_types(map, error);
}
