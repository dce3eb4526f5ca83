/* XA transactions between their PREPARE and their end: kept as files in the source's folder.
 *
 * A file is there before the position goes beyond the PREPARE, and stays until a position beyond the end is
 * durable: a restart before that brings the end again. An ended one gets the end's sequence into its name, so
 * that a restart can tell which ended ones are over. */
#ifndef LEAT_MYSQL_STREAM_PREPARED_H
#define LEAT_MYSQL_STREAM_PREPARED_H

#include "base/error.h"
#include "mysql/binlog/binlog.h"
#include "mysql/gtid/position.h"
#include "mysql/stream/group.h"

/* Pump thread. …_open fills it. */
typedef struct leat_mysql_prepared {
    const char *folder; /* borrowed */
    unsigned epoch;
    leat_mysql_group *group; /* of the transaction that is being committed */
    bool ended;              /* one ended in this stream: its file waits to be removed */
} leat_mysql_prepared;

void leat_mysql_prepared_open(leat_mysql_prepared *prepared, const char *folder, unsigned epoch);
void leat_mysql_prepared_close(leat_mysql_prepared *prepared);

/* Keeps a group of that folder under its xid until it is completed. */
leat_status leat_mysql_prepared_keep(leat_mysql_group *group, const leat_binlog_xid *xid, leat_error *error);

/* It is committed by the transaction of that sequence: loads what was kept into prepared->group; `*found`
 * false when there is nothing. Its file goes once the commit is durable. */
leat_status leat_mysql_prepared_load(leat_mysql_prepared *prepared, const leat_binlog_xid *xid,
                                     const char *sequence, bool *found, leat_error *error);

/* It is rolled back by that transaction: its file goes once that is durable. */
leat_status leat_mysql_prepared_drop(leat_mysql_prepared *prepared, const leat_binlog_xid *xid,
                                     const char *sequence, leat_error *error);

/* Everything up to `position` is durable: removes the files of what ended before. */
void leat_mysql_prepared_acknowledge(const leat_mysql_prepared *prepared,
                                     const leat_mysql_position *position);

#endif
