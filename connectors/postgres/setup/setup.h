/* Publication, slot and identity: made once, recorded, compared at every start.
 *
 * The room: slot_make.h makes the slot, and the snapshot that fits it. It asks the parts of check/ and refuses in
 * their words; it uses objects/, wire/lsn.h and server/, and knows neither stream nor snapshot. */
#ifndef LEAT_POSTGRES_SETUP_SETUP_H
#define LEAT_POSTGRES_SETUP_SETUP_H

#include "base/error.h"
#include "leat/source.h"
#include "postgres/objects/names.h"
#include "postgres/server/session.h"
#include "postgres/wire/lsn.h"

/* First start: publication for exactly the captured tables (made where missing and allowed, compared where
 * present), then the slot, whose snapshot the replication session then uses: on return `replication` is
 * inside a read-only repeatable-read transaction that sees exactly the state at `consistent_point`. The
 * intent is in the notebook before the slot is made, so that a slot left by a start that crashed is known as
 * ours and replaced.
 *
 * With the setting `manage` false publication and slot are taken as given: `consistent_point` is then what the
 * slot was last confirmed up to, and `replication` is in no transaction, as no snapshot fits a slot made
 * before. */
leat_status leat_postgres_setup_create(const leat_source_options *options, const leat_postgres_names *names,
                                       leat_postgres_session *replication, leat_lsn *consistent_point,
                                       leat_error *error);

/* The first start is over (snapshot durable, or none wanted): the identity of server, database, publication
 * and slot goes into the notebook. */
leat_status leat_postgres_setup_complete(const leat_source_options *options, const leat_postgres_names *names,
                                         leat_postgres_session *sql, leat_error *error);

/* Every later start: compares the recorded identity with what is there, and the slot with `position` (the
 * durable log text). Any contradiction is LEAT_OPERATOR with the choice to make; nothing is ever made again
 * silently. */
leat_status leat_postgres_setup_verify(const leat_source_options *options, const leat_postgres_names *names,
                                       leat_postgres_session *sql, leat_lsn position, leat_error *error);

/* leat_source_ops.discover, over a plain SQL session. */
leat_status leat_postgres_discover(const leat_source_options *options, leat_discovery *discovery,
                                   leat_error *error);

#endif
