/* Whether a large table is divided between workers, and where. Pure. */
#ifndef LEAT_MYSQL_SNAPSHOT_RANGES_H
#define LEAT_MYSQL_SNAPSHOT_RANGES_H

#include "base/slice.h"
#include "mysql/definition/definition.h"

/* How many units a table is worth, by rows and bytes (-1 unknown), for so many workers. */
size_t leat_mysql_snapshot_pieces(int64_t rows, int64_t bytes, unsigned workers);

/* The integer column that leads the primary key of a table which may be divided; NULL for none. */
const leat_mysql_column *leat_mysql_snapshot_dividing_column(const leat_mysql_definition *definition);

/* Divides what lies between two values of an integer column, as the server prints them, into at most `pieces`
 * parts of one width: fills `bounds`, which has room for pieces - 1, with the values that begin all parts but
 * the first, in rising order, and returns how many there are. 0: not to be divided. Texts in `arena`. */
size_t leat_mysql_snapshot_divide(leat_slice least, leat_slice greatest, bool is_unsigned, size_t pieces,
                                  leat_arena *arena, const char **bounds);

#endif
