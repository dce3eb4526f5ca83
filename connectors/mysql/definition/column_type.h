/* A column type's canonical text, read and written. */
#ifndef LEAT_MYSQL_DEFINITION_COLUMN_TYPE_H
#define LEAT_MYSQL_DEFINITION_COLUMN_TYPE_H

#include "mysql/charset/collations.h"
#include "mysql/definition/definition.h"

/* Fills layout, special, is_unsigned, labels and type_text of `column` from a type as
 * information_schema.columns.column_type prints it (MySQL 5.7 to 9, MariaDB 10.3 to 12: "int", "int(11)
 * unsigned zerofill", "varchar(20)", "enum('it''s','b')", "decimal(10,2)", "timestamp(6)", "point",
 * "geometry", "uuid", "vector(3)", MariaDB's "… COMPRESSED" and attached comments such as "timestamp
 * slash-star mariadb-5.3 star-slash"). `column->collation` must be set before, for its bytes a character; of
 * types of bytes it becomes "binary". A YEAR is unsigned, as TABLE_MAP says. False for a type that is
 * unknown. */
bool leat_mysql_column_type_read(const char *type_text, const leat_mysql_collations *collations,
                                 leat_arena *arena, leat_mysql_column *column);

/* The other way: sets type_text from layout, is_unsigned, special, labels and collation, as well as can be
 * told (display widths are left out, TINYTEXT… by length prefix). */
void leat_mysql_column_type_write(const leat_mysql_collations *collations, leat_arena *arena,
                                  leat_mysql_column *column);

#endif
