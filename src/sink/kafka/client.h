/* A librdkafka handle with our defaults, and what its errors mean. */
#ifndef LEAT_SINK_KAFKA_CLIENT_H
#define LEAT_SINK_KAFKA_CLIENT_H

#include <librdkafka/rdkafka.h>

#include "sink/kafka/sink.h"

typedef enum leat_kafka_role {
    LEAT_KAFKA_TRANSACTIONAL_PRODUCER,
    LEAT_KAFKA_IDEMPOTENT_PRODUCER,
    LEAT_KAFKA_READER, /* read_committed consumer without a group */
    LEAT_KAFKA_ADMIN,
} leat_kafka_role;

/* Makes a handle: our defaults, then the config's properties, then what the role needs (acks, idempotence,
 * transactional.id "leat-<prefix>.<pipeline>", no message timeout, murmur2_random, read_committed).
 * librdkafka's log lines go to options->log. `opaque` is what its callbacks get. LEAT_USAGE names a property
 * that is unknown, has a wrong value, or contradicts the role. */
leat_status leat_kafka_client_open(const leat_sink_kafka_options *options, leat_kafka_role role, void *opaque,
                                   void (*delivered)(rd_kafka_t *, const rd_kafka_message_t *, void *),
                                   rd_kafka_t **client, leat_error *error);

/* What librdkafka last said is wrong (no broker reachable, authentication …), as the reason behind a
 * timeout; NO_ERROR and "" when it said nothing since then (monotonic microseconds). Told in rd_kafka_poll
 * and its like; the text lives until the next. */
rd_kafka_resp_err_t leat_kafka_client_trouble(const rd_kafka_t *client, int64_t since, const char **text);

/* A global property that is a number, as the client has it; 0 where it has none. */
uint64_t leat_kafka_client_number(rd_kafka_t *client, const char *name);

/* Ends it without waiting for what is still queued. NULL is fine. */
void leat_kafka_client_close(rd_kafka_t *client);

/* The status that an error code stands for: transport, timeouts, leader changes, coordinator loading:
 * LEAT_RETRY; authentication, authorization, unknown topic that may not be made, fenced: LEAT_OPERATOR; else
 * LEAT_FAILED. */
leat_status leat_kafka_classify(rd_kafka_resp_err_t code);

/* Fills `error` with a sentence that begins with the context, names the brokers, and has the mend that
 * belongs to the code. */
leat_status leat_kafka_failure(const leat_sink_kafka_options *options, rd_kafka_resp_err_t code,
                               const char *reason, leat_error *error, const char *context_format, ...)
    __attribute__((format(printf, 5, 6)));

/* The same from an rd_kafka_error_t, which it destroys. */
leat_status leat_kafka_error_failure(const leat_sink_kafka_options *options, rd_kafka_error_t *reason,
                                     leat_error *error, const char *context_format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
