/* The reader: a thread that fetches raw events ahead of the pump, bounded in bytes.
 *
 * It hands over runs of events, not single ones: the thread appends to one buffer while the pump reads
 * another, and they change places when the pump's is used up; together they hold at most about 4 MiB. An
 * event larger than 1 MiB is lent from the client library's own buffer, and the thread waits until it is
 * used, so that no copy of it is made.
 *
 * The room: transport.h opens the dump at a position and gives one raw event after the other, replica.h is
 * what we are called there. Nothing here looks into an event. It uses gtid/ and server/. */
#ifndef LEAT_MYSQL_DUMP_READER_H
#define LEAT_MYSQL_DUMP_READER_H

#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "mysql/server/session.h"

/* Opaque. */
typedef struct leat_mysql_reader leat_mysql_reader;

typedef enum leat_mysql_reading {
    LEAT_MYSQL_READ_EVENT,
    LEAT_MYSQL_READ_NOTHING, /* the timeout passed */
} leat_mysql_reading;

/* The events that a reader gets, from the reader's thread: leat_mysql_transport_next with a session, or
 * scripted ones in tests. */
typedef leat_status (*leat_mysql_event_source)(void *context, leat_slice *event, leat_error *error);
/* Makes a call of the above that waits return. Any thread. */
typedef void (*leat_mysql_event_interrupt)(void *context);

/* Starts the thread. `context` outlives the reader. */
leat_mysql_reader *leat_mysql_reader_open(leat_mysql_event_source next, leat_mysql_event_interrupt interrupt,
                                          void *context);

/* The next raw event, valid until the call after; waits at most `timeout` microseconds. A failure of the
 * source comes after all events before it, and again at each further call. Pump thread. */
leat_status leat_mysql_reader_next(leat_mysql_reader *reader, int64_t timeout, leat_mysql_reading *reading,
                                   leat_slice *event, leat_error *error);

/* Whether the next event is there already. Pump thread. */
bool leat_mysql_reader_ready(leat_mysql_reader *reader);

/* Interrupts the source, ends the thread and frees everything. NULL is fine. */
void leat_mysql_reader_close(leat_mysql_reader *reader);

#endif
