/* Parsers of SQL that a server prints: the first byte picks one, the rest is the text. */
#include <stdlib.h>

#include "base/memory.h"
#include "mysql/catalog/foreign_keys.h"
#include "mysql/check/grants.h"

static void read_grant(const char *line)
{
    leat_mysql_grants grants = {0};
    leat_mysql_grants_add(&grants, line);
    /* Nobody is given a right on everything by a line that does not begin with a grant. */
    if (grants.count > 0 && leat_mysql_grants_global(&grants, "RELOAD") && line[0] != 'G' && line[0] != 'g')
        abort();
    leat_mysql_grants_database(&grants, "LOCK TABLES", "shop");
    leat_mysql_grants_database(&grants, "LOCK TABLES", "");
    leat_mysql_grants_free(&grants);
}

static void read_foreign_keys(const char *create_table)
{
    leat_arena arena = {0};
    leat_mysql_foreign_keys keys;
    leat_mysql_foreign_keys_read(create_table, &arena, &keys);
    for (size_t i = 0; i < keys.count; i++)
        if (keys.items[i].name == NULL || keys.items[i].parent == NULL || keys.items[i].actions == NULL)
            abort();
    leat_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *text = leat_duplicate_bytes(data + 1, size - 1);
    if (data[0] % 2 == 0)
        read_grant(text);
    else
        read_foreign_keys(text);
    leat_release(text);
    return 0;
}
