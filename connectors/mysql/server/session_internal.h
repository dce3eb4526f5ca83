/* What a session is, for the files that make it up. */
#ifndef LEAT_MYSQL_SERVER_SESSION_INTERNAL_H
#define LEAT_MYSQL_SERVER_SESSION_INTERNAL_H

#include <stdatomic.h>

#include "base/arena.h"
#include "mysql/server/session.h"
#include "mysql/server/url.h"

/* One thread uses it, but for `interrupted` and the shutdown of `socket`. */
struct leat_mysql_session {
    MYSQL *connection;
    const leat_source_options *options;
    leat_arena arena;
    leat_mysql_url url;
    leat_mysql_server server;
    int socket;
    atomic_bool interrupted;
    bool left;         /* a statement was left in its middle: nothing more can be asked */
    bool utf8_results; /* character_set_results is utf8mb4, else NULL */
    char *dump_start;  /* where the dump that runs began, for messages; NULL before */
};

/* "MySQL" or "MariaDB", as the config says it is. */
const char *leat_mysql_product(const leat_source_options *options);

/* Finds out what answers and makes the session independent of the server's settings. The connection is
 * there. */
leat_status leat_mysql_session_settle(leat_mysql_session *session, leat_error *error);

/* The failure of what was last done on the connection, with a context like "cannot …". */
leat_status leat_mysql_session_failure(leat_mysql_session *session, const char *context, leat_error *error);

#endif
