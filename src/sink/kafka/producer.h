/* The producer: messages on their way, transactions around them. */
#ifndef LEAT_SINK_KAFKA_PRODUCER_H
#define LEAT_SINK_KAFKA_PRODUCER_H

#include <librdkafka/rdkafka.h>

#include "sink/kafka/sink.h"

/* Opaque. Pump thread; delivery reports are served in its calls. */
typedef struct leat_kafka_producer leat_kafka_producer;

/* A message. Bytes are copied. One without headers and with timestamp 0 takes librdkafka's shorter way. */
typedef struct leat_kafka_message {
    rd_kafka_topic_t *topic; /* of leat_kafka_producer_topic */
    int32_t partition;       /* RD_KAFKA_PARTITION_UA: by key */
    leat_slice key;
    bool has_key;
    leat_slice value;
    bool has_value;              /* false: a tombstone */
    int64_t timestamp;           /* milliseconds since 1970; 0: now */
    rd_kafka_headers_t *headers; /* taken over, also on failure; NULL for none */
} leat_kafka_message;

/* Connects, and for exactly once fences older instances (init_transactions). LEAT_RETRY while brokers cannot
 * be reached. */
leat_status leat_kafka_producer_open(const leat_sink_kafka_options *options, leat_kafka_producer **producer,
                                     leat_error *error);
void leat_kafka_producer_close(leat_kafka_producer *producer); /* aborts what is open; NULL is fine */

rd_kafka_t *leat_kafka_producer_client(leat_kafka_producer *producer);

/* The handle that messages to the topic of this name are sent by; the same for the same name. Lives as long
 * as the producer. Once a table, not once a message. */
rd_kafka_topic_t *leat_kafka_producer_topic(leat_kafka_producer *producer, const char *name);

/* Queues a message, beginning a transaction where none is open; waits while librdkafka's queue is full,
 * asking stop. A delivery that failed before is told here: LEAT_RETRY (the pump begins anew from
 * what is durable), LEAT_OPERATOR when fenced, LEAT_FAILED for a message that is too large. Once a call has
 * failed, every later one fails the same way: only a new producer leads on. */
leat_status leat_kafka_producer_send(leat_kafka_producer *producer, const leat_kafka_message *message,
                                     leat_error *error);

/* Waits until everything queued is delivered, and for exactly once commits the transaction. A broker that
 * gives no sign of progress for socket.timeout.ms is LEAT_RETRY; once a stop is requested the wait is short
 * (LEAT_STOPPED). */
leat_status leat_kafka_producer_commit(leat_kafka_producer *producer, leat_error *error);

/* Bytes and messages since the last commit. */
uint64_t leat_kafka_producer_pending_bytes(const leat_kafka_producer *producer);
uint64_t leat_kafka_producer_pending_messages(const leat_kafka_producer *producer);

/* When the open transaction should be committed at the latest (monotonic microseconds), well before the
 * brokers would end it (transaction.timeout.ms); 0 where none is open. */
int64_t leat_kafka_producer_deadline(const leat_kafka_producer *producer);

/* What librdkafka takes at most for key, value and headers of one message (message.max.bytes); the topic's
 * own limit is leat_kafka_topic_wish.largest. */
size_t leat_kafka_producer_largest(const leat_kafka_producer *producer);

#endif
