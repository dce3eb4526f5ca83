/* What we call ourselves among the server's replicas. */
#ifndef LEAT_MYSQL_DUMP_REPLICA_H
#define LEAT_MYSQL_DUMP_REPLICA_H

#include <stdint.h>

#include "base/error.h"
#include "leat/source.h"

typedef struct leat_mysql_replica {
    uint32_t server_id;
    char uuid[37];
} leat_mysql_replica;

/* The configured server_id, or one made once (above 2^30, so that it is unlike what people choose) and kept
 * in the notebook, as the uuid is. */
leat_status leat_mysql_replica_resolve(const leat_source_options *options, leat_mysql_replica *replica,
                                       leat_error *error);

#endif
