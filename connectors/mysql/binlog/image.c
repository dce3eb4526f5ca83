/* One row's image: the hottest loop of the program. */
#include <endian.h>

#include "mysql/binlog/image.h"
#include "mysql/binlog/read.h"

leat_binlog_image leat_binlog_image_open(const leat_binlog_plan *plan, leat_cursor *cursor)
{
    leat_binlog_image image = {.present = leat_cursor_bytes(cursor, (plan->column_count + 7) / 8)};
    if (image.present.data == NULL)
        return image;
    for (size_t i = 0; i < plan->column_count; i++)
        image.present_count += leat_binlog_bit(image.present, i) ? 1 : 0;
    image.whole = image.present_count == plan->column_count;
    return image;
}

/* Fewer than four bytes may be left when a value is the last one and short; what is missing counts as zero,
 * and whether a length was there at all, the reading of the prefix tells. */
static inline uint32_t peek_four(const leat_cursor *cursor)
{
    uint32_t bytes = 0;
    size_t room = leat_cursor_remaining(cursor);
    if (__builtin_expect(room >= sizeof bytes, 1))
        memcpy(&bytes, cursor->at, sizeof bytes);
    else
        memcpy(&bytes, cursor->at, room);
    return le32toh(bytes);
}

static inline void read_value(leat_cursor *cursor, const leat_binlog_extent *extent, leat_datum *datum)
{
    size_t length = (size_t)extent->base + (peek_four(cursor) & extent->mask);
    (void)leat_cursor_bytes(cursor, extent->prefix);
    datum->value = leat_cursor_bytes(cursor, length);
    datum->kind = LEAT_DATUM_VALUE;
}

/* All columns are there. No question whether the cursor failed: it then gives empty values to the end. */
static void read_whole_image(const leat_binlog_plan *plan, leat_slice nulls, leat_cursor *from,
                             leat_datum *datums)
{
    leat_cursor cursor = *from; /* by value, so that the loop keeps it in registers */
    const leat_binlog_extent *extents = plan->extents;
    for (size_t i = 0; i < plan->column_count; i++) {
        if (__builtin_expect(leat_binlog_bit(nulls, i), 0))
            datums[i] = (leat_datum){.kind = LEAT_DATUM_NULL};
        else
            read_value(&cursor, &extents[i], &datums[i]);
    }
    *from = cursor;
}

/* The null bitmap has bits for the columns that are there alone. */
static void read_partial_image(const leat_binlog_plan *plan, const leat_binlog_image *image, leat_slice nulls,
                               leat_cursor *from, leat_datum *datums)
{
    leat_cursor cursor = *from;
    size_t place = 0;
    for (size_t i = 0; i < plan->column_count; i++) {
        if (!leat_binlog_bit(image->present, i))
            datums[i] = (leat_datum){.kind = LEAT_DATUM_ABSENT};
        else if (leat_binlog_bit(nulls, place++))
            datums[i] = (leat_datum){.kind = LEAT_DATUM_NULL};
        else
            read_value(&cursor, &plan->extents[i], &datums[i]);
    }
    *from = cursor;
}

void leat_binlog_image_read(const leat_binlog_plan *plan, const leat_binlog_image *image, leat_cursor *cursor,
                            leat_datum *datums)
{
    leat_slice nulls = leat_cursor_bytes(cursor, (image->present_count + 7) / 8);
    if (nulls.data == NULL)
        return;
    if (__builtin_expect(image->whole, 1))
        read_whole_image(plan, nulls, cursor, datums);
    else
        read_partial_image(plan, image, nulls, cursor, datums);
}
