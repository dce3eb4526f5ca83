/* MySQL's binary JSON, read in place (sql-common/json_binary.h): a value is a byte that tells its type, and
 * its bytes; objects and arrays begin with how many members and bytes they have, then come the places of keys
 * and values, which for small values are the values themselves. */
#ifndef LEAT_MYSQL_VALUE_JSON_VALUE_H
#define LEAT_MYSQL_VALUE_JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

typedef enum leat_mysql_json_type {
    LEAT_MYSQL_JSON_SMALL_OBJECT = 0, /* places of two bytes */
    LEAT_MYSQL_JSON_LARGE_OBJECT = 1, /* of four */
    LEAT_MYSQL_JSON_SMALL_ARRAY = 2,
    LEAT_MYSQL_JSON_LARGE_ARRAY = 3,
    LEAT_MYSQL_JSON_LITERAL = 4,
    LEAT_MYSQL_JSON_INT16 = 5,
    LEAT_MYSQL_JSON_UINT16 = 6,
    LEAT_MYSQL_JSON_INT32 = 7,
    LEAT_MYSQL_JSON_UINT32 = 8,
    LEAT_MYSQL_JSON_INT64 = 9,
    LEAT_MYSQL_JSON_UINT64 = 10,
    LEAT_MYSQL_JSON_DOUBLE = 11,
    LEAT_MYSQL_JSON_STRING = 12,
    LEAT_MYSQL_JSON_OPAQUE = 15,
} leat_mysql_json_type;

typedef struct leat_mysql_json_value {
    uint8_t type;     /* leat_mysql_json_type, or what no document has */
    leat_slice bytes; /* from the value's first on, to the end of what it may reach */
} leat_mysql_json_value;

/* Values nest no deeper on any server. */
enum { LEAT_MYSQL_JSON_DEEPEST = 100 };

/* The document's outermost value; false for an empty one. */
bool leat_mysql_json_open(leat_slice document, leat_mysql_json_value *value);

static inline bool leat_mysql_json_is_object(const leat_mysql_json_value *value)
{
    return value->type == LEAT_MYSQL_JSON_SMALL_OBJECT || value->type == LEAT_MYSQL_JSON_LARGE_OBJECT;
}

static inline bool leat_mysql_json_is_array(const leat_mysql_json_value *value)
{
    return value->type == LEAT_MYSQL_JSON_SMALL_ARRAY || value->type == LEAT_MYSQL_JSON_LARGE_ARRAY;
}

/* Of an object or array: how many members it has, once they and their places are known to be within it. */
bool leat_mysql_json_count(const leat_mysql_json_value *container, size_t *count);

/* A member of an object or element of an array, `place` being less than the count. */
bool leat_mysql_json_member(const leat_mysql_json_value *container, size_t place,
                            leat_mysql_json_value *member);
bool leat_mysql_json_key(const leat_mysql_json_value *object, size_t place, leat_slice *key);

/* What a string holds; and an opaque value, which is of a column type. */
bool leat_mysql_json_string(const leat_mysql_json_value *value, leat_slice *text);
bool leat_mysql_json_opaque(const leat_mysql_json_value *value, uint8_t *column_type, leat_slice *data);

/* Compares keys as objects sort them: by length, then by bytes. */
int leat_mysql_json_compare_keys(leat_slice left, leat_slice right);

#endif
