/* One image of a row, read by its table's plan: for the files of this room. */
#ifndef LEAT_MYSQL_BINLOG_IMAGE_H
#define LEAT_MYSQL_BINLOG_IMAGE_H

#include "base/cursor.h"
#include "leat/event.h"
#include "mysql/binlog/plan.h"

/* Where a value's content is and how long, without a branch on its type: behind `prefix` bytes,
 * base + (the first four bytes, little-endian, & mask) long. For a fixed width the mask and the prefix are 0,
 * for a value with a length in front the base is. */
typedef struct leat_binlog_extent {
    uint32_t mask;
    uint32_t base;
    uint32_t prefix;
} leat_binlog_extent;

struct leat_binlog_plan {
    const leat_binlog_table_map *map;
    const leat_binlog_extent *extents; /* for each column */
    size_t column_count;
    const size_t *compressed; /* places of columns whose values are compressed each by itself */
    size_t compressed_count;
    const size_t *json; /* places of the JSON columns, which PARTIAL_UPDATE_ROWS has bits for */
    size_t json_count;
};

/* Which columns an event's images have. */
typedef struct leat_binlog_image {
    leat_slice present; /* a bit for each column; those behind the last column mean nothing */
    size_t present_count;
    bool whole; /* all of them */
} leat_binlog_image;

/* Reads the bitmap of present columns. */
leat_binlog_image leat_binlog_image_open(const leat_binlog_plan *plan, leat_cursor *cursor);

/* Reads one row's image, null bitmap and values, into a datum for each column. Fails the cursor when the row
 * is cut off. */
void leat_binlog_image_read(const leat_binlog_plan *plan, const leat_binlog_image *image, leat_cursor *cursor,
                            leat_datum *datums);

#endif
