/* The transport: "open at a position, next raw event", over whichever client library this was built with
 * (transport_connector_c.c for MariaDB Connector/C, transport_libmysqlclient.c for Oracle's). */
#ifndef LEAT_MYSQL_DUMP_TRANSPORT_H
#define LEAT_MYSQL_DUMP_TRANSPORT_H

#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "mysql/server/session.h"

/* Where to begin. With GTIDs: everything that `gtids` does not contain. Without: file and offset. */
typedef struct leat_mysql_dump {
    uint32_t server_id;
    const char *uuid;    /* what we call ourselves, stable over restarts */
    const char *gtids;   /* the text form of the server's kind ("" for nothing yet); NULL: by file */
    leat_slice gtid_set; /* MySQL: the same in COM_BINLOG_DUMP_GTID's encoding */
    const char *file;    /* by file: its name */
    uint64_t offset;     /* by file: of an event's start */
    int64_t heartbeat;   /* microseconds of silence after which the server sends a heartbeat */
} leat_mysql_dump;

/* Sets the session variables a replica must (checksum, heartbeat, uuid, MariaDB's capability and GTID start)
 * and sends the dump command; afterwards the connection gives events only. Refusals are told by
 * leat_mysql_dump_failure, here or at the first next. */
leat_status leat_mysql_transport_open(leat_mysql_session *session, const leat_mysql_dump *dump,
                                      leat_error *error);

/* The next raw event, header and checksum included, without the packet's leading status byte; valid until the
 * next call. Waits for one, at most the connection's read timeout, which transport_open sets to three
 * heartbeats (LEAT_RETRY beyond). LEAT_RETRY when the connection is lost or interrupted or the server ends
 * the stream. Reader thread. */
leat_status leat_mysql_transport_next(leat_mysql_session *session, leat_slice *event, leat_error *error);

#endif
