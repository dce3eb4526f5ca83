/* What a MySQL or MariaDB failure means: the one place that decides what may be tried again. */
#ifndef LEAT_MYSQL_SERVER_FAILURE_H
#define LEAT_MYSQL_SERVER_FAILURE_H

#include "base/error.h"

/* What an error number, with its text, stands for: connection lost or refused, server starting, stopping or
 * full, deadlock, lock wait timeout, definition changed (1412): LEAT_RETRY. Credentials, rights, unknown
 * database, TLS: LEAT_OPERATOR. Anything else LEAT_FAILED. */
leat_status leat_mysql_classify(unsigned number, const char *text);

/* Fills `error` with a sentence beginning with the context, from an error number and the server's text; adds
 * the mend and the code ("MySQL 1205") that belong to it. */
leat_status leat_mysql_failure(unsigned number, const char *text, leat_error *error,
                               const char *context_format, ...) __attribute__((format(printf, 4, 5)));

/* The refusals of a binlog dump (1236 with its many texts, 4052, 1045, 1227…), each as a sentence of its own
 * with the choice to make. Purged logs, unknown or diverged GTIDs, a log file or offset that is not there:
 * LEAT_OPERATOR. Another replica with our server_id or uuid: LEAT_OPERATOR. A log that is being closed or a
 * read error on a log that may pass: LEAT_RETRY. `address` names the server, `position` where we wanted to
 * read from. */
leat_status leat_mysql_dump_failure(unsigned number, const char *text, const char *address,
                                    const char *position, leat_error *error);

#endif
