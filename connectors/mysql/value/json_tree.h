/* A JSON document that can be changed: the binary one, of which only the objects and arrays on the way to a
 * change are taken apart. */
#ifndef LEAT_MYSQL_VALUE_JSON_TREE_H
#define LEAT_MYSQL_VALUE_JSON_TREE_H

#include "base/arena.h"
#include "mysql/value/json_path.h"
#include "mysql/value/json_text.h"

typedef struct leat_mysql_json_node leat_mysql_json_node;

typedef struct leat_mysql_json_part {
    leat_slice key; /* in an object */
    leat_mysql_json_node *node;
} leat_mysql_json_part;

struct leat_mysql_json_node {
    bool apart; /* then it is `parts`, else `value` as it stands */
    leat_mysql_json_value value;
    leat_mysql_json_part *parts; /* of an object: sorted by key */
    size_t count;
    size_t capacity;
};

typedef struct leat_mysql_json_tree {
    leat_arena *arena;
    leat_mysql_json_node *root;
    size_t budget; /* parts that may still be made: no more than there are bytes */
} leat_mysql_json_tree;

/* A node of the value that begins `document`; NULL for none. */
leat_mysql_json_node *leat_mysql_json_node_new(leat_mysql_json_tree *tree, leat_slice document);

/* Makes the changes. False where the tree has nothing at `path`, or, to insert, no object or array around it
 * or that key already. */
bool leat_mysql_json_tree_replace(leat_mysql_json_tree *tree, leat_slice path, leat_mysql_json_node *by);
bool leat_mysql_json_tree_insert(leat_mysql_json_tree *tree, leat_slice path, leat_mysql_json_node *node);
bool leat_mysql_json_tree_remove(leat_mysql_json_tree *tree, leat_slice path);

bool leat_mysql_json_tree_print(leat_mysql_json_printer *printer, const leat_mysql_json_node *node,
                                unsigned depth);

#endif
