/* librdkafka's properties: our defaults, the config's, and those that the guarantees need. */
#ifndef LEAT_SINK_KAFKA_PROPERTIES_H
#define LEAT_SINK_KAFKA_PROPERTIES_H

#include "sink/kafka/client.h"

/* Fills a fresh `conf` for the role. LEAT_USAGE as in leat_kafka_client_open. */
leat_status leat_kafka_properties_apply(const leat_sink_kafka_options *options, leat_kafka_role role,
                                        rd_kafka_conf_t *conf, leat_error *error);

/* A global property that is a number; 0 where there is none. */
uint64_t leat_kafka_properties_number(const rd_kafka_conf_t *conf, const char *name);

#endif
