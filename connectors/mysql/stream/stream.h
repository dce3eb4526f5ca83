/* The stream: binlog events as leat's, transaction by transaction.
 *
 * The room: stream_internal.h says which file does what. It uses everything that decodes (binlog/, ddl/,
 * types/, value/), dump/ for the events and follow/ for the definitions. Only source.c is above
 * it, and snapshot/, whose rows have the same facts. */
#ifndef LEAT_MYSQL_STREAM_STREAM_H
#define LEAT_MYSQL_STREAM_STREAM_H

#include "base/error.h"
#include "leat/event.h"
#include "leat/source.h"
#include "mysql/charset/collations.h"
#include "mysql/dump/reader.h"
#include "mysql/follow/tracker.h"
#include "mysql/gtid/position.h"

/* What the facts of a change are, in order (leat_source_kind.fact_fields): Debezium's. */
enum { LEAT_MYSQL_FACT_COUNT = 7 };
extern const leat_fact_field leat_mysql_fact_fields[LEAT_MYSQL_FACT_COUNT];

/* Opaque; pump thread. */
typedef struct leat_mysql_stream leat_mysql_stream;

typedef struct leat_mysql_stream_options {
    const leat_source_options *source;
    const leat_mysql_server *server;
    const leat_mysql_collations *collations;
    leat_mysql_tracker *tracker;
    unsigned epoch; /* leat_mysql_setup_session's */
} leat_mysql_stream_options;

/* Reads the events that `next` gives, which begin behind `from`. `interrupt` makes a waiting `next` return;
 * both are called with `context` and outlive the stream. Everything in `options` does too. */
leat_mysql_stream *leat_mysql_stream_open(const leat_mysql_stream_options *options,
                                          const leat_mysql_position *from, leat_mysql_event_source next,
                                          leat_mysql_event_interrupt interrupt, void *context);
void leat_mysql_stream_close(leat_mysql_stream *stream); /* NULL is fine */

/* leat_source_ops.place and .covers. */
leat_log_place leat_mysql_stream_place(leat_mysql_stream *stream);
leat_status leat_mysql_stream_covers(const leat_mysql_stream *stream, const leat_mysql_position *position,
                                     bool *covers, leat_error *error);

/* leat_source_ops.next and .acknowledge. */
leat_status leat_mysql_stream_next(leat_mysql_stream *stream, int64_t timeout, const leat_event **event,
                                   leat_error *error);
leat_status leat_mysql_stream_acknowledge(leat_mysql_stream *stream, const char *log, leat_error *error);

#endif
