#include "demo/recount.h"

#include <stdlib.h>

#include "base/list.h"
#include "base/memory.h"
#include "base/signals.h"
#include "demo/message.h"
#include "sink/kafka/reader.h"
#include "sink/kafka/topics.h"

typedef struct topic_count {
    leat_demo_recount *result;
    leat_message_text *text;
    leat_kafka_reader *reader;
    leat_demo_message message;
    leat_buffer schema; /* of the newest message */
    leat_buffer next_schema;
    uint64_t *identities;
    size_t identity_count;
    size_t identity_capacity;
    int stop_requests; /* at the beginning */
} topic_count;

static void keep_identity(topic_count *count, uint64_t identity)
{
    count->identities = leat_list_room(count->identities, count->identity_count, &count->identity_capacity,
                                       sizeof *count->identities);
    count->identities[count->identity_count++] = identity;
}

static int compare_identities(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a > *b) - (*a < *b);
}

static uint64_t count_repeated(topic_count *count)
{
    uint64_t repeated = 0;
    if (count->identity_count == 0)
        return 0;
    qsort(count->identities, count->identity_count, sizeof *count->identities, compare_identities);
    for (size_t i = 1; i < count->identity_count; i++)
        repeated += count->identities[i] == count->identities[i - 1];
    return repeated;
}

/* A schema that comes again later counts again: it never does. */
static void note_schema(topic_count *count, const rd_kafka_message_t *message)
{
    leat_demo_recount *result = count->result;
    if (!leat_demo_message_schema(message, &count->next_schema) ||
        leat_slice_equal(leat_buffer_slice(&count->schema), leat_buffer_slice(&count->next_schema)))
        return;
    leat_buffer_reset(&count->schema);
    leat_buffer_append_slice(&count->schema, leat_buffer_slice(&count->next_schema));
    leat_buffer_printf(&result->schemas, "%s%s", result->schema_count++ == 0 ? "" : ", ",
                       leat_buffer_string(&count->schema) + sizeof "schema " - 1);
}

static leat_status count_message(topic_count *count, const rd_kafka_message_t *message, leat_error *error)
{
    leat_demo_recount *result = count->result;
    if (message->payload == NULL) {
        result->tombstones++;
        return LEAT_OK;
    }
    note_schema(count, message);
    leat_status status = leat_demo_message_read(count->text, message, &count->message, error);
    if (status != LEAT_OK)
        return status;
    bool existing = count->message.operation == LEAT_READ;
    result->existing += existing;
    result->changes += !existing;
    result->deletes += count->message.operation == LEAT_DELETE;
    keep_identity(count, count->message.identity);
    return LEAT_OK;
}

static leat_status count_messages(topic_count *count, leat_error *error)
{
    bool at_end = false;
    for (;;) {
        const rd_kafka_message_t *message;
        leat_status status = leat_kafka_reader_next(count->reader, &message, &at_end, error);
        if (status == LEAT_OK && message != NULL)
            status = count_message(count, message, error);
        if (status != LEAT_OK || (message == NULL && at_end))
            return status;
        if (leat_signals_stop_requests() > count->stop_requests)
            return leat_error_set(error, LEAT_STOPPED, "stopped before the topics were counted");
    }
}

static void free_count(topic_count *count)
{
    leat_kafka_reader_close(count->reader);
    leat_message_text_close(count->text);
    leat_demo_message_free(&count->message);
    leat_buffer_free(&count->schema);
    leat_buffer_free(&count->next_schema);
    leat_release(count->identities);
}

leat_status leat_demo_recount_table(leat_demo_kafka *kafka, const char *table, leat_demo_recount *recount,
                                    leat_error *error)
{
    topic_count count = {.result = recount, .stop_requests = leat_signals_stop_requests()};
    const leat_kafka_start beginning = {.from = LEAT_KAFKA_FROM_BEGINNING};
    *recount = (leat_demo_recount){0};
    leat_status status =
        leat_kafka_topic_of_name(&kafka->options, table, &kafka->arena, &recount->topic, error);
    if (status == LEAT_OK)
        status =
            leat_message_text_open(&kafka->options, recount->topic,
                                   kafka->registry.url == NULL ? NULL : &kafka->registry, &count.text, error);
    if (status == LEAT_OK)
        status = leat_kafka_reader_open(&kafka->options, recount->topic, beginning, &count.reader, error);
    if (status == LEAT_OK)
        status = count_messages(&count, error);
    recount->repeated = count_repeated(&count);
    free_count(&count);
    return status;
}

void leat_demo_recount_free(leat_demo_recount *recount)
{
    leat_buffer_free(&recount->schemas);
}
