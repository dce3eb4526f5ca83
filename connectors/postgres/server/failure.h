/* What a PostgreSQL failure means: the one place that decides what may be tried again. */
#ifndef LEAT_POSTGRES_SERVER_FAILURE_H
#define LEAT_POSTGRES_SERVER_FAILURE_H

#include <libpq-fe.h>

#include "base/error.h"

/* Codes of leat_error that somebody decides by (PostgreSQL documentation, appendix A). */
#define LEAT_POSTGRES_LOCK_NOT_AVAILABLE "SQLSTATE 55P03"
#define LEAT_POSTGRES_UNDEFINED_TABLE    "SQLSTATE 42P01"
#define LEAT_POSTGRES_INVALID_SCHEMA     "SQLSTATE 3F000"

/* The status that a SQLSTATE stands for; NULL (libpq itself failed, the connection is gone) is LEAT_RETRY. */
leat_status leat_postgres_classify(const char *sqlstate);

/* The failure of a connection that could not be made, with PQERRORS_VERBOSE in force: a sentence that names
 * host, port, database and user, a mend, and the refusal's SQLSTATE as its code. */
leat_status leat_postgres_connect_failure(const PGconn *connection, leat_error *error);

/* Turns the connection's or result's failure (either may be NULL) into a status by SQLSTATE and a sentence
 * beginning with the context; the server's hint, where given, is the mend. One place decides what may be
 * retried. */
leat_status leat_postgres_failure(PGconn *connection, const PGresult *result, leat_error *error,
                                  const char *context_format, ...) __attribute__((format(printf, 4, 5)));

#endif
