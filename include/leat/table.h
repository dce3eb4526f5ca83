/* Contract: a table's definition at one place in the log, as its connector describes it. */
#ifndef LEAT_TABLE_H
#define LEAT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "leat/encode.h"

typedef struct leat_column {
    const char *name;          /* the source's own spelling */
    const char *type_text;     /* the source's own type text, e.g. "numeric(10,2)" */
    const char *default_text;  /* the source's default expression; NULL for none or unknown */
    const char *comment;       /* NULL for none */
    const char *const *labels; /* of an enum or set, in the source's order */
    size_t label_count;
    int attribute;   /* a number that a rename does not change (pg_attribute.attnum); 0 where there is none */
    int key_ordinal; /* its place in the key from 1; 0 outside the key */
    bool nullable;   /* what the database says; events make every non-key column nullable anyway */
    leat_encoder encoder;
} leat_column;

/* Immutable once handed out, but for `attachment`. Counted: whoever keeps one holds it. */
typedef struct leat_table {
    const char *database;
    const char *schema; /* NULL where the database family has no schemas within a database (MySQL) */
    const char *name;
    const char *comment;
    uint64_t identifier; /* the source's own (relation OID), stable under rename; 0 where there is none */
    leat_column *columns;
    size_t column_count;
    const size_t *key_columns; /* places in `columns`, in key order; empty for a table without a usable key */
    size_t key_count;
    const char *key_mend; /* what makes the source say the whole key with each row; NULL for nothing known */
    bool of_messages;     /* the pipeline's own table of logical messages, which no database has */
    leat_arena arena;     /* everything above lives here */
    void *attachment;     /* the consumer of the events keeps what it made for this definition here */
    unsigned holders;     /* pump thread only */
} leat_table;

/* A new, empty definition held once; the connector fills it through its arena. */
leat_table *leat_table_new(void);

/* One more, or one fewer, holder; the last one frees it. NULL is fine. Pump thread. */
leat_table *leat_table_hold(leat_table *table);
void leat_table_release(leat_table *table);

/* Sets key_ordinal of the columns from `key_columns` (places in `columns`), and keeps a copy of the list. */
void leat_table_set_key(leat_table *table, const size_t *key_columns, size_t key_count);

/* The name people know a table by: "schema.table", or "database.table" where there are no schemas; a part
 * with a dot or a double quote in it is quoted as in SQL, so that no two tables have one name. In `arena`. */
const char *leat_table_name_join(const char *qualifier, const char *name, leat_arena *arena);
const char *leat_table_full_name(const leat_table *table, leat_arena *arena);

/* A definition as the history has settled it. Owned by whoever keeps the versions; lives while its table is
 * held. */
typedef struct leat_table_version {
    leat_table *table;
    unsigned number; /* 1, 2, 3 … for each table name */
    const char
        *fingerprint; /* SHA-256 in hex of our canonical JSON, logical types and leat.* facts included */
    const char *value_schema; /* Avro schema JSON of the records that the sink gets */
    const char *key_schema;   /* NULL for a table without a key */
} leat_table_version;

#endif
