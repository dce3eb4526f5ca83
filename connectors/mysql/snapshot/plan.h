/* What a snapshot reads: the captured tables as the catalog describes them, and units of work over them. */
#ifndef LEAT_MYSQL_SNAPSHOT_PLAN_H
#define LEAT_MYSQL_SNAPSHOT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "leat/source.h"
#include "mysql/catalog/catalog.h"
#include "mysql/charset/collations.h"
#include "mysql/definition/definition.h"
#include "mysql/server/session.h"

typedef struct leat_mysql_snapshot_table {
    const leat_mysql_listed_table *listed;
    leat_mysql_definition *definition; /* owned */
    char *made;                        /* when the server made it, as it says; owned; NULL: it does not say */
    size_t units;                      /* how many it is read in; at least one */
} leat_mysql_snapshot_table;

/* What one SELECT reads. */
typedef struct leat_mysql_snapshot_unit {
    size_t table;       /* place in the plan's tables */
    const char *column; /* the integer that leads the primary key, where only a range of it is read; else NULL
                         */
    const char *from;   /* the least value of the range, as SQL; NULL: no bound */
    const char *before; /* the first value beyond it; NULL: no bound */
} leat_mysql_snapshot_unit;

/* Zero-initialise; leat_mysql_snapshot_plan_free ends it. Not changed while workers read. */
typedef struct leat_mysql_snapshot_plan {
    leat_arena arena;
    leat_mysql_table_list list;
    leat_mysql_snapshot_table *tables;
    size_t table_count;
    leat_mysql_snapshot_unit *units; /* those of tables without snapshots first; else the largest first */
    size_t unit_count;
    size_t locked_units; /* how many of them are of tables whose engines have no snapshots */
} leat_mysql_snapshot_plan;

/* Makes the plan from the catalog as it is now. LEAT_USAGE when no table is captured, LEAT_OPERATOR when one
 * may not be read whole, LEAT_RETRY when one goes away meanwhile. */
leat_status leat_mysql_snapshot_plan_make(const leat_source_options *options, leat_mysql_session *session,
                                          const leat_mysql_collations *collations,
                                          leat_mysql_snapshot_plan *plan, leat_error *error);
void leat_mysql_snapshot_plan_free(leat_mysql_snapshot_plan *plan);

/* Asked once the point is taken: whether all tables that are captured now are in the plan. LEAT_RETRY names
 * one that is not: its first rows may stand before the point, and nobody would read them. */
leat_status leat_mysql_snapshot_plan_is_whole(const leat_mysql_snapshot_plan *plan,
                                              const leat_source_options *options, leat_mysql_session *session,
                                              leat_error *error);

/* When the server made a table, as it says; NULL when it does not. A table that was renamed into another's
 * place, or made anew, differs in it where its definition does not. Heap. */
leat_status leat_mysql_snapshot_read_made(leat_mysql_session *session, const char *database, const char *name,
                                          char **made, leat_error *error);

#endif
