/* GTID_TAGGED's own way of writing (MySQL 8.3's libs/mysql/serialization). */
#ifndef LEAT_MYSQL_BINLOG_GTID_TAGGED_H
#define LEAT_MYSQL_BINLOG_GTID_TAGGED_H

#include "base/cursor.h"
#include "mysql/binlog/binlog.h"

/* Reads the whole body into `gtid`; fails the cursor where it is none. */
void leat_binlog_read_tagged_gtid(leat_cursor *cursor, leat_binlog_gtid *gtid);

#endif
