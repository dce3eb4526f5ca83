/* Prepared XA transactions: their changes stand in the log before the snapshot's point, but no snapshot shows
 * them, so that a commit after it would bring nothing. A snapshot is only taken where there are none. */
#ifndef LEAT_MYSQL_SNAPSHOT_XA_H
#define LEAT_MYSQL_SNAPSHOT_XA_H

#include "mysql/server/session.h"

/* What a watch over a stretch of time without a lock remembers. */
typedef struct leat_mysql_xa_watch {
    bool blind;       /* the list may not be read */
    uint64_t commits; /* the server's count of XA COMMIT when the watch began */
} leat_mysql_xa_watch;

/* While nobody can prepare or commit (under a lock): LEAT_RETRY names the transactions that are prepared.
 * Where the server does not let us see them that is logged, and LEAT_OK. */
leat_status leat_mysql_xa_none(leat_mysql_session *session, leat_log *log, leat_error *error);

/* Without a lock: begun before the point is taken and ended after it. One that was prepared at the point is
 * either listed at one of the ends or was committed in between, which the server counts: LEAT_RETRY. */
leat_status leat_mysql_xa_watch_begin(leat_mysql_session *session, leat_log *log, leat_mysql_xa_watch *watch,
                                      leat_error *error);
leat_status leat_mysql_xa_watch_end(leat_mysql_session *session, const leat_mysql_xa_watch *watch,
                                    leat_error *error);

/* The columns of XA RECOVER. */
enum {
    LEAT_MYSQL_XA_FORMAT,
    LEAT_MYSQL_XA_GLOBAL_LENGTH,
    LEAT_MYSQL_XA_BRANCH_LENGTH,
    LEAT_MYSQL_XA_DATA,
    LEAT_MYSQL_XA_COLUMNS,
};

/* Appends a transaction's name as XA COMMIT takes it, from its row of XA RECOVER (MariaDB: FORMAT='SQL',
 * which gives that; MySQL: CONVERT XID, which gives hex digits). */
void leat_mysql_xa_append_name(const char *const *row, leat_buffer *out);

#endif
