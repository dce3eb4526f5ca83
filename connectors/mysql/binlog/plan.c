#include "mysql/binlog/plan.h"

#include "mysql/binlog/image.h"

/* Bytes of a DECIMAL's leftover digits (sql/decimal.cc, dig2bytes). */
static uint32_t decimal_part(unsigned digits)
{
    static const uint8_t leftover[] = {0, 1, 1, 2, 2, 3, 3, 4, 4};
    enum { GROUP_DIGITS = 9, GROUP_BYTES = 4 };
    return digits / GROUP_DIGITS * GROUP_BYTES + leftover[digits % GROUP_DIGITS];
}

static uint32_t fraction_bytes(uint8_t digits)
{
    return (digits + 1U) / 2;
}

/* The width of types whose values are all as long; 0 for the others. */
static uint32_t fixed_width(leat_mysql_layout layout)
{
    switch ((int)layout.type) {
    case LEAT_MYSQL_TINY:
    case LEAT_MYSQL_YEAR:
        return 1;
    case LEAT_MYSQL_SHORT:
        return 2;
    case LEAT_MYSQL_INT24:
    case LEAT_MYSQL_DATE:
    case LEAT_MYSQL_OLD_TIME:
        return 3;
    case LEAT_MYSQL_LONG:
    case LEAT_MYSQL_FLOAT:
    case LEAT_MYSQL_OLD_TIMESTAMP:
        return 4;
    case LEAT_MYSQL_LONGLONG:
    case LEAT_MYSQL_DOUBLE:
    case LEAT_MYSQL_OLD_DATETIME:
        return 8;
    case LEAT_MYSQL_TIME2:
        return 3 + fraction_bytes(layout.scale);
    case LEAT_MYSQL_TIMESTAMP2:
        return 4 + fraction_bytes(layout.scale);
    case LEAT_MYSQL_DATETIME2:
        return 5 + fraction_bytes(layout.scale);
    case LEAT_MYSQL_DECIMAL:
        return decimal_part((unsigned)layout.precision - layout.scale) + decimal_part(layout.scale);
    case LEAT_MYSQL_BIT:
        return (layout.length + 7) / 8;
    case LEAT_MYSQL_ENUM:
    case LEAT_MYSQL_SET:
        return layout.length;
    default:
        return 0;
    }
}

static uint32_t text_prefix(uint32_t most_bytes)
{
    return most_bytes > UINT8_MAX ? 2 : 1;
}

static uint32_t prefix_width(leat_mysql_layout layout)
{
    if (layout.type == LEAT_MYSQL_COMPRESSED_VARCHAR)
        return text_prefix(layout.length + 1); /* with its header */
    if (layout.type == LEAT_MYSQL_VARCHAR || layout.type == LEAT_MYSQL_STRING)
        return text_prefix(layout.length);
    return layout.length;
}

static leat_binlog_extent extent_of(leat_mysql_layout layout)
{
    uint32_t width = fixed_width(layout);
    if (width > 0)
        return (leat_binlog_extent){.base = width};
    uint32_t prefix = prefix_width(layout);
    uint32_t mask = prefix >= 4 ? UINT32_MAX : (UINT32_C(1) << 8 * prefix) - 1;
    return (leat_binlog_extent){.mask = mask, .prefix = prefix};
}

static bool is_compressed(leat_mysql_type type)
{
    return type == LEAT_MYSQL_COMPRESSED_BLOB || type == LEAT_MYSQL_COMPRESSED_VARCHAR;
}

const leat_binlog_plan *leat_binlog_plan_make(const leat_binlog_table_map *map, leat_arena *arena)
{
    leat_binlog_plan *plan = leat_arena_allocate(arena, sizeof *plan);
    leat_binlog_extent *extents = leat_arena_allocate_array(arena, map->column_count, sizeof *extents);
    size_t *compressed = leat_arena_allocate_array(arena, map->column_count, sizeof *compressed);
    size_t *json = leat_arena_allocate_array(arena, map->column_count, sizeof *json);
    for (size_t i = 0; i < map->column_count; i++) {
        leat_mysql_layout layout = map->columns[i].layout;
        extents[i] = extent_of(layout);
        if (is_compressed(layout.type))
            compressed[plan->compressed_count++] = i;
        if (layout.type == LEAT_MYSQL_JSON)
            json[plan->json_count++] = i;
    }
    plan->map = map;
    plan->extents = extents;
    plan->column_count = map->column_count;
    plan->compressed = compressed;
    plan->json = json;
    return plan;
}
