/* The parts of the check, each about one subject. Set-up asks some of them too, and refuses with their words.
 *
 * All take the same things, run on the checkup's session and add findings; what they return other than
 * LEAT_OK is that the question could not be asked.
 *
 * The room uses objects/ and server/; setup/ stands above it. */
#ifndef LEAT_POSTGRES_CHECK_CHECK_H
#define LEAT_POSTGRES_CHECK_CHECK_H

#include <stdbool.h>

#include "base/error.h"
#include "leat/finding.h"
#include "postgres/objects/names.h"
#include "postgres/objects/publication.h"
#include "postgres/objects/slot.h"
#include "postgres/objects/tables.h"
#include "postgres/server/session.h"

/* leat_source_ops.check, over a session of its own. */
leat_status leat_postgres_check(const leat_source_options *options, const leat_postgres_names *names,
                                leat_findings *findings, leat_error *error);

/* What is being looked at. Zero-initialise; leat_postgres_checkup_open fills it, …_close ends it. The
 * findings are the caller's. */
typedef struct leat_postgres_checkup {
    const leat_source_options *options;
    const leat_postgres_names *names;
    leat_postgres_session *session; /* borrowed */
    leat_findings *findings;
    int version;
    bool recovery; /* the server is a standby */
    char *role;
    char *database;
    leat_postgres_tables tables;
    leat_postgres_publication publication;
    leat_postgres_slot slot;
} leat_postgres_checkup;

/* Reads tables, publication and slot over `session`, which must outlive it. */
leat_status leat_postgres_checkup_open(leat_postgres_checkup *checkup, const leat_source_options *options,
                                       const leat_postgres_names *names, leat_postgres_session *session,
                                       leat_findings *findings, leat_error *error);
void leat_postgres_checkup_close(leat_postgres_checkup *checkup);

/* wal_level, room for a slot and a sender, standby, how the server keeps log for slots. */
leat_status leat_postgres_check_server(leat_postgres_checkup *checkup, leat_error *error);

/* REPLICATION, shown by making a replication connection. */
leat_status leat_postgres_check_role(leat_postgres_checkup *checkup, leat_error *error);

/* Patterns without a match; names selected that cannot be captured. */
leat_status leat_postgres_check_patterns(leat_postgres_checkup *checkup, leat_error *error);

/* Whether the role may read every row of the captured tables. */
leat_status leat_postgres_check_rights(leat_postgres_checkup *checkup, leat_error *error);

/* Replica identity of everything that holds rows: without one, publishing updates would make the
 * application's own statements fail. */
leat_status leat_postgres_check_identity(leat_postgres_checkup *checkup, leat_error *error);

/* Columns that come otherwise than one might think: generated, stored out of line, of types without a form of
 * their own. */
leat_status leat_postgres_check_columns(leat_postgres_checkup *checkup, leat_error *error);

/* What partitioned tables do not tell. */
leat_status leat_postgres_check_partitions(leat_postgres_checkup *checkup, leat_error *error);

/* The publication's contents against what is wanted, or taken as given. */
leat_status leat_postgres_check_publication(leat_postgres_checkup *checkup, leat_error *error);

/* Whether the role may make the publication that is missing. */
leat_status leat_postgres_check_publication_rights(leat_postgres_checkup *checkup, leat_error *error);

/* Our slot: whether it is of a kind that we can read, and still whole. */
leat_status leat_postgres_check_slot(leat_postgres_checkup *checkup, leat_error *error);

/* Open transactions that making a slot would wait for; slots that keep log nobody fetches. */
leat_status leat_postgres_check_waiting(leat_postgres_checkup *checkup, leat_error *error);
leat_status leat_postgres_check_retention(leat_postgres_checkup *checkup, leat_error *error);

/* LEAT_OPERATOR with the words of the first finding that is an error; LEAT_OK when there is none. A mend too
 * long for an error is left to the check to print. */
leat_status leat_postgres_refuse_by_findings(const leat_findings *findings, leat_error *error);

#endif
