/* What is asked of brokers, and waited for: requests of an administrator, metadata, bounds of partitions. */
#ifndef LEAT_SINK_KAFKA_ADMIN_H
#define LEAT_SINK_KAFKA_ADMIN_H

#include "sink/kafka/client.h"

/* One request: its options and the queue that its answer comes by. */
typedef struct leat_kafka_request {
    const leat_sink_kafka_options *options;
    rd_kafka_t *client;
    rd_kafka_AdminOptions_t *admin;
    rd_kafka_queue_t *queue;
} leat_kafka_request;

/* Makes ready for one request of this kind; the caller then gives `admin` and `queue` to librdkafka. */
leat_kafka_request leat_kafka_request_begin(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                            rd_kafka_admin_op_t kind);

/* Waits for the answer and ends the request. LEAT_OK comes with an event, which may say that the
 * request as a whole failed (rd_kafka_event_error), and which the caller destroys. `what` is the request in
 * words. */
leat_status leat_kafka_request_await(leat_kafka_request *request, rd_kafka_event_t **event, leat_error *error,
                                     const char *what);

/* Waits until any broker answers. LEAT_RETRY when none does; who is refused a connection hears of it sooner.
 */
leat_status leat_kafka_reach(const leat_sink_kafka_options *options, rd_kafka_t *client, leat_error *error);

/* Asks for metadata, of one topic, or without one of all that there are, in growing patience; the caller
 * destroys it. */
leat_status leat_kafka_metadata(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                rd_kafka_topic_t *topic, const struct rd_kafka_metadata **metadata,
                                leat_error *error);

/* The first offset that is kept, and the one behind the last message. Asked again while the brokers do not
 * know the partition, as they do not for a moment after a topic was made or its leader was lost: a consumer
 * that is told to begin at the beginning takes that for its end. */
leat_status leat_kafka_partition_bounds(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                        const char *topic, int32_t partition, int64_t *low, int64_t *high,
                                        leat_error *error);

#endif
