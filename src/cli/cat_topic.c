/* leat cat kafka://…: a topic's messages as JSON lines. */
#include <inttypes.h>
#include <string.h>

#include "avro/json_text.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/signals.h"
#include "cli/cat.h"
#include "cli/cli.h"
#include "cli/instant.h"
#include "reader/message_text.h"
#include "sink/kafka/reader.h"
#include "terminal/output.h"

static const char SCHEME[] = "kafka://";

static const int64_t registry_timeout_microseconds = 10 * INT64_C(1000000);

/* One topic and what it takes to read it. */
typedef struct topic_view {
    leat_cat_run *run;
    leat_arena arena;
    leat_config config; /* empty unless one was given */
    leat_sink_kafka_options options;
    leat_registry_options registry; /* url NULL: none */
    const char *topic;
    leat_kafka_start start;
    leat_kafka_reader *reader;
    leat_message_text *text;
} topic_view;

bool leat_cat_is_topic(const char *operand)
{
    return strncmp(operand, SCHEME, sizeof SCHEME - 1) == 0;
}

/* ---- What is wanted ---- */

static leat_status refuse_operand(const char *operand, leat_error *error)
{
    return leat_error_fail(error, LEAT_USAGE,
                           "A topic is named as kafka://HOST:PORT[,HOST:PORT...]/TOPIC; with --config the "
                           "brokers may be left out: kafka:///TOPIC",
                           "\"%s\" names no topic", operand);
}

static leat_status take_operand(topic_view *view, const char *operand, leat_error *error)
{
    const char *brokers = operand + sizeof SCHEME - 1;
    const char *slash = strchr(brokers, '/');
    if (slash == NULL || slash[1] == '\0' || strchr(slash + 1, '/') != NULL)
        return refuse_operand(operand, error);
    if (slash != brokers)
        view->options.brokers =
            leat_arena_slice_string(&view->arena, leat_slice_of(brokers, (size_t)(slash - brokers)));
    view->topic = leat_arena_string(&view->arena, slash + 1);
    return view->options.brokers != NULL ? LEAT_OK : refuse_operand(operand, error);
}

static leat_status take_from(topic_view *view, leat_error *error)
{
    const char *from = view->run->settings->from;
    uint64_t offset;
    if (from == NULL || strcmp(from, "beginning") == 0)
        return LEAT_OK;
    if (strcmp(from, "end") == 0) {
        view->start.from = LEAT_KAFKA_FROM_END;
        return LEAT_OK;
    }
    if (leat_number_parse_digits(leat_slice_of_string(from), &offset) && offset <= INT64_MAX) {
        view->start = (leat_kafka_start){.from = LEAT_KAFKA_FROM_OFFSET, .value = (int64_t)offset};
        return LEAT_OK;
    }
    view->start.from = LEAT_KAFKA_FROM_TIME;
    if (leat_instant_parse(from, &view->start.value))
        return LEAT_OK;
    return leat_error_fail(error, LEAT_USAGE,
                           "It is beginning, end, an offset, or a time such as 2026-03-10T08:00:00Z",
                           "--from cannot be \"%s\"", from);
}

static void take_settings(topic_view *view, const leat_kafka_settings *settings)
{
    view->options.brokers = settings->brokers;
    view->options.properties = settings->kafka;
    view->options.property_count = settings->kafka_count;
    view->registry = settings->registry;
}

/* Of a pipeline's config: its brokers, its properties with their logins, and its registry. False: said. */
static bool take_config(topic_view *view)
{
    const char *path = view->run->settings->config;
    if (path == NULL)
        return true;
    int exit_code;
    if (!leat_cli_load_config(path, false, &view->config, &exit_code)) {
        view->run->exit_code = exit_code;
        return false;
    }
    if (view->config.sink.kind == &leat_sink_kafka)
        take_settings(view, view->config.sink.settings);
    return true;
}

static void take_registry(topic_view *view)
{
    if (view->run->settings->registry != NULL)
        view->registry.url = view->run->settings->registry;
    if (view->registry.timeout == 0)
        view->registry.timeout = registry_timeout_microseconds;
    view->registry.stop = leat_signals_stop();
}

static leat_status prepare(topic_view *view, const char *operand, leat_error *error)
{
    if (view->run->settings->schema) {
        return leat_error_fail(error, LEAT_USAGE,
                               "A topic's schemas are in the registry, or in the topic <prefix>.schemas",
                               "--schema is for files, not for topics");
    }
    leat_status status = take_operand(view, operand, error);
    if (status == LEAT_OK)
        status = take_from(view, error);
    take_registry(view);
    return status;
}

static leat_status open_view(topic_view *view, leat_error *error)
{
    const leat_registry_options *registry = view->registry.url == NULL ? NULL : &view->registry;
    leat_status status = leat_message_text_open(&view->options, view->topic, registry, &view->text, error);
    return status == LEAT_OK
               ? leat_kafka_reader_open(&view->options, view->topic, view->start, &view->reader, error)
               : status;
}

/* ---- A message's line ---- */

static leat_status append_part(topic_view *view, const char *name, const void *bytes, size_t length,
                               leat_error *error)
{
    leat_buffer *out = &view->run->out;
    leat_buffer_printf(out, ",\"%s\":", name);
    if (bytes == NULL) {
        leat_buffer_append_string(out, "null");
        return LEAT_OK;
    }
    leat_status status = leat_message_text_append(view->text, leat_slice_of(bytes, length), out, error);
    return leat_error_context(error, status, "its %s", name);
}

/* A list, for a name may come more than once. */
static leat_status append_headers(topic_view *view, const rd_kafka_message_t *message, leat_error *error)
{
    rd_kafka_headers_t *headers;
    if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return LEAT_OK;
    leat_buffer *out = &view->run->out;
    const char *name;
    const void *value;
    size_t length;
    leat_status status = LEAT_OK;
    leat_buffer_append_string(out, ",\"headers\":[");
    for (size_t i = 0; status == LEAT_OK && rd_kafka_header_get_all(headers, i, &name, &value, &length) == 0;
         i++) {
        leat_buffer_append_string(out, i > 0 ? ",{\"name\":" : "{\"name\":");
        leat_json_append_string(out, leat_slice_of_string(name));
        status = append_part(view, "value", value, length, error);
        leat_buffer_append_byte(out, '}');
    }
    leat_buffer_append_byte(out, ']');
    return status;
}

static void append_place(leat_buffer *out, const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type;
    int64_t milliseconds = rd_kafka_message_timestamp(message, &type);
    leat_buffer_printf(out, "{\"partition\":%" PRId32 ",\"offset\":%" PRId64 ",\"time\":", message->partition,
                       message->offset);
    if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || milliseconds < 0)
        leat_buffer_append_string(out, "null");
    else
        leat_json_append_timestamp(out, milliseconds * 1000, true);
}

static leat_status append_line(topic_view *view, const rd_kafka_message_t *message, leat_error *error)
{
    append_place(&view->run->out, message);
    leat_status status = append_part(view, "key", message->key, message->key_len, error);
    if (status == LEAT_OK)
        status = append_headers(view, message, error);
    if (status == LEAT_OK)
        status = append_part(view, "value", message->payload, message->len, error);
    leat_buffer_append_string(&view->run->out, "}\n");
    return status;
}

/* A message that cannot be shown leaves no half line behind; the sentence comes in its place. What is wrong
 * with one alone does not keep the others from being shown. */
static leat_status show_message(topic_view *view, const rd_kafka_message_t *message, leat_error *error)
{
    size_t whole = view->run->out.length;
    leat_status status = append_line(view, message, error);
    if (status == LEAT_OK) {
        leat_cat_count(view->run);
        return LEAT_OK;
    }
    view->run->out.length = whole;
    leat_error_context(error, status, "topic %s, partition %" PRId32 ", offset %" PRId64, view->topic,
                       message->partition, message->offset);
    if (status != LEAT_FAILED)
        return status;
    leat_cat_flush(view->run);
    view->run->exit_code = leat_output_failure(error);
    return LEAT_OK;
}

static leat_status show_messages(topic_view *view, leat_error *error)
{
    bool at_end = false;
    while (!view->run->over && !leat_signals_stopping()) {
        const rd_kafka_message_t *message;
        leat_status status = leat_kafka_reader_next(view->reader, &message, &at_end, error);
        if (status == LEAT_OK && message != NULL)
            status = show_message(view, message, error);
        if (status != LEAT_OK)
            return status;
        if (message == NULL)
            leat_cat_flush(view->run);
        if (message == NULL && at_end && !view->run->settings->follow)
            break;
    }
    return LEAT_OK;
}

void leat_cat_topic(leat_cat_run *run, const char *operand)
{
    topic_view view = {
        .run = run,
        .options = {.pipeline = "cat", .prefix = "cat", .stop = leat_signals_stop()},
    };
    leat_error error = {0};
    if (take_config(&view)) {
        leat_status status = prepare(&view, operand, &error);
        if (status == LEAT_OK)
            status = open_view(&view, &error);
        if (status == LEAT_OK)
            status = show_messages(&view, &error);
        leat_cat_flush(run);
        if (status != LEAT_OK && status != LEAT_STOPPED)
            run->exit_code = leat_output_failure(&error);
    }
    leat_kafka_reader_close(view.reader);
    leat_message_text_close(view.text);
    leat_config_free(&view.config);
    leat_arena_free(&view.arena);
}
