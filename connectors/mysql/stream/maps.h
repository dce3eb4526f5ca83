/* Which TABLE_MAP stands for which captured table.
 *
 * A map holds until the next one of the same id, and ids begin anew with each file; a table outlives its
 * maps, so that it is announced again only when its definition changed. */
#ifndef LEAT_MYSQL_STREAM_MAPS_H
#define LEAT_MYSQL_STREAM_MAPS_H

#include "leat/table.h"
#include "mysql/binlog/rows.h"
#include "mysql/binlog/table_map.h"
#include "mysql/charset/collations.h"
#include "mysql/definition/definition.h"

/* A captured table as events have it now. */
typedef struct leat_mysql_known_table {
    char *database;
    char *name;
    leat_mysql_definition *definition; /* that `table` was built from; NULL: none yet */
    leat_table *table;
    bool announced;
    size_t row_end; /* place of the column that ends a row's life in a versioned table; else SIZE_MAX */
} leat_mysql_known_table;

/* One TABLE_MAP. Stays where it is until it is replaced or forgotten: its plan points into it. */
typedef struct leat_mysql_bound_map {
    leat_binlog_table_map map;
    const leat_binlog_plan *plan;  /* of a captured table */
    leat_mysql_known_table *table; /* NULL: not captured */
    leat_arena arena;
} leat_mysql_bound_map;

/* Opaque. Pump thread. */
typedef struct leat_mysql_maps leat_mysql_maps;

leat_mysql_maps *leat_mysql_maps_new(void);
void leat_mysql_maps_free(leat_mysql_maps *maps); /* NULL is fine */

/* The map of that id; NULL when there is none. Valid until a put of the same id, or a forget. */
leat_mysql_bound_map *leat_mysql_maps_find(leat_mysql_maps *maps, uint64_t table_id);

/* A map to be filled for that id, its arena empty; replaces one that was there. */
leat_mysql_bound_map *leat_mysql_maps_put(leat_mysql_maps *maps, uint64_t table_id);

/* Between transactions: forgets all maps where they have become very many. Each statement brings its own, and
 * a server whose tables do not fit its cache opens them anew, each time under another id. */
void leat_mysql_maps_trim(leat_mysql_maps *maps);

/* Forgets all maps: a new file began, or definitions changed. Tables stay. */
void leat_mysql_maps_forget(leat_mysql_maps *maps);

/* The table of that name, made where it is new. Lives as long as `maps`. */
leat_mysql_known_table *leat_mysql_maps_table(leat_mysql_maps *maps, const char *database, const char *name);

/* Takes a definition for a table: unless it is the one at hand, a leat_table is built from it, which then has
 * to be announced. */
void leat_mysql_known_table_define(leat_mysql_known_table *table, const leat_mysql_definition *definition,
                                   const leat_mysql_collations *collations);

#endif
