/* Units of work: the tables, divided and in the order of reading, and the statement that reads one. */
#ifndef LEAT_MYSQL_SNAPSHOT_UNITS_H
#define LEAT_MYSQL_SNAPSHOT_UNITS_H

#include "mysql/snapshot/plan.h"

/* Fills the plan's units from its tables; asks the server how far the keys of large tables reach. */
leat_status leat_mysql_snapshot_units_make(const leat_source_options *options, leat_mysql_session *session,
                                           leat_mysql_snapshot_plan *plan, leat_error *error);

/* Appends the SELECT of a unit: every column of the definition, in its order. */
void leat_mysql_snapshot_append_select(leat_buffer *sql, const leat_mysql_snapshot_plan *plan,
                                       const leat_mysql_snapshot_unit *unit);

#endif
