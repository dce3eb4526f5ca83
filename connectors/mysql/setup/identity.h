/* Which server this pipeline reads from, as the notebook remembers it. */
#ifndef LEAT_MYSQL_SETUP_IDENTITY_H
#define LEAT_MYSQL_SETUP_IDENTITY_H

#include "leat/source.h"

typedef struct leat_mysql_identity {
    char *server;   /* leat_mysql_server.identity; NULL: nothing remembered yet. Heap, leat_release it */
    unsigned epoch; /* how many servers there were, this one counted; from 1 */
} leat_mysql_identity;

leat_status leat_mysql_identity_load(const leat_source_options *options, leat_mysql_identity *identity,
                                     leat_error *error);
leat_status leat_mysql_identity_keep(const leat_source_options *options, const char *server, unsigned epoch,
                                     leat_error *error);

#endif
