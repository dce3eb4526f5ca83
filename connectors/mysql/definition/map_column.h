/* A column of a TABLE_MAP as a definition would have it, and whether the two agree. */
#ifndef LEAT_MYSQL_DEFINITION_MAP_COLUMN_H
#define LEAT_MYSQL_DEFINITION_MAP_COLUMN_H

#include "mysql/binlog/table_map.h"
#include "mysql/charset/collations.h"
#include "mysql/definition/definition.h"

/* What `map` alone tells of its column number `place`; what it does not tell is as of a plain column. Texts
 * are made in `arena`. */
void leat_mysql_map_column(const leat_binlog_table_map *map, size_t place,
                           const leat_mysql_collations *collations, leat_arena *arena,
                           leat_mysql_column *column);

/* Whether the definition's column has the type that the map tells: layout, and as far as it tells, sign,
 * charset, labels, and the kind of a geometry or the size of a vector. `said` is leat_mysql_map_column's. */
bool leat_mysql_map_column_type_agrees(const leat_binlog_table_map *map, size_t place,
                                       const leat_mysql_collations *collations, const leat_mysql_column *said,
                                       const leat_mysql_column *column);

/* Whether the column's collation is the very one that the map tells, or the map tells none. */
bool leat_mysql_map_collation_agrees(const leat_binlog_table_map *map, size_t place,
                                     const leat_mysql_collations *collations,
                                     const leat_mysql_column *column);

/* Whether the definition's key can be the one that a FULL map names. A server names the primary key, else the
 * first unique index over whole columns that are NOT NULL; of a system-versioned table with the column that
 * ends a row's life, which some statements list and others do not. */
bool leat_mysql_map_key_agrees(const leat_binlog_table_map *map, const leat_mysql_definition *definition);

#endif
