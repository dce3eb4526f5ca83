/* Columns of a TABLE_MAP that no statement can see. */
#ifndef LEAT_MYSQL_DEFINITION_MAP_HIDDEN_H
#define LEAT_MYSQL_DEFINITION_MAP_HIDDEN_H

#include "mysql/binlog/table_map.h"
#include "mysql/definition/definition.h"

/* How many of the map's columns, from the first on, are the table's own. MariaDB keeps a hash for each unique
 * index over more bytes than an index can hold, in a column DB_ROW_HASH_n behind all others: its rows are in
 * the log with it, but neither the catalog nor a SELECT has it. `known` (may be NULL) is what is known of the
 * table; a column that it has is the table's own whatever its name. */
size_t leat_mysql_map_visible_count(const leat_binlog_table_map *map, const leat_mysql_definition *known);

#endif
