/* Several hosts, tried in turn. */
#ifndef LEAT_MYSQL_SERVER_HOSTS_H
#define LEAT_MYSQL_SERVER_HOSTS_H

#include "mysql/server/session.h"

/* Whether a session that was just opened on a host is one to use. LEAT_OK keeps it. */
typedef leat_status (*leat_mysql_host_judge)(void *context, leat_mysql_session *session, leat_error *error);

/* Opens a session on the first host of the url that can be reached and that `judge` (may be NULL) accepts.
 * When there is none, the error is that of the most telling host: what a person has to do only when every
 * host was reached, as one that was not may be the right one. The failures of the others are logged. */
leat_status leat_mysql_hosts_try(const leat_source_options *options, leat_mysql_host_judge judge,
                                 void *context, leat_mysql_session **session, leat_error *error);

#endif
