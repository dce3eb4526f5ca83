/* Statements of the demo's own, to whatever database it is. */
#ifndef LEAT_DEMO_SQL_H
#define LEAT_DEMO_SQL_H

#include "base/buffer.h"
#include "demo/server.h"

/* Appends the statement with the two numbers where it has $1 and $2. */
void leat_demo_sql_append(leat_buffer *out, const char *statement, uint64_t first, uint64_t second);

/* Runs it. `rows` and `value` are those of leat_demo_kind's query. */
leat_status leat_demo_sql_run(const leat_demo_kind *kind, leat_demo_client *client, const char *statement,
                              uint64_t first, uint64_t second, uint64_t *rows, uint64_t *value,
                              leat_error *error);

#endif
