/* What the Kafka sink tells besides records: transactions, heartbeats, versions. */
#include "base/clock.h"
#include "sink/kafka/sink_internal.h"
#include "sink_stream_avro.h"
#include "trigger/announce.h"

static void begins_and_ends_of_transactions_are_told(void **context)
{
    stream *test = *context;
    test->options.transactions = true;
    stream_open(test);
    const leat_transaction transaction = {.identifier = leat_slice_of_string("771:0/16B3748"),
                                          .commit_time = INT64_C(1773129600123456)};
    const leat_boundary_table tables[] = {{.name = "public.a", .records = 3},
                                          {.name = "public.b", .records = 4}};
    const leat_boundary begin = {.transaction = &transaction};
    const leat_boundary end = {
        .end = true, .transaction = &transaction, .records = 7, .tables = tables, .table_count = 2};
    stream_expect_ok(test, leat_sink_boundary(test->sink, &begin, &test->error));
    stream_expect_ok(test, leat_sink_boundary(test->sink, &end, &test->error));
    stream_commit(test, "0/1");
    mock_messages messages = {0};
    kafka_mock_read(&test->mock, "shop.transactions", &messages);
    assert_int_equal(messages.count, 2);
    avro_value_t key = stream_avro_decode(leat_kafka_transaction_key_schema, &messages.items[1].key, 10);
    assert_string_equal(stream_avro_text(&key, "id"), "771:0/16B3748");
    avro_value_decref(&key);
    static const char *const expected[] = {
        "{\"status\": \"BEGIN\", \"id\": \"771:0/16B3748\", \"event_count\": null, \"data_collections\": "
        "null, "
        "\"ts_ms\": 1773129600123}",
        "{\"status\": \"END\", \"id\": \"771:0/16B3748\", \"event_count\": {\"long\": 7}, "
        "\"data_collections\": {\"array\": [{\"data_collection\": \"public.a\", \"event_count\": 3}, "
        "{\"data_collection\": \"public.b\", \"event_count\": 4}]}, \"ts_ms\": 1773129600123}"};
    for (size_t i = 0; i < 2; i++) {
        char *json;
        avro_value_t value =
            stream_avro_decode(leat_kafka_transaction_value_schema, &messages.items[i].value, 10);
        assert_int_equal(avro_value_to_json(&value, 1, &json), 0);
        assert_string_equal(json, expected[i]);
        free(json);
        avro_value_decref(&value);
    }
    mock_messages_free(&messages);
}

static void a_heartbeat_tells_of_a_position_that_moved_alone(void **context)
{
    stream *test = *context;
    test->options.heartbeats = true;
    leat_table_version *version = stream_version(test, "orders", 1, true);
    stream_open(test);
    stream_commit(test, "0/10");
    const leat_record record = stream_record(stream_table(test, version), LEAT_CREATE, "k", "v");
    stream_append(test, &record);
    stream_commit(test, "0/20"); /* has a record */
    stream_commit(test, "0/20"); /* has not moved */
    mock_messages messages = {0};
    kafka_mock_read(&test->mock, "shop.heartbeat", &messages);
    assert_int_equal(messages.count, 1);
    assert_string_equal(leat_buffer_string(&messages.items[0].key), "orders-to-kafka");
    json_t *said = json_loads(leat_buffer_string(&messages.items[0].value), 0, NULL);
    assert_string_equal(json_string_value(json_object_get(said, "position")), "0/10");
    assert_true(json_integer_value(json_object_get(said, "ts_ms")) > INT64_C(1700000000000));
    json_decref(said);
    mock_messages_free(&messages);
    stream_version_free(version);
}

static json_t *schema_change(stream *test, size_t count, size_t place)
{
    mock_messages messages = {0};
    kafka_mock_read(&test->mock, "shop.schema-changes", &messages);
    assert_int_equal(messages.count, count);
    assert_string_equal(leat_buffer_string(&messages.items[place].key), "public.orders");
    json_t *said = json_loads(leat_buffer_string(&messages.items[place].value), 0, NULL);
    assert_non_null(said);
    mock_messages_free(&messages);
    return said;
}

static void expect_json(json_t *said, const char *expected)
{
    json_t *wanted = json_loads(expected, 0, NULL);
    assert_non_null(wanted);
    char *text = json_dumps(said, JSON_SORT_KEYS);
    if (!json_equal(said, wanted))
        fail_msg("%s", text);
    free(text);
    json_decref(wanted);
    json_decref(said);
}

/* The pump's part: the sink is a subscriber, and what it was told counts only once it is committed. */
typedef struct announcing {
    leat_trigger *trigger;
    leat_announcer announcer;
} announcing;

static void announcing_open(announcing *with, stream *test)
{
    stream_open(test);
    with->trigger = leat_trigger_open(test->state);
    leat_announcer_subscribe(&with->announcer, with->trigger, test->sink, "orders-to-kafka");
}

static void announcing_close(announcing *with, stream *test)
{
    leat_trigger_close(with->trigger);
    stream_close(test);
}

static void announcing_table(const announcing *with, stream *test, const leat_table_version *version)
{
    (void)stream_table(test, version);
    stream_expect_ok(test,
                     leat_trigger_version(with->trigger, "public.orders", version->number, &test->error));
}

static void announcing_commit(const announcing *with, stream *test, const char *log)
{
    bool any;
    stream_commit(test, log);
    stream_expect_ok(test, leat_trigger_settle(with->trigger, &any, &test->error));
    stream_expect_ok(test, leat_state_commit(test->state, &test->error));
}

static void every_version_is_told_of_once(void **context)
{
    announcing with;
    stream *test = *context;
    leat_table_version *first = stream_version(test, "orders", 1, true);
    leat_table_version *second = stream_version(test, "orders", 2, true);
    announcing_open(&with, test);
    stream_put_version(test, 1, STREAM_DEFINITION("integer"));
    announcing_table(&with, test, first);
    announcing_commit(&with, test, "0/10");
    expect_json(schema_change(test, 1, 0),
                "{\"pipeline\":\"orders-to-kafka\",\"table\":\"public.orders\",\"from_version\":null,"
                "\"to_version\":1,\"position\":\"0/10\",\"ts\":\"2026-03-10T08:00:00.000000Z\",\"ddl\":null,"
                "\"by\":null,\"changes\":[],\"compatibility\":null,\"fingerprint\":\"11\","
                "\"schema\":" STREAM_VALUE_SCHEMA ",\"held\":false}");
    stream_put_version(test, 2, STREAM_DEFINITION("bigint"));
    announcing_table(&with, test, second);
    announcing_commit(&with, test, "0/20");
    announcing_close(&with, test);
    announcing_open(&with, test);
    announcing_table(&with, test, first);
    announcing_table(&with, test, second);
    announcing_commit(&with, test, "0/30");
    leat_trigger_close(with.trigger);
    json_t *said = schema_change(test, 2, 1);
    assert_int_equal(json_integer_value(json_object_get(said, "from_version")), 1);
    assert_string_equal(json_string_value(json_object_get(said, "position")), "0/20+tx@3");
    expect_json(json_incref(json_object_get(said, "changes")),
                "[{\"change\":\"retyped\",\"column\":\"price\",\"from\":\"integer\",\"to\":\"bigint\"}]");
    json_decref(said);
    stream_version_free(first);
    stream_version_free(second);
}

static void a_notice_that_was_not_committed_comes_again(void **context)
{
    announcing with;
    stream *test = *context;
    leat_table_version *version = stream_version(test, "orders", 1, true);
    announcing_open(&with, test);
    announcing_commit(&with, test, "0/1");
    stream_put_version(test, 1, STREAM_DEFINITION("integer"));
    announcing_table(&with, test, version);
    assert_false(leat_sink_due(test->sink, leat_clock_monotonic()));
    assert_true(leat_sink_due(test->sink, leat_clock_monotonic() + INT64_C(10000000)));
    announcing_close(&with, test);
    announcing_open(&with, test);
    stream_put_version(test, 1, STREAM_DEFINITION("integer"));
    announcing_table(&with, test, version);
    announcing_commit(&with, test, "0/2");
    assert_false(leat_sink_due(test->sink, leat_clock_monotonic() + INT64_C(10000000)));
    json_decref(schema_change(test, 1, 0));
    leat_trigger_close(with.trigger);
    stream_version_free(version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(begins_and_ends_of_transactions_are_told),
        STREAM_TEST(a_heartbeat_tells_of_a_position_that_moved_alone),
        STREAM_TEST(every_version_is_told_of_once),
        STREAM_TEST(a_notice_that_was_not_committed_comes_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
