#include "mysql/stream/savepoints.h"

#include <strings.h>

#include "base/cursor.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/utf8.h"

static void forget_behind(leat_mysql_savepoints *savepoints, size_t from)
{
    for (size_t i = from; i < savepoints->count; i++)
        leat_release(savepoints->items[i].name);
    savepoints->count = from;
}

void leat_mysql_savepoints_forget(leat_mysql_savepoints *savepoints)
{
    forget_behind(savepoints, 0);
}

void leat_mysql_savepoints_free(leat_mysql_savepoints *savepoints)
{
    forget_behind(savepoints, 0);
    leat_release(savepoints->items);
}

void leat_mysql_savepoints_add(leat_mysql_savepoints *savepoints, const char *name, uint64_t size)
{
    savepoints->items = leat_list_room(savepoints->items, savepoints->count, &savepoints->capacity,
                                       sizeof *savepoints->items);
    savepoints->items[savepoints->count++] =
        (leat_mysql_savepoint){.name = leat_duplicate_string(name), .size = size};
}

/* ---- Names ---- */

static int lower(int byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
}

/* Whether servers may take both for one name. They compare without case and accents, letter by letter; where
 * letters are not ASCII, that is left open. */
static bool may_be_one(const char *left, const char *right)
{
    leat_cursor lefts = leat_cursor_open(leat_slice_of_string(left));
    leat_cursor rights = leat_cursor_open(leat_slice_of_string(right));
    while (leat_cursor_remaining(&lefts) > 0 && leat_cursor_remaining(&rights) > 0) {
        int one = leat_cursor_peek(&lefts);
        int other = leat_cursor_peek(&rights);
        if (one < 0x80 && other < 0x80 && lower(one) != lower(other))
            return false;
        (void)leat_utf8_next(&lefts);
        (void)leat_utf8_next(&rights);
    }
    return leat_cursor_remaining(&lefts) == leat_cursor_remaining(&rights);
}

bool leat_mysql_savepoints_return(leat_mysql_savepoints *savepoints, const char *name, uint64_t *size)
{
    for (size_t i = savepoints->count; i > 0; i--) {
        const leat_mysql_savepoint *savepoint = &savepoints->items[i - 1];
        if (strcasecmp(savepoint->name, name) == 0) {
            *size = savepoint->size;
            forget_behind(savepoints, i);
            return true;
        }
        if (may_be_one(savepoint->name, name))
            return false;
    }
    return false;
}
