/* The producer's inside, shared by its files. */
#ifndef LEAT_SINK_KAFKA_PRODUCER_INTERNAL_H
#define LEAT_SINK_KAFKA_PRODUCER_INTERNAL_H

#include "sink/kafka/client.h"
#include "sink/kafka/producer.h"

struct leat_kafka_producer {
    leat_sink_kafka_options options;
    rd_kafka_t *client;
    bool transactional;
    bool begun; /* a transaction is open */
    bool broken;
    leat_error failure; /* the first one, when broken */
    int64_t begun_at;   /* monotonic microseconds */
    int64_t ended_at;   /* likewise, of the transaction before; 0: there was none */
    int64_t timeout;    /* of transactions, microseconds */
    uint64_t pending_bytes;
    uint64_t pending_messages;
    unsigned sent_since_poll;
    size_t largest;
    rd_kafka_topic_t **topics; /* handed out */
    size_t topic_count;
    size_t topic_capacity;
};

/* Notes what has broken the producer, unless something did before: fenced, fatal and aborted transactions
 * told apart. Returns the status. */
leat_status leat_kafka_producer_break(leat_kafka_producer *producer, rd_kafka_resp_err_t code,
                                      const char *reason, const char *what);

/* The same from an rd_kafka_error_t, which it destroys. */
leat_status leat_kafka_producer_break_by(leat_kafka_producer *producer, rd_kafka_error_t *reason,
                                         const char *what);

/* Notes a failed wait. */
leat_status leat_kafka_producer_break_with(leat_kafka_producer *producer, const leat_error *failure);

/* Tells what has broken it. */
leat_status leat_kafka_producer_tell(const leat_kafka_producer *producer, leat_error *error);

/* Hears of every message what became of it. */
void leat_kafka_producer_delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque);

#endif
