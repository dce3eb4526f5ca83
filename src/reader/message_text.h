/* Keys, values and headers of messages as JSON: Avro in Confluent's framing or in single-object encoding,
 * JSON, text, or bytes. */
#ifndef LEAT_READER_MESSAGE_TEXT_H
#define LEAT_READER_MESSAGE_TEXT_H

#include "registry/registry.h"
#include "sink/kafka/sink.h"

/* Knows the schemas that were needed so far. Opaque; one thread. */
typedef struct leat_message_text leat_message_text;

/* For messages of `topic`. `registry` is NULL where none is known. Everything outlives it. */
leat_status leat_message_text_open(const leat_sink_kafka_options *options, const char *topic,
                                   const leat_registry_options *registry, leat_message_text **text,
                                   leat_error *error);
void leat_message_text_close(leat_message_text *text); /* NULL is fine */

/* Appends the bytes as one JSON value. LEAT_FAILED, with nothing appended, where they are not what their
 * first bytes say. LEAT_USAGE when a registry is needed. */
leat_status leat_message_text_append(leat_message_text *text, leat_slice bytes, leat_buffer *out,
                                     leat_error *error);

#endif
