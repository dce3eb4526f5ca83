/* A YAML file as a tree of nodes that know their place. No opinion about settings. */
#ifndef LEAT_CONFIG_DOCUMENT_H
#define LEAT_CONFIG_DOCUMENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/slice.h"
#include "config/mistakes.h"

typedef enum leat_node_kind { LEAT_NODE_SCALAR, LEAT_NODE_LIST, LEAT_NODE_MAPPING } leat_node_kind;

typedef struct leat_node {
    leat_node_kind kind;
    leat_place place;
    const char *text;        /* of a scalar: UTF-8 without NUL characters; NULL for the others */
    bool plain;              /* a scalar that was written without quotes */
    bool mistaken;           /* already reported; to be passed over */
    bool open;               /* its end has not been read yet */
    struct leat_node *first; /* of a list: its items; of a mapping: key, value, key, value… */
    struct leat_node *last;
    struct leat_node *next;
} leat_node;

/* Reads one YAML document; nodes and texts live in `arena`. Aliases are copies that share what lies below
 * them. NULL when the file could not be read to its end, which is among the mistakes then; an empty file
 * gives an empty mapping. Bounded in depth, nodes and anchors whatever the text. */
const leat_node *leat_document_read(leat_arena *arena, leat_slice text, leat_mistakes *mistakes);

#endif
