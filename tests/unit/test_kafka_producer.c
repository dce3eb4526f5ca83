/* The producer on brokers that err, vanish, come back and refuse. What needs real brokers (fencing, aborted
 * transactions that nobody sees) is tested with those. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "kafka_brokers.h"
#include "sink/kafka/producer.h"
#include "sink/kafka/topics.h"

static const char table_topic[] = "shop.public.orders";

typedef struct fixture {
    kafka_brokers brokers;
    leat_kafka_producer *producer;
    rd_kafka_topic_t *topic;
    leat_error error;
} fixture;

static int start(void **context)
{
    fixture *test = leat_allocate(sizeof *test);
    kafka_brokers_start(&test->brokers, 3);
    assert_int_equal(rd_kafka_mock_topic_create(test->brokers.cluster, table_topic, 2, 3), 0);
    kafka_brokers_property(&test->brokers, "socket.timeout.ms", "3000");
    kafka_brokers_property(&test->brokers, "reconnect.backoff.max.ms", "100");
    *context = test;
    return 0;
}

static int stop(void **context)
{
    fixture *test = *context;
    leat_kafka_producer_close(test->producer);
    kafka_brokers_stop(&test->brokers);
    leat_release(test);
    return 0;
}

static leat_status open_producer(fixture *test, leat_kafka_delivery delivery)
{
    test->brokers.options.delivery = delivery;
    return leat_kafka_producer_open(&test->brokers.options, &test->producer, &test->error);
}

static void open_well(fixture *test, leat_kafka_delivery delivery)
{
    assert_int_equal(open_producer(test, delivery), LEAT_OK);
    test->topic = leat_kafka_producer_topic(test->producer, table_topic);
    assert_ptr_equal(leat_kafka_producer_topic(test->producer, table_topic), test->topic);
}

static leat_status send_to(fixture *test, int32_t partition, const char *key, const char *value)
{
    const leat_kafka_message message = {
        .topic = test->topic,
        .partition = partition,
        .key = key == NULL ? (leat_slice){0} : leat_slice_of_string(key),
        .has_key = key != NULL,
        .value = value == NULL ? (leat_slice){0} : leat_slice_of_string(value),
        .has_value = value != NULL,
    };
    return leat_kafka_producer_send(test->producer, &message, &test->error);
}

static leat_status send_one(fixture *test, const char *value)
{
    return send_to(test, 0, "k", value);
}

static leat_status commit(fixture *test)
{
    return leat_kafka_producer_commit(test->producer, &test->error);
}

/* Sends until something fails, as the pump does. */
static leat_status send_and_commit(fixture *test, const char *value)
{
    leat_status status = send_one(test, value);
    return status == LEAT_OK ? commit(test) : status;
}

static void expect(const fixture *test, int32_t partition, const char *messages)
{
    char *read = kafka_brokers_read(&test->brokers, table_topic, partition);
    assert_string_equal(read, messages);
    leat_release(read);
}

static void push_error(fixture *test, int16_t request, rd_kafka_resp_err_t code, int times)
{
    for (int i = 0; i < times; i++)
        rd_kafka_mock_push_request_errors(test->brokers.cluster, request, 1, code);
}

/* ---- All is well ---- */

static void messages_arrive_in_order(fixture *test, leat_kafka_delivery delivery)
{
    open_well(test, delivery);
    assert_int_equal(send_one(test, "1"), LEAT_OK);
    assert_int_equal(send_one(test, "2"), LEAT_OK);
    assert_int_equal(leat_kafka_producer_pending_messages(test->producer), 2);
    assert_int_equal(leat_kafka_producer_pending_bytes(test->producer), 4);
    assert_int_equal(commit(test), LEAT_OK);
    assert_int_equal(leat_kafka_producer_pending_messages(test->producer), 0);
    assert_int_equal(leat_kafka_producer_pending_bytes(test->producer), 0);
    assert_int_equal(send_and_commit(test, "3"), LEAT_OK);
    assert_int_equal(commit(test), LEAT_OK); /* of nothing */
    expect(test, 0, "k=1;k=2;k=3;");
}

static void messages_arrive_in_order_at_least_once(void **context)
{
    messages_arrive_in_order(*context, LEAT_KAFKA_AT_LEAST_ONCE);
}

static void messages_arrive_in_order_exactly_once(void **context)
{
    messages_arrive_in_order(*context, LEAT_KAFKA_EXACTLY_ONCE);
}

static void nothing_and_empty_are_two_things(void **context)
{
    fixture *test = *context;
    open_well(test, LEAT_KAFKA_AT_LEAST_ONCE);
    assert_int_equal(send_to(test, 0, "", "v"), LEAT_OK);
    assert_int_equal(send_to(test, 0, NULL, "v"), LEAT_OK);
    assert_int_equal(send_to(test, 0, "k", ""), LEAT_OK);
    assert_int_equal(send_to(test, 0, "k", NULL), LEAT_OK);
    assert_int_equal(commit(test), LEAT_OK);
    expect(test, 0, "=v;-=v;k=;k=-;");
}

static void timestamp_and_headers_take_the_longer_way(void **context)
{
    fixture *test = *context;
    open_well(test, LEAT_KAFKA_EXACTLY_ONCE);
    rd_kafka_headers_t *headers = rd_kafka_headers_new(1);
    assert_int_equal(rd_kafka_header_add(headers, "h", -1, "1", 1), 0);
    const leat_kafka_message message = {
        .topic = test->topic,
        .key = leat_slice_of_string("k"),
        .has_key = true,
        .timestamp = INT64_C(1710000000000),
        .headers = headers,
    };
    assert_int_equal(leat_kafka_producer_send(test->producer, &message, &test->error), LEAT_OK);
    assert_int_equal(commit(test), LEAT_OK);
    expect(test, 0, "k=-;");
}

static void keys_go_where_the_partition_says(void **context)
{
    fixture *test = *context;
    leat_buffer wanted[2] = {{0}};
    open_well(test, LEAT_KAFKA_EXACTLY_ONCE);
    for (int i = 0; i < 50; i++) {
        char key[8];
        snprintf(key, sizeof key, "%d", i);
        assert_int_equal(send_to(test, RD_KAFKA_PARTITION_UA, key, "v"), LEAT_OK);
        leat_buffer_printf(&wanted[leat_kafka_partition(leat_slice_of_string(key), 2)], "%s=v;", key);
    }
    assert_int_equal(commit(test), LEAT_OK);
    for (int i = 0; i < 2; i++) {
        expect(test, i, leat_buffer_string(&wanted[i]));
        leat_buffer_free(&wanted[i]);
    }
}

static void a_transaction_has_a_deadline(void **context)
{
    fixture *test = *context;
    open_well(test, LEAT_KAFKA_EXACTLY_ONCE);
    assert_int_equal(leat_kafka_producer_deadline(test->producer), 0);
    int64_t before = leat_clock_monotonic();
    assert_int_equal(send_one(test, "1"), LEAT_OK);
    int64_t deadline = leat_kafka_producer_deadline(test->producer);
    assert_true(deadline > before && deadline < before + INT64_C(900000000));
    assert_int_equal(commit(test), LEAT_OK);
    assert_int_equal(leat_kafka_producer_deadline(test->producer), 0);
}

/* ---- What passes ---- */

static void errors_that_pass_are_sat_out(fixture *test, leat_kafka_delivery delivery)
{
    open_well(test, delivery);
    push_error(test, KAFKA_PRODUCE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 1);
    push_error(test, KAFKA_PRODUCE, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, 1);
    push_error(test, KAFKA_PRODUCE, RD_KAFKA_RESP_ERR__TRANSPORT, 1);
    assert_int_equal(send_one(test, "1"), LEAT_OK);
    assert_int_equal(send_and_commit(test, "2"), LEAT_OK);
    expect(test, 0, "k=1;k=2;");
}

static void errors_that_pass_are_sat_out_at_least_once(void **context)
{
    errors_that_pass_are_sat_out(*context, LEAT_KAFKA_AT_LEAST_ONCE);
}

static void errors_that_pass_are_sat_out_exactly_once(void **context)
{
    errors_that_pass_are_sat_out(*context, LEAT_KAFKA_EXACTLY_ONCE);
}

static void a_coordinator_that_is_loading_is_waited_for(void **context)
{
    fixture *test = *context;
    push_error(test, KAFKA_INIT_PRODUCER_ID, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 1);
    open_well(test, LEAT_KAFKA_EXACTLY_ONCE);
    push_error(test, KAFKA_ADD_PARTITIONS_TO_TXN, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 2);
    push_error(test, KAFKA_END_TXN, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 2);
    assert_int_equal(send_and_commit(test, "1"), LEAT_OK);
    assert_int_equal(send_and_commit(test, "2"), LEAT_OK);
    expect(test, 0, "k=1;k=2;");
}

/* Brokers that have just started say so to everybody. */
static void a_coordinator_that_is_loading_is_no_warning(void **context)
{
    fixture *test = *context;
    char text[4096];
    FILE *file = tmpfile();
    assert_non_null(file);
    leat_log *log = leat_log_open(fileno(file), LEAT_LOG_DEBUG, LEAT_LOG_TEXT);
    test->brokers.options.log = log;
    push_error(test, KAFKA_INIT_PRODUCER_ID, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 1);
    open_well(test, LEAT_KAFKA_EXACTLY_ONCE);
    leat_kafka_producer_close(test->producer);
    test->producer = NULL;
    test->brokers.options.log = NULL;
    leat_log_close(log);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_non_null(strstr(text, "load in progress"));
    assert_null(strstr(text, "warning"));
}

static void leaders_that_change_between_commits(void **context)
{
    fixture *test = *context;
    open_well(test, LEAT_KAFKA_EXACTLY_ONCE);
    for (int leader = 1; leader <= 3; leader++) {
        rd_kafka_mock_partition_set_leader(test->brokers.cluster, table_topic, 0, leader);
        assert_int_equal(send_and_commit(test, "v"), LEAT_OK);
    }
    expect(test, 0, "k=v;k=v;k=v;");
}

static void a_full_queue_is_waited_for(void **context)
{
    fixture *test = *context;
    kafka_brokers_property(&test->brokers, "queue.buffering.max.messages", "10");
    rd_kafka_mock_broker_set_rtt(test->brokers.cluster, -1, 20);
    open_well(test, LEAT_KAFKA_AT_LEAST_ONCE);
    leat_buffer wanted = {0};
    for (int i = 0; i < 100; i++) {
        char value[8];
        snprintf(value, sizeof value, "%d", i);
        assert_int_equal(send_one(test, value), LEAT_OK);
        leat_buffer_printf(&wanted, "k=%s;", value);
    }
    assert_int_equal(commit(test), LEAT_OK);
    expect(test, 0, leat_buffer_string(&wanted));
    leat_buffer_free(&wanted);
}

/* ---- Brokers that are away ---- */

static void no_broker_at_all(void **context)
{
    fixture *test = *context;
    rd_kafka_mock_broker_set_down(test->brokers.cluster, -1);
    assert_int_equal(open_producer(test, LEAT_KAFKA_EXACTLY_ONCE), LEAT_RETRY);
    assert_non_null(strstr(test->error.message, "cannot reach the brokers"));
    assert_non_null(strstr(test->error.message, test->brokers.options.brokers));
    assert_null(test->producer);
}

static void brokers_that_vanish(fixture *test, leat_kafka_delivery delivery)
{
    open_well(test, delivery);
    assert_int_equal(send_and_commit(test, "1"), LEAT_OK);
    rd_kafka_mock_broker_set_down(test->brokers.cluster, -1);
    assert_int_equal(send_and_commit(test, "2"), LEAT_RETRY);
    char first[sizeof test->error.message];
    memcpy(first, test->error.message, sizeof first);
    /* The same error for ever: what was queued behind it is not in order any more. */
    rd_kafka_mock_broker_set_up(test->brokers.cluster, -1);
    assert_int_equal(send_one(test, "3"), LEAT_RETRY);
    assert_string_equal(test->error.message, first);
    assert_int_equal(commit(test), LEAT_RETRY);
    assert_string_equal(test->error.message, first);
}

static void brokers_that_vanish_at_least_once(void **context)
{
    brokers_that_vanish(*context, LEAT_KAFKA_AT_LEAST_ONCE);
}

static void brokers_that_vanish_exactly_once(void **context)
{
    brokers_that_vanish(*context, LEAT_KAFKA_EXACTLY_ONCE);
}

static bool asked_to_stop(void *context)
{
    (void)context;
    return true;
}

static void a_stop_is_heard_while_brokers_are_away(void **context)
{
    fixture *test = *context;
    kafka_brokers_property(&test->brokers, "socket.timeout.ms", "60000");
    test->brokers.options.stop.requested = asked_to_stop;
    open_well(test, LEAT_KAFKA_EXACTLY_ONCE); /* a stop does not keep what is well from ending */
    assert_int_equal(send_and_commit(test, "1"), LEAT_OK);
    rd_kafka_mock_broker_set_down(test->brokers.cluster, -1);
    assert_int_equal(send_and_commit(test, "2"), LEAT_STOPPED);
}

/* ---- What does not pass ---- */

typedef struct refusal {
    int16_t request;
    rd_kafka_resp_err_t code;
    leat_kafka_delivery delivery;
    leat_status status;
    const char *message;
    const char *mend;
} refusal;

static const refusal refusals[] = {
    {KAFKA_PRODUCE, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, LEAT_KAFKA_AT_LEAST_ONCE, LEAT_OPERATOR,
     table_topic, "WRITE"},
    {KAFKA_PRODUCE, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, LEAT_KAFKA_EXACTLY_ONCE, LEAT_OPERATOR,
     table_topic, "WRITE"},
    {KAFKA_PRODUCE, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, LEAT_KAFKA_AT_LEAST_ONCE, LEAT_FAILED, "6 bytes",
     "max.message.bytes"},
    {KAFKA_PRODUCE, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, LEAT_KAFKA_EXACTLY_ONCE, LEAT_FAILED, "6 bytes",
     "max.message.bytes"},
    {KAFKA_ADD_PARTITIONS_TO_TXN, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, LEAT_KAFKA_EXACTLY_ONCE,
     LEAT_OPERATOR, "transaction", "WRITE"},
    {KAFKA_ADD_PARTITIONS_TO_TXN, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, LEAT_KAFKA_EXACTLY_ONCE, LEAT_RETRY,
     "", ""},
    {KAFKA_ADD_PARTITIONS_TO_TXN, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, LEAT_KAFKA_EXACTLY_ONCE, LEAT_OPERATOR,
     "another leat of the pipeline orders", "only once"},
    {KAFKA_END_TXN, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, LEAT_KAFKA_EXACTLY_ONCE, LEAT_OPERATOR,
     "another leat of the pipeline orders", "only once"},
    {KAFKA_END_TXN, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, LEAT_KAFKA_EXACTLY_ONCE, LEAT_OPERATOR,
     "another leat of the pipeline orders", "only once"},
    {KAFKA_END_TXN, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING, LEAT_KAFKA_EXACTLY_ONCE, LEAT_RETRY, "",
     ""},
    {KAFKA_END_TXN, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, LEAT_KAFKA_EXACTLY_ONCE,
     LEAT_OPERATOR, "", "transactional id"},
};

static void refusals_say_what_may_be_done_next(void **context)
{
    fixture *test = *context;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const refusal *one = &refusals[i];
        open_well(test, one->delivery);
        push_error(test, one->request, one->code, 1);
        leat_status status = send_and_commit(test, "value");
        if (status != one->status)
            print_error("refusal %zu: %s\n", i, test->error.message);
        assert_int_equal(status, one->status);
        assert_non_null(strstr(test->error.message, one->message));
        assert_non_null(strstr(test->error.mend, one->mend));
        assert_int_equal(send_one(test, "next"), one->status);
        leat_kafka_producer_close(test->producer);
        test->producer = NULL;
    }
}

static void a_transaction_open_for_longer_than_brokers_allow(void **context)
{
    fixture *test = *context;
    kafka_brokers_property(&test->brokers, "transaction.timeout.ms", "1000");
    kafka_brokers_property(&test->brokers, "socket.timeout.ms", "1000");
    open_well(test, LEAT_KAFKA_EXACTLY_ONCE);
    assert_int_equal(send_one(test, "1"), LEAT_OK);
    push_error(test, KAFKA_END_TXN, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, 1);
    leat_clock_sleep(1100000);
    assert_int_equal(commit(test), LEAT_RETRY);
    assert_non_null(strstr(test->error.message, "longer than 1000 ms"));
}

static void a_transaction_timeout_that_brokers_do_not_allow(void **context)
{
    fixture *test = *context;
    push_error(test, KAFKA_INIT_PRODUCER_ID, RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, 1);
    assert_int_equal(open_producer(test, LEAT_KAFKA_EXACTLY_ONCE), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.mend, "transaction.max.timeout.ms"));
    assert_null(test->producer);
}

static void a_record_larger_than_librdkafka_takes(void **context)
{
    fixture *test = *context;
    kafka_brokers_property(&test->brokers, "message.max.bytes", "2000");
    kafka_brokers_property(&test->brokers, "batch.size", "2000");
    open_well(test, LEAT_KAFKA_EXACTLY_ONCE);
    assert_int_equal(leat_kafka_producer_largest(test->producer), 2000);
    char value[2001];
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    assert_int_equal(send_one(test, value), LEAT_FAILED);
    assert_non_null(strstr(test->error.message, "2001 bytes"));
    assert_non_null(strstr(test->error.message, table_topic));
    assert_non_null(strstr(test->error.mend, "message.max.bytes"));
}

static void headers_are_freed_when_nothing_is_sent(void **context)
{
    fixture *test = *context;
    open_well(test, LEAT_KAFKA_AT_LEAST_ONCE);
    push_error(test, KAFKA_PRODUCE, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, 1);
    assert_int_equal(send_and_commit(test, "1"), LEAT_FAILED);
    const leat_kafka_message message = {.topic = test->topic, .headers = rd_kafka_headers_new(1)};
    assert_int_equal(leat_kafka_producer_send(test->producer, &message, &test->error), LEAT_FAILED);
}

#define ON_BROKERS(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BROKERS(messages_arrive_in_order_at_least_once),
        ON_BROKERS(messages_arrive_in_order_exactly_once),
        ON_BROKERS(nothing_and_empty_are_two_things),
        ON_BROKERS(timestamp_and_headers_take_the_longer_way),
        ON_BROKERS(keys_go_where_the_partition_says),
        ON_BROKERS(a_transaction_has_a_deadline),
        ON_BROKERS(errors_that_pass_are_sat_out_at_least_once),
        ON_BROKERS(errors_that_pass_are_sat_out_exactly_once),
        ON_BROKERS(a_coordinator_that_is_loading_is_waited_for),
        ON_BROKERS(a_coordinator_that_is_loading_is_no_warning),
        ON_BROKERS(leaders_that_change_between_commits),
        ON_BROKERS(a_full_queue_is_waited_for),
        ON_BROKERS(no_broker_at_all),
        ON_BROKERS(brokers_that_vanish_at_least_once),
        ON_BROKERS(brokers_that_vanish_exactly_once),
        ON_BROKERS(a_stop_is_heard_while_brokers_are_away),
        ON_BROKERS(refusals_say_what_may_be_done_next),
        ON_BROKERS(a_transaction_open_for_longer_than_brokers_allow),
        ON_BROKERS(a_transaction_timeout_that_brokers_do_not_allow),
        ON_BROKERS(a_record_larger_than_librdkafka_takes),
        ON_BROKERS(headers_are_freed_when_nothing_is_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
