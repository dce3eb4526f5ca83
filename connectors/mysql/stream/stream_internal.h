/* The stream's inside, shared by its files only.
 *
 * Events go through three steps, each with a file of its own:
 *
 *   stream_fetch.c        the next event that counts: what a group held back is given when it turns out to
 * count stream_transaction.c  begin and end of transactions, positions stream_rows.c         TABLE_MAP and
 * rows events as leat's events
 *
 * stream_statement.c does what statements ask for, stream_prepared.c keeps XA transactions, stream_maps.c
 * knows which TABLE_MAP stands for which table.
 */
#ifndef LEAT_MYSQL_STREAM_STREAM_INTERNAL_H
#define LEAT_MYSQL_STREAM_STREAM_INTERNAL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "mysql/binlog/binlog.h"
#include "mysql/binlog/payload.h"
#include "mysql/binlog/rows.h"
#include "mysql/stream/group.h"
#include "mysql/stream/maps.h"
#include "mysql/stream/stream.h"

/* What a group of events turned out to be. */
typedef enum leat_mysql_outcome {
    LEAT_MYSQL_OPEN,      /* not known yet */
    LEAT_MYSQL_COMMITTED, /* ended by XID, COMMIT or a one-phase XA; or a statement by itself */
    LEAT_MYSQL_ROLLED_BACK,
    LEAT_MYSQL_PREPARED, /* an XA transaction that waits for its completion */
} leat_mysql_outcome;

/* A savepoint seen in the group at hand. */
typedef struct leat_mysql_savepoint {
    char *name;
    uint64_t size; /* of the group when it was set */
} leat_mysql_savepoint;

/* Where a stream's events come from at the moment. */
typedef enum leat_mysql_feed {
    LEAT_MYSQL_DIRECT,     /* the reader: nothing is held back */
    LEAT_MYSQL_COLLECTING, /* the reader, into the group, until the group's outcome is known */
    LEAT_MYSQL_GIVING,     /* the group, which counts */
} leat_mysql_feed;

/* The transaction at hand: from its GTID (or BEGIN) to its end. */
typedef struct leat_mysql_current {
    bool open;
    bool standalone; /* one statement, no terminator */
    bool fresh;      /* no statement came after the GTID yet */
    bool ending;     /* its end was seen, and comes when what is being given is given */
    bool begun;      /* a BEGIN event was given */
    bool has_set_gtid;
    bool has_state_gtid;
    bool void_alter;      /* the first half of a two-phase ALTER, or its withdrawal: changes nothing */
    bool prepared;        /* an XA transaction up to its PREPARE: held until its outcome is known */
    leat_mysql_gtid gtid; /* of MySQL */
    leat_mariadb_gtid state_gtid;
    uint64_t start;  /* offset of its first event in the file */
    uint64_t length; /* of its events so far */
    uint32_t server_id;
    int64_t commit_time;
    bool has_thread;
    uint32_t thread;
    leat_buffer name;
    leat_buffer identifier;
    char sequence[LEAT_MYSQL_SEQUENCE_SIZE];
} leat_mysql_current;

/* A rows event that is being given row by row, or a TRUNCATE about to be. */
typedef struct leat_mysql_giving {
    leat_mysql_known_table *table; /* NULL: none */
    bool truncate;
    int32_t row;     /* of the next one in its event */
    uint64_t offset; /* of the event in its file */
} leat_mysql_giving;

struct leat_mysql_stream {
    leat_mysql_stream_options options;
    bool mariadb;
    leat_mysql_reader *reader;
    leat_binlog_format format;

    /* Where we are. `position` covers every transaction that has ended. */
    leat_mysql_position position;
    leat_buffer position_text; /* of `position`, for the definitions and events */
    bool position_text_valid;
    leat_buffer file; /* that events are read from now */
    uint64_t file_number;
    uint64_t next_offset; /* of the next event in it, where the server does not say */
    bool moved;           /* `position` went on and no event said so yet */
    int64_t moved_said;   /* monotonic time of the last event that said so */
    unsigned moves;       /* since then */

    leat_mysql_feed feed;
    leat_mysql_group *group;
    leat_mysql_group *prepared_group; /* of an XA transaction that is being committed */
    bool prepared_ended;              /* one ended in this stream: its file waits to be removed */
    leat_mysql_group *giving_group;   /* one of the two */
    bool held_risk;                   /* the group has a savepoint, so that all of it must be held */
    leat_mysql_outcome outcome;       /* of the group that is being given */
    bool has_carried;                 /* an event that comes behind the group, given already read */
    leat_binlog_event carried;
    leat_mysql_savepoint *savepoints;
    size_t savepoint_count;
    leat_binlog_payload *payload;
    bool in_payload;
    leat_binlog_event inner; /* of the payload */
    leat_binlog_event at;    /* the event at hand */
    uint64_t event_offset;   /* where it begins in its file */

    leat_mysql_current current;
    leat_mysql_maps *maps;
    leat_binlog_rows *rows;
    leat_mysql_giving giving;
    leat_arena arena;     /* the statement at hand */
    leat_arena row_arena; /* the row at hand */
    leat_event event;
    leat_fact facts[LEAT_MYSQL_FACT_COUNT];
    leat_table *truncated[1];
};

/* ---- stream_fetch.c ---- */

/* The next event that counts, in stream->at; `*found` false when the timeout passed first. */
leat_status leat_mysql_fetch(leat_mysql_stream *stream, int64_t timeout, bool *found, leat_error *error);

/* Gives the events of `group` next; they count as the transaction at hand's. */
void leat_mysql_fetch_from(leat_mysql_stream *stream, leat_mysql_group *group, leat_mysql_outcome outcome);

/* Frees what fetching keeps. */
void leat_mysql_fetch_close(leat_mysql_stream *stream);

/* A savepoint in a transaction that is being given as it comes: from here on it is held back. */
void leat_mysql_fetch_hold(leat_mysql_stream *stream, const char *savepoint);

/* ---- stream_transaction.c ---- */

/* Begins a transaction at a GTID event, or at a statement that has none before it. */
leat_status leat_mysql_transaction_open(leat_mysql_stream *stream, const leat_binlog_event *event,
                                        leat_error *error);

/* The transaction at hand is over and counts (or counts for nothing): the position covers it. `*given` when
 * there is a COMMIT event to give. */
leat_status leat_mysql_transaction_end(leat_mysql_stream *stream, bool *given, leat_error *error);

/* An event outside of transactions, or a heartbeat, tells how far the log goes. */
void leat_mysql_place(leat_mysql_stream *stream, leat_slice file, uint64_t offset);

/* From here on events are of that file; the position stays. */
void leat_mysql_enter_file(leat_mysql_stream *stream, leat_slice file, uint64_t offset);

/* The text of `position`, for as long as it does not move. */
const char *leat_mysql_position_text(leat_mysql_stream *stream);

/* ---- stream_statement.c ---- */

/* Reads a QUERY event's statement, in stream->arena, which is reset. */
leat_status leat_mysql_statement_read(leat_mysql_stream *stream, const leat_binlog_event *event,
                                      leat_binlog_query *query, leat_mysql_statement *statement,
                                      leat_error *error);

/* Does what a statement of the transaction at hand asks for. `*ended`: it ended the transaction. */
leat_status leat_mysql_statement_handle(leat_mysql_stream *stream, bool *ended, leat_error *error);

/* Rows of the transaction at hand were given before it was known that they do not count. */
leat_status leat_mysql_refuse_rollback(const leat_mysql_stream *stream, leat_error *error);

/* It was rolled back to a savepoint that it did not set: what was rolled back cannot be told. */
leat_status leat_mysql_refuse_savepoint(const leat_mysql_stream *stream, const char *name, leat_error *error);

/* ---- stream_rows.c ---- */

/* A TABLE_MAP; a rows event, of which stream->giving says whether there is something to give. */
leat_status leat_mysql_rows_map(leat_mysql_stream *stream, leat_error *error);
leat_status leat_mysql_rows_begin(leat_mysql_stream *stream, leat_error *error);

/* The next event out of stream->giving; `*given` false when there is none left. */
leat_status leat_mysql_rows_give(leat_mysql_stream *stream, bool *given, leat_error *error);

/* A clean event of that kind in the transaction at hand. */
leat_event *leat_mysql_new_event(leat_mysql_stream *stream, leat_event_kind kind);

/* ---- stream_prepared.c ---- */

/* Keeps the group under its xid until it is completed. */
leat_status leat_mysql_prepared_keep(leat_mysql_group *group, const leat_binlog_xid *xid, leat_error *error);

/* Loads what was kept into stream->prepared_group; its file goes once the commit is durable. */
leat_status leat_mysql_prepared_load(leat_mysql_stream *stream, const leat_binlog_xid *xid,
                                     leat_error *error);

/* It was rolled back: its file goes once that is durable. */
leat_status leat_mysql_prepared_drop(leat_mysql_stream *stream, const leat_binlog_xid *xid,
                                     leat_error *error);

/* Everything up to `position` is durable. */
void leat_mysql_prepared_acknowledge(leat_mysql_stream *stream, const leat_mysql_position *position);

#endif
