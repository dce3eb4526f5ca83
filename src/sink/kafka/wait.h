/* Waiting for brokers: in slices, with a stop asked for between, and not for ever. */
#ifndef LEAT_SINK_KAFKA_WAIT_H
#define LEAT_SINK_KAFKA_WAIT_H

#include "sink/kafka/client.h"

enum {
    LEAT_KAFKA_SLICE_MILLISECONDS = 100,
    /* After a stop was requested: long enough for the last commit of a run on brokers that are well. */
    LEAT_KAFKA_STOP_MILLISECONDS = 5000,
};

typedef struct leat_kafka_wait {
    const leat_sink_kafka_options *options;
    rd_kafka_t *client;
    int64_t patience; /* microseconds without progress */
    int64_t began_at;
    int64_t moved_at;
    int64_t stop_seen_at; /* 0: none */
    uint64_t measure;
} leat_kafka_wait;

/* A wait that begins now; socket.timeout.ms of the client is its patience. */
leat_kafka_wait leat_kafka_wait_begin(const leat_sink_kafka_options *options, rd_kafka_t *client);

/* Asked after each slice that has not brought the end. `measure` changes with every progress. LEAT_OK: wait
 * on. LEAT_STOPPED: somebody wants to stop, and had it wait a little all the same. Else patience has ended:
 * the error says that `what` does not get on, and what librdkafka named as the reason. */
leat_status leat_kafka_wait_on(leat_kafka_wait *wait, uint64_t measure, leat_error *error, const char *what);

#endif
