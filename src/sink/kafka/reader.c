#include "sink/kafka/reader.h"

#include "base/memory.h"
#include "sink/kafka/admin.h"
#include "sink/kafka/client.h"
#include "sink/kafka/wait.h"

struct leat_kafka_reader {
    const leat_sink_kafka_options *options;
    const char *name; /* of the topic; the topic's own */
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *queue; /* of all partitions */
    rd_kafka_message_t *message;
    bool *ended; /* of each partition: there is nothing more for now */
    int32_t partition_count;
    int32_t started; /* so many partitions are being read */
    int32_t ended_count;
    uint64_t events; /* messages and ends: what shows that it gets on */
    leat_kafka_wait wait;
};

static leat_status cannot_read(const leat_kafka_reader *reader, rd_kafka_resp_err_t code, const char *reason,
                               leat_error *error)
{
    return leat_kafka_failure(reader->options, code, reason, error, "cannot read the topic %s", reader->name);
}

/* ---- Partitions ---- */

static leat_status take_metadata(leat_kafka_reader *reader, const struct rd_kafka_metadata *metadata,
                                 bool *found, leat_error *error)
{
    rd_kafka_resp_err_t code =
        metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
        leat_error_set(error, LEAT_FAILED, "there is no topic %s on %s", reader->name,
                       reader->options->brokers);
        leat_error_mend(error, "kcat -b %s -L lists the topics", reader->options->brokers);
        return LEAT_FAILED;
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && leat_kafka_classify(code) != LEAT_RETRY)
        return cannot_read(reader, code, NULL, error);
    *found = code == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topics[0].partition_cnt > 0;
    if (*found)
        reader->partition_count = metadata->topics[0].partition_cnt;
    return LEAT_OK;
}

static leat_status find_partitions(leat_kafka_reader *reader, leat_error *error)
{
    leat_kafka_wait wait = leat_kafka_wait_begin(reader->options, reader->client);
    for (;;) {
        const struct rd_kafka_metadata *metadata;
        bool found = false;
        leat_status status = LEAT_OK;
        if (rd_kafka_metadata(reader->client, 0, reader->topic, &metadata, LEAT_KAFKA_SLICE_MILLISECONDS) ==
            RD_KAFKA_RESP_ERR_NO_ERROR) {
            status = take_metadata(reader, metadata, &found, error);
            rd_kafka_metadata_destroy(metadata);
        }
        rd_kafka_poll(reader->client, found ? 0 : LEAT_KAFKA_SLICE_MILLISECONDS);
        if (status == LEAT_OK && !found)
            status = leat_kafka_wait_on(&wait, 0, error, "the topic cannot be looked for");
        if (status != LEAT_OK || found)
            return status;
    }
}

/* ---- Where to begin ---- */

static int milliseconds_of(const leat_kafka_reader *reader)
{
    return (int)leat_kafka_client_number(reader->client, "socket.timeout.ms");
}

/* `end` where there is none so late. */
static leat_status offset_of_time(const leat_kafka_reader *reader, int32_t partition, int64_t time,
                                  int64_t end, int64_t *offset, leat_error *error)
{
    rd_kafka_topic_partition_list_t *asked = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(asked, reader->name, partition)->offset = time;
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(reader->client, asked, milliseconds_of(reader));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = asked->elems[0].err;
    *offset = asked->elems[0].offset < 0 ? end : asked->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(asked);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? LEAT_OK : cannot_read(reader, code, NULL, error);
}

/* Partitions are of different lengths, so that one offset is rarely within all of them. */
static int64_t within(int64_t wanted, int64_t low, int64_t high)
{
    return wanted < low ? low : wanted > high ? high : wanted;
}

static leat_status find_offset(const leat_kafka_reader *reader, int32_t partition, leat_kafka_start start,
                               int64_t *offset, leat_error *error)
{
    int64_t low;
    int64_t high;
    leat_status status = leat_kafka_partition_bounds(reader->options, reader->client, reader->name, partition,
                                                     &low, &high, error);
    if (status != LEAT_OK)
        return status;
    switch (start.from) {
    case LEAT_KAFKA_FROM_BEGINNING:
        *offset = low;
        break;
    case LEAT_KAFKA_FROM_END:
        *offset = high;
        break;
    case LEAT_KAFKA_FROM_OFFSET:
        *offset = within(start.value, low, high);
        break;
    case LEAT_KAFKA_FROM_TIME:
        return offset_of_time(reader, partition, start.value, high, offset, error);
    }
    return LEAT_OK;
}

static leat_status start_partitions(leat_kafka_reader *reader, leat_kafka_start start, leat_error *error)
{
    reader->ended = leat_allocate_array((size_t)reader->partition_count, sizeof *reader->ended);
    reader->queue = rd_kafka_queue_new(reader->client);
    for (int32_t i = 0; i < reader->partition_count; i++) {
        int64_t offset = 0;
        leat_status status = find_offset(reader, i, start, &offset, error);
        if (status != LEAT_OK)
            return status;
        if (rd_kafka_consume_start_queue(reader->topic, i, offset, reader->queue) != 0)
            return cannot_read(reader, rd_kafka_last_error(), NULL, error);
        reader->started++;
    }
    return LEAT_OK;
}

leat_status leat_kafka_reader_open(const leat_sink_kafka_options *options, const char *topic,
                                   leat_kafka_start start, leat_kafka_reader **reader, leat_error *error)
{
    *reader = NULL;
    leat_kafka_reader *opened = leat_allocate(sizeof *opened);
    opened->options = options;
    leat_status status =
        leat_kafka_client_open(options, LEAT_KAFKA_READER, NULL, NULL, &opened->client, error);
    if (status == LEAT_OK) {
        opened->topic = rd_kafka_topic_new(opened->client, topic, NULL);
        opened->name = rd_kafka_topic_name(opened->topic);
        status = find_partitions(opened, error);
    }
    if (status == LEAT_OK)
        status = start_partitions(opened, start, error);
    if (status != LEAT_OK) {
        leat_kafka_reader_close(opened);
        return status;
    }
    opened->wait = leat_kafka_wait_begin(options, opened->client);
    *reader = opened;
    return LEAT_OK;
}

static void drop_message(leat_kafka_reader *reader)
{
    if (reader->message != NULL)
        rd_kafka_message_destroy(reader->message);
    reader->message = NULL;
}

void leat_kafka_reader_close(leat_kafka_reader *reader)
{
    if (reader == NULL)
        return;
    drop_message(reader);
    for (int32_t i = 0; i < reader->started; i++)
        rd_kafka_consume_stop(reader->topic, i);
    if (reader->queue != NULL)
        rd_kafka_queue_destroy(reader->queue);
    if (reader->topic != NULL)
        rd_kafka_topic_destroy(reader->topic);
    leat_kafka_client_close(reader->client);
    leat_release(reader->ended);
    leat_release(reader);
}

/* ---- Messages ---- */

static void see_end(leat_kafka_reader *reader, int32_t partition, bool ended)
{
    if (partition < 0 || partition >= reader->partition_count || reader->ended[partition] == ended)
        return;
    reader->ended[partition] = ended;
    reader->ended_count += ended ? 1 : -1;
}

static leat_status sort_out(leat_kafka_reader *reader, const rd_kafka_message_t **message, leat_error *error)
{
    rd_kafka_message_t *got = reader->message;
    reader->events++;
    if (got->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        see_end(reader, got->partition, false);
        *message = got;
        return LEAT_OK;
    }
    if (got->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        see_end(reader, got->partition, true);
        return LEAT_OK;
    }
    reader->events--;
    return leat_kafka_classify(got->err) == LEAT_RETRY
               ? LEAT_OK
               : cannot_read(reader, got->err, rd_kafka_message_errstr(got), error);
}

leat_status leat_kafka_reader_next(leat_kafka_reader *reader, const rd_kafka_message_t **message,
                                   bool *at_end, leat_error *error)
{
    *message = NULL;
    drop_message(reader);
    reader->message = rd_kafka_consume_queue(reader->queue, LEAT_KAFKA_SLICE_MILLISECONDS);
    leat_status status = reader->message == NULL ? LEAT_OK : sort_out(reader, message, error);
    *at_end = reader->ended_count == reader->partition_count;
    rd_kafka_poll(reader->client, 0);
    if (*at_end && *message == NULL)
        reader->events++; /* quiet is not stuck */
    if (status == LEAT_OK && *message == NULL)
        status = leat_kafka_wait_on(&reader->wait, reader->events, error, "messages cannot be read");
    return status;
}
