/* A Kafka sink over a mock cluster, a scripted registry and a state store of its own, for tests. */
#ifndef LEAT_TESTS_SINK_STREAM_H
#define LEAT_TESTS_SINK_STREAM_H

#include <inttypes.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_http.h"
#include "kafka_mock.h"
#include "kafka_mock_admin.h"
#include "sink/kafka/sink.h"
#include "temporary_folder.h"

#define STREAM_KEY_SCHEMA                                                                                    \
    "{\"type\":\"record\",\"name\":\"Key\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"}]}"
#define STREAM_VALUE_SCHEMA                                                                                  \
    "{\"type\":\"record\",\"name\":\"Value\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"}]}"

enum { STREAM_MOST_SUBJECTS = 32, STREAM_PARTITIONS = 4 };

typedef struct stream {
    temporary_folder folder;
    char state_path[TEMPORARY_PATH_SIZE];
    char spill_path[TEMPORARY_PATH_SIZE];
    char url[64];
    kafka_mock mock;
    fake_http server;                       /* port 0: not started */
    char *registered[STREAM_MOST_SUBJECTS]; /* "subject schema"; its id is its place and 100 */
    size_t registered_count;
    leat_registry_options registry;
    leat_sink_kafka_options options;
    leat_state *state;
    leat_sink *sink;
    leat_position position;
    leat_error error;
} stream;

/* ---- The registry ---- */

/* Registers as a registry does: the same schema under the same subject has the same id. */
static inline fake_http_answer stream_registry(fake_http *server, const char *request, const char *body)
{
    stream *test = server->context;
    char subject[256];
    json_t *parsed = json_loads(body, 0, NULL);
    const char *schema = json_string_value(json_object_get(parsed, "schema"));
    leat_buffer line = {0};
    if (schema == NULL || sscanf(request, "POST /subjects/%255[^/]/versions ", subject) != 1)
        return (fake_http_answer){.code = 404, .body = "{}"};
    leat_buffer_printf(&line, "%s %s", subject, schema);
    size_t place = 0;
    while (place < test->registered_count && strcmp(test->registered[place], leat_buffer_string(&line)) != 0)
        place++;
    if (place == test->registered_count)
        test->registered[test->registered_count++] = leat_duplicate_string(leat_buffer_string(&line));
    leat_buffer_free(&line);
    json_decref(parsed);
    leat_buffer answer = {0};
    leat_buffer_printf(&answer, "{\"id\":%zu}", place + 100);
    leat_release(server->text);
    server->text = leat_buffer_detach_string(&answer);
    return (fake_http_answer){.code = 200, .body = server->text};
}

/* The id that a subject has; 0 for none. */
static inline uint32_t stream_identifier(const stream *test, const char *subject)
{
    size_t length = strlen(subject);
    for (size_t i = 0; i < test->registered_count; i++)
        if (strncmp(test->registered[i], subject, length) == 0 && test->registered[i][length] == ' ')
            return (uint32_t)i + 100;
    return 0;
}

static inline void stream_with_registry(stream *test)
{
    setenv("no_proxy", "127.0.0.1", 1);
    test->server.handler = stream_registry;
    test->server.context = test;
    fake_http_start(&test->server);
    snprintf(test->url, sizeof test->url, "http://127.0.0.1:%u", test->server.port);
    test->registry = (leat_registry_options){.url = test->url, .timeout = 5000000};
    test->options.registry = &test->registry;
}

/* ---- The sink ---- */

static inline int stream_set_up(void **context)
{
    stream *test = leat_allocate(sizeof *test);
    temporary_folder_make(&test->folder);
    temporary_path(&test->folder, "leat.db", test->state_path);
    temporary_path(&test->folder, "spilled", test->spill_path);
    kafka_mock_open(&test->mock);
    static const char *const own[] = {"shop.leat-positions", "shop.schemas", "shop.schema-changes",
                                      "shop.transactions", "shop.heartbeat"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        kafka_mock_topic(&test->mock, own[i], 1);
    test->options = (leat_sink_kafka_options){
        .brokers = test->mock.brokers,
        .delivery = LEAT_KAFKA_EXACTLY_ONCE,
        .prefix = "shop",
        .pipeline = "orders-to-kafka",
        .envelope = LEAT_ENVELOPE_DEBEZIUM,
        .spill_path = test->spill_path,
    };
    *context = test;
    return 0;
}

static inline leat_status stream_try_open(stream *test)
{
    leat_status status =
        leat_state_open(test->state_path, "orders-to-kafka", false, &test->state, &test->error);
    test->options.state = test->state;
    if (status == LEAT_OK)
        status = leat_sink_kafka_open(&test->options, &test->sink, &test->error);
    leat_position_clear(&test->position);
    return status == LEAT_OK ? leat_sink_recover(test->sink, &test->position, &test->error) : status;
}

static inline void stream_expect_ok(const stream *test, leat_status status)
{
    if (status != LEAT_OK)
        print_error("%s. %s\n", test->error.message, test->error.mend);
    assert_int_equal(status, LEAT_OK);
}

static inline void stream_open(stream *test)
{
    stream_expect_ok(test, stream_try_open(test));
}

static inline void stream_close(stream *test)
{
    if (test->sink != NULL)
        leat_sink_close(test->sink);
    leat_state_close(test->state);
    test->sink = NULL;
    test->state = NULL;
}

static inline int stream_tear_down(void **context)
{
    stream *test = *context;
    stream_close(test);
    if (test->server.port != 0) {
        fake_http_stop(&test->server);
        fake_http_free(&test->server);
    }
    for (size_t i = 0; i < test->registered_count; i++)
        leat_release(test->registered[i]);
    kafka_mock_close(&test->mock);
    leat_position_clear(&test->position);
    temporary_folder_remove(&test->folder);
    leat_release(test);
    return 0;
}

/* ---- Versions and records ---- */

/* A version of a table with a key, or without one, whose topic is there. */
static inline leat_table_version *stream_version(stream *test, const char *name, unsigned number, bool keyed)
{
    char topic[256];
    leat_table *table = leat_table_new();
    table->database = "db";
    table->schema = "public";
    table->name = leat_arena_string(&table->arena, name);
    leat_table_version *version = leat_allocate(sizeof *version);
    version->table = table;
    version->number = number;
    version->fingerprint = "";
    version->value_schema = STREAM_VALUE_SCHEMA;
    version->key_schema = keyed ? STREAM_KEY_SCHEMA : NULL;
    snprintf(topic, sizeof topic, "shop.public.%s", name);
    kafka_mock_topic(&test->mock, topic, STREAM_PARTITIONS);
    return version;
}

static inline void stream_version_free(leat_table_version *version)
{
    leat_table_release(version->table);
    leat_release(version);
}

static inline leat_sink_table *stream_table(stream *test, const leat_table_version *version)
{
    leat_sink_table *table;
    stream_expect_ok(test, leat_sink_open_table(test->sink, version, &table, &test->error));
    return table;
}

static inline leat_record stream_record(leat_sink_table *table, leat_operation operation, const char *key,
                                        const char *value)
{
    return (leat_record){.table = table,
                         .operation = operation,
                         .key = leat_slice_of_string(key),
                         .value = leat_slice_of_string(value),
                         .sequence = leat_slice_of_string("0000000000000001.0000000001"),
                         .commit_time = INT64_C(1773129600123456)};
}

/* As the pump has them: each behind its frame, in memory that lasts for the call. */
static inline leat_slice stream_behind_frame(leat_arena *arena, leat_slice frame, leat_slice bytes)
{
    if (bytes.length == 0)
        return (leat_slice){0};
    uint8_t *memory = leat_arena_allocate(arena, frame.length + bytes.length);
    if (frame.length > 0)
        memcpy(memory, frame.data, frame.length);
    memcpy(memory + frame.length, bytes.data, bytes.length);
    return leat_slice_of(memory + frame.length, bytes.length);
}

static inline leat_status stream_try_append(stream *test, const leat_record *record, bool *full)
{
    leat_arena arena = {0};
    leat_record framed = *record;
    framed.key = stream_behind_frame(&arena, record->table->key_frame, record->key);
    framed.other_key = stream_behind_frame(&arena, record->table->key_frame, record->other_key);
    framed.value = stream_behind_frame(&arena, record->table->value_frame, record->value);
    leat_status status = leat_sink_append(test->sink, &framed, full, &test->error);
    leat_arena_free(&arena);
    return status;
}

static inline void stream_append(stream *test, const leat_record *record)
{
    bool full;
    stream_expect_ok(test, stream_try_append(test, record, &full));
}

static inline leat_status stream_try_commit(stream *test, const char *log)
{
    leat_position position = {0};
    leat_position_set(&position, log, NULL, 0);
    leat_status status = leat_sink_commit(test->sink, &position, &test->error);
    leat_position_clear(&position);
    return status;
}

static inline void stream_commit(stream *test, const char *log)
{
    stream_expect_ok(test, stream_try_commit(test, log));
}

/* The bytes are the parts put together. */
static inline void stream_expect_bytes(const leat_buffer *bytes, const void *frame, size_t frame_length,
                                       const char *rest)
{
    assert_int_equal(bytes->length, frame_length + strlen(rest));
    assert_memory_equal(bytes->data, frame, frame_length);
    assert_memory_equal(bytes->data + frame_length, rest, strlen(rest));
}

/* The five bytes of Confluent's frame. */
static inline void stream_frame(uint32_t identifier, uint8_t frame[5])
{
    const uint8_t bytes[5] = {0, (uint8_t)(identifier >> 24), (uint8_t)(identifier >> 16),
                              (uint8_t)(identifier >> 8), (uint8_t)identifier};
    memcpy(frame, bytes, 5);
}

/* ---- The history ---- */

#define STREAM_DEFINITION(type)                                                                              \
    "{\"columns\":[{\"name\":\"price\",\"field\":\"price\",\"attribute\":1,\"avro\":\"" type                 \
    "\",\"leat.type\":\"" type "\"}],\"table\":\"orders\"}"

/* The history has this version of public.orders. */
static inline void stream_put_version(stream *test, unsigned number, const char *definition)
{
    const leat_state_version version = {
        .table = "public.orders",
        .number = number,
        .fingerprint = number == 1 ? "11" : "22",
        .position = number == 1 ? "0/10" : "0/20+tx@3",
        .seen_at = INT64_C(1773129600000000),
        .value_schema = STREAM_VALUE_SCHEMA,
        .definition = definition,
    };
    stream_expect_ok(test, leat_state_version_put(test->state, &version, &test->error));
}

#define STREAM_TEST(function) cmocka_unit_test_setup_teardown(function, stream_set_up, stream_tear_down)

#endif
