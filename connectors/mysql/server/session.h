/* A connection to MySQL or MariaDB for SQL, and how its failures are told.
 *
 * The room: url.h and hosts.h say where to, client.h is what differs between the two client libraries,
 * failure.h decides what may be tried again, result.h reads rows. It uses nothing of the connector. */
#ifndef LEAT_MYSQL_SERVER_SESSION_H
#define LEAT_MYSQL_SERVER_SESSION_H

#include <mysql.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "leat/source.h"

/* What kind of server answers. Texts live as long as the session. */
typedef struct leat_mysql_server {
    bool mariadb;
    unsigned version; /* 80045 for 8.0.45, 101119 for 10.11.19 */
    const char *version_text;
    const char *identity; /* what tells this server from every other: MySQL's server_uuid, MariaDB's
                             "host:port/server_id" */
    const char *address;  /* "host:port" or the socket's path, for messages */
    bool gtid;            /* transactions have GTIDs: gtid_mode = ON, or any MariaDB */
} leat_mysql_server;

/* Opaque; used by one thread at a time. */
typedef struct leat_mysql_session leat_mysql_session;

/* Opens a session on one of the url's hosts, tried in order, waiting at most options->connect_timeout for
 * each and asking options->stop. Pins what shapes results: time_zone '+00:00', sql_mode '' (with
 * NO_BACKSLASH_ESCAPES never on), character_set_client and _connection utf8mb4, character_set_results NULL
 * (values come in their columns' own charset), autocommit, transaction_isolation REPEATABLE READ; no
 * statement time limit; wait_timeout and net_write_timeout of a day. max_allowed_packet 1 GiB.
 *
 * LEAT_RETRY when no host can be reached or the server is starting or full; LEAT_OPERATOR for refused
 * credentials, TLS that cannot be verified, or a server of the other kind than options->type says. Sentences
 * name host, port and user, never the password. */
leat_status leat_mysql_session_open(const leat_source_options *options, leat_mysql_session **session,
                                    leat_error *error);

/* The same on the url's host number `place` alone; LEAT_USAGE beyond the last. */
leat_status leat_mysql_session_open_host(const leat_source_options *options, size_t place,
                                         leat_mysql_session **session, leat_error *error);
size_t leat_mysql_session_host_count(const leat_source_options *options);

/* NULL is fine. */
void leat_mysql_session_close(leat_mysql_session *session);

/* Breaks whatever another thread waits for on this session (shutdown of its socket). Any thread. */
void leat_mysql_session_interrupt(leat_mysql_session *session);

const leat_mysql_server *leat_mysql_session_server(const leat_mysql_session *session);
MYSQL *leat_mysql_session_connection(leat_mysql_session *session);

/* Statements ask options->stop while they wait; after LEAT_STOPPED, as after an interrupt, the
 * session can only be closed. */

/* Runs one statement and gives its whole result in memory (mysql_free_result it; NULL for a statement
 * without one). Texts in results that information_schema or SHOW give are UTF-8: such statements are run
 * through this function, which sets character_set_results for them; values of user tables are not. */
leat_status leat_mysql_query(leat_mysql_session *session, const char *sql, MYSQL_RES **result,
                             leat_error *error);

/* Runs a SELECT of user data and gives its result row by row as it comes from the server, in the columns' own
 * charsets (mysql_free_result it, which reads what is left). */
leat_status leat_mysql_select(leat_mysql_session *session, const char *sql, MYSQL_RES **result,
                              leat_error *error);

/* The same for a statement without a result of interest. */
leat_status leat_mysql_execute(leat_mysql_session *session, const char *sql, leat_error *error);

/* The value in the first column of the first row as a heap string; NULL for no row or a null. */
leat_status leat_mysql_value(leat_mysql_session *session, const char *sql, char **value, leat_error *error);

/* The value of a global variable, whole, as SHOW GLOBAL VARIABLES prints it (ON, not 1); "" where this server
 * has none of that name. */
leat_status leat_mysql_variable(leat_mysql_session *session, const char *name, char **value,
                                leat_error *error);

/* SQL text: an identifier in backticks or a string literal in quotes, for any content. */
void leat_mysql_append_identifier(leat_buffer *sql, const char *name);
void leat_mysql_append_literal(leat_buffer *sql, const char *text);
/* `database`.`table` */
void leat_mysql_append_qualified(leat_buffer *sql, const char *database, const char *name);

#endif
