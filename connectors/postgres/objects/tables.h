/* The tables that the patterns of the config select. */
#ifndef LEAT_POSTGRES_OBJECTS_TABLES_H
#define LEAT_POSTGRES_OBJECTS_TABLES_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "leat/source.h"
#include "postgres/server/session.h"

/* A relation that has to do with the patterns. Texts live in the list's arena. */
typedef struct leat_postgres_table_entry {
    Oid identifier;
    const char *schema;
    const char *name;
    const char *full_name; /* "schema.name", what patterns are held against */
    char kind;             /* pg_class.relkind: r p f m v */
    char persistence;      /* pg_class.relpersistence: p u t */
    bool matched;          /* its own name is selected */
    bool within;           /* a partition of a table that is selected: it comes as part of that one */
} leat_postgres_table_entry;

/* Zero-initialise; leat_postgres_tables_free ends it. */
typedef struct leat_postgres_tables {
    leat_arena arena;
    const leat_postgres_table_entry *entries; /* what is matched or within, in order of schema and name */
    size_t count;
    const leat_postgres_table_entry **captured; /* those whose changes and rows we take */
    size_t captured_count;
} leat_postgres_tables;

/* Lists them as the session's snapshot sees them.
 *
 * Captured are permanent tables, and partitioned tables as one: a partitioned table's changes come under its
 * own name (publish_via_partition_root), so that a partition made next month belongs to the same events,
 * schema and files without anybody's doing. What that costs is warned of by the check: TRUNCATE, DETACH and
 * DROP of one partition make no event. Who needs partitions one by one selects them without their parent, or
 * gives a publication of his own. */
leat_status leat_postgres_tables_list(leat_postgres_session *session, const leat_source_options *options,
                                      leat_postgres_tables *tables, leat_error *error);
void leat_postgres_tables_free(leat_postgres_tables *tables);

/* Appends the captured tables' OIDs as an SQL array: '{1,2}'::oid[]. */
void leat_postgres_tables_append_array(leat_buffer *sql, const leat_postgres_tables *tables);

/* Appends "WITH relations AS (…) ": columns root (a captured table), oid (it or one of its partitions), leaf
 * (whether it holds rows). */
void leat_postgres_tables_append_relations(leat_buffer *sql, const leat_postgres_tables *tables);

/* LEAT_USAGE when nothing is captured. */
leat_status leat_postgres_tables_require(const leat_postgres_tables *tables,
                                         const leat_source_options *options, leat_error *error);

#endif
