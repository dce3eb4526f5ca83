#include "mysql/snapshot/ranges.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"

/* Enough that starting a SELECT does not count, few enough that workers end together. */
enum { PIECE_ROWS = 100 * 1000, PIECE_BYTES = 32 * 1024 * 1024, PIECES_PER_WORKER = 8 };

size_t leat_mysql_snapshot_pieces(int64_t rows, int64_t bytes, unsigned workers)
{
    int64_t most = (int64_t)workers * PIECES_PER_WORKER;
    int64_t pieces = rows / PIECE_ROWS;
    if (bytes / PIECE_BYTES > pieces)
        pieces = bytes / PIECE_BYTES;
    if (workers <= 1 || pieces <= 1)
        return 1;
    return (size_t)(pieces > most ? most : pieces);
}

static bool is_integer(const leat_mysql_column *column)
{
    switch ((int)column->layout.type) {
    case LEAT_MYSQL_TINY:
    case LEAT_MYSQL_SHORT:
    case LEAT_MYSQL_INT24:
    case LEAT_MYSQL_LONG:
    case LEAT_MYSQL_LONGLONG:
        return true;
    default:
        return false;
    }
}

/* Of a versioned table even the least key would be a scan, as old rows are left out. */
const leat_mysql_column *leat_mysql_snapshot_dividing_column(const leat_mysql_definition *definition)
{
    if (definition->kind != LEAT_MYSQL_BASE_TABLE || definition->index_count == 0)
        return NULL;
    const leat_mysql_index *index = &definition->indexes[0];
    if (strcmp(index->name, "PRIMARY") != 0 || index->expression || index->column_count == 0)
        return NULL;
    const leat_mysql_column *column = leat_mysql_definition_column(definition, index->columns[0]);
    return column != NULL && is_integer(column) ? column : NULL;
}

/* Signed and unsigned values as numbers in one order: the sign's bit is turned over. */
static const uint64_t sign_bit = UINT64_C(1) << 63;

static bool read_value(leat_slice text, bool is_unsigned, uint64_t *ordered)
{
    int64_t value = 0;
    if (is_unsigned)
        return leat_number_parse_unsigned(text, ordered);
    if (!leat_number_parse_integer(text, &value))
        return false;
    *ordered = (uint64_t)value ^ sign_bit;
    return true;
}

static const char *write_value(uint64_t ordered, bool is_unsigned, leat_arena *arena)
{
    return is_unsigned ? leat_arena_printf(arena, "%" PRIu64, ordered)
                       : leat_arena_printf(arena, "%" PRId64, (int64_t)(ordered ^ sign_bit));
}

size_t leat_mysql_snapshot_divide(leat_slice least, leat_slice greatest, bool is_unsigned, size_t pieces,
                                  leat_arena *arena, const char **bounds)
{
    uint64_t low = 0;
    uint64_t high = 0;
    if (pieces < 2 || !read_value(least, is_unsigned, &low) || !read_value(greatest, is_unsigned, &high) ||
        high <= low)
        return 0;
    uint64_t span = high - low;
    if (span < pieces)
        pieces = (size_t)span;
    uint64_t width = span / pieces;
    for (size_t i = 1; i < pieces; i++)
        bounds[i - 1] = write_value(low + width * i, is_unsigned, arena);
    return pieces - 1;
}
