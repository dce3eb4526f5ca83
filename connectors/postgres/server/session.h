/* A connection to PostgreSQL whose text output never depends on role, database or server settings.
 *
 * The room: failure.h decides what may be tried again, result.h reads fields of results, sql_text.h quotes names and
 * texts. It uses nothing of the connector. */
#ifndef LEAT_POSTGRES_SERVER_SESSION_H
#define LEAT_POSTGRES_SERVER_SESSION_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "leat/source.h"
#include "postgres/server/failure.h"
#include "postgres/server/sql_text.h"

/* Opaque; used by one thread at a time. */
typedef struct leat_postgres_session leat_postgres_session;

typedef enum leat_postgres_session_kind {
    LEAT_POSTGRES_SQL,         /* plain SQL */
    LEAT_POSTGRES_REPLICATION, /* replication=database: replication commands and simple SQL */
} leat_postgres_session_kind;

/* LEAT_USAGE when libpq cannot read `url` as a connection string or URI. Connects to nothing. */
leat_status leat_postgres_check_url(const char *url, leat_error *error);

/* Connects, waiting at most options->connect_timeout and asking options->stop, with every setting
 * pinned that shapes text output (protocols: datestyle, intervalstyle, extra_float_digits, timezone,
 * bytea_output, lc_*, client_encoding, search_path) and no statement, lock or idle timeout. LEAT_RETRY when
 * the server cannot be reached or is starting, LEAT_OPERATOR for refused credentials or a missing database;
 * the sentence names host, port, user and database, never the password. */
leat_status leat_postgres_session_open(const leat_source_options *options, leat_postgres_session_kind kind,
                                       leat_postgres_session **session, leat_error *error);
void leat_postgres_session_close(leat_postgres_session *session);

PGconn *leat_postgres_session_connection(leat_postgres_session *session);

/* server_version_num, e.g. 150020. */
int leat_postgres_session_version(const leat_postgres_session *session);

/* Runs one statement and gives its result (PQclear it), which is PGRES_TUPLES_OK or PGRES_COMMAND_OK. */
leat_status leat_postgres_query(leat_postgres_session *session, const char *sql, PGresult **result,
                                leat_error *error);

/* The same for a statement without a result of interest. */
leat_status leat_postgres_execute(leat_postgres_session *session, const char *sql, leat_error *error);

/* Runs a statement that begins a COPY (COPY … TO STDOUT, START_REPLICATION); afterwards the connection is in
 * that COPY. */
leat_status leat_postgres_start_copy(leat_postgres_session *session, const char *sql, leat_error *error);

#endif
