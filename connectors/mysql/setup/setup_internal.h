/* What the parts of the set-up say in common. */
#ifndef LEAT_MYSQL_SETUP_SETUP_INTERNAL_H
#define LEAT_MYSQL_SETUP_SETUP_INTERNAL_H

#include "mysql/setup/identity.h"
#include "mysql/setup/setup.h"

/* One verification: everything outlives it. */
typedef struct leat_mysql_verification {
    const leat_source_options *options;
    leat_mysql_session *session;
    const leat_mysql_server *server;
    const leat_mysql_position *position;
    bool another; /* server than the one remembered */
} leat_mysql_verification;

/* As much of a GTID set as a sentence can bear. */
enum { LEAT_MYSQL_GTIDS_SHOWN = 200 };

/* The last resort, for a mend. */
#define LEAT_MYSQL_BEGIN_ANEW                                                                                \
    "begin anew with a snapshot: move this pipeline's state and output away and run again"

/* The server writes no log. */
leat_status leat_mysql_refuse_without_log(const leat_mysql_server *server, leat_error *error);

/* The server can go on from the position, by whichever it goes. */
leat_status leat_mysql_verify_set(const leat_mysql_verification *now, leat_error *error);
leat_status leat_mysql_verify_no_anonymous(const leat_mysql_verification *now, leat_error *error);
leat_status leat_mysql_verify_state(const leat_mysql_verification *now, leat_error *error);
leat_status leat_mysql_verify_file(const leat_mysql_verification *now, leat_error *error);

#endif
