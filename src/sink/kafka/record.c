/* Records as messages. */
#include <inttypes.h>

#include "avro/json.h"
#include "base/memory.h"
#include "sink/kafka/client.h"
#include "sink/kafka/sink_internal.h"

/* Debezium's names: a reader of one half of a changed key finds the other by them. */
#define NEW_KEY_HEADER "__debezium.newkey"
#define OLD_KEY_HEADER "__debezium.oldkey"

/* The one partition of what has no key: its order is that of the log. */
enum { PARTITION_WITHOUT_KEY = 0 };

/* Over the key's own bytes, without their frame: a new schema id must not move a key elsewhere. */
static int32_t partition_of(const leat_record *record)
{
    return record->key.length > 0
               ? leat_kafka_partition(record->key, leat_kafka_table_of(record->table)->partition_count)
               : PARTITION_WITHOUT_KEY;
}

/* Its timestamp is the time it is sent: what brokers delete by age, and whether they take a timestamp at all,
 * must not hang on how long ago, or by which clock, the source committed. That is told inside. */
static leat_kafka_message message_of(const leat_record *record)
{
    const leat_kafka_table *table = leat_kafka_table_of(record->table);
    leat_kafka_message message = {
        .topic = table->handle,
        .partition = partition_of(record),
        .has_key = record->key.length > 0,
        .value = leat_record_framed(record->value, table->base.value_frame),
        .has_value = true,
    };
    if (message.has_key)
        message.key = leat_record_framed(record->key, table->base.key_frame);
    return message;
}

/* The key of the other half of a changed key. */
static leat_status add_other_key(const leat_kafka_sink *sink, const leat_record *record,
                                 leat_kafka_message *message, leat_error *error)
{
    if (record->other_key.length == 0)
        return LEAT_OK;
    leat_slice value = leat_record_framed(record->other_key, record->table->key_frame);
    message->headers = rd_kafka_headers_new(4);
    rd_kafka_resp_err_t code = rd_kafka_header_add(
        message->headers, record->operation == LEAT_DELETE ? NEW_KEY_HEADER : OLD_KEY_HEADER, -1, value.data,
        (ssize_t)value.length);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
               ? LEAT_OK
               : leat_kafka_failure(&sink->options, code, NULL, error, "cannot make a header");
}

/* ---- Too large ---- */

/* The key as people read it, or as much as can be said of it. */
static char *key_text(const leat_record *record)
{
    const char *schema = record->table->version->key_schema;
    leat_buffer text = {0};
    leat_json_decoder *decoder;
    leat_slice rest = record->key;
    if (schema == NULL || rest.length == 0)
        return leat_duplicate_string("none");
    if (leat_json_decoder_open(schema, &decoder, NULL) == LEAT_OK) {
        (void)leat_json_decoder_next(decoder, &rest, &text, NULL);
        leat_json_decoder_close(decoder);
    }
    return leat_buffer_detach_string(&text);
}

static leat_status refuse_large(const leat_record *record, size_t length, leat_error *error)
{
    const leat_kafka_table *table = leat_kafka_table_of(record->table);
    char *key = key_text(record);
    leat_error_set(error, LEAT_OPERATOR,
                   "a record of table %s (operation %c, key %.300s) is a message of %zu bytes, and the topic "
                   "%s takes %zu",
                   table->base.name, (char)record->operation, key, length, table->topic, table->largest);
    leat_release(key);
    if (table->largest_assumed) {
        leat_error_mend(error, "That is an assumption: let leat's user DESCRIBE_CONFIGS the topic, or say in "
                               "message.max.bytes of the sink's kafka properties what it takes. Or let such "
                               "values be written to files with the sink's setting `large: spill`. leat goes "
                               "on where it stopped.");
        return LEAT_OPERATOR;
    }
    leat_error_mend(error, "Raise message.max.bytes in the sink's kafka properties and max.message.bytes of "
                           "the topic, or let such values be written to files with the sink's setting "
                           "`large: spill`; then start leat again: it goes on where it stopped.");
    return LEAT_OPERATOR;
}

/* What counts for the limit. The names of our headers are short, and one message has three at most. */
static size_t length_of(const leat_record *record, const leat_kafka_message *message)
{
    enum { HEADERS_OVERHEAD = 96 };
    size_t headers =
        record->other_key.length == 0
            ? 0
            : record->other_key.length + leat_kafka_table_of(record->table)->key.length + HEADERS_OVERHEAD;
    return message->key.length + message->value.length + headers;
}

static leat_status fit(leat_kafka_sink *sink, const leat_record *record, leat_kafka_message *message,
                       leat_error *error)
{
    size_t length = length_of(record, message);
    if (__builtin_expect(length <= leat_kafka_table_of(record->table)->largest, 1))
        return LEAT_OK;
    if (sink->options.large == LEAT_KAFKA_LARGE_FAIL ||
        length - message->value.length > leat_kafka_table_of(record->table)->largest)
        return refuse_large(record, length, error);
    return leat_kafka_spill(sink, record, message, &sink->value, error);
}

/* Brokers would refuse it, and not say which. */
static leat_status refuse_keyless(const leat_record *record, leat_error *error)
{
    const leat_kafka_table *table = leat_kafka_table_of(record->table);
    leat_error_set(error, LEAT_OPERATOR,
                   "a record of table %s (operation %c) has no key, and the topic %s is compacted: it takes "
                   "none such",
                   table->base.name, (char)record->operation, table->topic);
    leat_error_mend(
        error,
        "Give the table a primary key where it has none. Or let the topic take the record: "
        "kafka-configs.sh --alter --entity-type topics --entity-name %s --add-config cleanup.policy=delete",
        table->topic);
    return LEAT_OPERATOR;
}

/* ---- */

/* What ends a key in a compacted topic. */
static leat_status send_tombstone(leat_kafka_sink *sink, const leat_kafka_message *gone, leat_error *error)
{
    const leat_kafka_message tombstone = {
        .topic = gone->topic,
        .partition = gone->partition,
        .key = gone->key,
        .has_key = true,
    };
    return leat_kafka_producer_send(sink->producer, &tombstone, error);
}

leat_status leat_kafka_record_send(leat_kafka_sink *sink, const leat_record *record, leat_error *error)
{
    if (record->key.length == 0 && leat_kafka_table_of(record->table)->compacted)
        return refuse_keyless(record, error);
    leat_kafka_message message = message_of(record);
    leat_status status = add_other_key(sink, record, &message, error);
    if (status == LEAT_OK)
        status = fit(sink, record, &message, error);
    if (status != LEAT_OK) {
        if (message.headers != NULL)
            rd_kafka_headers_destroy(message.headers);
        return status;
    }
    status = leat_kafka_producer_send(sink->producer, &message, error);
    bool tombstone = sink->options.envelope == LEAT_ENVELOPE_DEBEZIUM && message.has_key &&
                     record->operation == LEAT_DELETE;
    return status == LEAT_OK && tombstone ? send_tombstone(sink, &message, error) : status;
}
