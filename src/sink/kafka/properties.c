#include "sink/kafka/properties.h"

#include <strings.h>

#include "base/buffer.h"
#include "base/number.h"

typedef struct setting {
    const char *name;
    const char *value;
} setting;

/* ---- Ours, where the config says nothing ---- */

static const setting defaults[] = {
    {"socket.keepalive.enable", "true"},
    {"socket.nagle.disable", "true"},
    /* Also how long leat waits for brokers without seeing progress. A transactional producer would make it
     * as long as its transactions may be. */
    {"socket.timeout.ms", "30000"},
    {"reconnect.backoff.max.ms", "2000"},
    {"log.thread.name", "false"},
};

/* Bounds of memory: what is queued and in flight is up to queue.buffering.max.kbytes of keys and values and
 * about 200 bytes a message besides; the largest message must fit into the former. */
static const setting producer_defaults[] = {
    {"compression.type", "lz4"},
    /* A commit does not wait for it, but each record without transactions does. 5 would spare brokers a tenth
     * of their work, and leat nothing. */
    {"linger.ms", "1"},
    {"batch.size", "1000000"},
    {"queue.buffering.max.messages", "100000"},
    {"queue.buffering.max.kbytes", "32768"},
    {"message.max.bytes", "16777216"},
};

/* As long as brokers allow unless they are told otherwise (transaction.max.timeout.ms). */
static const setting transactional_defaults[] = {{"transaction.timeout.ms", "900000"}};

/* ---- What the roles need ---- */

static const setting producer_needs[] = {
    {"enable.idempotence", "true"},
    {"acks", "all"},
    {"message.timeout.ms", "0"},
    {"partitioner", "murmur2_random"},
    /* Reports of success, too: without them a flush sees in steps of 10 ms alone that it has ended. */
    {"delivery.report.only.error", "false"},
};

static const setting reader_needs[] = {
    {"isolation.level", "read_committed"},
    {"enable.partition.eof", "true"},
    {"allow.auto.create.topics", "false"},
    /* Never from the end in silence. */
    {"auto.offset.reset", "error"},
    {"check.crcs", "true"},
    {"fetch.wait.max.ms", "10"},
    {"queued.max.messages.kbytes", "4096"},
};

/* An administrator is a consumer without a group: looking at a topic must not make it. */
static const setting admin_needs[] = {{"allow.auto.create.topics", "false"}};

/* ---- What the config may not say ---- */

typedef struct fixed {
    const char *name;
    const char *values[2]; /* that it may have all the same; empty: none */
    const char *reason;
} fixed;

static const char no_gap[] = "a record that is given up would be missing";
static const char our_brokers[] = "leat sets it from the sink's brokers";
static const char our_reading[] = "leat reads its positions its own way";
static const char our_calls[] = "leat could not hear what librdkafka has to say";

static const fixed fixed_properties[] = {
    {"bootstrap.servers", {NULL}, our_brokers},
    {"metadata.broker.list", {NULL}, our_brokers},
    {"transactional.id", {NULL}, "leat makes it from the pipeline's name, to shut out an older instance"},
    {"enable.idempotence", {"true"}, "without it a record can come twice or out of order"},
    {"acks", {"all", "-1"}, "a broker that fails could take records with it"},
    {"request.required.acks", {"all", "-1"}, "a broker that fails could take records with it"},
    {"message.timeout.ms", {"0"}, no_gap},
    {"delivery.timeout.ms", {"0"}, no_gap},
    {"retries", {"2147483647"}, no_gap},
    {"message.send.max.retries", {"2147483647"}, no_gap},
    {"queuing.strategy", {"fifo"}, "records would come out of order"},
    {"partitioner", {"murmur2_random"}, "keys must be where Java's clients put them"},
    {"isolation.level", {"read_committed"}, "what was not committed does not count"},
    {"enable.partition.eof", {"true"}, our_reading},
    {"auto.offset.reset", {"error"}, our_reading},
    {"check.crcs", {"true"}, our_reading},
    {"fetch.wait.max.ms", {"10"}, our_reading},
    {"queued.max.messages.kbytes", {"4096"}, our_reading},
    {"allow.auto.create.topics", {"false"}, "topics are made by the sink's settings, or not at all"},
    {"delivery.report.only.error", {"false"}, our_calls},
    {"log.queue", {"false"}, our_calls},
    {"enabled_events", {"0"}, our_calls},
    {"test.mock.num.brokers", {"0"}, "such brokers keep nothing"},
};

static bool is_one_of(const char *value, const char *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] != NULL && strcasecmp(values[i], value) == 0)
            return true;
    return false;
}

static leat_status refuse_fixed(const leat_kafka_property *property, leat_error *error)
{
    for (size_t i = 0; i < sizeof fixed_properties / sizeof fixed_properties[0]; i++) {
        const fixed *one = &fixed_properties[i];
        if (strcmp(one->name, property->name) != 0 || is_one_of(property->value, one->values, 2))
            continue;
        leat_error_set(error, LEAT_USAGE, "the Kafka property %s cannot be \"%s\": %s", property->name,
                       property->value, one->reason);
        leat_error_mend(error, "Remove %s from the sink's kafka properties.", property->name);
        return LEAT_USAGE;
    }
    return LEAT_OK;
}

/* ---- Putting them together ---- */

static leat_status set(rd_kafka_conf_t *conf, const char *name, const char *value, leat_error *error)
{
    char reason[512];
    if (rd_kafka_conf_set(conf, name, value, reason, sizeof reason) == RD_KAFKA_CONF_OK)
        return LEAT_OK;
    leat_error_set(error, LEAT_USAGE, "librdkafka does not take the Kafka property %s: %s", name, reason);
    leat_error_mend(error, "Correct or remove %s; librdkafka's CONFIGURATION.md tells of every property.",
                    name);
    return LEAT_USAGE;
}

static leat_status set_all(rd_kafka_conf_t *conf, const setting *settings, size_t count, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < count && status == LEAT_OK; i++)
        status = set(conf, settings[i].name, settings[i].value, error);
    return status;
}

#define SET_ALL(conf, settings, error)                                                                       \
    set_all(conf, settings, sizeof(settings) / sizeof((settings)[0]), error)

static leat_status set_defaults(leat_kafka_role role, rd_kafka_conf_t *conf, leat_error *error)
{
    leat_status status = SET_ALL(conf, defaults, error);
    if (status == LEAT_OK &&
        (role == LEAT_KAFKA_TRANSACTIONAL_PRODUCER || role == LEAT_KAFKA_IDEMPOTENT_PRODUCER))
        status = SET_ALL(conf, producer_defaults, error);
    if (status == LEAT_OK && role == LEAT_KAFKA_TRANSACTIONAL_PRODUCER)
        status = SET_ALL(conf, transactional_defaults, error);
    return status;
}

static leat_status set_client(const leat_sink_kafka_options *options, rd_kafka_conf_t *conf,
                              leat_error *error)
{
    leat_buffer name = {0};
    leat_buffer_printf(&name, "leat-%s", options->pipeline);
    leat_status status = set(conf, "client.id", leat_buffer_string(&name), error);
    leat_buffer_free(&name);
    return status == LEAT_OK ? set(conf, "bootstrap.servers", options->brokers, error) : status;
}

static leat_status set_wanted(const leat_sink_kafka_options *options, rd_kafka_conf_t *conf,
                              leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < options->property_count && status == LEAT_OK; i++) {
        const leat_kafka_property *property = &options->properties[i];
        status = refuse_fixed(property, error);
        if (status == LEAT_OK)
            status = set(conf, property->name, property->value, error);
    }
    return status;
}

static leat_status set_transactional(const leat_sink_kafka_options *options, rd_kafka_conf_t *conf,
                                     leat_error *error)
{
    leat_buffer name = {0};
    /* A pipeline's name has no '.': no two pairs of prefix and pipeline are one. */
    leat_buffer_printf(&name, "leat-%s.%s", options->prefix, options->pipeline);
    leat_status status = set(conf, "transactional.id", leat_buffer_string(&name), error);
    leat_buffer_free(&name);
    return status;
}

static leat_status set_needs(const leat_sink_kafka_options *options, leat_kafka_role role,
                             rd_kafka_conf_t *conf, leat_error *error)
{
    leat_status status = LEAT_OK;
    switch (role) {
    case LEAT_KAFKA_TRANSACTIONAL_PRODUCER:
        status = set_transactional(options, conf, error);
        return status == LEAT_OK ? SET_ALL(conf, producer_needs, error) : status;
    case LEAT_KAFKA_IDEMPOTENT_PRODUCER:
        return SET_ALL(conf, producer_needs, error);
    case LEAT_KAFKA_READER:
        return SET_ALL(conf, reader_needs, error);
    case LEAT_KAFKA_ADMIN:
        return SET_ALL(conf, admin_needs, error);
    }
    return status;
}

uint64_t leat_kafka_properties_number(const rd_kafka_conf_t *conf, const char *name)
{
    char text[32];
    size_t size = sizeof text;
    uint64_t value;
    if (rd_kafka_conf_get(conf, name, text, &size) != RD_KAFKA_CONF_OK ||
        !leat_number_parse_unsigned(leat_slice_of_string(text), &value))
        return 0;
    return value;
}

/* A message that can never be queued would be waited for without end. */
static leat_status check_sizes(const rd_kafka_conf_t *conf, leat_error *error)
{
    uint64_t message = leat_kafka_properties_number(conf, "message.max.bytes");
    uint64_t queue = leat_kafka_properties_number(conf, "queue.buffering.max.kbytes") * 1024;
    if (message <= queue)
        return LEAT_OK;
    leat_error_set(
        error, LEAT_USAGE,
        "the Kafka property message.max.bytes (%llu) is more than queue.buffering.max.kbytes holds "
        "(%llu bytes)",
        (unsigned long long)message, (unsigned long long)queue);
    leat_error_mend(error, "Raise queue.buffering.max.kbytes to at least %llu.",
                    (unsigned long long)(message + 1023) / 1024);
    return LEAT_USAGE;
}

leat_status leat_kafka_properties_apply(const leat_sink_kafka_options *options, leat_kafka_role role,
                                        rd_kafka_conf_t *conf, leat_error *error)
{
    leat_status status = set_defaults(role, conf, error);
    if (status == LEAT_OK)
        status = set_client(options, conf, error);
    if (status == LEAT_OK)
        status = set_wanted(options, conf, error);
    if (status == LEAT_OK)
        status = set_needs(options, role, conf, error);
    return status == LEAT_OK ? check_sizes(conf, error) : status;
}
