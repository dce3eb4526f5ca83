/* Where the log stands, whose log it is, and whether a position can be read on from.
 *
 * The room: verify.c decides by which of sets, states or files the question is asked (gtids.c, file.c,
 * anonymous.c); log_end.c is where the log ends; identity.h remembers the server. It uses gtid/ and
 * server/. */
#ifndef LEAT_MYSQL_SETUP_SETUP_H
#define LEAT_MYSQL_SETUP_SETUP_H

#include "leat/source.h"
#include "mysql/gtid/position.h"
#include "mysql/server/session.h"

/* The end of the server's log now: GTIDs where it has them, file and offset. */
leat_status leat_mysql_log_end(leat_mysql_session *session, leat_mysql_position *position, leat_error *error);

/* Bytes of log from the file and offset in the position's text to the log's end; -1 when this server has no
 * such file (another server, or purged) or may not be asked. */
leat_status leat_mysql_bytes_behind(leat_mysql_session *session, const char *log, int64_t *bytes,
                                    leat_error *error);

/* A session on the first host of the url (with one host, that one) that can be streamed from at `position`:
 * it is the server that the position belongs to, or (with GTIDs) one that has all of it; nothing that is
 * still needed was purged; the log was not reset. LEAT_OPERATOR with the choice to make. `epoch` counts the
 * servers that this pipeline has read from, one after the other, from 1, kept in the notebook: it makes
 * sequences sort over a failover. */
leat_status leat_mysql_setup_session(const leat_source_options *options, const leat_mysql_position *position,
                                     leat_mysql_session **session, unsigned *epoch, leat_error *error);

#endif
