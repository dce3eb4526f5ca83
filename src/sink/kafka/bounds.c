#include "sink/kafka/bounds.h"

#include "sink/kafka/client.h"
#include "sink/kafka/wait.h"

/* A topic that has gone is unknown as well: the wait has an end. */
static bool may_pass(rd_kafka_resp_err_t code)
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
        if (!may_pass(code))
            return leat_kafka_failure(options, code, NULL, error, "cannot ask where topic %s begins", topic);
        rd_kafka_poll(client, LEAT_KAFKA_SLICE_MILLISECONDS);
        leat_status status = leat_kafka_wait_on(&wait, 0, error, "where a topic begins cannot be asked");
        if (status != LEAT_OK)
            return status;
    }
}
