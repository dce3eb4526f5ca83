/* The stream: START_REPLICATION, and pgoutput's messages as events.
 *
 * The room: relation.h keeps the tables that the stream has told of, row.h reads rows for them. It uses wire/,
 * catalog/, server/ and objects/names.h, and knows nothing of the snapshot. */
#ifndef LEAT_POSTGRES_STREAM_STREAM_H
#define LEAT_POSTGRES_STREAM_STREAM_H

#include "base/error.h"
#include "leat/event.h"
#include "leat/source.h"
#include "postgres/catalog/catalog.h"
#include "postgres/objects/names.h"
#include "postgres/server/session.h"
#include "postgres/wire/lsn.h"

/* Opaque; pump thread. */
typedef struct leat_postgres_stream leat_postgres_stream;

/* What the facts of a change are, in order (leat_source_kind.fact_fields). */
enum { LEAT_POSTGRES_FACT_COUNT = 4 };
extern const leat_fact_field leat_postgres_fact_fields[LEAT_POSTGRES_FACT_COUNT];

/* Starts streaming what comes after `from` (0: what the slot says) on `session`, a replication session that
 * the stream takes over in any case. `catalog` is borrowed. */
leat_status leat_postgres_stream_open(const leat_source_options *options, const leat_postgres_names *names,
                                      leat_postgres_session *session, leat_postgres_catalog *catalog,
                                      leat_lsn from, leat_postgres_stream **stream, leat_error *error);

/* Ends the stream cleanly. NULL is fine. */
void leat_postgres_stream_close(leat_postgres_stream *stream);

/* leat_source_ops.next.
 *
 * A commit's position is its end_lsn: the server skips a transaction whose commit record starts before the
 * position asked for, so the commit's own LSN would bring it again. A message outside a transaction is an
 * event with a transaction and a position of its own. A heartbeat says how far the server has read its log,
 * once everything that arrived before has been given and no transaction is open. */
leat_status leat_postgres_stream_next(leat_postgres_stream *stream, int64_t timeout, const leat_event **event,
                                      leat_error *error);

/* leat_source_ops.place and .covers. */
leat_log_place leat_postgres_stream_place(leat_postgres_stream *stream);
bool leat_postgres_stream_covers(const leat_postgres_stream *stream, leat_lsn lsn);

/* leat_source_ops.acknowledge and .keep_alive. */
leat_status leat_postgres_stream_acknowledge(leat_postgres_stream *stream, leat_lsn lsn, leat_error *error);
leat_status leat_postgres_stream_keep_alive(leat_postgres_stream *stream, leat_error *error);

#endif
