/* Where a partition begins and ends. */
#ifndef LEAT_SINK_KAFKA_BOUNDS_H
#define LEAT_SINK_KAFKA_BOUNDS_H

#include <librdkafka/rdkafka.h>

#include "sink/kafka/sink.h"

/* The first offset that is kept, and the one behind the last message. Asked again while the brokers do not
 * know the partition, as they do not for a moment after a topic was made or its leader was lost: a consumer
 * that is told to begin at the beginning takes that for its end. */
leat_status leat_kafka_partition_bounds(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                        const char *topic, int32_t partition, int64_t *low, int64_t *high,
                                        leat_error *error);

#endif
