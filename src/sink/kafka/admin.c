#include "sink/kafka/admin.h"

#include "sink/kafka/wait.h"

enum { REFUSED_MICROSECONDS = 5000000 };

leat_kafka_request leat_kafka_request_begin(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                            rd_kafka_admin_op_t kind)
{
    char unused[256];
    leat_kafka_request request = {
        .options = options,
        .client = client,
        .admin = rd_kafka_AdminOptions_new(client, kind),
        .queue = rd_kafka_queue_new(client),
    };
    int timeout = (int)leat_kafka_client_number(client, "socket.timeout.ms");
    /* Fails for values out of range alone, and socket.timeout.ms is in the same range. */
    rd_kafka_AdminOptions_set_request_timeout(request.admin, timeout, unused, sizeof unused);
    return request;
}

leat_status leat_kafka_request_await(leat_kafka_request *request, rd_kafka_event_t **event, leat_error *error,
                                     const char *what)
{
    leat_kafka_wait wait = leat_kafka_wait_begin(request->options, request->client);
    leat_status status = LEAT_OK;
    *event = NULL;
    while (status == LEAT_OK && *event == NULL) {
        *event = rd_kafka_queue_poll(request->queue, LEAT_KAFKA_SLICE_MILLISECONDS);
        rd_kafka_poll(request->client, 0);
        if (*event == NULL)
            status = leat_kafka_wait_on(&wait, 0, error, what);
    }
    /* An answer that comes later finds its queue gone, and is dropped. */
    rd_kafka_queue_destroy(request->queue);
    rd_kafka_AdminOptions_destroy(request->admin);
    return status;
}

/* Silence may be slowness, but who is refused a connection need not be kept waiting for the news. */
static void shorten_patience(rd_kafka_t *client, leat_kafka_wait *wait)
{
    const char *text;
    if (leat_kafka_client_trouble(client, wait->began_at, &text) != RD_KAFKA_RESP_ERR_NO_ERROR &&
        wait->patience > REFUSED_MICROSECONDS)
        wait->patience = REFUSED_MICROSECONDS;
}

leat_status leat_kafka_reach(const leat_sink_kafka_options *options, rd_kafka_t *client, leat_error *error)
{
    leat_kafka_wait wait = leat_kafka_wait_begin(options, client);
    for (;;) {
        const struct rd_kafka_metadata *metadata;
        if (rd_kafka_metadata(client, 0, NULL, &metadata, LEAT_KAFKA_SLICE_MILLISECONDS) ==
            RD_KAFKA_RESP_ERR_NO_ERROR) {
            rd_kafka_metadata_destroy(metadata);
            return LEAT_OK;
        }
        rd_kafka_poll(client, 0);
        if (leat_stop_requested(options->stop)) /* nothing is under way yet */
            return leat_error_set(error, LEAT_STOPPED, "stopped before the brokers had answered");
        shorten_patience(client, &wait);
        leat_status status = leat_kafka_wait_on(&wait, 0, error, "cannot reach the brokers");
        if (status != LEAT_OK)
            return status;
    }
}

leat_status leat_kafka_metadata(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                rd_kafka_topic_t *topic, const struct rd_kafka_metadata **metadata,
                                leat_error *error)
{
    leat_kafka_wait wait = leat_kafka_wait_begin(options, client);
    /* A call that times out loses its answer, so that each must have more time than the one before. */
    for (int slice = LEAT_KAFKA_SLICE_MILLISECONDS;; slice *= 2) {
        rd_kafka_resp_err_t code = rd_kafka_metadata(client, topic == NULL, topic, metadata, slice);
        rd_kafka_poll(client, 0);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            return LEAT_OK;
        if (leat_kafka_classify(code) != LEAT_RETRY)
            return leat_kafka_failure(options, code, NULL, error, "cannot ask for topics");
        if (code != RD_KAFKA_RESP_ERR__TIMED_OUT)
            rd_kafka_poll(client, LEAT_KAFKA_SLICE_MILLISECONDS);
        leat_status status = leat_kafka_wait_on(&wait, 0, error, "cannot ask for topics");
        if (status != LEAT_OK)
            return status;
    }
}

/* ---- Where a partition begins and ends ---- */

/* A topic that has gone is unknown as well: the wait has an end. */
static bool may_become_known(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
           leat_kafka_classify(code) == LEAT_RETRY;
}

leat_status leat_kafka_partition_bounds(const leat_sink_kafka_options *options, rd_kafka_t *client,
                                        const char *topic, int32_t partition, int64_t *low, int64_t *high,
                                        leat_error *error)
{
    leat_kafka_wait wait = leat_kafka_wait_begin(options, client);
    for (;;) {
        rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(client, topic, partition, low, high,
                                                                    10 * LEAT_KAFKA_SLICE_MILLISECONDS);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            return LEAT_OK;
        if (!may_become_known(code))
            return leat_kafka_failure(options, code, NULL, error, "cannot ask where topic %s begins", topic);
        rd_kafka_poll(client, LEAT_KAFKA_SLICE_MILLISECONDS);
        leat_status status = leat_kafka_wait_on(&wait, 0, error, "where a topic begins cannot be asked");
        if (status != LEAT_OK)
            return status;
    }
}
