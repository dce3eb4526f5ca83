#include "reader/message_text.h"

#include <jansson.h>

#include "avro/json.h"
#include "avro/json_text.h"
#include "base/cursor.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "reader/message_schemas.h"

typedef enum framing { FRAMING_NONE, FRAMING_REGISTRY, FRAMING_SINGLE_OBJECT } framing;

/* What stands before a record. */
typedef struct frame {
    framing framing;
    uint64_t identifier; /* the registry's, or the fingerprint */
    leat_slice record;
} frame;

typedef struct known_decoder {
    framing framing;
    uint64_t identifier;
    leat_json_decoder *decoder;
} known_decoder;

struct leat_message_text {
    leat_registry *registry; /* NULL: none */
    leat_message_schemas *schemas;
    known_decoder *items;
    size_t count;
    size_t capacity;
};

leat_status leat_message_text_open(const leat_sink_kafka_options *options, const char *topic,
                                   const leat_registry_options *registry, leat_message_text **text,
                                   leat_error *error)
{
    leat_registry *opened = NULL;
    *text = NULL;
    if (registry != NULL) {
        leat_status status = leat_registry_open(registry, &opened, error);
        if (status != LEAT_OK)
            return status;
    }
    *text = leat_allocate(sizeof **text);
    (*text)->registry = opened;
    (*text)->schemas = leat_message_schemas_open(options, topic);
    return LEAT_OK;
}

void leat_message_text_close(leat_message_text *text)
{
    if (text == NULL)
        return;
    leat_registry_close(text->registry);
    leat_message_schemas_close(text->schemas);
    for (size_t i = 0; i < text->count; i++)
        leat_json_decoder_close(text->items[i].decoder);
    leat_release(text->items);
    leat_release(text);
}

/* ---- Avro ---- */

/* Confluent's wire format: a zero and the schema's id, big-endian. Avro 1.11, "Single-object encoding": C3 01
 * and the fingerprint, little-endian. No text begins like either. */
static frame look_at(leat_slice bytes)
{
    enum { REGISTRY_FRAME = 5, SINGLE_OBJECT_FRAME = 10 };
    leat_cursor cursor = leat_cursor_open(bytes);
    frame found = {.framing = FRAMING_NONE, .record = bytes};
    if (bytes.length >= REGISTRY_FRAME && bytes.data[0] == 0) {
        leat_cursor_u8(&cursor);
        found.framing = FRAMING_REGISTRY;
        found.identifier = leat_cursor_u32be(&cursor);
    } else if (bytes.length >= SINGLE_OBJECT_FRAME && bytes.data[0] == 0xC3 && bytes.data[1] == 0x01) {
        leat_cursor_bytes(&cursor, 2);
        found.framing = FRAMING_SINGLE_OBJECT;
        found.identifier = leat_cursor_little_endian(&cursor, 8);
    }
    found.record = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
    return found;
}

static leat_status need_registry(uint64_t identifier, leat_error *error)
{
    return leat_error_fail(error, LEAT_USAGE, "Say where that is: --registry http://HOST:PORT",
                           "it has the schema %u of a schema registry", (unsigned)identifier);
}

static leat_status make_decoder(leat_message_text *text, const frame *of, leat_json_decoder **decoder,
                                leat_error *error)
{
    if (of->framing == FRAMING_SINGLE_OBJECT) {
        const char *schema;
        leat_status status = leat_message_schemas_find(text->schemas, of->identifier, &schema, error);
        return status == LEAT_OK ? leat_json_decoder_open(schema, decoder, error) : status;
    }
    if (text->registry == NULL)
        return need_registry(of->identifier, error);
    char *schema;
    leat_status status = leat_registry_fetch(text->registry, (uint32_t)of->identifier, &schema, error);
    if (status != LEAT_OK)
        return status;
    status = leat_json_decoder_open(schema, decoder, error);
    leat_release(schema);
    return status;
}

static leat_status find_decoder(leat_message_text *text, const frame *of, leat_json_decoder **decoder,
                                leat_error *error)
{
    for (size_t i = 0; i < text->count; i++) {
        const known_decoder *known = &text->items[i];
        if (known->framing == of->framing && known->identifier == of->identifier) {
            *decoder = known->decoder;
            return LEAT_OK;
        }
    }
    leat_status status = make_decoder(text, of, decoder, error);
    if (status != LEAT_OK)
        return status;
    text->items = leat_list_room(text->items, text->count, &text->capacity, sizeof *text->items);
    text->items[text->count++] =
        (known_decoder){.framing = of->framing, .identifier = of->identifier, .decoder = *decoder};
    return LEAT_OK;
}

static leat_status append_record(leat_message_text *text, frame *of, leat_buffer *out, leat_error *error)
{
    leat_json_decoder *decoder = NULL;
    size_t before = out->length;
    leat_status status = find_decoder(text, of, &decoder, error);
    if (status == LEAT_OK)
        status = leat_json_decoder_next(decoder, &of->record, out, error);
    if (status != LEAT_OK || of->record.length == 0)
        return status;
    out->length = before;
    return leat_error_set(error, LEAT_FAILED, "%zu bytes stand behind its record", of->record.length);
}

/* ---- Other bytes ---- */

static bool is_json(leat_slice bytes)
{
    if (bytes.length == 0 || (bytes.data[0] != '{' && bytes.data[0] != '['))
        return false;
    json_t *parsed = json_loadb((const char *)bytes.data, bytes.length, 0, NULL);
    json_decref(parsed);
    return parsed != NULL;
}

/* As it stands, so that no number changes; line ends can only be between its parts. */
static void append_on_one_line(leat_slice json, leat_buffer *out)
{
    for (size_t i = 0; i < json.length; i++)
        leat_buffer_append_byte(out, json.data[i] < 0x20 ? ' ' : json.data[i]);
}

static void append_plain(leat_slice bytes, leat_buffer *out)
{
    if (is_json(bytes))
        append_on_one_line(bytes, out);
    else if (leat_utf8_valid(bytes))
        leat_json_append_string(out, bytes);
    else
        leat_json_append_hex(out, bytes);
}

leat_status leat_message_text_append(leat_message_text *text, leat_slice bytes, leat_buffer *out,
                                     leat_error *error)
{
    frame found = look_at(bytes);
    if (found.framing != FRAMING_NONE)
        return append_record(text, &found, out, error);
    append_plain(bytes, out);
    return LEAT_OK;
}
