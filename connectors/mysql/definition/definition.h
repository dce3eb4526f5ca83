/* A table's definition, from whichever origin: the catalog, a TABLE_MAP, DDL, or what was kept of one.
 *
 * The room: column_type.h reads and writes a column's type as the catalog prints it, json.h keeps definitions
 * as text, map_match.h holds one against a TABLE_MAP or makes one of it. Independent of the order of events;
 * the leat_table of a definition is made in types/. It uses binlog/table_map.h, charset/ and
 * value/layout.h. */
#ifndef LEAT_MYSQL_DEFINITION_DEFINITION_H
#define LEAT_MYSQL_DEFINITION_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "mysql/value/layout.h"

/* What the type's text tells and the layout cannot. */
typedef enum leat_mysql_special {
    LEAT_MYSQL_PLAIN,
    LEAT_MYSQL_UUID,   /* MariaDB: 16 bytes in print order */
    LEAT_MYSQL_INET4,  /* MariaDB: 4 bytes */
    LEAT_MYSQL_INET6,  /* MariaDB: 16 bytes */
    LEAT_MYSQL_FLOATS, /* MariaDB's vector: bytes of float32 */
} leat_mysql_special;

/* All texts are UTF-8 and live in the definition's arena. */
typedef struct leat_mysql_column {
    const char *name;
    const char
        *type_text; /* canonical, as information_schema.columns.column_type has it: "int(11) unsigned" */
    leat_mysql_layout layout;
    leat_mysql_special special;
    bool is_unsigned;
    bool nullable;
    bool invisible;
    bool generated;
    const char *collation;     /* name; NULL for types without; "binary" for BINARY, VARBINARY and BLOB */
    const char *const *labels; /* of ENUM and SET */
    size_t label_count;
    const char *default_text; /* as the catalog has it; NULL for none or unknown */
    const char *comment;      /* NULL for none */
} leat_mysql_column;

/* A unique index; the primary key's name is "PRIMARY". */
typedef struct leat_mysql_index {
    const char *name;
    const char *const *columns; /* names, in index order */
    size_t column_count;
    bool expression; /* has a part that is no column, so that it can be no key of ours */
} leat_mysql_index;

typedef enum leat_mysql_table_kind {
    LEAT_MYSQL_BASE_TABLE,
    LEAT_MYSQL_VERSIONED_TABLE, /* MariaDB: system-versioned; `row_end` names the column that ends a row's
                                   life */
    LEAT_MYSQL_SEQUENCE,        /* MariaDB */
    LEAT_MYSQL_VIEW,
} leat_mysql_table_kind;

typedef struct leat_mysql_definition {
    const char *database;
    const char *name;
    leat_mysql_table_kind kind;
    const char *collation; /* the table's default; what new columns get */
    const char *engine;    /* "InnoDB"; NULL unknown */
    const char *comment;
    const char *row_end; /* of a versioned table; else NULL */
    leat_mysql_column *columns;
    size_t column_count;
    leat_mysql_index *indexes; /* the primary key first, where there is one */
    size_t index_count;
    leat_arena arena; /* everything above */
} leat_mysql_definition;

leat_mysql_definition *leat_mysql_definition_new(const char *database, const char *name);
leat_mysql_definition *leat_mysql_definition_copy(const leat_mysql_definition *definition);
void leat_mysql_definition_free(leat_mysql_definition *definition); /* NULL is fine */

/* Whether two definitions say the same of everything. */
bool leat_mysql_definition_equal(const leat_mysql_definition *left, const leat_mysql_definition *right);

/* Column by name, as the server compares (case-insensitively, ASCII folding is enough); NULL. */
leat_mysql_column *leat_mysql_definition_column(const leat_mysql_definition *definition, const char *name);

/* The key that events have: places of the primary key's columns, else of the first unique index (by name
 * order of the catalog: as listed) all of whose columns are NOT NULL; of a versioned table without the column
 * that ends a row's life. In `arena`; count 0 for none. */
const size_t *leat_mysql_definition_key(const leat_mysql_definition *definition, leat_arena *arena,
                                        size_t *count);

/* One line of JSON with everything, for the notebook, and back. LEAT_FAILED for a text that is none. */
void leat_mysql_definition_write(const leat_mysql_definition *definition, leat_buffer *out);
leat_status leat_mysql_definition_read(leat_slice text, leat_mysql_definition **definition,
                                       leat_error *error);

#endif
