#include "sink/kafka/positions.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "sink/kafka/admin.h"
#include "sink/kafka/client.h"
#include "sink/kafka/wait.h"

enum {
    FORMAT_VERSION = 1,
    /* A topic made just now is not known to every broker yet. */
    UNKNOWN_SLICES = 20,
};

/* ---- The message ---- */

char *leat_kafka_positions_format(const leat_position *position, int64_t committed_at)
{
    char *text = leat_position_format(position);
    json_t *said = json_pack("{s:s, s:I, s:i}", "position", text, "committed_at", (json_int_t)committed_at,
                             "version", FORMAT_VERSION);
    leat_release(text);
    size_t length = json_dumpb(said, NULL, 0, JSON_COMPACT);
    char *message = leat_allocate(length + 1);
    json_dumpb(said, message, length, JSON_COMPACT);
    json_decref(said);
    return message;
}

static leat_status parse_members(json_t *said, leat_position *position, leat_error *error)
{
    const char *text;
    json_int_t committed_at;
    int version;
    json_error_t reason;
    /* '!': and nothing besides. */
    if (json_unpack_ex(said, &reason, JSON_STRICT, "{s:i, s:I, s:s!}", "version", &version, "committed_at",
                       &committed_at, "position", &text) != 0)
        return leat_error_set(error, LEAT_FAILED, "it is no position of leat: %s", reason.text);
    if (version != FORMAT_VERSION)
        return leat_error_set(error, LEAT_FAILED, "it is of version %d; this leat knows %d", version,
                              FORMAT_VERSION);
    if (*text == '\0')
        return leat_error_set(error, LEAT_FAILED, "it names no position");
    return leat_position_parse(text, position, error);
}

leat_status leat_kafka_positions_parse(leat_slice value, leat_position *position, leat_error *error)
{
    json_error_t reason;
    json_t *said = json_loadb((const char *)value.data, value.length, JSON_REJECT_DUPLICATES, &reason);
    if (said == NULL)
        return leat_error_set(error, LEAT_FAILED, "it is no JSON: %s", reason.text);
    leat_status status = parse_members(said, position, error);
    json_decref(said);
    return status;
}

/* ---- The topic ---- */

typedef struct reading {
    const leat_sink_kafka_options *options;
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    const char *name;
    leat_buffer last; /* the last value of our key */
    bool found;
    bool blocked; /* by an open transaction of somebody else */
    bool at_end;
    uint64_t messages;
} reading;

static leat_status cannot_read(const reading *work, rd_kafka_resp_err_t code, const char *text,
                               leat_error *error)
{
    return leat_kafka_failure(work->options, code, text, error, "cannot read positions in topic %s",
                              work->name);
}

/* A null value takes the position back, as compaction would. */
static void take(reading *work, const rd_kafka_message_t *message)
{
    work->messages++;
    if (!leat_slice_equals_string(leat_slice_of(message->key, message->key_len), work->options->pipeline))
        return;
    leat_buffer_reset(&work->last);
    leat_buffer_append(&work->last, message->payload, message->len);
    work->found = message->payload != NULL;
}

/* What was committed later than an open transaction of somebody else began cannot be read until that ends.
 * Our own last position may be there. */
static bool is_true_end(const reading *work, int64_t offset)
{
    int64_t low;
    int64_t high;
    return rd_kafka_get_watermark_offsets(work->client, work->name, 0, &low, &high) ==
               RD_KAFKA_RESP_ERR_NO_ERROR &&
           offset >= high;
}

static void see_end(reading *work, int64_t offset)
{
    work->at_end = is_true_end(work, offset);
    work->blocked = !work->at_end;
}

static leat_status take_or_end(reading *work, const rd_kafka_message_t *message, leat_error *error)
{
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        take(work, message);
    else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        see_end(work, message->offset);
    else if (leat_kafka_classify(message->err) != LEAT_RETRY)
        return cannot_read(work, message->err, rd_kafka_message_errstr(message), error);
    return LEAT_OK;
}

static leat_status wait_on(const reading *work, leat_kafka_wait *wait, leat_error *error)
{
    leat_status status =
        leat_kafka_wait_on(wait, work->messages, error, "positions cannot be read to their end");
    if (status != LEAT_RETRY || !work->blocked)
        return status;
    return leat_error_fail(
        error, LEAT_RETRY,
        "It ends when the pipeline that left it open runs again, or after that one's transaction.timeout.ms.",
        "a transaction of another producer is open in topic %s, and what stands behind it cannot be read yet",
        work->name);
}

static leat_status read_to_end(reading *work, leat_error *error)
{
    leat_kafka_wait wait = leat_kafka_wait_begin(work->options, work->client);
    while (!work->at_end) {
        rd_kafka_message_t *message = rd_kafka_consume(work->topic, 0, LEAT_KAFKA_SLICE_MILLISECONDS);
        leat_status status = LEAT_OK;
        if (message != NULL) {
            status = take_or_end(work, message, error);
            rd_kafka_message_destroy(message);
        }
        rd_kafka_poll(work->client, 0);
        if (status == LEAT_OK && !work->at_end)
            status = wait_on(work, &wait, error);
        if (status != LEAT_OK)
            return status;
    }
    return LEAT_OK;
}

static leat_status read_topic(reading *work, leat_error *error)
{
    int64_t low;
    int64_t high;
    leat_status status =
        leat_kafka_partition_bounds(work->options, work->client, work->name, 0, &low, &high, error);
    if (status != LEAT_OK)
        return status;
    if (rd_kafka_consume_start(work->topic, 0, low) != 0)
        return cannot_read(work, rd_kafka_last_error(), NULL, error);
    status = read_to_end(work, error);
    rd_kafka_consume_stop(work->topic, 0);
    return status;
}

static rd_kafka_resp_err_t look(const reading *work)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code =
        rd_kafka_metadata(work->client, 0, work->topic, &metadata, LEAT_KAFKA_SLICE_MILLISECONDS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return code;
    code = metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    rd_kafka_metadata_destroy(metadata);
    return code;
}

static leat_status find_topic(reading *work, bool *exists, leat_error *error)
{
    leat_kafka_wait wait = leat_kafka_wait_begin(work->options, work->client);
    int unknown = 0;
    for (;;) {
        rd_kafka_resp_err_t code = look(work);
        rd_kafka_poll(work->client, code == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : LEAT_KAFKA_SLICE_MILLISECONDS);
        unknown += code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
        *exists = code == RD_KAFKA_RESP_ERR_NO_ERROR;
        if (*exists || unknown >= UNKNOWN_SLICES)
            return LEAT_OK;
        if (code != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART && leat_kafka_classify(code) != LEAT_RETRY)
            return cannot_read(work, code, NULL, error);
        leat_status status = leat_kafka_wait_on(&wait, 0, error, "cannot look for the topic of positions");
        if (status != LEAT_OK)
            return status;
    }
}

static leat_status read_last(reading *work, leat_position *position, leat_error *error)
{
    bool exists;
    leat_status status = find_topic(work, &exists, error);
    if (status == LEAT_OK && exists)
        status = read_topic(work, error);
    if (status != LEAT_OK || !work->found)
        return status;
    status = leat_kafka_positions_parse(leat_buffer_slice(&work->last), position, error);
    if (status != LEAT_OK)
        leat_error_context(error, status, "the last position of pipeline %s in topic %s",
                           work->options->pipeline, work->name);
    return status;
}

leat_status leat_kafka_positions_read(const leat_sink_kafka_options *options, const char *topic,
                                      leat_position *position, leat_error *error)
{
    reading work = {.options = options, .name = topic};
    leat_status status = leat_kafka_client_open(options, LEAT_KAFKA_READER, NULL, NULL, &work.client, error);
    if (status != LEAT_OK)
        return status;
    work.topic = rd_kafka_topic_new(work.client, topic, NULL);
    status = read_last(&work, position, error);
    rd_kafka_topic_destroy(work.topic);
    leat_kafka_client_close(work.client);
    leat_buffer_free(&work.last);
    return status;
}
