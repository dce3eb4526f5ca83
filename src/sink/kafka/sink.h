/* The Kafka sink: records as Avro messages in topics, exactly once or at least once. docs/events.md is its
 * user's side.
 *
 *   <prefix>.<schema>.<table>     a record each, keyed; after a delete of the debezium envelope a tombstone
 *   <prefix>.leat-positions       compacted, one partition: key the pipeline's name, value its position
 *   <prefix>.schemas              compacted: every schema, where there is no registry
 *   <prefix>.schema-changes, <prefix>.transactions, <prefix>.heartbeat
 *
 * Exactly once: a commit is one Kafka transaction that holds the records and the position. `recover` fences
 * whoever had the same transactional.id before, then reads the position with read_committed; nobody else's
 * word counts. A state store that never began here is refused before it fences anybody. At least once: an
 * idempotent producer; a commit waits for every delivery report, then commits the position to the state
 * store.
 *
 * The initial snapshot is one transaction too, as long as the broker's transaction.max.timeout.ms allows;
 * beyond that it is committed in parts without a position, and a snapshot that is cut short then comes
 * again. */
#ifndef LEAT_SINK_KAFKA_SINK_H
#define LEAT_SINK_KAFKA_SINK_H

#include "base/log.h"
#include "base/pair.h"
#include "event/schema.h"
#include "leat/finding.h"
#include "leat/stop.h"
#include "registry/registry.h"
#include "sink/kafka/settings.h"
#include "sink/kind.h"

typedef leat_pair leat_kafka_property;

typedef struct leat_sink_kafka_options {
    const char *brokers; /* bootstrap.servers */
    leat_kafka_delivery delivery;
    const leat_kafka_property *properties; /* librdkafka's own, as in the config; they win over our defaults
                                              but not over what the guarantees need, which is refused */
    size_t property_count;
    const char *prefix;
    const char *pipeline;
    leat_envelope_kind envelope;
    unsigned partitions;  /* of topics that are made; 0: the broker's default */
    unsigned replication; /* likewise */
    const char *cleanup;  /* cleanup.policy of the tables' topics that are made: "delete", "compact",
                             "compact,delete"; NULL: the broker's default */
    bool manage;          /* make topics where missing */
    bool transactions;    /* tell of begins and ends on <prefix>.transactions */
    bool heartbeats;      /* tell of positions that moved without records on <prefix>.heartbeat */
    leat_kafka_large large;
    const char *spill_path;                /* folder of spilled values */
    const leat_registry_options *registry; /* NULL: none; then single-object encoding and <prefix>.schemas */
    leat_state *state;
    leat_log *log;
    leat_stop stop;
} leat_sink_kafka_options;

extern const leat_sink_kind leat_sink_kafka;

/* Texts of `options` outlive the sink. LEAT_USAGE for properties that librdkafka does not know or that the
 * guarantees forbid. Connects to nothing yet. */
leat_status leat_sink_kafka_open(const leat_sink_kafka_options *options, leat_sink **sink, leat_error *error);

/* What `leat check` asks: brokers reachable, rights as far as they can be seen without writing, topics there
 * or to be made and as wanted, the size of messages, transactions allowed, the registry. `tables` are full
 * names; `options->state` is not looked at. Changes nothing but that brokers hear of a transactional id of
 * the check's own. What does not answer is a finding; LEAT_USAGE for settings that a run would refuse, too.
 */
leat_status leat_sink_kafka_check(const leat_sink_kafka_options *options, const char *const *tables,
                                  size_t table_count, leat_findings *findings, leat_error *error);

#endif
