/* Contract: what a source hands to the pump, one at a time. */
#ifndef LEAT_EVENT_H
#define LEAT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "leat/table.h"

typedef enum leat_datum_kind {
    LEAT_DATUM_NULL,
    LEAT_DATUM_VALUE,
    LEAT_DATUM_UNCHANGED, /* the source left it out because it did not change (TOAST) */
    LEAT_DATUM_ABSENT,    /* the source left it out for another reason (partial row image) */
    LEAT_DATUM_NO_KEY,    /* of an old row that the source tells by its key alone, a column beside that */
} leat_datum_kind;

/* One column of a row: a slice of the source's own bytes. */
typedef struct leat_datum {
    leat_slice value;
    leat_datum_kind kind;
} leat_datum;

typedef enum leat_operation {
    LEAT_CREATE = 'c',
    LEAT_UPDATE = 'u',
    LEAT_DELETE = 'd',
    LEAT_READ = 'r', /* a row of a snapshot */
    LEAT_TRUNCATE = 't',
    LEAT_MESSAGE = 'm',
} leat_operation;

/* A fact about a change that only one family of databases has (lsn, gtid…); they fill the debezium envelope's
 * Source record. The connector declares their names and kinds once (leat_source_kind) and gives values with
 * each event. */
typedef enum leat_fact_kind { LEAT_FACT_INT, LEAT_FACT_LONG, LEAT_FACT_STRING } leat_fact_kind;

typedef struct leat_fact_field {
    const char *name;
    leat_fact_kind kind;
    bool place; /* of LEAT_FACT_LONG: where in its log the single change stands; of one field at most */
} leat_fact_field;

typedef struct leat_fact {
    bool null;
    int64_t number;  /* LEAT_FACT_INT, LEAT_FACT_LONG */
    leat_slice text; /* LEAT_FACT_STRING */
} leat_fact;

/* The transaction that the events between a begin and a commit belong to (for a snapshot: the snapshot
 * itself). */
typedef struct leat_transaction {
    leat_slice
        name; /* unique in the log and the same when the log is read again: what a cut position names */
    leat_slice identifier; /* what the database's people know it by (xid, GTID): "__tx", transaction.id */
    leat_slice sequence; /* fixed width; sorts bytewise in log order among all transactions of this source */
    int64_t commit_time; /* microseconds since 1970 UTC */
} leat_transaction;

typedef enum leat_event_kind {
    LEAT_EVENT_IDLE,      /* the timeout passed and nothing came */
    LEAT_EVENT_BEGIN,     /* transaction */
    LEAT_EVENT_TABLE,     /* table: a definition that holds from here on; before its first row */
    LEAT_EVENT_ROW,       /* table, operation, before, after, key_changed, facts */
    LEAT_EVENT_TRUNCATE,  /* tables, table_count */
    LEAT_EVENT_MESSAGE,   /* message_prefix, message_content, transactional */
    LEAT_EVENT_COMMIT,    /* position: everything up to this transaction's end */
    LEAT_EVENT_HEARTBEAT, /* position: nothing of ours stands in the log up to here but what was given already
                           */
    LEAT_EVENT_SNAPSHOT_BEGIN, /* transaction: what the rows of the snapshot belong to; position: as at its
                                  end */
    LEAT_EVENT_SNAPSHOT_TABLE, /* table, row_estimate: rows of this table follow (among those of others) */
    LEAT_EVENT_SNAPSHOT_TABLE_DONE, /* table */
    LEAT_EVENT_SNAPSHOT_END,        /* position: where the stream takes over */
} leat_event_kind;

/* Owned by the source; it and every slice in it live until the next call of `next`. */
typedef struct leat_event {
    leat_event_kind kind;
    leat_operation operation;
    bool key_changed;   /* an update whose `before` and `after` have different keys */
    bool transactional; /* of a message */
    bool awaited;       /* of a heartbeat: the server waits for its position to be acknowledged, e.g. to shut
                           down */
    leat_table *table;
    const leat_datum *before; /* table->column_count of them, or NULL where the source gave no old row */
    const leat_datum *after;  /* table->column_count of them, or NULL for a delete */
    leat_table *const *tables;
    size_t table_count;
    leat_slice message_prefix;
    leat_slice message_content;
    int64_t row_estimate; /* of a snapshot's table; -1 unknown */
    leat_slice order; /* key of the position (leat_log_place) of a commit, a heartbeat, or a message that is
                           * not transactional (which also has a `transaction` of its own); empty else */
    const char *position;         /* log text (leat_position.log) of a snapshot's begin and end; NULL else */
    const leat_fact *facts;       /* as the source's fact_fields declare; NULL where none apply */
    leat_transaction transaction; /* set from a begin to its commit */
} leat_event;

#endif
