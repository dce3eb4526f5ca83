/* Streaming replication on the wire: XLogData and keepalives in, status updates out. PostgreSQL
 * documentation, "Streaming Replication Protocol". Knows nothing of what the frames hold.
 *
 * The room: lsn.h places in the log, pgoutput.h the messages of the stream, copy_text.h the rows of a COPY. It uses
 * server/session.h, to send and receive, and catalog/ for what a relation is. */
#ifndef LEAT_POSTGRES_WIRE_WIRE_H
#define LEAT_POSTGRES_WIRE_WIRE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/slice.h"
#include "leat/source.h"
#include "postgres/server/session.h"
#include "postgres/wire/lsn.h"

/* Opaque; pump thread. */
typedef struct leat_postgres_wire leat_postgres_wire;

/* One XLogData message. The payload lives until the next fetch. */
typedef struct leat_postgres_frame {
    leat_lsn start;
    int64_t sent_at; /* the server's clock, microseconds since 1970 UTC */
    leat_slice payload;
} leat_postgres_frame;

/* Takes over a session that a START_REPLICATION has put into COPY BOTH, closed by leat_postgres_wire_close.
 * `from` counts as received, and as acknowledged, as it is durable already. */
leat_postgres_wire *leat_postgres_wire_open(const leat_source_options *options,
                                            leat_postgres_session *session, leat_lsn from);

/* Says goodbye (last status, end of COPY, a moment for the server to read it), then frees everything. NULL is
 * fine. */
void leat_postgres_wire_close(leat_postgres_wire *wire);

/* The next XLogData that has arrived; `found` false when there is none. Never waits. Takes keepalives on the
 * way and answers those that ask for it. The end of the stream is an error: LEAT_RETRY when the server shut
 * down or the connection went. */
leat_status leat_postgres_wire_fetch(leat_postgres_wire *wire, leat_postgres_frame *frame, bool *found,
                                     leat_error *error);

/* Waits until more may have arrived, at most until `deadline` (monotonic microseconds; in the past: not at
 * all) and reads it. Sends the status updates that have become due. LEAT_STOPPED when asked to stop. */
leat_status leat_postgres_wire_wait(leat_postgres_wire *wire, int64_t deadline, leat_error *error);

/* How far the newest keepalive said that the server has read its log: everything that it had for us up to
 * there was sent before. */
leat_lsn leat_postgres_wire_server_end(const leat_postgres_wire *wire);

/* Whether a keepalive asked for an answer while that end was not yet acknowledged: a server that shuts down
 * asks over and over, and waits for it. The question counts as taken. */
bool leat_postgres_wire_server_waits(leat_postgres_wire *wire);

/* Everything up to `lsn` has been given to the pump. Never goes back. */
void leat_postgres_wire_received(leat_postgres_wire *wire, leat_lsn lsn);

/* Tells the server that it may forget everything up to `lsn`. Never goes back (a lower one is old news);
 * refuses (LEAT_FAILED) one beyond what was received: the server would believe it, and the log would be gone.
 */
leat_status leat_postgres_wire_acknowledge(leat_postgres_wire *wire, leat_lsn lsn, leat_error *error);

/* Sends a status update unless one went out a moment ago, and asks where the server stands, unless that
 * question is still open. Reads nothing. */
leat_status leat_postgres_wire_keep_alive(leat_postgres_wire *wire, leat_error *error);

#endif
