/* How a column's values lie in a row image: what TABLE_MAP tells of a column, and what a type's text implies.
 * Two definitions of a column agree when their layouts are equal.
 *
 * The room: stored forms of values, read and printed, without a word of Avro: DECIMAL (decimal_packed.h),
 * dates and times (time_parts.h), JSON (json_binary.h). Pure; it uses nothing of the connector. */
#ifndef LEAT_MYSQL_VALUE_LAYOUT_H
#define LEAT_MYSQL_VALUE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/* Column types as the binlog numbers them (enum_field_types); ENUM and SET are what STRING's metadata
 * hides. */
typedef enum leat_mysql_type {
    LEAT_MYSQL_OLD_DECIMAL = 0, /* refused */
    LEAT_MYSQL_TINY = 1,
    LEAT_MYSQL_SHORT = 2,
    LEAT_MYSQL_LONG = 3,
    LEAT_MYSQL_FLOAT = 4,
    LEAT_MYSQL_DOUBLE = 5,
    LEAT_MYSQL_NULL = 6,          /* refused */
    LEAT_MYSQL_OLD_TIMESTAMP = 7, /* of tables made before MySQL 5.6 and MariaDB's old temporal format */
    LEAT_MYSQL_LONGLONG = 8,
    LEAT_MYSQL_INT24 = 9,
    LEAT_MYSQL_DATE = 10,
    LEAT_MYSQL_OLD_TIME = 11,
    LEAT_MYSQL_OLD_DATETIME = 12,
    LEAT_MYSQL_YEAR = 13,
    LEAT_MYSQL_VARCHAR = 15,
    LEAT_MYSQL_BIT = 16,
    LEAT_MYSQL_TIMESTAMP2 = 17,
    LEAT_MYSQL_DATETIME2 = 18,
    LEAT_MYSQL_TIME2 = 19,
    LEAT_MYSQL_COMPRESSED_BLOB = 140,    /* MariaDB */
    LEAT_MYSQL_COMPRESSED_VARCHAR = 141, /* MariaDB */
    LEAT_MYSQL_VECTOR = 242,             /* MySQL 9 */
    LEAT_MYSQL_JSON = 245,               /* MySQL */
    LEAT_MYSQL_DECIMAL = 246,
    LEAT_MYSQL_ENUM = 247,
    LEAT_MYSQL_SET = 248,
    LEAT_MYSQL_BLOB = 252, /* TEXT too, of all sizes */
    LEAT_MYSQL_STRING = 254,
    LEAT_MYSQL_GEOMETRY = 255,
} leat_mysql_type;

typedef struct leat_mysql_layout {
    leat_mysql_type type;
    /* VARCHAR, STRING: most bytes a value has; COMPRESSED_VARCHAR: inflated (its TABLE_MAP says one more, for
     * the header). BLOB, COMPRESSED_BLOB, JSON, GEOMETRY, VECTOR: bytes of the length prefix (1 to 4). ENUM,
     * SET: bytes of the number. BIT: bits. Else 0. */
    uint32_t length;
    uint8_t precision; /* DECIMAL */
    uint8_t scale;     /* DECIMAL; fractional digits of TIME2, DATETIME2, TIMESTAMP2 */
} leat_mysql_layout;

static inline bool leat_mysql_layout_equal(leat_mysql_layout left, leat_mysql_layout right)
{
    return left.type == right.type && left.length == right.length && left.precision == right.precision &&
           left.scale == right.scale;
}

/* Whether SIGNEDNESS in TABLE_MAP has a bit for columns of this type (integers, DECIMAL, FLOAT, DOUBLE,
 * YEAR). */
static inline bool leat_mysql_type_is_numeric(leat_mysql_type type)
{
    switch ((int)type) {
    case LEAT_MYSQL_TINY:
    case LEAT_MYSQL_SHORT:
    case LEAT_MYSQL_INT24:
    case LEAT_MYSQL_LONG:
    case LEAT_MYSQL_LONGLONG:
    case LEAT_MYSQL_FLOAT:
    case LEAT_MYSQL_DOUBLE:
    case LEAT_MYSQL_DECIMAL:
    case LEAT_MYSQL_YEAR:
        return true;
    default:
        return false;
    }
}

#endif
