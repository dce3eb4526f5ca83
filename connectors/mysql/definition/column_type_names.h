/* The names of column types: for column_type.c, which reads them, and column_type_write.c. */
#ifndef LEAT_MYSQL_DEFINITION_COLUMN_TYPE_NAMES_H
#define LEAT_MYSQL_DEFINITION_COLUMN_TYPE_NAMES_H

#include "mysql/definition/definition.h"

/* What stands in parentheses behind a type's name, and what it makes of the layout. */
typedef enum leat_mysql_arguments {
    LEAT_MYSQL_WIDTH,      /* nothing, or how numbers are shown */
    LEAT_MYSQL_FRACTION,   /* digits behind the second */
    LEAT_MYSQL_PRECISION,  /* of a decimal, and its scale */
    LEAT_MYSQL_CHARACTERS, /* most of them */
    LEAT_MYSQL_BYTES,      /* most of them */
    LEAT_MYSQL_BITS,
    LEAT_MYSQL_LABELS,
    LEAT_MYSQL_DIMENSIONS,
} leat_mysql_arguments;

typedef struct leat_mysql_column_type_name {
    const char *name;
    leat_mysql_type type;
    uint32_t length; /* of the layout, where the name alone says it */
    leat_mysql_arguments arguments;
    leat_mysql_special special;
    bool binary; /* bytes: the collation is "binary" */
} leat_mysql_column_type_name;

/* What MariaDB puts behind a type. */
#define LEAT_MYSQL_COMPRESSED_MARK " /*M!100301 COMPRESSED*/"
#define LEAT_MYSQL_OLD_MARK        " /* mariadb-5.3 */"

enum { LEAT_MYSQL_COLUMN_TYPE_NAME_COUNT = 43 };
extern const leat_mysql_column_type_name leat_mysql_column_type_names[LEAT_MYSQL_COLUMN_TYPE_NAME_COUNT];

/* Bytes that the number of an ENUM or SET with so many labels takes. */
uint32_t leat_mysql_label_bytes(leat_mysql_type type, size_t label_count);

#endif
