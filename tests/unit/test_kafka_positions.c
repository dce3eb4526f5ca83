/* Positions as messages, and the topic that they are in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kafka_brokers.h"
#include "sink/kafka/positions.h"

/* ---- The message ---- */

static void format_and_parse(const char *log, const char *transaction, uint64_t ordinal, const char *text)
{
    leat_position position = {0};
    leat_position again = {0};
    leat_position_set(&position, log, transaction, ordinal);
    char *message = leat_kafka_positions_format(&position, INT64_C(1710000000123456));
    assert_non_null(strstr(message, text));
    assert_non_null(strstr(message, "\"committed_at\":1710000000123456"));
    assert_non_null(strstr(message, "\"version\":1"));
    leat_error error;
    assert_int_equal(leat_kafka_positions_parse(leat_slice_of_string(message), &again, &error), LEAT_OK);
    assert_string_equal(again.log, log);
    assert_int_equal(again.ordinal, ordinal);
    assert_true((again.transaction == NULL) == (transaction == NULL));
    leat_release(message);
    leat_position_clear(&position);
    leat_position_clear(&again);
}

static void a_position_comes_back_as_it_was(void **context)
{
    (void)context;
    format_and_parse("0/16B3748", NULL, 0, "\"position\":\"0/16B3748\"");
    format_and_parse("0/16B3748", "731", 12, "\"position\":\"0/16B3748+731@12\"");
    format_and_parse("3E11FA47-71CA-11E1-9E33-C80AA9429562:1-77", NULL, 0, "C80AA9429562:1-77");
}

static void what_is_no_position_is_refused(void **context)
{
    (void)context;
    static const char *const wrong[] = {
        "",
        "null",
        "[]",
        "\"0/16B3748\"",
        "{}",
        "{\"position\":\"0/1\",\"committed_at\":1}",
        "{\"position\":\"0/1\",\"committed_at\":1,\"version\":2}",
        "{\"position\":\"\",\"committed_at\":1,\"version\":1}",
        "{\"position\":7,\"committed_at\":1,\"version\":1}",
        "{\"position\":\"0/1\",\"committed_at\":\"1\",\"version\":1}",
        "{\"position\":\"0/1\",\"committed_at\":1.5,\"version\":1}",
        "{\"position\":\"0/1\",\"committed_at\":1,\"version\":1,\"more\":0}",
        "{\"position\":\"0/1\",\"position\":\"0/2\",\"committed_at\":1,\"version\":1}",
        "{\"position\":\"0/1\\u0000\",\"committed_at\":1,\"version\":1}",
        "{\"position\":\"0/1+731\",\"committed_at\":1,\"version\":1}",
        "{\"position\":\"0/1\",\"committed_at\":1,\"version\":1}{}",
        "{\"position\":\"0/1\",\"committed_at\":1,\"version\":1",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        leat_position position = {0};
        leat_error error;
        leat_status status = leat_kafka_positions_parse(leat_slice_of_string(wrong[i]), &position, &error);
        assert_int_equal(status, LEAT_FAILED);
        assert_null(position.log);
        leat_position_clear(&position);
    }
}

/* ---- The topic ---- */

static const char topic[] = "shop.leat-positions";

static int start(void **context)
{
    kafka_brokers *brokers = leat_allocate(sizeof *brokers);
    kafka_brokers_start(brokers, 1);
    *context = brokers;
    return 0;
}

static int stop(void **context)
{
    kafka_brokers_stop(*context);
    leat_release(*context);
    return 0;
}

static void put(const kafka_brokers *brokers, const char *key, const char *value)
{
    char reason[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers->options.brokers, reason, sizeof reason);
    size_t key_length = key == NULL ? 0 : strlen(key);
    size_t value_length = value == NULL ? 0 : strlen(value);
    rd_kafka_t *writer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof reason);
    assert_int_equal(rd_kafka_producev(writer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0),
                                       RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                       RD_KAFKA_V_KEY((void *)key, key_length),
                                       RD_KAFKA_V_VALUE((void *)value, value_length), RD_KAFKA_V_END),
                     0);
    assert_int_equal(rd_kafka_flush(writer, 10000), 0);
    rd_kafka_destroy(writer);
}

static void expect(kafka_brokers *brokers, const char *log)
{
    leat_position position = {0};
    leat_error error;
    assert_int_equal(leat_kafka_positions_read(&brokers->options, topic, &position, &error), LEAT_OK);
    if (log == NULL)
        assert_null(position.log);
    else
        assert_string_equal(position.log, log);
    leat_position_clear(&position);
}

#define AT(text) "{\"position\":\"" text "\",\"committed_at\":1,\"version\":1}"

static void an_empty_topic_has_no_position(void **context)
{
    kafka_brokers *brokers = *context;
    assert_int_equal(rd_kafka_mock_topic_create(brokers->cluster, topic, 1, 1), 0);
    expect(brokers, NULL);
}

/* The mock cluster makes what is asked for; a topic that is said to be unknown stays so. */
static void a_missing_topic_has_no_position(void **context)
{
    kafka_brokers *brokers = *context;
    rd_kafka_mock_topic_set_error(brokers->cluster, topic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    expect(brokers, NULL);
}

static void the_last_message_of_our_key_wins(void **context)
{
    kafka_brokers *brokers = *context;
    assert_int_equal(rd_kafka_mock_topic_create(brokers->cluster, topic, 1, 1), 0);
    put(brokers, "orders", AT("0/1"));
    put(brokers, "invoices", AT("0/7"));
    put(brokers, "orders", AT("0/2"));
    put(brokers, "orders-2", AT("0/8"));
    put(brokers, NULL, AT("0/9"));
    expect(brokers, "0/2");
}

static void a_tombstone_takes_the_position_back(void **context)
{
    kafka_brokers *brokers = *context;
    assert_int_equal(rd_kafka_mock_topic_create(brokers->cluster, topic, 1, 1), 0);
    put(brokers, "orders", AT("0/1"));
    put(brokers, "orders", NULL);
    expect(brokers, NULL);
}

static void a_last_message_that_is_no_position_is_an_error(void **context)
{
    kafka_brokers *brokers = *context;
    assert_int_equal(rd_kafka_mock_topic_create(brokers->cluster, topic, 1, 1), 0);
    put(brokers, "orders", AT("0/1"));
    put(brokers, "orders", "0/2");
    leat_position position = {0};
    leat_error error;
    assert_int_equal(leat_kafka_positions_read(&brokers->options, topic, &position, &error), LEAT_FAILED);
    assert_non_null(strstr(error.message, "orders"));
    assert_non_null(strstr(error.message, topic));
    assert_null(position.log);
}

static void brokers_that_are_away_are_worth_another_try(void **context)
{
    kafka_brokers *brokers = *context;
    kafka_brokers_property(brokers, "socket.timeout.ms", "1000");
    rd_kafka_mock_broker_set_down(brokers->cluster, -1);
    leat_position position = {0};
    leat_error error;
    assert_int_equal(leat_kafka_positions_read(&brokers->options, topic, &position, &error), LEAT_RETRY);
}

static void a_topic_that_we_may_not_read_is_for_the_operator(void **context)
{
    kafka_brokers *brokers = *context;
    rd_kafka_mock_topic_set_error(brokers->cluster, topic, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    leat_position position = {0};
    leat_error error;
    assert_int_equal(leat_kafka_positions_read(&brokers->options, topic, &position, &error), LEAT_OPERATOR);
    assert_non_null(strstr(error.message, topic));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_position_comes_back_as_it_was),
        cmocka_unit_test(what_is_no_position_is_refused),
        cmocka_unit_test_setup_teardown(an_empty_topic_has_no_position, start, stop),
        cmocka_unit_test_setup_teardown(a_missing_topic_has_no_position, start, stop),
        cmocka_unit_test_setup_teardown(the_last_message_of_our_key_wins, start, stop),
        cmocka_unit_test_setup_teardown(a_tombstone_takes_the_position_back, start, stop),
        cmocka_unit_test_setup_teardown(a_last_message_that_is_no_position_is_an_error, start, stop),
        cmocka_unit_test_setup_teardown(brokers_that_are_away_are_worth_another_try, start, stop),
        cmocka_unit_test_setup_teardown(a_topic_that_we_may_not_read_is_for_the_operator, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
