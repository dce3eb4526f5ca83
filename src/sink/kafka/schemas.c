/* From a schema to what stands before its records. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "avro/single_object.h"
#include "base/clock.h"
#include "base/sha256.h"
#include "sink/kafka/sink_internal.h"

enum {
    FINGERPRINT_TEXT_SIZE = 17,
    /* How long a registry that did not answer is not asked again where its ids are known. */
    REGISTRY_REST_MICROSECONDS = 30 * 1000 * 1000,
};

static void set_frame(leat_kafka_frame *frame, leat_buffer *bytes)
{
    frame->length = bytes->length;
    memcpy(frame->bytes, bytes->data, bytes->length);
    leat_buffer_free(bytes);
}

/* ---- With a registry ---- */

/* A registration: what is asked for, and what the state store knows of it. */
typedef struct registration {
    const char *subject;
    const char *schema;
    char hash[LEAT_SHA256_TEXT_SIZE];
    bool known;
    uint32_t known_identifier;
} registration;

static leat_status ask(leat_kafka_sink *sink, const registration *wanted, uint32_t *identifier,
                       leat_error *error)
{
    leat_status status =
        leat_registry_register(sink->registry, wanted->subject, wanted->schema, identifier, error);
    if (status != LEAT_RETRY || !wanted->known)
        return status;
    leat_log_write(sink->options.log, LEAT_LOG_WARNING,
                   "%s; going on with the id %" PRIu32 " that %s is known to have", error->message,
                   wanted->known_identifier, wanted->subject);
    sink->ask_registry_at = leat_clock_monotonic() + REGISTRY_REST_MICROSECONDS;
    *identifier = wanted->known_identifier;
    return LEAT_OK;
}

static leat_status remember(leat_kafka_sink *sink, const registration *wanted, uint32_t identifier,
                            leat_error *error)
{
    if (wanted->known && wanted->known_identifier == identifier)
        return LEAT_OK;
    if (wanted->known)
        leat_log_write(sink->options.log, LEAT_LOG_WARNING,
                       "the schema registry gives %s the id %" PRIu32 ", where it was %" PRIu32
                       " before: what was written with that id can be read only where it is still known",
                       wanted->subject, identifier, wanted->known_identifier);
    return leat_state_schema_put(sink->options.state, leat_registry_url(sink->registry), wanted->subject,
                                 wanted->hash, identifier, error);
}

/* The registry is asked once in each run even where the id is known: it may have been made anew, and what is
 * written with an id that it does not know cannot be read. */
static leat_status find_identifier(leat_kafka_sink *sink, registration *wanted, uint32_t *identifier,
                                   leat_error *error)
{
    leat_sha256_hex(leat_slice_of_string(wanted->schema), wanted->hash);
    leat_status status =
        leat_state_schema_get(sink->options.state, leat_registry_url(sink->registry), wanted->subject,
                              wanted->hash, &wanted->known_identifier, &wanted->known, error);
    if (status != LEAT_OK)
        return status;
    *identifier = wanted->known_identifier;
    if (!wanted->known || leat_clock_monotonic() >= sink->ask_registry_at)
        status = ask(sink, wanted, identifier, error);
    return status == LEAT_OK ? remember(sink, wanted, *identifier, error) : status;
}

static leat_status register_schema(leat_kafka_sink *sink, const char *subject, const char *schema,
                                   leat_kafka_frame *frame, leat_error *error)
{
    registration wanted = {.subject = subject, .schema = schema};
    uint32_t identifier;
    leat_status status = find_identifier(sink, &wanted, &identifier, error);
    if (status != LEAT_OK)
        return status;
    leat_buffer bytes = {0};
    leat_registry_frame(identifier, &bytes);
    set_frame(frame, &bytes);
    return LEAT_OK;
}

/* ---- Without one ---- */

/* In each run anew: the topic is compacted, and a batch that was aborted may have taken the last one with it.
 */
static leat_status publish_schema(leat_kafka_sink *sink, const char *schema, leat_kafka_frame *frame,
                                  leat_error *error)
{
    uint64_t fingerprint;
    leat_status status = leat_single_object_fingerprint(schema, &fingerprint, error);
    if (status != LEAT_OK)
        return status;
    char key[FINGERPRINT_TEXT_SIZE];
    snprintf(key, sizeof key, "%016" PRIx64, fingerprint);
    leat_kafka_commit_soon(sink);
    status = leat_kafka_own_send(sink, &sink->schemas, leat_slice_of_string(key),
                                 leat_slice_of_string(schema), error);
    if (status != LEAT_OK)
        return status;
    leat_buffer bytes = {0};
    leat_single_object_frame(fingerprint, &bytes);
    set_frame(frame, &bytes);
    return LEAT_OK;
}

leat_status leat_kafka_schema_frame(leat_kafka_sink *sink, const char *topic, const char *suffix,
                                    const char *schema, leat_kafka_frame *frame, leat_error *error)
{
    if (sink->registry == NULL)
        return publish_schema(sink, schema, frame, error);
    leat_arena scratch = {0};
    const char *subject = leat_arena_printf(&scratch, "%s%s", topic, suffix);
    leat_status status = register_schema(sink, subject, schema, frame, error);
    leat_arena_free(&scratch);
    return status;
}
