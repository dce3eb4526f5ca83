/* A client's properties, and what errors of Kafka mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/memory.h"
#include "sink/kafka/client.h"

/* No broker is there; none is needed. */
static leat_sink_kafka_options options_with(const leat_kafka_property *properties, size_t count)
{
    return (leat_sink_kafka_options){
        .brokers = "127.0.0.1:1",
        .prefix = "shop",
        .pipeline = "orders",
        .properties = properties,
        .property_count = count,
    };
}

static leat_status open_with(const char *name, const char *value, leat_kafka_role role, leat_error *error)
{
    const leat_kafka_property property = {name, value};
    leat_sink_kafka_options options = options_with(&property, 1);
    rd_kafka_t *client = NULL;
    leat_status status = leat_kafka_client_open(&options, role, NULL, NULL, &client, error);
    if (status == LEAT_OK)
        leat_kafka_client_close(client);
    return status;
}

static void properties_that_break_a_guarantee_are_refused(void **context)
{
    (void)context;
    static const leat_kafka_property refused[] = {
        {"enable.idempotence", "false"},
        {"acks", "1"},
        {"acks", "0"},
        {"request.required.acks", "1"},
        {"transactional.id", "mine"},
        {"isolation.level", "read_uncommitted"},
        {"partitioner", "consistent_random"},
        {"message.timeout.ms", "300000"},
        {"delivery.timeout.ms", "1000"},
        {"retries", "0"},
        {"message.send.max.retries", "3"},
        {"bootstrap.servers", "elsewhere:9092"},
        {"metadata.broker.list", "elsewhere:9092"},
        {"auto.offset.reset", "latest"},
        {"test.mock.num.brokers", "3"},
        {"log.queue", "true"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        leat_error error;
        assert_int_equal(
            open_with(refused[i].name, refused[i].value, LEAT_KAFKA_TRANSACTIONAL_PRODUCER, &error),
            LEAT_USAGE);
        assert_non_null(strstr(error.message, refused[i].name));
        assert_non_null(strstr(error.mend, refused[i].name));
        assert_int_equal(open_with(refused[i].name, refused[i].value, LEAT_KAFKA_READER, &error), LEAT_USAGE);
    }
}

static void saying_what_holds_anyway_is_fine(void **context)
{
    (void)context;
    static const leat_kafka_property fine[] = {
        {"enable.idempotence", "true"},
        {"acks", "all"},
        {"acks", "-1"},
        {"message.timeout.ms", "0"},
        {"linger.ms", "20"},
        {"compression.type", "zstd"},
        {"client.id", "other"},
        {"security.protocol", "plaintext"},
    };
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        for (int role = LEAT_KAFKA_TRANSACTIONAL_PRODUCER; role <= LEAT_KAFKA_ADMIN; role++) {
            leat_error error;
            assert_int_equal(open_with(fine[i].name, fine[i].value, (leat_kafka_role)role, &error), LEAT_OK);
        }
}

static void what_librdkafka_does_not_take_is_named(void **context)
{
    (void)context;
    static const leat_kafka_property wrong[] = {
        {"linger", "5"},                /* unknown */
        {"linger.ms", "soon"},          /* no number */
        {"batch.size", "0"},            /* out of range */
        {"compression.type", "brotli"}, /* no such value */
        {"dr_msg_cb", "1"},             /* no text */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        leat_error error;
        assert_int_equal(open_with(wrong[i].name, wrong[i].value, LEAT_KAFKA_IDEMPOTENT_PRODUCER, &error),
                         LEAT_USAGE);
        assert_non_null(strstr(error.message, wrong[i].name));
    }
}

static void properties_that_contradict_each_other(void **context)
{
    (void)context;
    leat_error error;
    assert_int_equal(open_with("max.in.flight", "6", LEAT_KAFKA_IDEMPOTENT_PRODUCER, &error), LEAT_USAGE);
    assert_non_null(strstr(error.message, "max.in.flight"));
    /* The queue's default holds 32 MiB. */
    assert_int_equal(open_with("message.max.bytes", "33554433", LEAT_KAFKA_IDEMPOTENT_PRODUCER, &error),
                     LEAT_USAGE);
    assert_string_equal(error.mend, "Raise queue.buffering.max.kbytes to at least 32769.");
    assert_int_equal(open_with("message.max.bytes", "33554432", LEAT_KAFKA_IDEMPOTENT_PRODUCER, &error),
                     LEAT_OK);
}

typedef struct held {
    const char *name;
    uint64_t value;
} held;

static void defaults_are_ours_where_the_config_is_silent(void **context)
{
    (void)context;
    static const held expected[] = {
        {"socket.timeout.ms", 30000},          {"batch.size", 1000000},
        {"queue.buffering.max.kbytes", 32768}, {"transaction.timeout.ms", 900000},
        {"queue.buffering.max.messages", 777}, {"max.in.flight", 5},
    };
    const leat_kafka_property property = {"queue.buffering.max.messages", "777"};
    leat_sink_kafka_options options = options_with(&property, 1);
    rd_kafka_t *client;
    leat_error error;
    assert_int_equal(
        leat_kafka_client_open(&options, LEAT_KAFKA_TRANSACTIONAL_PRODUCER, NULL, NULL, &client, &error),
        LEAT_OK);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(leat_kafka_client_number(client, expected[i].name), expected[i].value);
    assert_int_equal(leat_kafka_client_number(client, "no.such.property"), 0);
    leat_kafka_client_close(client);
    leat_kafka_client_close(NULL);
}

typedef struct classified {
    rd_kafka_resp_err_t code;
    leat_status status;
} classified;

static void codes_say_what_may_be_done_next(void **context)
{
    (void)context;
    static const classified expected[] = {
        {RD_KAFKA_RESP_ERR__TRANSPORT, LEAT_RETRY},
        {RD_KAFKA_RESP_ERR__TIMED_OUT, LEAT_RETRY},
        {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, LEAT_RETRY},
        {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, LEAT_RETRY},
        {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, LEAT_RETRY},
        {RD_KAFKA_RESP_ERR__AUTHENTICATION, LEAT_OPERATOR},
        {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, LEAT_OPERATOR},
        {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, LEAT_OPERATOR},
        {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, LEAT_OPERATOR},
        {RD_KAFKA_RESP_ERR__FENCED, LEAT_OPERATOR},
        {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, LEAT_OPERATOR},
        {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, LEAT_OPERATOR},
        {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, LEAT_FAILED},
        {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, LEAT_FAILED},
        {RD_KAFKA_RESP_ERR_UNKNOWN, LEAT_FAILED},
        {RD_KAFKA_RESP_ERR__INVALID_ARG, LEAT_FAILED},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(leat_kafka_classify(expected[i].code), expected[i].status);
}

static void a_failure_is_a_sentence_with_brokers_and_mend(void **context)
{
    (void)context;
    leat_sink_kafka_options options = options_with(NULL, 0);
    leat_error error;
    assert_int_equal(leat_kafka_failure(&options, RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, NULL, &error,
                                        "cannot begin with %s", "transactions"),
                     LEAT_OPERATOR);
    assert_non_null(strstr(error.message, "cannot begin with transactions: "));
    assert_non_null(strstr(error.message, "127.0.0.1:1"));
    assert_non_null(strstr(error.mend, "transaction.max.timeout.ms"));
    rd_kafka_error_t *reason = rd_kafka_error_new(RD_KAFKA_RESP_ERR__TRANSPORT, "no %s", "route");
    assert_int_equal(leat_kafka_error_failure(&options, reason, &error, "topic %d", 7), LEAT_RETRY);
    assert_string_equal(error.message, "topic 7: no route (Kafka at 127.0.0.1:1)");
    assert_true(leat_error_has_code(&error, "Kafka -195")); /* _TRANSPORT, in librdkafka's rdkafka.h */
    assert_int_equal(leat_kafka_failure(&options, RD_KAFKA_RESP_ERR__SSL, "x", NULL, "y"), LEAT_OPERATOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_that_break_a_guarantee_are_refused),
        cmocka_unit_test(saying_what_holds_anyway_is_fine),
        cmocka_unit_test(what_librdkafka_does_not_take_is_named),
        cmocka_unit_test(properties_that_contradict_each_other),
        cmocka_unit_test(defaults_are_ours_where_the_config_is_silent),
        cmocka_unit_test(codes_say_what_may_be_done_next),
        cmocka_unit_test(a_failure_is_a_sentence_with_brokers_and_mend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
