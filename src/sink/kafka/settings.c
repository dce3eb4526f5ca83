#include "sink/kafka/settings.h"

#define AT(field) offsetof(leat_kafka_settings, field)

_Static_assert(sizeof(leat_kafka_delivery) == sizeof(unsigned) &&
                   sizeof(leat_kafka_large) == sizeof(unsigned),
               "choices are stored as unsigned");

static const leat_choice deliveries[] = {
    {"exactly_once", LEAT_KAFKA_EXACTLY_ONCE,
     "records and position are committed in one Kafka transaction; readers with `read_committed` see each "
     "record once"},
    {"at_least_once", LEAT_KAFKA_AT_LEAST_ONCE,
     "no transactions; after a crash the last records may come again"},
};

static const leat_choice cleanups[] = {
    {"delete", 0, "old records go by age or size, as the topic says"},
    {"compact", 0, "the last record of each key stays"},
    {"compact,delete", 0, "both"},
};

static const leat_choice larges[] = {
    {"fail", LEAT_KAFKA_LARGE_FAIL, "leat stops with the table, the key and the size"},
    {"spill", LEAT_KAFKA_LARGE_SPILL,
     "the value goes to a file in `sink.spill_path`, and its message says which, in the header "
     "`leat.spilled`"},
};

static const leat_setting settings[] = {
    {
        .path = "sink.brokers",
        .type = LEAT_SETTING_JOINED,
        .offset = AT(brokers),
        .required = true,
        .form = "^([A-Za-z_]+://)?([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?$",
        .form_words = "`HOST:PORT`; the port is 9092 where none is given",
        .purpose =
            "Where Kafka is reached first: one broker, or some of them. The others are learnt from these.",
        .example = "kafka-1.example:9092,kafka-2.example:9092",
    },
    {
        .path = "sink.delivery",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(delivery),
        .default_text = "exactly_once",
        LEAT_CHOICES_OF(deliveries),
        .purpose = "What a crash may do. Choose it before the first start: each keeps the position in a "
                   "place of its own.",
        .example = "at_least_once",
    },
    {
        .path = "sink.partitions",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(partitions),
        .default_text = "0",
        .default_note = "0: as many as the brokers give new topics",
        .most = 100000,
        .purpose = "How many partitions a table's topic gets when leat makes it. Records of one key are "
                   "always in one partition, in order; there is no order between partitions. A topic that is "
                   "there is taken as it is.",
        .example = "6",
    },
    {
        .path = "sink.replication",
        .type = LEAT_SETTING_INTEGER,
        .offset = AT(replication),
        .default_text = "0",
        .default_note = "0: as many as the brokers give new topics",
        .most = INT16_MAX,
        .purpose = "How many replicas a topic gets when leat makes it. 3 survives the loss of a broker.",
        .example = "3",
    },
    {
        .path = "sink.cleanup",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(cleanup),
        .default_note = "what the brokers give new topics, which is `delete` unless they are told otherwise",
        LEAT_CHOICES_OF(cleanups),
        .purpose = "What becomes of old records in a table's topic, when leat makes it (`cleanup.policy`). A "
                   "compacted topic is a copy of the table: with the envelope `debezium`, deleted rows leave "
                   "it by tombstones.",
        .example = "compact",
    },
    {
        .path = "sink.manage_topics",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(manage_topics),
        .default_text = "true",
        .purpose = "Whether leat makes topics that are missing. With `false` it stops and names them.",
        .example = "false",
    },
    {
        .path = "sink.transactions",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(transactions),
        .default_text = "false",
        .purpose = "Whether the topic `<prefix>.transactions` tells where each transaction of the source "
                   "begins and ends, and how many records of which tables it had.",
        .example = "true",
    },
    {
        .path = "sink.heartbeats",
        .type = LEAT_SETTING_BOOLEAN,
        .offset = AT(heartbeats),
        .default_text = "false",
        .purpose = "Whether the topic `<prefix>.heartbeat` tells of positions that moved on without records, "
                   "so that readers can tell a quiet source from a pipeline that stands still.",
        .example = "true",
    },
    {
        .path = "sink.large",
        .type = LEAT_SETTING_CHOICE,
        .offset = AT(large),
        .default_text = "fail",
        LEAT_CHOICES_OF(larges),
        .purpose =
            "What becomes of a record that is too large for a message, by the topic's `max.message.bytes` or "
            "by leat's `message.max.bytes` (16 MiB unless `sink.kafka` says otherwise).",
        .example = "spill",
    },
    {
        .path = "sink.spill_path",
        .type = LEAT_SETTING_PATH,
        .offset = AT(spill_path),
        .default_note = "there is none; required with `large: spill`",
        .purpose = "The folder for values that are too large for messages. Readers must be able to reach it "
                   "by the same path. leat never removes a file from it.",
        .example = "/srv/leat/spilled",
    },
    {
        .path = "sink.kafka",
        .type = LEAT_SETTING_MAP,
        .offset = AT(kafka),
        .count_offset = AT(kafka_count),
        .default_note = "none",
        .secret = true,
        .form = "^[a-z][a-z0-9._]*$",
        .form_words = "a property of librdkafka, its dots included",
        .purpose = "Properties of librdkafka, for what leat has no setting of its own: above all encryption "
                   "and login (`security.protocol`, `sasl.mechanisms`, `sasl.username`, `sasl.password`, "
                   "`ssl.ca.location`), and sizes (`message.max.bytes`, `compression.type`). Those that "
                   "leat's guarantees rest on cannot be set. Relative paths are taken from the folder that "
                   "leat is started in.",
        .example = "{security.protocol: sasl_ssl, sasl.mechanisms: SCRAM-SHA-512, sasl.username: leat, "
                   "sasl.password: \"${KAFKA_PASSWORD}\"}",
    },
    {
        .path = "sink.registry.url",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(registry.url),
        .required = true,
        .secret = true,
        .form = "^https?://[^ ]+$",
        .form_words = "`http://…` or `https://…`",
        .purpose = "Where the registry's API is. Apicurio has it below the path `/apis/ccompat/v7`.",
        .example = "https://registry.example:8081",
    },
    {
        .path = "sink.registry.user",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(registry.user),
        .default_note = "none",
        .purpose = "The user for basic authentication.",
        .example = "leat",
    },
    {
        .path = "sink.registry.password",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(registry.password),
        .default_note = "none",
        .secret = true,
        .purpose = "That user's password.",
        .example = "${REGISTRY_PASSWORD}",
    },
    {
        .path = "sink.registry.token",
        .type = LEAT_SETTING_TEXT,
        .offset = AT(registry.token),
        .default_note = "none",
        .secret = true,
        .purpose = "A token for bearer authentication, in place of user and password.",
        .example = "${REGISTRY_TOKEN}",
    },
    {
        .path = "sink.registry.ca",
        .type = LEAT_SETTING_PATH,
        .offset = AT(registry.ca),
        .default_note = "the system's certificates",
        .purpose = "A file with the certificates that the registry's own is checked against (PEM).",
        .example = "/etc/leat/registry-ca.pem",
    },
    {
        .path = "sink.registry.certificate",
        .type = LEAT_SETTING_PATH,
        .offset = AT(registry.certificate),
        .default_note = "none",
        .purpose = "leat's own certificate, where the registry asks for one (PEM).",
        .example = "/etc/leat/leat.pem",
    },
    {
        .path = "sink.registry.key",
        .type = LEAT_SETTING_PATH,
        .offset = AT(registry.key),
        .default_note = "none",
        .purpose = "The key of that certificate (PEM).",
        .example = "/etc/leat/leat.key",
    },
    {
        .path = "sink.registry.timeout",
        .type = LEAT_SETTING_DURATION,
        .offset = AT(registry.timeout),
        .default_text = "10s",
        .least = 100 * LEAT_MILLISECOND,
        .most = 10 * LEAT_MINUTE,
        .purpose = "How long one request to the registry may take before it counts as failed.",
        .example = "30s",
    },
};

static const leat_section sections[] = {
    {.path = "sink.registry",
     .title = "`sink.registry`: the schema registry",
     .purpose = "Where the schemas of topics are kept, in Confluent's API, as Confluent, Apicurio, Karapace "
                "and Redpanda speak it. Messages then have Confluent's framing, and subjects are "
                "`<topic>-key` and `<topic>-value`. Without this section messages are in Avro's "
                "single-object encoding, and the schemas go to the topic `<prefix>.schemas`.",
     .optional = true},
};

static const leat_setting_default defaults[] = {
    {"sink.commit_every", "250ms"},
    {"sink.envelope", "debezium"},
};

/* Neither of the two can be used without the other. */
static void want_together(const leat_setting_review *review, const char *one, const char *other)
{
    bool first = review->is_given(review->context, one);
    if (first != review->is_given(review->context, other))
        review->refuse(review->context, one, other,
                       "`%s` is of no use without `%s`. Add that, or take it out", first ? one : other,
                       first ? other : one);
}

static void want_apart(const leat_setting_review *review, const char *one, const char *other)
{
    if (review->is_given(review->context, one) && review->is_given(review->context, other))
        review->refuse(review->context, one, other, "`%s` and `%s` exclude each other. Take one of them out",
                       one, other);
}

static void review_spilling(const leat_kafka_settings *read, const leat_setting_review *review)
{
    if (!review->is_right(review->context, "sink.large"))
        return;
    bool spills = read->large == LEAT_KAFKA_LARGE_SPILL;
    if (spills != review->is_given(review->context, "sink.spill_path"))
        review->refuse(review->context, "sink.large", "sink.spill_path", "%s",
                       spills
                           ? "`sink.large: spill` needs a folder. Add `spill_path` to `sink`"
                           : "`sink.spill_path` is of no use without `sink.large: spill`. Add that, or take "
                             "it out");
}

static void review(const void *filled, const leat_setting_review *review)
{
    want_together(review, "sink.registry.user", "sink.registry.password");
    want_together(review, "sink.registry.certificate", "sink.registry.key");
    want_apart(review, "sink.registry.user", "sink.registry.token");
    review_spilling(filled, review);
}

const leat_setting_group leat_kafka_setting_group = {
    .size = sizeof(leat_kafka_settings),
    .settings = settings,
    .setting_count = LEAT_COUNT_OF(settings),
    .sections = sections,
    .section_count = LEAT_COUNT_OF(sections),
    .defaults = defaults,
    .default_count = LEAT_COUNT_OF(defaults),
    .review = review,
};
