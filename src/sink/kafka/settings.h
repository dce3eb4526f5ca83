/* The settings of the Kafka sink. */
#ifndef LEAT_SINK_KAFKA_SETTINGS_H
#define LEAT_SINK_KAFKA_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pair.h"
#include "leat/setting.h"
#include "registry/registry.h"

typedef enum leat_kafka_delivery { LEAT_KAFKA_EXACTLY_ONCE, LEAT_KAFKA_AT_LEAST_ONCE } leat_kafka_delivery;

/* What becomes of a record that is too large for a message. */
typedef enum leat_kafka_large {
    LEAT_KAFKA_LARGE_FAIL,  /* a record that the broker would refuse is an error that names row and size */
    LEAT_KAFKA_LARGE_SPILL, /* it goes to a file; its message says where, in the header "leat.spilled" */
} leat_kafka_large;

/* Texts live as long as the config. */
typedef struct leat_kafka_settings {
    const char *brokers; /* with commas between them */
    leat_kafka_delivery delivery;
    uint64_t partitions;  /* 0: the brokers' default */
    uint64_t replication; /* likewise */
    const char *cleanup;  /* NULL: likewise */
    bool manage_topics;
    bool transactions;
    bool heartbeats;
    leat_kafka_large large;
    const char *spill_path; /* NULL unless `large` is to spill */
    const leat_pair *kafka; /* librdkafka's properties; values secret */
    size_t kafka_count;
    leat_registry_options registry; /* secrets among them; url NULL: there is none */
} leat_kafka_settings;

extern const leat_setting_group leat_kafka_setting_group;

#endif
