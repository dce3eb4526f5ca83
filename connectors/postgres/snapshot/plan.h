/* What a snapshot copies: tables as the publication names them, what holds their rows, and ranges of that. */
#ifndef LEAT_POSTGRES_SNAPSHOT_PLAN_H
#define LEAT_POSTGRES_SNAPSHOT_PLAN_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "leat/source.h"
#include "postgres/catalog/catalog.h"
#include "postgres/objects/names.h"
#include "postgres/server/session.h"

/* A table whose rows come under this name. */
typedef struct leat_postgres_snapshot_table {
    leat_postgres_relation relation; /* the columns that the publication publishes, in the stream's order */
    const char *filter;              /* the publication's row filter as SQL; NULL for none */
    bool has_generated;              /* a generated column is among them */
    int64_t row_estimate;            /* -1 unknown */
    size_t ranges;                   /* how many it is copied in; at least one */
} leat_postgres_snapshot_table;

/* A relation that holds rows: the table itself, or one of its partitions. */
typedef struct leat_postgres_snapshot_part {
    size_t table; /* place in the plan's tables */
    Oid identifier;
    const char *schema;
    const char *name;
    int64_t pages;
} leat_postgres_snapshot_part;

/* What one COPY copies. */
typedef struct leat_postgres_snapshot_range {
    size_t table;
    const leat_postgres_snapshot_part *part; /* NULL: a partitioned table without partitions; no rows */
    bool whole;
    uint32_t first_page;
    uint32_t end_page; /* 0: to the end, wherever that is */
} leat_postgres_snapshot_range;

/* Zero-initialise; leat_postgres_snapshot_plan_free ends it. */
typedef struct leat_postgres_snapshot_plan {
    leat_arena arena;
    leat_postgres_snapshot_table *tables; /* in order of schema and name */
    size_t table_count;
    leat_postgres_snapshot_part *parts;
    size_t part_count;
    leat_postgres_snapshot_range *ranges;
    size_t range_count;
} leat_postgres_snapshot_plan;

/* Makes the plan as the anchor's snapshot sees the catalogs, and locks everything in it in ACCESS SHARE.
 * LEAT_RETRY when a lock is not to be had, or when a table has been rewritten, truncated or altered since
 * the snapshot: MVCC does not cover that, and the rows would be missing or not fit the stream. */
leat_status leat_postgres_snapshot_plan_make(const leat_source_options *options,
                                             const leat_postgres_names *names, leat_postgres_session *anchor,
                                             leat_postgres_snapshot_plan *plan, leat_error *error);
void leat_postgres_snapshot_plan_free(leat_postgres_snapshot_plan *plan);

/* Appends the COPY statement of a range with a part. */
void leat_postgres_snapshot_plan_append_copy(leat_buffer *sql, const leat_postgres_snapshot_plan *plan,
                                             const leat_postgres_snapshot_range *range);

/* Compares what the anchor's snapshot says of the plan's relations with what is there now, over a session
 * whose transactions are its own. Everything is locked already, so what is there now stays. */
leat_status leat_postgres_snapshot_plan_guard(const leat_source_options *options,
                                              const leat_postgres_snapshot_plan *plan,
                                              leat_postgres_session *anchor, leat_error *error);

/* The plan's relations, tables and parts, as an SQL array. */
void leat_postgres_snapshot_plan_append_array(leat_buffer *sql, const leat_postgres_snapshot_plan *plan);

#endif
