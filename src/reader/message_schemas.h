/* The schemas of single-object encoding, from the topic <prefix>.schemas that belongs to a topic. */
#ifndef LEAT_READER_MESSAGE_SCHEMAS_H
#define LEAT_READER_MESSAGE_SCHEMAS_H

#include "sink/kafka/sink.h"

/* Opaque; one thread. */
typedef struct leat_message_schemas leat_message_schemas;

/* Connects to nothing yet. Both outlive it. */
leat_message_schemas *leat_message_schemas_open(const leat_sink_kafka_options *options, const char *topic);
void leat_message_schemas_close(leat_message_schemas *schemas); /* NULL is fine */

/* The schema of a fingerprint; lives as long as `schemas`. Reads on in the topic where it is not known yet.
 * LEAT_FAILED when there is none. */
leat_status leat_message_schemas_find(leat_message_schemas *schemas, uint64_t fingerprint,
                                      const char **schema, leat_error *error);

#endif
