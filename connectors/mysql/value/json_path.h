/* Paths into JSON as partial updates have them: "$", ".name", ".\"any name\"", "[3]", "[last-1]". */
#ifndef LEAT_MYSQL_VALUE_JSON_PATH_H
#define LEAT_MYSQL_VALUE_JSON_PATH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/cursor.h"
#include "base/slice.h"

typedef struct leat_mysql_json_leg {
    bool is_cell;
    leat_slice name; /* of a member */
    uint64_t index;  /* of a cell */
    bool from_end;   /* counted back from the last one, which is 0 */
} leat_mysql_json_leg;

/* Takes the "$" off. */
bool leat_mysql_json_path_begin(leat_cursor *path);

/* Takes the next leg off, of which there is one as long as something remains. Names are slices of the path,
 * or in `arena` where they had to be unescaped. False for what is none. */
bool leat_mysql_json_path_next(leat_cursor *path, leat_arena *arena, leat_mysql_json_leg *leg);

#endif
