/* Topics as readers see them: committed messages of all partitions, to their present end or on and on. For
 * people who look, not for the sink. */
#ifndef LEAT_SINK_KAFKA_READER_H
#define LEAT_SINK_KAFKA_READER_H

#include <librdkafka/rdkafka.h>

#include "sink/kafka/sink.h"

typedef enum leat_kafka_from {
    LEAT_KAFKA_FROM_BEGINNING,
    LEAT_KAFKA_FROM_END,
    LEAT_KAFKA_FROM_OFFSET, /* in every partition; the first kept one where it is gone already */
    LEAT_KAFKA_FROM_TIME,   /* the first message of that time or a later one */
} leat_kafka_from;

typedef struct leat_kafka_start {
    leat_kafka_from from;
    int64_t value; /* an offset, or milliseconds since 1970 UTC */
} leat_kafka_start;

typedef struct leat_kafka_reader leat_kafka_reader;

/* Connects, and begins to read. Of `options`, which outlive the reader, brokers, properties, log and
 * stop count. LEAT_FAILED when there is no such topic. One thread. */
leat_status leat_kafka_reader_open(const leat_sink_kafka_options *options, const char *topic,
                                   leat_kafka_start start, leat_kafka_reader **reader, leat_error *error);
void leat_kafka_reader_close(leat_kafka_reader *reader); /* NULL is fine */

/* The next message; it lives until the next call. NULL when there is none for now: all partitions are at
 * their end (`at_end`), or the brokers had none within a moment. Partitions come as the brokers give them;
 * each is in order. */
leat_status leat_kafka_reader_next(leat_kafka_reader *reader, const rd_kafka_message_t **message,
                                   bool *at_end, leat_error *error);

#endif
