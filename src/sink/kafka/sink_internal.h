/* The inside of the Kafka sink, shared by the files that are its parts:
 *
 *     sink.c                      what the contract of sinks asks for
 *     recover.c, commit.c         where the sink stands when it begins; what a commit makes durable
 *     table.c, record.c, spill.c  a version's topic and frames; records to messages; values too large
 *     own.c, notices.c            topics of our own; what is told in them besides records
 *     schemas.c                   schemas to ids or fingerprints
 *     check.c, check_topics.c     what would be found wanting before a run
 *
 * They stand on parts that know nothing of a sink: client.h (librdkafka's handle, its properties, its errors),
 * wait.h and admin.h (what is asked of brokers), topics.h, producer.h, positions.h. reader.h is for people who
 * look. */
#ifndef LEAT_SINK_KAFKA_SINK_INTERNAL_H
#define LEAT_SINK_KAFKA_SINK_INTERNAL_H

#include "base/arena.h"
#include "sink/kafka/producer.h"
#include "sink/kafka/sink.h"
#include "sink/kafka/topics.h"

enum { LEAT_KAFKA_LONGEST_FRAME = 10 };

/* What stands before Avro bytes to name their schema: Confluent's five bytes or single-object's ten. */
typedef struct leat_kafka_frame {
    uint8_t bytes[LEAT_KAFKA_LONGEST_FRAME];
    size_t length; /* 0: not made yet */
} leat_kafka_frame;

typedef struct leat_kafka_table {
    leat_sink_table base;
    char *topic; /* its name */
    rd_kafka_topic_t *handle;
    int32_t partition_count; /* as at open_table: a key stays where it is while the sink is open */
    size_t largest;          /* of key, value and headers of one message */
    bool largest_assumed;    /* the topic's own limit may not be read */
    bool compacted;          /* the topic: it takes no record without a key */
    leat_kafka_frame key;    /* empty for a table without a key */
    leat_kafka_frame value;
    leat_kafka_frame spilled; /* made with the first value that is spilled */
} leat_kafka_table;

static inline leat_kafka_table *leat_kafka_table_of(leat_sink_table *table)
{
    return (leat_kafka_table *)(void *)table;
}

/* One of our own topics, with one partition. */
typedef struct leat_kafka_own {
    const char *name;         /* NULL where it is not used */
    rd_kafka_topic_t *handle; /* since recover */
} leat_kafka_own;

typedef struct leat_kafka_sink {
    leat_sink base;
    leat_sink_kafka_options options;
    leat_registry_options registry_options;
    leat_registry *registry;       /* NULL: none */
    int64_t ask_registry_at;       /* monotonic; before, a registry that did not answer is let be */
    leat_arena arena;              /* names of our own topics */
    leat_kafka_producer *producer; /* NULL before recover */
    leat_kafka_topic_claims claims;
    leat_kafka_own positions;
    leat_kafka_own schemas;
    leat_kafka_own changes;
    leat_kafka_own transactions;
    leat_kafka_own heartbeat;
    leat_kafka_frame transaction_key;
    leat_kafka_frame transaction_value;
    char *position;       /* what was committed last, as text; NULL: nothing ever */
    int64_t notice_since; /* monotonic: since when a notice waits that no record came with; 0: none */
    leat_buffer key;      /* scratch, reused */
    leat_buffer value;
} leat_kafka_sink;

static inline leat_kafka_sink *leat_kafka_sink_of(leat_sink *sink)
{
    return (leat_kafka_sink *)(void *)sink;
}

static inline bool leat_kafka_is_exactly_once(const leat_kafka_sink *sink)
{
    return sink->options.delivery == LEAT_KAFKA_EXACTLY_ONCE;
}

static inline leat_slice leat_kafka_frame_slice(const leat_kafka_frame *frame)
{
    return leat_slice_of(frame->bytes, frame->length);
}

/* ---- recover.c ---- */

leat_status leat_kafka_recover(leat_kafka_sink *sink, leat_position *position, leat_error *error);

/* ---- own.c ---- */

/* Names those that this sink uses, by its options and whether it has a registry. */
void leat_kafka_own_name(leat_kafka_sink *sink);

enum { LEAT_KAFKA_OWN_TOPICS = 5 };

/* The topics of ours that this sink uses; both arrays hold LEAT_KAFKA_OWN_TOPICS. */
size_t leat_kafka_own_wishes(leat_kafka_sink *sink, leat_kafka_own **owns, leat_kafka_topic_wish *wishes);

/* Makes them where missing, and their handles. */
leat_status leat_kafka_own_ensure(leat_kafka_sink *sink, leat_error *error);

/* A message of ours to the one partition of a topic of ours. */
leat_status leat_kafka_own_send(leat_kafka_sink *sink, const leat_kafka_own *own, leat_slice key,
                                leat_slice value, leat_error *error);

/* What is sent now may have no records come with it: a commit becomes due soon. */
void leat_kafka_commit_soon(leat_kafka_sink *sink);

/* ---- table.c ---- */
leat_status leat_kafka_table_open(leat_kafka_sink *sink, leat_kafka_table *table, leat_error *error);
void leat_kafka_table_close(leat_kafka_table *table);

/* ---- schemas.c ---- */

/* The frame of records of `schema`: registers it under "<topic><suffix>", or, without a registry, publishes
 * it. A registry that is away is no hindrance where its id is known from before. */
leat_status leat_kafka_schema_frame(leat_kafka_sink *sink, const char *topic, const char *suffix,
                                    const char *schema, leat_kafka_frame *frame, leat_error *error);

/* ---- record.c ---- */
leat_status leat_kafka_record_send(leat_kafka_sink *sink, const leat_record *record, leat_error *error);

/* ---- spill.c ---- */

/* leat.Spilled, as in schemas/spilled.avsc. */
extern const char leat_kafka_spilled_schema[];

/* Writes what `message` has as its value to a file, durably, and makes the message tell of it: value and
 * headers. `framed` is the value that it then has; it lives as long as that buffer. */
leat_status leat_kafka_spill(leat_kafka_sink *sink, const leat_record *record, leat_kafka_message *message,
                             leat_buffer *framed, leat_error *error);

/* ---- notices.c ---- */

/* leat.TransactionKey and leat.TransactionValue, as in schemas/. */
extern const char leat_kafka_transaction_key_schema[];
extern const char leat_kafka_transaction_value_schema[];

leat_status leat_kafka_notice_boundary(leat_kafka_sink *sink, const leat_boundary *boundary,
                                       leat_error *error);
leat_status leat_kafka_notice_announcement(leat_kafka_sink *sink, const leat_announcement *announcement,
                                           leat_error *error);
leat_status leat_kafka_notice_heartbeat(leat_kafka_sink *sink, const char *position, leat_error *error);

/* ---- check_topics.c ---- */

/* What a run would find of its topics and of those that it makes. LEAT_STOPPED alone is no finding. */
leat_status leat_kafka_check_topics(leat_kafka_sink *sink, rd_kafka_t *client, const char *const *tables,
                                    size_t table_count, leat_findings *findings, leat_error *error);

/* ---- commit.c ---- */
leat_status leat_kafka_commit(leat_kafka_sink *sink, const leat_position *position, leat_error *error);

#endif
