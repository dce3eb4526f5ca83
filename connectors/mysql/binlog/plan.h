/* The plan that a table's rows are read by. */
#ifndef LEAT_MYSQL_BINLOG_PLAN_H
#define LEAT_MYSQL_BINLOG_PLAN_H

#include "base/arena.h"
#include "mysql/binlog/table_map.h"

/* How the values of a map's columns lie, worked out once for each map. Opaque. */
typedef struct leat_binlog_plan leat_binlog_plan;

/* In `arena`; points into `map`. */
const leat_binlog_plan *leat_binlog_plan_make(const leat_binlog_table_map *map, leat_arena *arena);

#endif
