/* Words and names at the cursor in SQL that a server has printed. */
#ifndef LEAT_MYSQL_CATALOG_SQL_WORDS_H
#define LEAT_MYSQL_CATALOG_SQL_WORDS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/cursor.h"

/* Takes `word` off the cursor, in either case; false, with nothing taken, where something else stands. */
bool leat_mysql_take_word(leat_cursor *text, const char *word);

/* Takes a name: in backticks, with doubled ones for one, or bare up to a blank or one of ".,()". In
 * `arena`. */
const char *leat_mysql_take_name(leat_cursor *text, leat_arena *arena);

#endif
