/* The Kafka sink against a mock cluster: topics, partitions, headers, tombstones; what it refuses to begin
 * with. */
#include "sink/kafka/sink_internal.h"
#include "sink_stream.h"

/* murmur2("foobar") is -790332482 and murmur2("21") is -973932308 in Kafka's own tests (UtilsTest);
 * Java takes it without its sign, modulo the partitions. */
static void a_key_goes_where_java_would_put_it_without_its_frame(void **context)
{
    stream *test = *context;
    stream_with_registry(test);
    leat_table_version *version = stream_version(test, "orders", 1, true);
    stream_open(test);
    leat_sink_table *table = stream_table(test, version);
    const leat_record records[] = {stream_record(table, LEAT_CREATE, "foobar", "1"),
                                   stream_record(table, LEAT_CREATE, "21", "2"),
                                   stream_record(table, LEAT_TRUNCATE, "", "3")};
    static const int32_t expected[] = {(INT32_C(-790332482) & 0x7fffffff) % STREAM_PARTITIONS,
                                       (INT32_C(-973932308) & 0x7fffffff) % STREAM_PARTITIONS, 0};
    for (size_t i = 0; i < 3; i++)
        stream_append(test, &records[i]);
    stream_commit(test, "0/1");
    mock_messages messages = {0};
    kafka_mock_read(&test->mock, "shop.public.orders", &messages);
    assert_int_equal(messages.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const mock_message *message = &messages.items[i];
        size_t place = (size_t)(message->value.data[message->value.length - 1] - '1');
        assert_int_equal(message->partition, expected[place]);
        assert_int_equal(message->has_key, place < 2);
    }
    mock_messages_free(&messages);
    stream_version_free(version);
}

static size_t count_after_delete(stream *test, leat_envelope_kind envelope, const char *name, bool keyed,
                                 mock_messages *messages)
{
    char topic[64];
    test->options.envelope = envelope;
    leat_table_version *version = stream_version(test, name, 1, keyed);
    stream_open(test);
    const leat_record gone = stream_record(stream_table(test, version), LEAT_DELETE, keyed ? "k" : "", "v");
    stream_append(test, &gone);
    stream_commit(test, "0/1");
    stream_close(test);
    snprintf(topic, sizeof topic, "shop.public.%s", name);
    kafka_mock_read(&test->mock, topic, messages);
    stream_version_free(version);
    return messages->count;
}

static void a_tombstone_follows_a_delete_of_the_debezium_envelope_with_a_key(void **context)
{
    stream *test = *context;
    mock_messages messages = {0};
    assert_int_equal(count_after_delete(test, LEAT_ENVELOPE_DEBEZIUM, "keyed", true, &messages), 2);
    assert_true(messages.items[0].has_value);
    assert_false(messages.items[1].has_value);
    assert_int_equal(messages.items[0].partition, messages.items[1].partition);
    assert_int_equal(messages.items[0].key.length, messages.items[1].key.length);
    assert_memory_equal(messages.items[0].key.data, messages.items[1].key.data, messages.items[0].key.length);
    mock_messages_free(&messages);
    assert_int_equal(count_after_delete(test, LEAT_ENVELOPE_DEBEZIUM, "keyless", false, &messages), 1);
    assert_false(messages.items[0].has_key);
    mock_messages_free(&messages);
    assert_int_equal(count_after_delete(test, LEAT_ENVELOPE_FLAT, "flat", true, &messages), 1);
    mock_messages_free(&messages);
}

static void both_halves_of_a_changed_key_name_the_other(void **context)
{
    stream *test = *context;
    stream_with_registry(test);
    leat_table_version *version = stream_version(test, "orders", 1, true);
    kafka_mock_topic(&test->mock, "shop.public.one", 1);
    stream_open(test);
    leat_sink_table *table = stream_table(test, version);
    leat_record gone = stream_record(table, LEAT_DELETE, "old", "-");
    leat_record created = stream_record(table, LEAT_CREATE, "new", "+");
    gone.other_key = leat_slice_of_string("new");
    created.other_key = leat_slice_of_string("old");
    stream_append(test, &gone);
    stream_append(test, &created);
    stream_commit(test, "0/1");
    mock_messages messages = {0};
    kafka_mock_read(&test->mock, "shop.public.orders", &messages);
    assert_int_equal(messages.count, 3);
    uint8_t frame[5];
    stream_frame(stream_identifier(test, "shop.public.orders-key"), frame);
    for (size_t i = 0; i < 3; i++) {
        mock_message *message = &messages.items[i];
        leat_buffer expected = {0};
        bool is_gone = message->has_value && message->value.data[message->value.length - 1] == '-';
        if (message->has_value) {
            leat_buffer_printf(&expected, "%s=", is_gone ? "__debezium.newkey" : "__debezium.oldkey");
            leat_buffer_append(&expected, frame, 5);
            leat_buffer_append_string(&expected, is_gone ? "new\n" : "old\n");
        }
        assert_int_equal(message->headers.length, expected.length);
        assert_true(expected.length == 0 ||
                    memcmp(message->headers.data, expected.data, expected.length) == 0);
        leat_buffer_free(&expected);
    }
    mock_messages_free(&messages);
    stream_version_free(version);
}

static void logical_messages_have_a_topic_of_their_own(void **context)
{
    stream *test = *context;
    leat_table_version *version = stream_version(test, "anything", 1, false);
    version->table->of_messages = true;
    kafka_mock_topic(&test->mock, "shop.message", STREAM_PARTITIONS);
    stream_open(test);
    leat_sink_table *table = stream_table(test, version);
    const leat_record record = stream_record(table, LEAT_MESSAGE, "", "value");
    stream_append(test, &record);
    stream_commit(test, "0/1");
    mock_messages messages = {0};
    kafka_mock_read(&test->mock, "shop.message", &messages);
    assert_int_equal(messages.count, 1);
    mock_messages_free(&messages);
    stream_version_free(version);
}

static void a_table_with_the_name_of_messages_is_a_table(void **context)
{
    stream *test = *context;
    leat_table_version *version = stream_version(test, "message", 1, false);
    version->table->database = "";
    version->table->schema = "leat";
    kafka_mock_topic(&test->mock, "shop.leat.message", STREAM_PARTITIONS);
    stream_open(test);
    leat_sink_table *table = stream_table(test, version);
    const leat_record record = stream_record(table, LEAT_CREATE, "", "value");
    stream_append(test, &record);
    stream_commit(test, "0/1");
    mock_messages messages = {0};
    kafka_mock_read(&test->mock, "shop.leat.message", &messages);
    assert_int_equal(messages.count, 1);
    mock_messages_free(&messages);
    stream_version_free(version);
}

/* As brokers of a compacted topic do, but naming the record. */
static void a_compacted_topic_takes_no_record_without_a_key(void **context)
{
    stream *test = *context;
    leat_table_version *version = stream_version(test, "orders", 1, true);
    bool full;
    stream_open(test);
    leat_sink_table *table = stream_table(test, version);
    leat_kafka_table_of(table)->compacted = true; /* the mock does not tell settings */
    const leat_record keyed = stream_record(table, LEAT_CREATE, "k", "value");
    const leat_record keyless = stream_record(table, LEAT_TRUNCATE, "", "value");
    stream_append(test, &keyed);
    assert_int_equal(stream_try_append(test, &keyless, &full), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, "public.orders (operation t)"));
    assert_non_null(strstr(test->error.mend, "shop.public.orders"));
    stream_version_free(version);
}

static void two_tables_never_share_a_topic(void **context)
{
    stream *test = *context;
    leat_table_version *one = stream_version(test, "a_b", 1, true);
    leat_table_version *other = stream_version(test, "a_b", 1, true);
    other->table->name = "a b";
    leat_sink_table *table;
    stream_open(test);
    (void)stream_table(test, one);
    assert_int_equal(leat_sink_open_table(test->sink, other, &table, &test->error), LEAT_OPERATOR);
    assert_non_null(strstr(test->error.message, "a b"));
    stream_version_free(one);
    stream_version_free(other);
}

static void properties_that_break_the_guarantees_are_refused(void **context)
{
    stream *test = *context;
    static const leat_kafka_property bad[] = {{"enable.idempotence", "false"}, {"no.such.thing", "1"}};
    for (size_t i = 0; i < 2; i++) {
        test->options.properties = &bad[i];
        test->options.property_count = 1;
        assert_int_equal(leat_sink_kafka_open(&test->options, &test->sink, &test->error), LEAT_USAGE);
        assert_non_null(strstr(test->error.message, bad[i].name));
    }
    test->options.property_count = 0;
    test->registry.url = "none";
    test->options.registry = &test->registry;
    assert_int_equal(leat_sink_kafka_open(&test->options, &test->sink, &test->error), LEAT_USAGE);
}

static void the_published_schemas_are_those_we_write(void **context)
{
    (void)context;
    static const struct {
        const char *file;
        const char *schema;
    } pairs[] = {{"spilled.avsc", leat_kafka_spilled_schema},
                 {"transaction-key.avsc", leat_kafka_transaction_key_schema},
                 {"transaction-value.avsc", leat_kafka_transaction_value_schema}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/schemas/%s", LEAT_SOURCE_DIRECTORY, pairs[i].file);
        json_t *published = json_load_file(path, 0, NULL);
        json_t *written = json_loads(pairs[i].schema, 0, NULL);
        assert_non_null(published);
        assert_true(json_equal(published, written));
        json_decref(published);
        json_decref(written);
    }
}

static void values_to_spill_need_a_folder(void **context)
{
    stream *test = *context;
    test->options.large = LEAT_KAFKA_LARGE_SPILL;
    test->options.spill_path = NULL;
    assert_int_equal(leat_sink_kafka_open(&test->options, &test->sink, &test->error), LEAT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(a_key_goes_where_java_would_put_it_without_its_frame),
        STREAM_TEST(a_tombstone_follows_a_delete_of_the_debezium_envelope_with_a_key),
        STREAM_TEST(both_halves_of_a_changed_key_name_the_other),
        STREAM_TEST(logical_messages_have_a_topic_of_their_own),
        STREAM_TEST(a_table_with_the_name_of_messages_is_a_table),
        STREAM_TEST(a_compacted_topic_takes_no_record_without_a_key),
        STREAM_TEST(two_tables_never_share_a_topic),
        STREAM_TEST(values_to_spill_need_a_folder),
        STREAM_TEST(properties_that_break_the_guarantees_are_refused),
        cmocka_unit_test(the_published_schemas_are_those_we_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
