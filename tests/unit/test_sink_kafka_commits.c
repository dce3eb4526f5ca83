/* What the Kafka sink commits, in which order, and when. */
#include "base/clock.h"
#include "sink/kafka/sink_internal.h"
#include "sink_stream.h"

static const char *state_position(stream *test, leat_position *position)
{
    leat_position_clear(position);
    stream_close(test);
    stream_expect_ok(test,
                     leat_state_open(test->state_path, "orders-to-kafka", false, &test->state, &test->error));
    stream_expect_ok(test, leat_state_position_get(test->state, position, &test->error));
    return position->log;
}

/* The coordinator refuses to end the transaction. */
static leat_status fail_commit(stream *test, const char *log)
{
    rd_kafka_mock_push_request_errors(test->mock.cluster, 26 /* EndTxn */, 1,
                                      RD_KAFKA_RESP_ERR_INVALID_TXN_STATE);
    return stream_try_commit(test, log);
}

static void the_first_position_is_kafkas_before_it_is_the_states(void **context)
{
    stream *test = *context;
    leat_position position = {0};
    stream_open(test);
    assert_int_not_equal(fail_commit(test, "0/1"), LEAT_OK);
    assert_null(state_position(test, &position));
    leat_position_clear(&position);
}

static void a_later_position_is_the_states_before_it_is_kafkas(void **context)
{
    stream *test = *context;
    leat_position position = {0};
    stream_open(test);
    stream_commit(test, "0/1");
    assert_int_not_equal(fail_commit(test, "0/2"), LEAT_OK);
    assert_string_equal(state_position(test, &position), "0/2");
    leat_position_clear(&position);
}

static void at_least_once_the_state_holds_the_position(void **context)
{
    stream *test = *context;
    leat_position position = {0};
    test->options.delivery = LEAT_KAFKA_AT_LEAST_ONCE;
    stream_open(test);
    assert_null(test->position.log);
    stream_commit(test, "0/1");
    assert_string_equal(state_position(test, &position), "0/1");
    leat_state_close(test->state);
    stream_open(test);
    assert_string_equal(test->position.log, "0/1");
    mock_messages messages = {0};
    kafka_mock_read(&test->mock, "shop.leat-positions", &messages);
    assert_int_equal(messages.count, 0);
    leat_position_clear(&position);
}

static bool at_once(void *context)
{
    (void)context;
    return true;
}

static void a_stop_does_not_wait_for_brokers_that_are_away(void **context)
{
    stream *test = *context;
    test->options.brokers = "127.0.0.1:1";
    test->options.stop.requested = at_once;
    assert_int_equal(stream_try_open(test), LEAT_STOPPED);
}

/* The state store may be a batch ahead of it. */
static void the_position_of_exactly_once_is_taken_over_once(void **context)
{
    stream *test = *context;
    leat_position ahead = {0};
    stream_open(test);
    stream_commit(test, "0/1");
    leat_position_set(&ahead, "0/2", NULL, 0);
    stream_expect_ok(test, leat_state_position_put(test->state, &ahead, 0, 0, &test->error));
    stream_expect_ok(test, leat_state_commit(test->state, &test->error));
    stream_close(test);
    test->options.delivery = LEAT_KAFKA_AT_LEAST_ONCE;
    stream_open(test);
    assert_string_equal(test->position.log, "0/1");
    stream_close(test);
    stream_open(test);
    assert_string_equal(test->position.log, "0/1");
    stream_commit(test, "0/3");
    stream_close(test);
    stream_open(test);
    assert_string_equal(test->position.log, "0/3");
    leat_position_clear(&ahead);
}

/* transaction.timeout.ms is a second here, so that the deadline is passed after a second's sleep. */
static void a_long_snapshot_is_committed_in_parts_without_a_position(void **context)
{
    stream *test = *context;
    static const leat_kafka_property brief[] = {{"transaction.timeout.ms", "1000"},
                                                {"socket.timeout.ms", "1000"}};
    test->options.properties = brief;
    test->options.property_count = 2;
    leat_table_version *version = stream_version(test, "orders", 1, true);
    bool full = false;
    stream_open(test);
    leat_record record = stream_record(stream_table(test, version), LEAT_READ, "k", "v");
    record.snapshot = true;
    stream_append(test, &record);
    assert_true(leat_kafka_producer_pending_messages(leat_kafka_sink_of(test->sink)->producer) > 0);
    leat_clock_sleep(1000000);
    stream_expect_ok(test, stream_try_append(test, &record, &full));
    assert_int_equal(leat_kafka_producer_pending_messages(leat_kafka_sink_of(test->sink)->producer), 0);
    assert_false(full);
    leat_position position = {0};
    assert_null(state_position(test, &position));
    leat_position_clear(&position);
    mock_messages messages = {0};
    kafka_mock_read(&test->mock, "shop.leat-positions", &messages);
    assert_int_equal(messages.count, 0);
    kafka_mock_read(&test->mock, "shop.public.orders", &messages);
    assert_int_equal(messages.count, 2);
    mock_messages_free(&messages);
    stream_version_free(version);
}

static void a_stream_past_its_deadline_asks_for_a_commit(void **context)
{
    stream *test = *context;
    static const leat_kafka_property brief[] = {{"transaction.timeout.ms", "1000"},
                                                {"socket.timeout.ms", "1000"}};
    test->options.properties = brief;
    test->options.property_count = 2;
    leat_table_version *version = stream_version(test, "orders", 1, true);
    bool full = true;
    stream_open(test);
    stream_commit(test, "0/1");
    leat_record record = stream_record(stream_table(test, version), LEAT_CREATE, "k", "v");
    stream_expect_ok(test, stream_try_append(test, &record, &full));
    leat_clock_sleep(1000000);
    stream_expect_ok(test, stream_try_append(test, &record, &full));
    assert_true(full);
    assert_true(leat_sink_due(test->sink, leat_clock_monotonic()));
    stream_version_free(version);
}

/* ---- Two state stores ---- */

/* Another one from here on; the sink at hand stays open with its own. */
static void use_state(stream *test, const char *name)
{
    temporary_path(&test->folder, name, test->state_path);
}

static void a_state_that_knows_nothing_shuts_nobody_out(void **context)
{
    stream *test = *context;
    stream_open(test);
    stream_commit(test, "0/1");
    stream running = *test;
    test->sink = NULL;
    test->state = NULL;
    use_state(test, "empty.db");
    for (int tries = 0; tries < 2; tries++) {
        assert_int_equal(stream_try_open(test), LEAT_OPERATOR);
        assert_non_null(strstr(test->error.message, "shop.leat-positions"));
        assert_non_null(strstr(test->error.message, "0/1"));
        assert_non_null(strstr(test->error.mend, "sink.prefix"));
        stream_close(test);
    }
    leat_position_clear(&running.position);
    stream_commit(&running, "0/2");
    stream_close(&running);
}

/* What a crash leaves between the first commit of Kafka and that of the state. */
static void a_state_whose_first_commit_only_kafka_has_goes_on(void **context)
{
    stream *test = *context;
    stream_open(test);
    stream_close(test);
    char crashed[TEMPORARY_PATH_SIZE];
    snprintf(crashed, sizeof crashed, "%s", test->state_path);
    use_state(test, "other.db");
    stream_open(test);
    stream_commit(test, "0/1");
    stream_close(test);
    snprintf(test->state_path, sizeof test->state_path, "%s", crashed);
    stream_open(test);
    assert_string_equal(test->position.log, "0/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(the_first_position_is_kafkas_before_it_is_the_states),
        STREAM_TEST(a_later_position_is_the_states_before_it_is_kafkas),
        STREAM_TEST(at_least_once_the_state_holds_the_position),
        STREAM_TEST(a_stop_does_not_wait_for_brokers_that_are_away),
        STREAM_TEST(the_position_of_exactly_once_is_taken_over_once),
        STREAM_TEST(a_state_that_knows_nothing_shuts_nobody_out),
        STREAM_TEST(a_state_whose_first_commit_only_kafka_has_goes_on),
        STREAM_TEST(a_long_snapshot_is_committed_in_parts_without_a_position),
        STREAM_TEST(a_stream_past_its_deadline_asks_for_a_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
