/* Publication, slot and identity: made once, recorded, compared at every start. */
#ifndef LEAT_POSTGRES_SETUP_SETUP_H
#define LEAT_POSTGRES_SETUP_SETUP_H

#include "base/error.h"
#include "leat/finding.h"
#include "leat/source.h"
#include "postgres/server/session.h"
#include "postgres/wire/lsn.h"

/* Names that hold for this pipeline: the config's, or made from the pipeline's name ("leat_shop"). Heap
 * texts. */
typedef struct leat_postgres_names {
    char *slot;
    char *publication;
} leat_postgres_names;

void leat_postgres_names_resolve(const leat_source_options *options, leat_postgres_names *names);
void leat_postgres_names_free(leat_postgres_names *names);

/* First start: publication for exactly the captured tables (made where missing and allowed, compared where
 * present), then the slot, whose snapshot the replication session then uses: on return `replication` is
 * inside a read-only repeatable-read transaction that sees exactly the state at `consistent_point`. The
 * intent is in the notebook before the slot is made, so that a slot left by a start that crashed is known as
 * ours and replaced.
 *
 * With options->manage false publication and slot are taken as given: `consistent_point` is then what the
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

/* leat_source_ops.check and .discover, over a plain SQL session. */
leat_status leat_postgres_check(const leat_source_options *options, const leat_postgres_names *names,
                                leat_findings *findings, leat_error *error);
leat_status leat_postgres_discover(const leat_source_options *options, leat_discovery *discovery,
                                   leat_error *error);

#endif
