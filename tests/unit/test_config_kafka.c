/* The Kafka sink's settings: lists with commas, maps of properties, an optional section, and what does not go
 * together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "sink/kafka/settings.h"

#define HEAD                                                                                                 \
    "name: shop\n"                                                                                           \
    "source: {type: postgres, url: \"postgresql://leat@db/shop\", tables: [public.*]}\n"                     \
    "sink:\n"                                                                                                \
    "  type: kafka\n"
#define BROKERS "  brokers: k1:9092\n"

static const leat_kafka_settings *kafka_of(const leat_config *config)
{
    return config->sink.settings;
}

typedef struct parsed_text {
    leat_status status;
    leat_config config;
    leat_buffer problems;
    leat_error error;
} parsed_text;

static parsed_text parse(const char *text)
{
    parsed_text result = {0};
    result.status =
        leat_config_parse(text, strlen(text), "f", &result.config, &result.problems, &result.error);
    return result;
}

static void finish(parsed_text *result)
{
    leat_config_free(&result->config);
    leat_buffer_free(&result->problems);
}

static parsed_text parse_right(const char *text)
{
    parsed_text result = parse(text);
    assert_string_equal(leat_buffer_string(&result.problems), "");
    assert_int_equal(result.status, LEAT_OK);
    return result;
}

/* All of the mistakes, word for word. */
static void assert_problems(const char *text, const char *expected)
{
    parsed_text result = parse(text);
    assert_string_equal(leat_buffer_string(&result.problems), expected);
    assert_int_equal(result.status, LEAT_USAGE);
    finish(&result);
}

static void two_settings_reach_kafka(void **state)
{
    (void)state;
    parsed_text result = parse_right(HEAD BROKERS);
    const leat_config *config = &result.config;
    assert_string_equal(config->sink.type, "kafka");
    assert_string_equal(kafka_of(config)->brokers, "k1:9092");
    assert_string_equal(config->sink.prefix, "shop");
    assert_int_equal(config->sink.envelope, LEAT_ENVELOPE_DEBEZIUM);
    assert_int_equal(config->sink.commit_every, 250000);
    assert_int_equal(kafka_of(config)->delivery, LEAT_KAFKA_EXACTLY_ONCE);
    assert_int_equal(kafka_of(config)->partitions, 0);
    assert_int_equal(kafka_of(config)->replication, 0);
    assert_null(kafka_of(config)->cleanup);
    assert_true(kafka_of(config)->manage_topics);
    assert_false(kafka_of(config)->transactions);
    assert_false(kafka_of(config)->heartbeats);
    assert_int_equal(kafka_of(config)->large, LEAT_KAFKA_LARGE_FAIL);
    assert_null(kafka_of(config)->spill_path);
    assert_int_equal(kafka_of(config)->kafka_count, 0);
    assert_null(kafka_of(config)->registry.url);
    finish(&result);
}

static void takes_every_setting(void **state)
{
    (void)state;
    setenv("LEAT_TEST_SECRET", "a: b\nc", 1);
    parsed_text result = parse_right(HEAD "  brokers: [k1:9092, \"[::1]:9093\", SSL://k3]\n"
                                          "  prefix: company.shop\n"
                                          "  envelope: flat\n"
                                          "  commit_every: 1s\n"
                                          "  delivery: at_least_once\n"
                                          "  partitions: 6\n"
                                          "  replication: 3\n"
                                          "  cleanup: compact,delete\n"
                                          "  manage_topics: false\n"
                                          "  transactions: true\n"
                                          "  heartbeats: true\n"
                                          "  large: spill\n"
                                          "  spill_path: /srv/spilled\n"
                                          "  kafka:\n"
                                          "    security.protocol: sasl_ssl\n"
                                          "    sasl.password: ${LEAT_TEST_SECRET}\n"
                                          "    linger.ms: 20\n"
                                          "    socket.keepalive.enable: false\n"
                                          "  registry:\n"
                                          "    url: https://registry:8081/apis/ccompat/v7\n"
                                          "    user: leat\n"
                                          "    password: ${LEAT_TEST_SECRET}\n"
                                          "    ca: ca.pem\n"
                                          "    certificate: /etc/leat.pem\n"
                                          "    key: /etc/leat.key\n"
                                          "    timeout: 3s\n");
    const leat_config *config = &result.config;
    assert_string_equal(kafka_of(config)->brokers, "k1:9092,[::1]:9093,SSL://k3");
    assert_string_equal(config->sink.prefix, "company.shop");
    assert_int_equal(config->sink.envelope, LEAT_ENVELOPE_FLAT);
    assert_int_equal(config->sink.commit_every, 1000000);
    assert_int_equal(kafka_of(config)->delivery, LEAT_KAFKA_AT_LEAST_ONCE);
    assert_int_equal(kafka_of(config)->partitions, 6);
    assert_int_equal(kafka_of(config)->replication, 3);
    assert_string_equal(kafka_of(config)->cleanup, "compact,delete");
    assert_false(kafka_of(config)->manage_topics);
    assert_true(kafka_of(config)->transactions);
    assert_true(kafka_of(config)->heartbeats);
    assert_int_equal(kafka_of(config)->large, LEAT_KAFKA_LARGE_SPILL);
    assert_string_equal(kafka_of(config)->spill_path, "/srv/spilled");
    static const char *const properties[][2] = {{"security.protocol", "sasl_ssl"},
                                                {"sasl.password", "a: b\nc"},
                                                {"linger.ms", "20"},
                                                {"socket.keepalive.enable", "false"}};
    assert_int_equal(kafka_of(config)->kafka_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(kafka_of(config)->kafka[i].name, properties[i][0]);
        assert_string_equal(kafka_of(config)->kafka[i].value, properties[i][1]);
    }
    const leat_registry_options *registry = &kafka_of(config)->registry;
    assert_string_equal(registry->url, "https://registry:8081/apis/ccompat/v7");
    assert_string_equal(registry->user, "leat");
    assert_string_equal(registry->password, "a: b\nc");
    assert_null(registry->token);
    assert_string_equal(registry->ca, "ca.pem");
    assert_string_equal(registry->certificate, "/etc/leat.pem");
    assert_string_equal(registry->key, "/etc/leat.key");
    assert_int_equal(registry->timeout, 3000000);
    finish(&result);
}

static void brokers_may_be_one_text_with_commas(void **state)
{
    (void)state;
    parsed_text result = parse_right(HEAD "  brokers: k1:9092, k2 ,\tk3:1\n");
    assert_string_equal(kafka_of(&result.config)->brokers, "k1:9092,k2,k3:1");
    finish(&result);
}

static void every_broker_is_looked_at(void **state)
{
    (void)state;
    assert_problems(HEAD "  brokers: k1:9092,k 2,k3:port\n",
                    "f:5:12: `sink.brokers` must be `HOST:PORT`; the port is 9092 where none is given, not "
                    "`k 2`\n"
                    "f:5:12: `sink.brokers` must be `HOST:PORT`; the port is 9092 where none is given, not "
                    "`k3:port`\n");
    assert_problems(HEAD "  brokers: k1:9092,\n", "f:5:12: `sink.brokers` is empty\n");
    assert_problems(HEAD "  brokers: []\n", "f:5:12: `sink.brokers` is an empty list. For example `brokers: "
                                            "kafka-1.example:9092,kafka-2.example:9092`\n");
    assert_problems(HEAD, "f:3:1: `sink.brokers` is missing. For example `brokers: "
                          "kafka-1.example:9092,kafka-2.example:9092`\n");
}

static void properties_are_pairs_of_single_values(void **state)
{
    (void)state;
    parsed_text result = parse_right(HEAD BROKERS "  kafka:\n");
    assert_int_equal(kafka_of(&result.config)->kafka_count, 0);
    finish(&result);
    assert_problems(HEAD BROKERS "  kafka: {sasl: {password: hunter2}}\n",
                    "f:6:17: `sasl` in `sink.kafka` must be a single value, not a group. Names are written "
                    "out, with their dots\n");
    assert_problems(HEAD BROKERS "  kafka: {linger.ms: 5, linger.ms: 6}\n",
                    "f:6:25: `linger.ms` stands in `sink.kafka` for the second time. Take one of them out\n");
    assert_problems(HEAD BROKERS "  kafka: {Linger ms: 5}\n",
                    "f:6:11: a key of `sink.kafka` must be a property of librdkafka, its dots included\n");
    assert_problems(HEAD BROKERS "  kafka: {linger.ms: }\n",
                    "f:6:22: `linger.ms` in `sink.kafka` has no value. Give it one, or take it out\n");
}

/* Whatever is wrong with it, a property's value may be a password. */
static void values_of_properties_are_never_shown(void **state)
{
    (void)state;
    static const char *const mistaken[] = {
        HEAD BROKERS "  kafka: {sasl.password: \"hunter2${LEAT_TEST_NOT_SET}\"}\n",
        HEAD BROKERS "  kafka: {sasl.password: [hunter2]}\n",
        HEAD BROKERS "  kafka: [hunter2]\n",
        HEAD BROKERS "  kafka: hunter2\n",
        HEAD BROKERS "  registry: {url: \"ftp://u:hunter2@r\"}\n",
        HEAD BROKERS "  registry: {url: \"http://r\", password: hunter2}\n",
    };
    for (size_t i = 0; i < sizeof mistaken / sizeof mistaken[0]; i++) {
        parsed_text result = parse(mistaken[i]);
        assert_int_equal(result.status, LEAT_USAGE);
        assert_null(strstr(leat_buffer_string(&result.problems), "hunter2"));
        assert_null(strstr(result.error.message, "hunter2"));
        finish(&result);
    }
}

static void a_registry_that_is_begun_needs_its_url(void **state)
{
    (void)state;
    assert_problems(
        HEAD BROKERS "  registry: {timeout: 1s}\n",
        "f:6:3: `sink.registry.url` is missing. For example `url: https://registry.example:8081`\n");
    assert_problems(
        HEAD BROKERS "  registry:\n",
        "f:6:3: `sink.registry.url` is missing. For example `url: https://registry.example:8081`\n");
}

static void what_does_not_go_together_is_refused(void **state)
{
    (void)state;
    assert_problems(HEAD BROKERS "  large: spill\n",
                    "f:6:10: `sink.large: spill` needs a folder. Add `spill_path` to `sink`\n");
    assert_problems(
        HEAD BROKERS "  spill_path: x\n",
        "f:6:15: `sink.spill_path` is of no use without `sink.large: spill`. Add that, or take it "
        "out\n");
    assert_problems(
        HEAD BROKERS "  registry: {url: \"http://r\", user: x}\n",
        "f:6:37: `sink.registry.user` is of no use without `sink.registry.password`. Add that, or "
        "take it out\n");
    assert_problems(HEAD BROKERS "  registry: {url: \"http://r\", key: x}\n",
                    "f:6:36: `sink.registry.key` is of no use without `sink.registry.certificate`. Add that, "
                    "or take it out\n");
    assert_problems(HEAD BROKERS "  registry: {url: \"http://r\", user: x, password: y, token: z}\n",
                    "f:6:37: `sink.registry.user` and `sink.registry.token` exclude each other. Take one of "
                    "them out\n");
    assert_problems(HEAD BROKERS "  path: lake\n",
                    "f:6:9: `sink.path` makes no sense with `type: kafka`, only with `type: file`. Take it "
                    "out\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_settings_reach_kafka),
        cmocka_unit_test(takes_every_setting),
        cmocka_unit_test(brokers_may_be_one_text_with_commas),
        cmocka_unit_test(every_broker_is_looked_at),
        cmocka_unit_test(properties_are_pairs_of_single_values),
        cmocka_unit_test(values_of_properties_are_never_shown),
        cmocka_unit_test(a_registry_that_is_begun_needs_its_url),
        cmocka_unit_test(what_does_not_go_together_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
