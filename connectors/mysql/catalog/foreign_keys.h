/* A table's foreign keys, as SHOW CREATE TABLE writes them: information_schema hides them from who may only
 * read the table. */
#ifndef LEAT_MYSQL_CATALOG_FOREIGN_KEYS_H
#define LEAT_MYSQL_CATALOG_FOREIGN_KEYS_H

#include <stddef.h>

#include "base/arena.h"

/* Texts in the arena that it was read into. */
typedef struct leat_mysql_foreign_key {
    const char *name;
    const char *parent_database; /* NULL: the child's own */
    const char *parent;
    const char *actions; /* "ON DELETE CASCADE ON UPDATE SET NULL"; "" when no change of the parent changes
                            rows of the child */
} leat_mysql_foreign_key;

typedef struct leat_mysql_foreign_keys {
    leat_mysql_foreign_key *items;
    size_t count;
} leat_mysql_foreign_keys;

/* Reads them from a CREATE TABLE as the server prints it, one column or constraint a line, names in
 * backticks. Never fails: a line that is no foreign key is passed over. */
void leat_mysql_foreign_keys_read(const char *create_table, leat_arena *arena, leat_mysql_foreign_keys *keys);

#endif
