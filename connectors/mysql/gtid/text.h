/* What the texts of GTIDs are read with, MySQL's and MariaDB's. */
#ifndef LEAT_MYSQL_GTID_TEXT_H
#define LEAT_MYSQL_GTID_TEXT_H

#include <stdint.h>

#include "base/cursor.h"

void leat_mysql_gtid_skip_blanks(leat_cursor *cursor);

/* Decimal digits; the cursor fails where none stand and for a number above `most`. */
uint64_t leat_mysql_gtid_read_number(leat_cursor *cursor, uint64_t most);

#endif
