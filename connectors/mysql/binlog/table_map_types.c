/* From a type number and its metadata to a layout (MySQL's libs/mysql/binlog/event/rows_event.h, "Table_map",
 * and sql/field.cc, Field::save_field_metadata; MariaDB's the same). */
#include "mysql/binlog/table_map_parts.h"

/* The most that either server allows. */
enum { MOST_PRECISION = 65, MOST_SCALE = 38, MOST_FRACTION_DIGITS = 6, MOST_BITS = 64, MOST_PREFIX = 4 };

static void expect(leat_cursor *metadata, bool sensible)
{
    if (!sensible)
        leat_cursor_fail(metadata);
}

static void read_size(leat_cursor *metadata, unsigned size)
{
    expect(metadata, leat_cursor_u8(metadata) == size);
}

static void read_prefix(leat_cursor *metadata, leat_mysql_layout *layout)
{
    layout->length = leat_cursor_u8(metadata);
    expect(metadata, layout->length >= 1 && layout->length <= MOST_PREFIX);
}

static void read_fraction(leat_cursor *metadata, leat_mysql_layout *layout)
{
    layout->scale = leat_cursor_u8(metadata);
    expect(metadata, layout->scale <= MOST_FRACTION_DIGITS);
}

static void read_decimal(leat_cursor *metadata, leat_mysql_layout *layout)
{
    layout->precision = leat_cursor_u8(metadata);
    layout->scale = leat_cursor_u8(metadata);
    expect(metadata, layout->precision >= 1 && layout->precision <= MOST_PRECISION &&
                         layout->scale <= MOST_SCALE && layout->scale <= layout->precision);
}

static void read_bits(leat_cursor *metadata, leat_mysql_layout *layout)
{
    unsigned bits = leat_cursor_u8(metadata);
    unsigned bytes = leat_cursor_u8(metadata);
    layout->length = bytes * 8 + bits;
    expect(metadata, bits < 8 && layout->length >= 1 && layout->length <= MOST_BITS);
}

static void read_varchar(leat_cursor *metadata, leat_mysql_layout *layout)
{
    layout->length = (uint32_t)leat_cursor_little_endian(metadata, 2);
}

static void read_compressed_varchar(leat_cursor *metadata, leat_mysql_layout *layout)
{
    read_varchar(metadata, layout);
    expect(metadata, layout->length >= 1);
    layout->length--;
}

static bool is_number_size(leat_mysql_type type, uint32_t size)
{
    return size == 1 || size == 2 || (type == LEAT_MYSQL_SET && (size == 3 || size == 4 || size == 8));
}

/* STRING hides ENUM and SET, and two more bits of the length where the type's own would be (sql/field.cc,
 * Field_string::do_save_field_metadata: they are xored with ones). */
static void read_string(leat_cursor *metadata, leat_mysql_layout *layout)
{
    enum { LENGTH_BITS = 0x30 };
    unsigned first = leat_cursor_u8(metadata);
    unsigned second = leat_cursor_u8(metadata);
    layout->type = (leat_mysql_type)(first | LENGTH_BITS);
    layout->length = second | ((first & LENGTH_BITS) ^ LENGTH_BITS) << 4;
    if (layout->type == LEAT_MYSQL_ENUM || layout->type == LEAT_MYSQL_SET)
        expect(metadata, is_number_size(layout->type, layout->length));
    else
        expect(metadata, layout->type == LEAT_MYSQL_STRING);
}

bool leat_binlog_read_layout(leat_cursor *metadata, uint8_t type, leat_mysql_layout *layout)
{
    *layout = (leat_mysql_layout){.type = (leat_mysql_type)type};
    switch (type) {
    case LEAT_MYSQL_OLD_DECIMAL:
    case LEAT_MYSQL_NULL:
    case LEAT_MYSQL_TINY:
    case LEAT_MYSQL_SHORT:
    case LEAT_MYSQL_INT24:
    case LEAT_MYSQL_LONG:
    case LEAT_MYSQL_LONGLONG:
    case LEAT_MYSQL_YEAR:
    case LEAT_MYSQL_DATE:
    case LEAT_MYSQL_OLD_TIMESTAMP:
    case LEAT_MYSQL_OLD_TIME:
    case LEAT_MYSQL_OLD_DATETIME:
        return true;
    case LEAT_MYSQL_FLOAT:
        read_size(metadata, sizeof(float));
        return true;
    case LEAT_MYSQL_DOUBLE:
        read_size(metadata, sizeof(double));
        return true;
    case LEAT_MYSQL_TIMESTAMP2:
    case LEAT_MYSQL_DATETIME2:
    case LEAT_MYSQL_TIME2:
        read_fraction(metadata, layout);
        return true;
    case LEAT_MYSQL_BLOB:
    case LEAT_MYSQL_COMPRESSED_BLOB:
    case LEAT_MYSQL_JSON:
    case LEAT_MYSQL_GEOMETRY:
    case LEAT_MYSQL_VECTOR:
        read_prefix(metadata, layout);
        return true;
    case LEAT_MYSQL_DECIMAL:
        read_decimal(metadata, layout);
        return true;
    case LEAT_MYSQL_BIT:
        read_bits(metadata, layout);
        return true;
    case LEAT_MYSQL_VARCHAR:
        read_varchar(metadata, layout);
        return true;
    case LEAT_MYSQL_COMPRESSED_VARCHAR:
        read_compressed_varchar(metadata, layout);
        return true;
    case LEAT_MYSQL_STRING:
        read_string(metadata, layout);
        return true;
    default:
        return false;
    }
}
