/* TRANSACTION_PAYLOAD: the events of a whole transaction, compressed; given one by one. */
#ifndef LEAT_MYSQL_BINLOG_PAYLOAD_H
#define LEAT_MYSQL_BINLOG_PAYLOAD_H

#include "mysql/binlog/binlog.h"

/* Opaque; made once for a stream and used again. */
typedef struct leat_binlog_payload leat_binlog_payload;

leat_binlog_payload *leat_binlog_payload_new(void);
void leat_binlog_payload_free(leat_binlog_payload *payload); /* NULL is fine */

/* Begins the events inside of `event`, whose bytes must stay until they are all given. */
leat_status leat_binlog_payload_open(leat_binlog_payload *payload, const leat_binlog_event *event,
                                     leat_error *error);

/* The next raw event (header, no checksum), decompressed as far as needed: only one is in memory at a time.
 * Valid until the next call; empty at the end. LEAT_FAILED when the stream is broken or its size is not what
 * was announced. */
leat_status leat_binlog_payload_next(leat_binlog_payload *payload, leat_slice *raw, leat_error *error);

#endif
