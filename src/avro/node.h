/* A schema as it is read from a file: the tree along which a record's bytes are walked. */
#ifndef LEAT_AVRO_NODE_H
#define LEAT_AVRO_NODE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/cursor.h"
#include "base/error.h"
#include "leat/avro_type.h"

typedef enum leat_node_kind {
    LEAT_NODE_NULL,
    LEAT_NODE_BOOLEAN,
    LEAT_NODE_INT,
    LEAT_NODE_LONG,
    LEAT_NODE_FLOAT,
    LEAT_NODE_DOUBLE,
    LEAT_NODE_BYTES,
    LEAT_NODE_STRING,
    LEAT_NODE_FIXED,
    LEAT_NODE_ENUM,
    LEAT_NODE_ARRAY,
    LEAT_NODE_MAP,
    LEAT_NODE_RECORD,
    LEAT_NODE_UNION,
} leat_node_kind;

typedef struct leat_node leat_node;

struct leat_node {
    leat_node_kind kind;
    leat_avro_logical logical; /* NONE where Avro's rules for it are not met: the plain type then */
    int scale;                 /* of a decimal */
    size_t size;               /* of a fixed */
    size_t count;              /* of names and parts */
    const char **names;        /* a record's fields, an enum's symbols */
    const leat_node **parts;   /* a record's fields, a union's branches, an array's or map's one */
    size_t weight;             /* nodes of it with all its parts, as often as they occur */
    bool empty;                /* a value of it takes no bytes */
    bool defined;              /* not for one that is still being read */
};

/* Reads schema JSON into nodes in `arena`. LEAT_FAILED says what it does not understand; among that are
 * schemas that contain themselves, and ones so large that a value could only be an attack. */
leat_status leat_node_compile(const char *schema_json, leat_arena *arena, const leat_node **node,
                              leat_error *error);

/* Takes one value off the cursor, checking every length, index and range on the way; the cursor fails where
 * the bytes are no such value. */
void leat_node_measure(const leat_node *node, leat_cursor *cursor);

#endif
