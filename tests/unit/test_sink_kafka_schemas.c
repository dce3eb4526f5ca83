/* The Kafka sink, its registry and its schemas. */
#include "avro/single_object.h"
#include "sink_stream.h"

static void keys_and_values_are_framed_with_the_registrys_ids(void **context)
{
    stream *test = *context;
    stream_with_registry(test);
    leat_table_version *version = stream_version(test, "orders", 1, true);
    stream_open(test);
    leat_sink_table *table = stream_table(test, version);
    const leat_record record = stream_record(table, LEAT_CREATE, "k", "value");
    stream_append(test, &record);
    stream_commit(test, "0/1");
    mock_messages messages = {0};
    uint8_t frame[5];
    kafka_mock_read(&test->mock, "shop.public.orders", &messages);
    assert_int_equal(messages.count, 1);
    stream_frame(stream_identifier(test, "shop.public.orders-key"), frame);
    stream_expect_bytes(&messages.items[0].key, frame, 5, "k");
    stream_frame(stream_identifier(test, "shop.public.orders-value"), frame);
    stream_expect_bytes(&messages.items[0].value, frame, 5, "value");
    assert_true(messages.items[0].timestamp >
                1773129600123); /* when it was sent, not when it was committed */
    assert_int_equal(messages.items[0].headers.length, 0);
    mock_messages_free(&messages);
    stream_version_free(version);
}

static void without_a_registry_schemas_are_published(void **context)
{
    stream *test = *context;
    leat_table_version *version = stream_version(test, "orders", 1, true);
    stream_open(test);
    leat_sink_table *table = stream_table(test, version);
    const leat_record record = stream_record(table, LEAT_CREATE, "k", "value");
    stream_append(test, &record);
    stream_commit(test, "0/1");
    mock_messages messages = {0};
    uint64_t fingerprint;
    assert_int_equal(leat_single_object_fingerprint(STREAM_VALUE_SCHEMA, &fingerprint, &test->error), 0);
    kafka_mock_read(&test->mock, "shop.public.orders", &messages);
    uint8_t frame[10] = {0xC3, 0x01};
    for (unsigned i = 0; i < 8; i++)
        frame[2 + i] = (uint8_t)(fingerprint >> (8 * i));
    stream_expect_bytes(&messages.items[0].value, frame, sizeof frame, "value");
    mock_messages_free(&messages);
    kafka_mock_read(&test->mock, "shop.schemas", &messages);
    assert_int_equal(messages.count, 2);
    char key[17];
    snprintf(key, sizeof key, "%016" PRIx64, fingerprint);
    assert_string_equal(leat_buffer_string(&messages.items[1].key), key);
    assert_string_equal(leat_buffer_string(&messages.items[1].value), STREAM_VALUE_SCHEMA);
    mock_messages_free(&messages);
    stream_version_free(version);
}

static void a_registry_that_is_away_holds_up_only_what_it_never_saw(void **context)
{
    stream *test = *context;
    stream_with_registry(test);
    leat_table_version *known = stream_version(test, "orders", 1, true);
    leat_table_version *unknown = stream_version(test, "customers", 1, true);
    stream_open(test);
    (void)stream_table(test, known);
    stream_commit(test, "0/1");
    stream_close(test);
    fake_http_stop(&test->server);
    stream_open(test);
    leat_sink_table *table = stream_table(test, known);
    const leat_record record = stream_record(table, LEAT_CREATE, "k", "value");
    stream_append(test, &record);
    stream_commit(test, "0/2");
    mock_messages messages = {0};
    uint8_t frame[5];
    kafka_mock_read(&test->mock, "shop.public.orders", &messages);
    stream_frame(stream_identifier(test, "shop.public.orders-value"), frame);
    stream_expect_bytes(&messages.items[0].value, frame, 5, "value");
    mock_messages_free(&messages);
    assert_int_equal(leat_sink_open_table(test->sink, unknown, &table, &test->error), LEAT_RETRY);
    assert_non_null(strstr(test->error.message, "public.customers"));
    fake_http_start(&test->server);
    stream_version_free(known);
    stream_version_free(unknown);
}

static void a_registry_that_was_made_anew_is_given_its_schemas_again(void **context)
{
    stream *test = *context;
    stream_with_registry(test);
    leat_table_version *version = stream_version(test, "orders", 1, true);
    stream_open(test);
    (void)stream_table(test, version);
    stream_commit(test, "0/1");
    uint32_t before = stream_identifier(test, "shop.public.orders-value");
    stream_close(test);
    char *other = leat_duplicate_string("other-value \"long\"");
    leat_release(test->registered[0]);
    leat_release(test->registered[1]);
    test->registered[0] = other;
    test->registered_count = 1;
    stream_open(test);
    leat_sink_table *table = stream_table(test, version);
    uint32_t after = stream_identifier(test, "shop.public.orders-value");
    assert_true(after != 0 && after != before);
    const leat_record record = stream_record(table, LEAT_CREATE, "k", "value");
    stream_append(test, &record);
    stream_commit(test, "0/2");
    mock_messages messages = {0};
    uint8_t frame[5];
    kafka_mock_read(&test->mock, "shop.public.orders", &messages);
    stream_frame(after, frame);
    stream_expect_bytes(&messages.items[0].value, frame, 5, "value");
    mock_messages_free(&messages);
    stream_version_free(version);
}

static fake_http_answer refuse_all(fake_http *server, const char *request, const char *body)
{
    (void)server;
    (void)request;
    (void)body;
    return (fake_http_answer){.code = 409, .body = "{\"error_code\":409,\"message\":\"incompatible: TYPE\"}"};
}

static void an_incompatible_schema_stops_at_the_table_and_names_its_columns(void **context)
{
    stream *test = *context;
    stream_with_registry(test);
    test->server.handler = refuse_all;
    leat_table_version *version = stream_version(test, "orders", 2, true);
    leat_sink_table *table;
    stream_open(test);
    stream_put_version(test, 1, STREAM_DEFINITION("integer"));
    stream_put_version(test, 2, STREAM_DEFINITION("text"));
    assert_int_equal(leat_sink_open_table(test->sink, version, &table, &test->error), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, "table public.orders"));
    assert_non_null(strstr(test->error.message, "price retyped"));
    assert_non_null(strstr(test->error.message, "incompatible: TYPE"));
    assert_non_null(strstr(test->error.mend, "/config/"));
    bool full;
    const leat_record record = {.commit_time = 1};
    assert_int_equal(leat_sink_append(test->sink, &record, &full, &test->error), LEAT_FAILED);
    stream_version_free(version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(keys_and_values_are_framed_with_the_registrys_ids),
        STREAM_TEST(without_a_registry_schemas_are_published),
        STREAM_TEST(a_registry_that_is_away_holds_up_only_what_it_never_saw),
        STREAM_TEST(a_registry_that_was_made_anew_is_given_its_schemas_again),
        STREAM_TEST(an_incompatible_schema_stops_at_the_table_and_names_its_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
