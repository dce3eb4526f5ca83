/* TABLE_MAP: a table's columns as they lie in the row events that follow. */
#ifndef LEAT_MYSQL_BINLOG_TABLE_MAP_H
#define LEAT_MYSQL_BINLOG_TABLE_MAP_H

#include "mysql/binlog/binlog.h"
#include "mysql/value/layout.h"

/* How much the server says (binlog_row_metadata). */
typedef enum leat_binlog_metadata {
    LEAT_BINLOG_METADATA_NONE,    /* MariaDB's NO_LOG: types alone */
    LEAT_BINLOG_METADATA_MINIMAL, /* signedness and charsets */
    LEAT_BINLOG_METADATA_FULL,    /* names too: enough to decode by itself */
} leat_binlog_metadata;

typedef struct leat_binlog_column {
    leat_mysql_layout layout;
    bool nullable;
    bool is_unsigned;         /* meaningful from MINIMAL on */
    unsigned collation;       /* of a character column, ENUM or SET; 63 binary; 0 not said */
    leat_slice name;          /* UTF-8; FULL */
    const leat_slice *labels; /* of ENUM and SET, in `collation`'s charset; FULL */
    size_t label_count;
    bool invisible;      /* MySQL, FULL */
    int geometry;        /* GEOMETRY's kind, FULL; -1 not said */
    unsigned dimensions; /* VECTOR's; 0 not said */
} leat_binlog_column;

/* Lives in the arena that it was parsed into, copies included: it outlives the event. */
typedef struct leat_binlog_table_map {
    uint64_t table_id;
    uint16_t flags;
    const char *database;
    const char *name;
    leat_binlog_metadata metadata;
    leat_binlog_column *columns;
    size_t column_count;
    const size_t *primary_key; /* places, in key order; FULL */
    size_t primary_key_count;
    leat_slice bytes; /* the event's body: equal bytes mean the same id, table and definition */
} leat_binlog_table_map;

/* The id alone, to tell whether the map at hand is known already. */
leat_status leat_binlog_peek_table_id(const leat_binlog_event *event, uint64_t *table_id, leat_error *error);

leat_status leat_binlog_parse_table_map(const leat_binlog_event *event, leat_arena *arena,
                                        leat_binlog_table_map *map, leat_error *error);

#endif
