/* The positions topic: where a pipeline stands, as the last message of its key. */
#ifndef LEAT_SINK_KAFKA_POSITIONS_H
#define LEAT_SINK_KAFKA_POSITIONS_H

#include <librdkafka/rdkafka.h>

#include "leat/position.h"
#include "sink/kafka/sink.h"

/* Reads the topic to its end, read_committed, waiting for open transactions of others in it, and gives the
 * pipeline's position; untouched when it has none, or there is no such topic. It is the last
 * word only after init_transactions, when nobody older can commit any more. */
leat_status leat_kafka_positions_read(const leat_sink_kafka_options *options, const char *topic,
                                      leat_position *position, leat_error *error);

/* Reads one such message. LEAT_FAILED says what is wrong with it. */
leat_status leat_kafka_positions_parse(leat_slice value, leat_position *position, leat_error *error);

/* The message that says `position`: JSON {"position": TEXT, "committed_at": MICROSECONDS, "version": 1}.
 * Heap. */
char *leat_kafka_positions_format(const leat_position *position, int64_t committed_at);

#endif
