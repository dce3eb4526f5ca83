/* The stream's inside, shared by its files only.
 *
 * Events go through three steps, each with a file of its own:
 *
 *   fetch.c         the next event that counts: what a group held back is given when it turns out to count
 *   transaction.c   begin and end of transactions
 *   rows.c          TABLE_MAP and rows events as leat's events
 *
 * statement.c does what statements ask for, as statement_read.c has read them; refusals.c has the sentences
 * of what cannot be gone on from. What stands by itself has its own header: place.h (where we are), group.h
 * (events held back), savepoints.h, prepared.h (XA transactions), maps.h (which TABLE_MAP stands for which
 * table). stream.c is above all of them. */
#ifndef LEAT_MYSQL_STREAM_STREAM_INTERNAL_H
#define LEAT_MYSQL_STREAM_STREAM_INTERNAL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "mysql/binlog/binlog.h"
#include "mysql/binlog/payload.h"
#include "mysql/binlog/rows.h"
#include "mysql/stream/group.h"
#include "mysql/stream/maps.h"
#include "mysql/stream/place.h"
#include "mysql/stream/prepared.h"
#include "mysql/stream/savepoints.h"
#include "mysql/stream/stream.h"

/* Where a stream's events come from at the moment. */
typedef enum leat_mysql_feed_state {
    LEAT_MYSQL_DIRECT,     /* the reader: nothing is held back */
    LEAT_MYSQL_COLLECTING, /* the reader, into the group, until the group's outcome is known */
    LEAT_MYSQL_GIVING,     /* a group, which counts */
} leat_mysql_feed_state;

/* What is read and not handled yet; fetch.c's. */
typedef struct leat_mysql_feed {
    leat_mysql_feed_state state;
    leat_mysql_group *group;          /* of the transaction at hand */
    leat_mysql_savepoints savepoints; /* in it: where there are any, all of it must be held */
    leat_mysql_group *giving;         /* `group`, or that of a prepared transaction */
    bool has_carried;                 /* an event that comes behind the group, given already read */
    leat_binlog_event carried;
    leat_binlog_payload *payload;
    bool in_payload; /* what it holds comes next */
} leat_mysql_feed;

/* The transaction at hand: from its GTID (or BEGIN) to its end; transaction.c's. */
typedef struct leat_mysql_current {
    bool open;
    bool standalone; /* one statement, no terminator */
    bool fresh;      /* no statement came after the GTID yet */
    bool ending;     /* its end was seen, and comes when what is being given is given */
    bool begun;      /* a BEGIN event was given */
    bool void_alter; /* the first half of a two-phase ALTER, or its withdrawal: changes nothing */
    bool prepared;   /* an XA transaction up to its PREPARE: held until its outcome is known */
    leat_mysql_transaction_gtid gtid;
    uint64_t start;  /* offset of its first event in the file */
    uint64_t length; /* of its events so far */
    uint32_t server_id;
    int64_t commit_time;
    bool has_thread;
    uint32_t thread;
    leat_buffer name; /* NUL-terminated */
    leat_buffer identifier;
    char sequence[LEAT_MYSQL_SEQUENCE_SIZE];
} leat_mysql_current;

/* A rows event that is being given row by row, or a TRUNCATE about to be; rows.c's. */
typedef struct leat_mysql_giving {
    leat_mysql_known_table *table; /* NULL: none */
    bool truncate;
    int32_t row;     /* of the next one in its event */
    uint64_t offset; /* of the event in its file */
    leat_binlog_rows *rows;
    leat_arena arena; /* the row at hand */
    leat_fact facts[LEAT_MYSQL_FACT_COUNT];
    leat_table *truncated[1];
} leat_mysql_giving;

struct leat_mysql_stream {
    leat_mysql_stream_options options;
    bool mariadb;
    leat_mysql_reader *reader;
    leat_binlog_format format;
    leat_mysql_place place;
    leat_mysql_feed feed;
    leat_mysql_prepared prepared;
    leat_binlog_event at;  /* the event at hand */
    uint64_t event_offset; /* where it begins in its file */
    leat_mysql_current current;
    leat_mysql_maps *maps;
    leat_mysql_giving giving;
    leat_arena arena; /* the statement at hand */
    leat_event event; /* that was given last */
};

/* ---- fetch.c ---- */

/* The next event that counts, in stream->at; `*found` false when the timeout passed first. */
leat_status leat_mysql_fetch(leat_mysql_stream *stream, int64_t timeout, bool *found, leat_error *error);

/* Gives the events of the prepared transaction that was loaded next, and behind them its commit, for which
 * the event at hand stands. They count as the transaction at hand's. */
void leat_mysql_fetch_prepared(leat_mysql_stream *stream);

/* A savepoint in a transaction that is being given as it comes: from here on it is held back. */
void leat_mysql_fetch_hold(leat_mysql_stream *stream, const char *savepoint);

/* Whether the event at hand was kept with a prepared transaction: it has no place in the log as it is read
 * now. */
bool leat_mysql_fetch_is_kept(const leat_mysql_stream *stream);

/* Frees what fetching keeps. */
void leat_mysql_fetch_close(leat_mysql_stream *stream);

/* ---- transaction.c ---- */

/* Begins a transaction at a GTID event, or at a statement that has none before it. */
leat_status leat_mysql_transaction_open(leat_mysql_stream *stream, const leat_binlog_event *event,
                                        leat_error *error);

/* The transaction at hand is over and counts (or counts for nothing): the position covers it. `*given` when
 * there is a COMMIT event to give. */
leat_status leat_mysql_transaction_end(leat_mysql_stream *stream, bool *given, leat_error *error);

/* A clean event of that kind in the transaction at hand. */
leat_event *leat_mysql_transaction_event(leat_mysql_stream *stream, leat_event_kind kind);

/* ---- statement.c, statement_read.c ---- */

/* Reads a QUERY event's statement, in stream->arena, which is reset. */
leat_status leat_mysql_statement_read(leat_mysql_stream *stream, const leat_binlog_event *event,
                                      leat_binlog_query *query, leat_mysql_statement *statement,
                                      leat_error *error);

/* Does what a statement of the transaction at hand asks for. `*ended`: it ended the transaction. */
leat_status leat_mysql_statement_handle(leat_mysql_stream *stream, bool *ended, leat_error *error);

/* ---- rows.c ---- */

/* A TABLE_MAP; a rows event, of which stream->giving says whether there is something to give. */
leat_status leat_mysql_rows_map(leat_mysql_stream *stream, leat_error *error);
leat_status leat_mysql_rows_begin(leat_mysql_stream *stream, leat_error *error);

/* The table was emptied by the statement at hand, which is given next. */
void leat_mysql_rows_begin_truncate(leat_mysql_stream *stream, leat_mysql_known_table *table);

/* The next event out of stream->giving; `*given` false when there is none left. */
leat_status leat_mysql_rows_give(leat_mysql_stream *stream, bool *given, leat_error *error);

/* ---- refusals.c: LEAT_OPERATOR, with what to do ---- */

/* Rows of the transaction at hand were given before it was known that they do not count. */
leat_status leat_mysql_refuse_rollback(const leat_mysql_stream *stream, leat_error *error);

/* It was rolled back to a savepoint that it did not set: what was rolled back cannot be told. */
leat_status leat_mysql_refuse_savepoint(const leat_mysql_stream *stream, const char *name, leat_error *error);

/* It commits a prepared transaction that nothing was kept of. */
leat_status leat_mysql_refuse_prepared(const leat_mysql_stream *stream, leat_error *error);

/* It changed rows of the table (NULL: which cannot be told) that no event has. */
leat_status leat_mysql_refuse_unlogged_rows(const leat_mysql_stream *stream,
                                            const leat_mysql_table_name *table, leat_error *error);

/* It loaded rows by LOAD DATA in statement format. The statement's text names the table, but what was loaded
 * is in events of its own. */
leat_status leat_mysql_refuse_load(const leat_mysql_stream *stream, leat_error *error);

#endif
