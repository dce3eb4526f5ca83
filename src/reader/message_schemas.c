#include "reader/message_schemas.h"

#include <inttypes.h>
#include <string.h>

#include "avro/single_object.h"
#include "base/arena.h"
#include "base/list.h"
#include "base/memory.h"
#include "sink/kafka/reader.h"

typedef struct known_schema {
    uint64_t fingerprint;
    char *text;
} known_schema;

struct leat_message_schemas {
    const leat_sink_kafka_options *options;
    const char *topic;
    leat_kafka_reader *reader; /* NULL before the first question */
    known_schema *items;
    size_t count;
    size_t capacity;
};

leat_message_schemas *leat_message_schemas_open(const leat_sink_kafka_options *options, const char *topic)
{
    leat_message_schemas *schemas = leat_allocate(sizeof *schemas);
    *schemas = (leat_message_schemas){.options = options, .topic = topic};
    return schemas;
}

void leat_message_schemas_close(leat_message_schemas *schemas)
{
    if (schemas == NULL)
        return;
    leat_kafka_reader_close(schemas->reader);
    for (size_t i = 0; i < schemas->count; i++)
        leat_release(schemas->items[i].text);
    leat_release(schemas->items);
    leat_release(schemas);
}

/* ---- The topic ---- */

/* A prefix may hold dots itself, so that each part of the name that ends at a dot may be one; of two, the
 * longer one is meant. */
static leat_status open_topic(leat_message_schemas *schemas, leat_error *error)
{
    const leat_kafka_start start = {.from = LEAT_KAFKA_FROM_BEGINNING};
    leat_arena scratch = {0};
    leat_status status = LEAT_FAILED;
    for (size_t i = strlen(schemas->topic); i > 0 && status == LEAT_FAILED; i--) {
        if (schemas->topic[i - 1] != '.')
            continue;
        const char *name = leat_arena_printf(&scratch, "%.*s.schemas", (int)(i - 1), schemas->topic);
        status = leat_kafka_reader_open(schemas->options, name, start, &schemas->reader, error);
    }
    leat_arena_free(&scratch);
    if (status != LEAT_FAILED)
        return status;
    return leat_error_fail(
        error, LEAT_FAILED, "leat keeps schemas in the topic <prefix>.schemas",
        "it is in Avro's single-object encoding, and there is no topic of schemas beside %s", schemas->topic);
}

static void keep(leat_message_schemas *schemas, uint64_t fingerprint, leat_slice text)
{
    schemas->items =
        leat_list_room(schemas->items, schemas->count, &schemas->capacity, sizeof *schemas->items);
    schemas->items[schemas->count++] =
        (known_schema){.fingerprint = fingerprint, .text = leat_duplicate_bytes(text.data, text.length)};
}

/* The schema itself says which it is: its key need not be believed. What is no schema is nobody's. */
static void take(leat_message_schemas *schemas, leat_slice text)
{
    uint64_t fingerprint;
    leat_error unsaid = {0};
    char *copy = leat_duplicate_bytes(text.data, text.length);
    if (leat_single_object_fingerprint(copy, &fingerprint, &unsaid) == LEAT_OK)
        keep(schemas, fingerprint, text);
    leat_release(copy);
}

static leat_status read_on(leat_message_schemas *schemas, leat_error *error)
{
    bool at_end = false;
    const rd_kafka_message_t *message = NULL;
    leat_status status = LEAT_OK;
    while (status == LEAT_OK && !(at_end && message == NULL)) {
        status = leat_kafka_reader_next(schemas->reader, &message, &at_end, error);
        if (status == LEAT_OK && message != NULL && message->payload != NULL)
            take(schemas, leat_slice_of(message->payload, message->len));
    }
    return status;
}

/* ---- Questions ---- */

static const char *find_known(const leat_message_schemas *schemas, uint64_t fingerprint)
{
    for (size_t i = 0; i < schemas->count; i++)
        if (schemas->items[i].fingerprint == fingerprint)
            return schemas->items[i].text;
    return NULL;
}

leat_status leat_message_schemas_find(leat_message_schemas *schemas, uint64_t fingerprint,
                                      const char **schema, leat_error *error)
{
    *schema = find_known(schemas, fingerprint);
    if (*schema != NULL)
        return LEAT_OK;
    leat_status status = schemas->reader == NULL ? open_topic(schemas, error) : LEAT_OK;
    if (status == LEAT_OK)
        status = read_on(schemas, error);
    if (status != LEAT_OK)
        return status;
    *schema = find_known(schemas, fingerprint);
    return *schema != NULL ? LEAT_OK
                           : leat_error_set(error, LEAT_FAILED,
                                            "it has a schema with the fingerprint %016" PRIx64
                                            ", which the topic of schemas does not hold",
                                            fingerprint);
}
