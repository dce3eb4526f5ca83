/* Connecting, as far as it differs between the client libraries (client_connector_c.c for MariaDB
 * Connector/C, client_libmysqlclient.c for Oracle's): TLS options, and waiting without blocking. */
#ifndef LEAT_MYSQL_SERVER_CLIENT_H
#define LEAT_MYSQL_SERVER_CLIENT_H

#include <mysql.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "leat/stop.h"
#include "mysql/server/url.h"

/* How long a wait may take, and who may end it. */
typedef struct leat_mysql_patience {
    int64_t deadline; /* monotonic microseconds; INT64_MAX: none */
    leat_stop stop;
    const atomic_bool *interrupted; /* NULL: nobody */
} leat_mysql_patience;

typedef enum leat_mysql_wait {
    LEAT_MYSQL_WAIT_OVER,      /* what was waited for is there */
    LEAT_MYSQL_WAIT_TIMED_OUT, /* the deadline is past */
    LEAT_MYSQL_WAIT_STOPPED,   /* stop says so */
    LEAT_MYSQL_WAIT_INTERRUPTED,
} leat_mysql_wait;

/* Waits until one of `events` (poll's) is there on the socket, at most `longest` milliseconds at a time
 * between two questions. */
leat_mysql_wait leat_mysql_wait_for_socket(int socket, short events, const leat_mysql_patience *patience,
                                           int longest, short *happened);

enum { LEAT_MYSQL_STOP_QUESTION_MILLISECONDS = 100 };

/* Sets the url's TLS options, and which ways to log in may be asked for: never one that sends the password in
 * clear text, unless the server's certificate is verified. */
void leat_mysql_client_prepare(MYSQL *connection, const leat_mysql_url *url, leat_mysql_tls tls);

/* Connects to the host (or the url's socket). LEAT_MYSQL_WAIT_OVER: see `*refused`, and then mysql_errno.
 * After anything else the connection can only be closed. Name resolution is not interruptible. */
leat_mysql_wait leat_mysql_client_connect(MYSQL *connection, const leat_mysql_url *url,
                                          const leat_mysql_host *host, const leat_mysql_patience *patience,
                                          bool *refused);

/* The connection's socket. */
int leat_mysql_client_socket(MYSQL *connection);

/* Whether the server that refused offers TLS at all. */
static inline bool leat_mysql_client_is_offered_tls(const MYSQL *connection)
{
    return (connection->server_capabilities & CLIENT_SSL) != 0;
}

#endif
