/* What a statement says of one table, between reading it and applying it. Everything lives in the arena that
 * the statement was read into. */
#ifndef LEAT_MYSQL_DDL_CHANGE_H
#define LEAT_MYSQL_DDL_CHANGE_H

#include "mysql/ddl/ddl.h"

/* Pointers that grow in number within an arena. */
typedef struct leat_ddl_list {
    const void **items;
    size_t count;
    size_t capacity;
} leat_ddl_list;

void leat_ddl_list_add(leat_ddl_list *list, leat_arena *arena, const void *item);

/* CHARACTER SET and COLLATE, as far as they were written. */
typedef struct leat_ddl_charset {
    const char *charset;   /* NULL: not named */
    const char *collation; /* NULL: not named */
    bool fallback;         /* CHARACTER SET DEFAULT: the database's */
    bool binary;           /* the attribute BINARY: the charset's _bin collation */
} leat_ddl_charset;

typedef enum leat_ddl_class {
    LEAT_DDL_PLAIN,   /* nothing in parentheses counts */
    LEAT_DDL_INTEGER, /* a display width */
    LEAT_DDL_DECIMAL,
    LEAT_DDL_FLOATING,
    LEAT_DDL_BIT,
    LEAT_DDL_YEAR,
    LEAT_DDL_TEMPORAL, /* fractional digits */
    LEAT_DDL_CHARACTERS,
    LEAT_DDL_VARIABLE, /* VARCHAR, VARBINARY */
    LEAT_DDL_LONG,     /* TEXT, BLOB, and their sizes */
    LEAT_DDL_LABELS,   /* ENUM, SET */
    LEAT_DDL_VECTOR,
    LEAT_DDL_JSON,
    LEAT_DDL_UNKNOWN,
} leat_ddl_class;

/* A data type as it was written, aliases resolved. */
typedef struct leat_ddl_type {
    leat_ddl_class class;
    const char *name; /* lower case: "int", "varchar", "mediumtext", "enum"; of UNKNOWN as written */
    unsigned width;   /* of INTEGER: the default display width of the signed type */
    bool bytes;       /* VARBINARY, BLOB, CHAR BYTE…: no charset */
    bool has_length;  /* the first number in parentheses */
    uint64_t length;
    bool has_decimals; /* the second */
    uint64_t decimals;
    bool is_unsigned;
    bool zerofill;
    bool compressed;      /* MariaDB */
    bool national;        /* utf8mb3 unless it says otherwise */
    leat_ddl_list labels; /* const char * */
    leat_ddl_charset charset;
} leat_ddl_type;

typedef enum leat_ddl_default_kind {
    LEAT_DDL_DEFAULT_NONE,
    LEAT_DDL_DEFAULT_NULL,
    LEAT_DDL_DEFAULT_STRING,
    LEAT_DDL_DEFAULT_NUMBER,
    LEAT_DDL_DEFAULT_NOW, /* `text` is the digits of its fraction, "" for none */
    LEAT_DDL_DEFAULT_OTHER,
} leat_ddl_default_kind;

typedef struct leat_ddl_default {
    leat_ddl_default_kind kind;
    const char *text;
} leat_ddl_default;

typedef enum leat_ddl_nullability {
    LEAT_DDL_NULL_UNSAID,
    LEAT_DDL_NULL,
    LEAT_DDL_NOT_NULL,
} leat_ddl_nullability;

typedef enum leat_ddl_versioning {
    LEAT_DDL_VERSIONING_UNSAID,
    LEAT_DDL_VERSIONING_WITH,
    LEAT_DDL_VERSIONING_WITHOUT,
} leat_ddl_versioning;

typedef struct leat_ddl_column {
    const char *name;
    leat_ddl_type type;
    leat_ddl_nullability nullability;
    bool auto_increment;
    bool is_primary; /* said with the column; the index is another item */
    bool is_unique;
    bool generated;
    bool invisible;
    bool row_start; /* MariaDB: GENERATED ALWAYS AS ROW START */
    bool row_end;
    leat_ddl_default initial;
    const char *comment;
} leat_ddl_column;

typedef enum leat_ddl_index_kind {
    LEAT_DDL_INDEX_PRIMARY,
    LEAT_DDL_INDEX_UNIQUE,
    LEAT_DDL_INDEX_OTHER,   /* counts for the names that others get */
    LEAT_DDL_INDEX_FOREIGN, /* likewise, where no other index serves */
} leat_ddl_index_kind;

typedef struct leat_ddl_index {
    leat_ddl_index_kind kind;
    const char *name;     /* NULL: the server finds one */
    leat_ddl_list parts;  /* const char *: names; NULL for an expression */
    const char *overlaps; /* MariaDB: the period of WITHOUT OVERLAPS; NULL without */
} leat_ddl_index;

typedef enum leat_ddl_item_kind {
    LEAT_DDL_ADD_COLUMN,    /* column, place, after */
    LEAT_DDL_CHANGE_COLUMN, /* name becomes column; place, after */
    LEAT_DDL_DROP_COLUMN,   /* name */
    LEAT_DDL_RENAME_COLUMN, /* name, new_name */
    LEAT_DDL_SET_DEFAULT,   /* name, initial */
    LEAT_DDL_SET_VISIBLE,   /* name, visible */
    LEAT_DDL_ADD_INDEX,     /* index; or_replace */
    LEAT_DDL_DROP_INDEX,    /* name ("PRIMARY" too); one that is not there may be one that is not unique */
    LEAT_DDL_RENAME_INDEX,  /* name, new_name */
    LEAT_DDL_ADD_PERIOD,    /* name; its columns: new_name, after. Of the application's time: not null */
} leat_ddl_item_kind;

typedef enum leat_ddl_place {
    LEAT_DDL_PLACE_UNSAID,
    LEAT_DDL_PLACE_FIRST,
    LEAT_DDL_PLACE_AFTER,
} leat_ddl_place;

typedef struct leat_ddl_item {
    leat_ddl_item_kind kind;
    const char *name;
    const char *new_name;
    const leat_ddl_column *column;
    const leat_ddl_index *index;
    leat_ddl_place place;
    const char *after;
    leat_ddl_default initial;
    bool visible;
    bool conditional; /* IF EXISTS, IF NOT EXISTS */
    bool or_replace;
} leat_ddl_item;

struct leat_mysql_change {
    bool creates;
    unsigned version; /* of the server */
    leat_mysql_setting explicit_timestamps;
    leat_ddl_list items;             /* const leat_ddl_item *, in the order written */
    leat_ddl_charset charset;        /* the table's */
    const leat_ddl_charset *convert; /* CONVERT TO CHARACTER SET; NULL without */
    const char *engine;              /* NULL: not said */
    const char *comment;             /* NULL: not said */
    bool sequence;
    leat_ddl_versioning versioning;
};

#endif
