/* A table map and a rows event on any bytes. Input: two bytes with the length of the map's body, one with the
 * type of the rows (as a number among those there are), whose top bit says MariaDB; the map's body; the rows'
 * body. */
#include <stdlib.h>

#include "mysql/binlog/rows.h"
#include "mysql/binlog/table_map.h"

static const uint8_t types[] = {
    LEAT_BINLOG_WRITE_ROWS_V1,
    LEAT_BINLOG_UPDATE_ROWS_V1,
    LEAT_BINLOG_DELETE_ROWS_V1,
    LEAT_BINLOG_WRITE_ROWS,
    LEAT_BINLOG_UPDATE_ROWS,
    LEAT_BINLOG_DELETE_ROWS,
    LEAT_BINLOG_PARTIAL_UPDATE_ROWS,
    LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1,
    LEAT_BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED,
};

/* Every byte of a value, so that one that is not ours is seen; a kind that is none must not be. */
static void must_hold(const leat_datum *datums, size_t count)
{
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (datums[i].kind > LEAT_DATUM_ABSENT)
            abort();
        for (size_t j = 0; datums[i].kind == LEAT_DATUM_VALUE && j < datums[i].value.length; j++)
            sum = (uint8_t)(sum + datums[i].value.data[j]);
    }
}

static void read_rows(const leat_binlog_table_map *map, const leat_binlog_event *event, leat_arena *arena)
{
    leat_error error;
    const leat_binlog_row *row = NULL;
    const leat_binlog_plan *plan = leat_binlog_plan_make(map, arena);
    leat_binlog_rows *rows = leat_binlog_rows_new();
    if (leat_binlog_rows_open(rows, event, plan, &error) == LEAT_OK)
        while (leat_binlog_rows_next(rows, &row, &error) == LEAT_OK && row != NULL) {
            if (row->before != NULL)
                must_hold(row->before, map->column_count);
            if (row->after != NULL)
                must_hold(row->after, map->column_count);
        }
    leat_binlog_rows_free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { HEAD = 3, MARIADB = 0x80 };
    leat_arena arena = {0};
    leat_binlog_table_map map;
    leat_error error;
    if (size < HEAD)
        return 0;
    size_t length = (size_t)data[0] | (size_t)data[1] << 8;
    if (length > size - HEAD)
        length = size - HEAD;
    bool mariadb = (data[2] & MARIADB) != 0;
    leat_binlog_event event = {.type = LEAT_BINLOG_TABLE_MAP, .mariadb = mariadb};
    event.body = leat_slice_of(data + HEAD, length);
    if (leat_binlog_parse_table_map(&event, &arena, &map, &error) == LEAT_OK) {
        event.type = types[(data[2] & ~MARIADB) % sizeof types];
        event.body = leat_slice_of(data + HEAD + length, size - HEAD - length);
        read_rows(&map, &event, &arena);
    }
    leat_arena_free(&arena);
    return 0;
}
