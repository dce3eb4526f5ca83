/* A group of binlog events that is held back until it is known whether it counts: a transaction that may
 * still be rolled back, a part of one behind a savepoint, or a prepared XA transaction.
 *
 * Held in memory up to a bound and behind that in a file, so that a large transaction with a savepoint in it
 * takes no memory. A group can be kept under a name in the folder, durably, and be opened again. */
#ifndef LEAT_MYSQL_STREAM_GROUP_H
#define LEAT_MYSQL_STREAM_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "mysql/binlog/binlog.h"

/* Opaque. Pump thread. */
typedef struct leat_mysql_group leat_mysql_group;

/* `folder` is where files go, made when one is needed; it is borrowed. */
leat_mysql_group *leat_mysql_group_new(const char *folder);
void leat_mysql_group_free(leat_mysql_group *group); /* NULL is fine */

/* Empties it. */
void leat_mysql_group_reset(leat_mysql_group *group);

/* Copies an event to the end. */
leat_status leat_mysql_group_append(leat_mysql_group *group, const leat_binlog_event *event,
                                    leat_error *error);

/* Bytes in it: a mark that leat_mysql_group_cut takes it back to. */
uint64_t leat_mysql_group_size(const leat_mysql_group *group);
leat_status leat_mysql_group_cut(leat_mysql_group *group, uint64_t size, leat_error *error);

/* From here on reading begins with the first event. */
void leat_mysql_group_rewind(leat_mysql_group *group);

/* The next event, whose body is valid until the call after; `*found` false at the end. */
leat_status leat_mysql_group_next(leat_mysql_group *group, leat_binlog_event *event, bool *found,
                                  leat_error *error);

/* Writes everything to the file `name` in the folder; durable when it returns. Replaces one of that name. */
leat_status leat_mysql_group_keep(leat_mysql_group *group, const char *name, leat_error *error);

/* Fills the group, which is empty, with what was kept; `*found` false when there is no such file. */
leat_status leat_mysql_group_load(leat_mysql_group *group, const char *name, bool *found, leat_error *error);

#endif
