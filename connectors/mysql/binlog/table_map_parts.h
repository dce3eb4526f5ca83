/* The parts of a TABLE_MAP, each read by a file of its own. */
#ifndef LEAT_MYSQL_BINLOG_TABLE_MAP_PARTS_H
#define LEAT_MYSQL_BINLOG_TABLE_MAP_PARTS_H

#include "base/cursor.h"
#include "mysql/binlog/table_map.h"

/* How a column lies, from its type and the metadata that belongs to the type, which is consumed. False for a
 * type that is unknown, when nothing more can be read; the cursor fails for metadata that make no sense. */
bool leat_binlog_read_layout(leat_cursor *metadata, uint8_t type, leat_mysql_layout *layout);

/* Reads the optional metadata, to the cursor's end, into the columns; fails the cursor for what does not fit
 * them. `mariadb`: which columns count as character columns depends on the server. */
void leat_binlog_read_options(leat_cursor *cursor, bool mariadb, leat_arena *arena,
                              leat_binlog_table_map *map);

#endif
