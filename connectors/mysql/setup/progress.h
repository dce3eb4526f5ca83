/* How far behind the server's log a position is. */
#ifndef LEAT_MYSQL_SETUP_PROGRESS_H
#define LEAT_MYSQL_SETUP_PROGRESS_H

#include <stdint.h>

#include "base/error.h"
#include "mysql/server/session.h"

/* Bytes of log from the file and offset in the position's text to the log's end; -1 when this server has no
 * such file (another server, or purged) or may not be asked. */
leat_status leat_mysql_bytes_behind(leat_mysql_session *session, const char *log, int64_t *bytes,
                                    leat_error *error);

#endif
