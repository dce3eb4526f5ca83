/* How the slot comes to be: made, with a snapshot that fits it, or taken as it is given. */
#ifndef LEAT_POSTGRES_SETUP_SLOT_MAKE_H
#define LEAT_POSTGRES_SETUP_SLOT_MAKE_H

#include "base/error.h"
#include "leat/source.h"
#include "postgres/objects/names.h"
#include "postgres/server/session.h"
#include "postgres/wire/lsn.h"

/* First start: makes the slot in a transaction that then uses its snapshot, or takes the one that is given.
 * See leat_postgres_setup_create. `record` is kept in the notebook as the intent before anything is made. */
leat_status leat_postgres_slot_make(const leat_source_options *options, const leat_postgres_names *names,
                                    const char *record, leat_postgres_session *replication,
                                    leat_lsn *consistent_point, leat_error *error);
leat_status leat_postgres_slot_take(const leat_source_options *options, const leat_postgres_names *names,
                                    const char *record, leat_postgres_session *replication,
                                    leat_lsn *consistent_point, leat_error *error);

#endif
