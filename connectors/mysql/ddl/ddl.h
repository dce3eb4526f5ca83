/* The DDL reader: what a statement of the log does to tables.
 *
 * A tokenizer and a recursive descent over what concerns tables; everything else is classified and passed
 * over. It never guesses: a statement that touches tables in a way that was not understood says so and names
 * them where it can.
 *
 * The room: lexer and parser make a statement of text, apply*.c make the definition that a table has after
 * it. Pure: no server, no log. It uses definition/ and charset/. */
#ifndef LEAT_MYSQL_DDL_DDL_H
#define LEAT_MYSQL_DDL_DDL_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "mysql/charset/collations.h"
#include "mysql/definition/definition.h"

typedef enum leat_mysql_statement_kind {
    LEAT_MYSQL_OTHER,   /* nothing about tables: views, routines, maintenance, FLUSH… */
    LEAT_MYSQL_ACCOUNT, /* users and rights: its text must never be shown */
    LEAT_MYSQL_BEGIN,   /* BEGIN, START TRANSACTION */
    LEAT_MYSQL_COMMIT,
    LEAT_MYSQL_ROLLBACK,
    LEAT_MYSQL_SAVEPOINT,   /* `savepoint` */
    LEAT_MYSQL_ROLLBACK_TO, /* `savepoint` */
    LEAT_MYSQL_XA_START,    /* xid_* */
    LEAT_MYSQL_XA_END,
    LEAT_MYSQL_XA_PREPARE,
    LEAT_MYSQL_XA_COMMIT, /* one_phase */
    LEAT_MYSQL_XA_ROLLBACK,
    LEAT_MYSQL_DML, /* rows changed by a statement that is not in row format; `tables` where readable */
    LEAT_MYSQL_CREATE_TABLE, /* effects */
    LEAT_MYSQL_ALTER_TABLE,
    LEAT_MYSQL_DROP_TABLE,
    LEAT_MYSQL_RENAME_TABLE,
    LEAT_MYSQL_TRUNCATE_TABLE,
    LEAT_MYSQL_DATABASE,   /* CREATE, ALTER, DROP DATABASE */
    LEAT_MYSQL_UNREADABLE, /* concerns tables, or may; `tables` as far as they could be told */
} leat_mysql_statement_kind;

typedef struct leat_mysql_table_name {
    const char *database; /* the statement's default where none was written; never NULL */
    const char *name;
} leat_mysql_table_name;

/* One table's fate. */
typedef enum leat_mysql_effect_kind {
    LEAT_MYSQL_EFFECT_DEFINE, /* CREATE TABLE with columns: `change` makes it from nothing */
    LEAT_MYSQL_EFFECT_LIKE,   /* CREATE TABLE LIKE `other` */
    LEAT_MYSQL_EFFECT_CHANGE, /* ALTER TABLE, CREATE or DROP INDEX: `change` applies */
    LEAT_MYSQL_EFFECT_FORGET, /* the definition cannot be told from the text (CTAS with columns of the select,
                                 columns that the engine finds by itself): look it up */
    LEAT_MYSQL_EFFECT_DROP,
    LEAT_MYSQL_EFFECT_RENAME, /* `table` becomes `other` */
    LEAT_MYSQL_EFFECT_TRUNCATE,
    LEAT_MYSQL_EFFECT_DROP_DATABASE,      /* every table of `table.database`; `table.name` NULL */
    LEAT_MYSQL_EFFECT_TRUNCATE_PARTITION, /* rows went or came that no event tells of: TRUNCATE, DROP and
                                             EXCHANGE PARTITION, DISCARD and IMPORT TABLESPACE, MariaDB's
                                             CONVERT PARTITION and CONVERT TABLE. One for each table that it
                                             happens to; its definition stays what it is */
} leat_mysql_effect_kind;

/* What a statement changes in one definition. Opaque; leat_mysql_change_apply reads it. */
typedef struct leat_mysql_change leat_mysql_change;

typedef struct leat_mysql_effect {
    leat_mysql_effect_kind kind;
    leat_mysql_table_name table;
    leat_mysql_table_name other;
    bool if_exists;  /* IF EXISTS; and for DEFINE, LIKE, FORGET: IF NOT EXISTS */
    bool or_replace; /* MariaDB: CREATE OR REPLACE */
    bool temporary;  /* a temporary table: of no interest */
    const leat_mysql_change *change;
} leat_mysql_effect;

/* Lives in the arena that it was read into, but for slices of the statement. */
typedef struct leat_mysql_statement {
    leat_mysql_statement_kind kind;
    const leat_mysql_effect *effects; /* in the order that they happen */
    size_t effect_count;
    const leat_mysql_table_name *tables; /* of DML and UNREADABLE */
    size_t table_count;
    bool tables_complete; /* of DML: no other table can be touched */
    const char *savepoint;
    uint32_t xid_format;
    leat_slice xid_global; /* decoded bytes */
    leat_slice xid_branch;
    bool one_phase;
    const char *reason; /* of UNREADABLE: one clause, with no text of the statement in it */

    /* Of DATABASE: which one, and what CREATE or ALTER makes its default; NULL where it does not say (then
     * CREATE takes the event's collation_server, or of `database_charset` its default collation). */
    const char *database;
    bool database_created; /* for certain: by CREATE, and not only IF NOT EXISTS */
    const char *database_charset;
    const char *database_collation;
} leat_mysql_statement;

/* A setting of the session that wrote a statement, as far as the event says. */
typedef enum leat_mysql_setting {
    LEAT_MYSQL_SETTING_UNSAID,
    LEAT_MYSQL_SETTING_OFF,
    LEAT_MYSQL_SETTING_ON,
} leat_mysql_setting;

/* What the reading of a statement depends on. */
typedef struct leat_mysql_ddl_context {
    const char *database; /* the default database, UTF-8; "" for none */
    uint64_t sql_mode;    /* ANSI_QUOTES (bit 2, 0x4), NO_BACKSLASH_ESCAPES (bit 20, 0x100000) */
    bool mariadb;         /* which executable comments count */
    unsigned version;     /* of the server that wrote it, as leat_mysql_server.version */
    /* explicit_defaults_for_timestamp: MySQL's status variable 16, bit 24 of MariaDB's flags2 (status
     * variable 0; from 10.9 on). Unsaid: the version's default. */
    leat_mysql_setting explicit_timestamps;
} leat_mysql_ddl_context;

/* Reads a statement (UTF-8). Never fails. */
void leat_mysql_ddl_read(leat_slice sql, const leat_mysql_ddl_context *context, leat_arena *arena,
                         leat_mysql_statement *statement);

/* Applies a change to `definition` (of DEFINE: an empty one) in place. `database_collation` is what a new
 * table gets that names none: the default of its database, which no QUERY event tells (status variable 8 is
 * collation_database of the session, which tables do not follow, and collation_server is not it either); NULL
 * where it is not known, and then such a table does not fit. False when it does not fit (a column to drop
 * that is not there, a type that is not known): the definition is then not to be trusted; `reason` gets one
 * clause. */
bool leat_mysql_change_apply(const leat_mysql_change *change, const leat_mysql_collations *collations,
                             const char *database_collation, bool mariadb, leat_mysql_definition *definition,
                             leat_buffer *reason);

/* Whether the change may depend on the default of the table's database. */
bool leat_mysql_change_asks_database(const leat_mysql_change *change);

#endif
