/* What the two transports share (transport.c). */
#ifndef LEAT_MYSQL_DUMP_TRANSPORT_INTERNAL_H
#define LEAT_MYSQL_DUMP_TRANSPORT_INTERNAL_H

#include "base/cursor.h"
#include "mysql/dump/transport.h"
#include "mysql/server/session_internal.h"

/* Commands and flags of the dump (MySQL: include/my_command.h, sql/rpl_constants.h; MariaDB:
 * include/mysql_com.h, sql/log_event.h). */
enum {
    LEAT_MYSQL_DUMP_BY_FILE = 0x12,
    LEAT_MYSQL_DUMP_BY_GTID = 0x1e,
    LEAT_MARIADB_SEND_ANNOTATE_ROWS = 2, /* MySQL reads the same bit as another wish */
    LEAT_MYSQL_LOG_START = 4,            /* offset of a file's first event */
};

/* Sets what a replica sets before a dump, and remembers where it begins. */
leat_status leat_mysql_transport_prepare(leat_mysql_session *session, const leat_mysql_dump *dump,
                                         leat_error *error);

/* Whether the dump goes by MySQL's GTIDs. */
static inline bool leat_mysql_dump_by_gtid(const leat_mysql_session *session, const leat_mysql_dump *dump)
{
    return dump->gtids != NULL && !session->server.mariadb;
}

/* Seconds without a byte after which the server counts as dead. */
unsigned leat_mysql_transport_patience(const leat_mysql_dump *dump);

/* The failure that the library has just told. */
leat_status leat_mysql_transport_failure(leat_mysql_session *session, leat_error *error);

/* Takes a packet's status byte off. */
leat_status leat_mysql_transport_unwrap(leat_mysql_session *session, leat_slice packet, leat_slice *event,
                                        leat_error *error);

#endif
