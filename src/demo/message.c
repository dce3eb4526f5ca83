#include "demo/message.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

/* FNV-1a, 64 bits. */
static const uint64_t hash_start = UINT64_C(14695981039346656037);

static uint64_t hash_more(uint64_t hash, leat_slice bytes)
{
    for (size_t i = 0; i < bytes.length; i++)
        hash = (hash ^ bytes.data[i]) * UINT64_C(1099511628211);
    return hash;
}

/* Facts of a place in the log, of either kind of database. */
static uint64_t hash_place(uint64_t hash, const json_t *source)
{
    static const char *const facts[] = {"sequence", "lsn", "file", "pos", "row"};
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        char *text = json_dumps(json_object_get(source, facts[i]), JSON_ENCODE_ANY);
        hash = hash_more(hash, leat_slice_of_string(text == NULL ? "" : text));
        free(text);
    }
    return hash;
}

static bool is_operation(char letter)
{
    return letter != '\0' && strchr("rcud", letter) != NULL;
}

static bool take_envelope(const json_t *envelope, const rd_kafka_message_t *from, leat_demo_message *message)
{
    const char *operation = json_string_value(json_object_get(envelope, "op"));
    const json_t *source = json_object_get(envelope, "source");
    if (operation == NULL || !is_operation(operation[0]) || !json_is_object(source))
        return false;
    message->operation = (leat_operation)operation[0];
    message->commit_time = json_integer_value(json_object_get(source, "ts_us"));
    message->identity = hash_more(hash_start, leat_slice_of(from->key, from->key_len));
    if (message->operation != LEAT_READ)
        message->identity = hash_place(message->identity, source);
    const json_t *row = json_object_get(envelope, message->operation == LEAT_DELETE ? "before" : "after");
    char *text = json_dumps(row, JSON_COMPACT | JSON_ENCODE_ANY);
    leat_buffer_reset(&message->row);
    leat_buffer_append_string(&message->row, text == NULL ? "{}" : text);
    free(text);
    return true;
}

leat_status leat_demo_message_read(leat_message_text *text, const rd_kafka_message_t *from,
                                   leat_demo_message *message, leat_error *error)
{
    leat_buffer_reset(&message->json);
    leat_status status =
        leat_message_text_append(text, leat_slice_of(from->payload, from->len), &message->json, error);
    if (status == LEAT_OK) {
        json_t *envelope =
            json_loadb((const char *)message->json.data, message->json.length, JSON_ALLOW_NUL, NULL);
        if (!take_envelope(envelope, from, message))
            status = leat_error_set(error, LEAT_FAILED, "it is no event of leat");
        json_decref(envelope);
    }
    return leat_error_context(error, status, "topic %s, offset %" PRId64, rd_kafka_topic_name(from->rkt),
                              from->offset);
}

void leat_demo_message_free(leat_demo_message *message)
{
    leat_buffer_free(&message->row);
    leat_buffer_free(&message->json);
}

/* As in message_text.c: Confluent's wire format, or Avro's single-object encoding. */
bool leat_demo_message_schema(const rd_kafka_message_t *from, leat_buffer *out)
{
    leat_cursor cursor = leat_cursor_open(leat_slice_of(from->payload, from->len));
    leat_buffer_reset(out);
    if (leat_cursor_u8(&cursor) == 0) {
        leat_buffer_printf(out, "schema %" PRIu32, leat_cursor_u32be(&cursor));
    } else {
        leat_cursor_u8(&cursor);
        leat_buffer_printf(out, "schema %016" PRIx64, leat_cursor_little_endian(&cursor, 8));
    }
    return !leat_cursor_failed(&cursor);
}
