/* A definition against a whole TABLE_MAP. */
#ifndef LEAT_MYSQL_DEFINITION_MAP_MATCH_H
#define LEAT_MYSQL_DEFINITION_MAP_MATCH_H

#include "mysql/binlog/table_map.h"
#include "mysql/charset/collations.h"
#include "mysql/definition/definition.h"

/* Whether `definition` is what `map` describes: as many columns, each with the map's layout and nullability
 * and, as far as the map says, signedness, charset, name and labels, and the map's primary key. When not,
 * `difference` (may be NULL) gets one clause that names the column: "column 3, qty: the log has int unsigned,
 * the definition bigint". Hidden columns of the server's own behind the others (map_hidden.h) count for
 * nothing: a map, and the rows behind it, may have more columns than a definition that fits it. */
bool leat_mysql_definition_fits(const leat_mysql_definition *definition, const leat_binlog_table_map *map,
                                const leat_mysql_collations *collations, leat_buffer *difference);

/* A definition from a FULL map alone, enriched column by column with what `known` (may be NULL) says of a
 * column of that name and layout: type text, special type, default, comment, and generated. */
leat_mysql_definition *leat_mysql_definition_from_map(const leat_binlog_table_map *map,
                                                      const leat_mysql_definition *known,
                                                      const leat_mysql_collations *collations);

#endif
