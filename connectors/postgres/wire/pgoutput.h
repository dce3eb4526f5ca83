/* pgoutput messages of protocol 1, decoded to the last byte. PostgreSQL documentation, "Logical Replication
 * Message Formats"; src/backend/replication/logical/proto.c. */
#ifndef LEAT_POSTGRES_WIRE_PGOUTPUT_H
#define LEAT_POSTGRES_WIRE_PGOUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"
#include "leat/event.h"
#include "postgres/catalog/catalog.h"
#include "postgres/wire/lsn.h"

typedef enum leat_pgoutput_kind {
    LEAT_PGOUTPUT_BEGIN = 'B',
    LEAT_PGOUTPUT_COMMIT = 'C',
    LEAT_PGOUTPUT_ORIGIN = 'O',
    LEAT_PGOUTPUT_RELATION = 'R',
    LEAT_PGOUTPUT_TYPE = 'Y',
    LEAT_PGOUTPUT_INSERT = 'I',
    LEAT_PGOUTPUT_UPDATE = 'U',
    LEAT_PGOUTPUT_DELETE = 'D',
    LEAT_PGOUTPUT_TRUNCATE = 'T',
    LEAT_PGOUTPUT_MESSAGE = 'M',
} leat_pgoutput_kind;

/* A tuple: datums in the memory that the caller lent (see leat_pgoutput_decode). */
typedef struct leat_pgoutput_tuple {
    char kind; /* 'N', 'O', 'K'; 0 for none */
    leat_datum *datums;
    size_t count;
} leat_pgoutput_tuple;

/* One decoded message; slices point into the message's bytes, arrays into the arena. Of a row's
 * change only the relation and the tuples are set, of every other message all fields. */
typedef struct leat_pgoutput_message {
    leat_pgoutput_kind kind;
    leat_lsn lsn;                      /* BEGIN: final; COMMIT: commit; ORIGIN: origin's; MESSAGE: its own */
    leat_lsn end_lsn;                  /* COMMIT: what to acknowledge */
    int64_t commit_time;               /* BEGIN, COMMIT: microseconds since 1970 UTC */
    uint32_t xid;                      /* BEGIN */
    leat_slice name;                   /* ORIGIN, TYPE: name; MESSAGE: prefix */
    leat_slice schema;                 /* TYPE */
    leat_slice content;                /* MESSAGE */
    bool transactional;                /* MESSAGE */
    uint8_t flags;                     /* TRUNCATE: 1 cascade, 2 restart identity */
    Oid relation;                      /* INSERT, UPDATE, DELETE; TYPE: the type */
    leat_postgres_relation definition; /* RELATION; texts in the arena */
    const Oid *relations;              /* TRUNCATE */
    size_t relation_count;
    leat_pgoutput_tuple old_tuple; /* 'K' or 'O' of an UPDATE or DELETE */
    leat_pgoutput_tuple new_tuple;
} leat_pgoutput_message;

/* Decodes one message. Refuses (LEAT_FAILED, with the kind and offset) a kind, flag or column kind it does
 * not know, a short message and left-over bytes; LEAT_OPERATOR for a message of two-phase commit, which only
 * another slot can prevent. The arena is the caller's to reset after the message. */
leat_status leat_pgoutput_decode(leat_slice bytes, leat_arena *arena, leat_pgoutput_message *message,
                                 leat_error *error);

#endif
