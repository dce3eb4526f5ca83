/* A message of the demo's topics, understood: leat's Debezium envelope. */
#ifndef LEAT_DEMO_MESSAGE_H
#define LEAT_DEMO_MESSAGE_H

#include <librdkafka/rdkafka.h>

#include "leat/event.h"
#include "reader/message_text.h"

/* leat_demo_message_free ends it; may be read into again and again. */
typedef struct leat_demo_message {
    leat_operation operation;
    int64_t commit_time; /* wall microseconds */
    leat_buffer row;     /* JSON: what the row is now, or was */
    uint64_t identity; /* a hash of the key and, of a change, its place in the log: no two events share it */
    leat_buffer json;  /* scratch */
} leat_demo_message;

/* LEAT_FAILED when it is none of these. Not for tombstones, which have no value. */
leat_status leat_demo_message_read(leat_message_text *text, const rd_kafka_message_t *from,
                                   leat_demo_message *message, leat_error *error);
void leat_demo_message_free(leat_demo_message *message);

/* What the schema of the value is called: "schema 7", or without a registry "schema 1f2e…" by its
 * fingerprint. False where no schema is named. */
bool leat_demo_message_schema(const rd_kafka_message_t *from, leat_buffer *out);

#endif
