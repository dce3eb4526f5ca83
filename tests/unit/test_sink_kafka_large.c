/* The Kafka sink and records that brokers do not take. */
#include "sink/kafka/sink_internal.h"
#include "sink_stream_avro.h"

static const leat_kafka_property small[] = {{"message.max.bytes", "2000"}, {"batch.size", "2000"}};

static leat_record large_record(leat_sink_table *table, leat_buffer *value)
{
    static const char key[] = "\x06"
                              "k-7"; /* the Avro of STREAM_KEY_SCHEMA: a string of three bytes */
    memset(leat_buffer_reserve(value, 3000), 'x', 3000);
    leat_buffer_commit(value, 3000);
    leat_record record = stream_record(table, LEAT_UPDATE, key, "");
    record.value = leat_buffer_slice(value);
    return record;
}

static void a_record_that_is_too_large_is_named_with_key_and_size(void **context)
{
    stream *test = *context;
    test->options.properties = small;
    test->options.property_count = 2;
    leat_table_version *version = stream_version(test, "orders", 1, true);
    stream_open(test);
    leat_buffer value = {0};
    const leat_record record = large_record(stream_table(test, version), &value);
    bool full;
    assert_int_equal(stream_try_append(test, &record, &full), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, "public.orders"));
    assert_non_null(strstr(test->error.message, "{\"id\":\"k-7\"}"));
    assert_non_null(strstr(test->error.message, "3024 bytes")); /* two frames of 10, a key of 4 */
    assert_int_equal(stream_try_commit(test, "0/1"), LEAT_FAILED);
    leat_buffer_free(&value);
    stream_version_free(version);
}

/* The mock, like brokers that do not let us, does not tell what a topic takes. */
static void what_a_topic_takes_is_kafkas_default_unless_the_config_says_otherwise(void **context)
{
    stream *test = *context;
    static const leat_kafka_property roomy[] = {{"message.max.bytes", "4000000"}};
    leat_table_version *version = stream_version(test, "orders", 1, true);
    leat_buffer value = {0};
    bool full;
    memset(leat_buffer_reserve(&value, 1048588), 'x', 1048588);
    leat_buffer_commit(&value, 1048588);
    stream_open(test);
    leat_record record = stream_record(stream_table(test, version), LEAT_UPDATE, "\x02k", "");
    record.value = leat_buffer_slice(&value);
    assert_int_equal(stream_try_append(test, &record, &full), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, "{\"id\":\"k\"}"));
    assert_non_null(strstr(test->error.mend, "DESCRIBE_CONFIGS"));
    stream_close(test);
    test->options.properties = roomy;
    test->options.property_count = 1;
    stream_open(test);
    record.table = stream_table(test, version);
    stream_append(test, &record);
    leat_buffer_free(&value);
    stream_version_free(version);
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    leat_buffer bytes = {0};
    *length = fread(leat_buffer_reserve(&bytes, 65536), 1, 65536, file);
    leat_buffer_commit(&bytes, *length);
    fclose(file);
    return leat_buffer_detach_string(&bytes);
}

static void a_value_that_is_too_large_can_be_spilled(void **context)
{
    stream *test = *context;
    test->options.properties = small;
    test->options.property_count = 2;
    test->options.large = LEAT_KAFKA_LARGE_SPILL;
    stream_with_registry(test);
    leat_table_version *version = stream_version(test, "orders", 1, true);
    stream_open(test);
    leat_buffer value = {0};
    const leat_record record = large_record(stream_table(test, version), &value);
    stream_append(test, &record);
    stream_append(test, &record); /* it came again */
    stream_commit(test, "0/1");
    mock_messages messages = {0};
    kafka_mock_read(&test->mock, "shop.public.orders", &messages);
    assert_int_equal(messages.count, 2);
    uint8_t frame[5];
    stream_frame(stream_identifier(test, "shop.public.orders-spilled"), frame);
    assert_memory_equal(messages.items[0].value.data, frame, 5);
    avro_value_t spilled = stream_avro_decode(leat_kafka_spilled_schema, &messages.items[0].value, 5);
    size_t length;
    char *content = read_file(stream_avro_text(&spilled, "path"), &length);
    assert_int_equal(length, 3005);
    assert_int_equal(stream_avro_long(&spilled, "bytes"), length);
    stream_frame(stream_identifier(test, "shop.public.orders-value"), frame);
    assert_memory_equal(content, frame, 5);
    assert_memory_equal(content + 5, value.data, value.length);
    leat_buffer headers = {0};
    leat_buffer_printf(&headers, "leat.spilled=%s\nleat.spilled.bytes=3005\n",
                       stream_avro_text(&spilled, "path"));
    assert_string_equal(leat_buffer_string(&messages.items[1].headers), leat_buffer_string(&headers));
    leat_buffer_free(&headers);
    leat_release(content);
    avro_value_decref(&spilled);
    mock_messages_free(&messages);
    leat_buffer_free(&value);
    stream_version_free(version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(a_record_that_is_too_large_is_named_with_key_and_size),
        STREAM_TEST(what_a_topic_takes_is_kafkas_default_unless_the_config_says_otherwise),
        STREAM_TEST(a_value_that_is_too_large_can_be_spilled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
