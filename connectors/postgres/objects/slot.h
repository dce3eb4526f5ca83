/* The replication slot, as pg_replication_slots shows it. */
#ifndef LEAT_POSTGRES_OBJECTS_SLOT_H
#define LEAT_POSTGRES_OBJECTS_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "leat/finding.h"
#include "leat/source.h"
#include "postgres/objects/names.h"
#include "postgres/server/session.h"
#include "postgres/wire/lsn.h"

enum { LEAT_POSTGRES_NAME_SIZE = 64 }; /* NAMEDATALEN */

typedef struct leat_postgres_slot {
    bool exists; /* the rest is only set when it does */
    bool logical;
    char plugin[LEAT_POSTGRES_NAME_SIZE];
    char database[LEAT_POSTGRES_NAME_SIZE];
    bool other_database;
    bool temporary;
    bool two_phase;
    bool synced;    /* PostgreSQL 17: a standby's copy of the primary's slot */
    int active_pid; /* 0 when nobody uses it */
    leat_lsn restart;
    leat_lsn confirmed;
    char wal_status[16];   /* reserved, extended, unreserved, lost; "" unknown */
    char invalidation[32]; /* why it was invalidated, where the server says; "" when it was not */
    int64_t safe_bytes;    /* log that may still be written before it can be lost; -1 without a limit */
    int64_t retained;      /* bytes of log that it keeps; -1 unknown */
} leat_postgres_slot;

leat_status leat_postgres_slot_read(leat_postgres_session *session, const char *name,
                                    leat_postgres_slot *slot, leat_error *error);

/* Adds an error for each reason why this slot (which exists) cannot give a stream of this database. */
void leat_postgres_slot_judge(const leat_postgres_slot *slot, const char *name, leat_findings *findings);

/* Drops it over a replication or SQL session that is in no transaction. */
leat_status leat_postgres_slot_drop(leat_postgres_session *session, const char *name, leat_error *error);

#endif
