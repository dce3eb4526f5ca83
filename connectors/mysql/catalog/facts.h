/* What words of information_schema mean, on every kind of server. */
#ifndef LEAT_MYSQL_CATALOG_FACTS_H
#define LEAT_MYSQL_CATALOG_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "mysql/charset/collations.h"
#include "mysql/definition/definition.h"

/* tables.table_type; what is no table that holds rows counts as a view. */
leat_mysql_table_kind leat_mysql_catalog_kind(const char *table_type);

/* Whether tables of the engine take part in a consistent snapshot. */
bool leat_mysql_catalog_engine_has_snapshots(const char *engine);

/* Whether some pattern that includes spells the database out: "mysql.user" and "mysql.*" do, "*.user" does
 * not. */
bool leat_mysql_catalog_database_named(const char *database, const char *const *patterns,
                                       size_t pattern_count);

/* One row of columns, in the order of leat_mysql_catalog_column_list. */
enum {
    LEAT_MYSQL_CATALOG_NAME,
    LEAT_MYSQL_CATALOG_DATA_TYPE,
    LEAT_MYSQL_CATALOG_TYPE,
    LEAT_MYSQL_CATALOG_NULLABLE,
    LEAT_MYSQL_CATALOG_COLLATION,
    LEAT_MYSQL_CATALOG_DEFAULT,
    LEAT_MYSQL_CATALOG_EXTRA,
    LEAT_MYSQL_CATALOG_COMMENT,
    LEAT_MYSQL_CATALOG_GENERATION,
};
extern const char leat_mysql_catalog_column_list[];

/* A definition's column from such a row. */
void leat_mysql_catalog_column(const char *const *row, bool mariadb, const leat_mysql_collations *collations,
                               leat_arena *arena, leat_mysql_column *column);

/* Whether such a row is of the column that ends the life of a system-versioned table's rows. */
bool leat_mysql_catalog_is_row_end(const char *const *row);

/* Appends to a system-versioned table that names none the two columns that it has all the same, behind the
 * others; columns has room for two more. */
void leat_mysql_catalog_add_row_life(const leat_mysql_collations *collations,
                                     leat_mysql_definition *definition);

#endif
