/* What breaks a producer. */
#include <stdio.h>

#include "base/clock.h"
#include "sink/kafka/producer_internal.h"

leat_status leat_kafka_producer_tell(const leat_kafka_producer *producer, leat_error *error)
{
    if (error != NULL)
        *error = producer->failure;
    return producer->failure.status;
}

leat_status leat_kafka_producer_break_with(leat_kafka_producer *producer, const leat_error *failure)
{
    if (!producer->broken) {
        producer->broken = true;
        producer->failure = *failure;
    }
    return producer->failure.status;
}

static bool is_fence(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
           code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

/* Brokers shut a producer out in the same words when its transaction was open for too long. */
static leat_status explain_fence(const leat_kafka_producer *producer, leat_error *failure)
{
    if (producer->begun && leat_clock_monotonic() - producer->begun_at >= producer->timeout) {
        return leat_error_fail(failure, LEAT_RETRY,
                               "Raise transaction.timeout.ms in the sink's kafka properties, and "
                               "transaction.max.timeout.ms of the brokers.",
                               "the brokers ended a transaction that was open for longer than %lld ms",
                               (long long)(producer->timeout / 1000));
    }
    return leat_kafka_failure(&producer->options, RD_KAFKA_RESP_ERR__FENCED,
                              "it sends under the same transactional id", failure,
                              "another leat of the pipeline %s has taken over", producer->options.pipeline);
}

/* Once librdkafka has given a producer up, its first reason is the one that counts. */
static void take_first_reason(const leat_kafka_producer *producer, rd_kafka_resp_err_t *code,
                              const char **reason, char *text, size_t size)
{
    rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(producer->client, text, size);
    if (fatal == RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    *code = fatal;
    *reason = text;
}

/* A producer that is no use any more is made anew by beginning anew, which may help; a topic that has gone is
 * then made again, or missed by name. */
static leat_status status_after_restart(const leat_kafka_producer *producer, rd_kafka_resp_err_t code,
                                        leat_status status)
{
    bool gone = code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
                code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
    bool fatal = rd_kafka_fatal_error(producer->client, NULL, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
    return gone || (fatal && status == LEAT_FAILED) ? LEAT_RETRY : status;
}

leat_status leat_kafka_producer_break(leat_kafka_producer *producer, rd_kafka_resp_err_t code,
                                      const char *reason, const char *what)
{
    if (producer->broken)
        return producer->failure.status;
    char text[512];
    leat_error failure;
    take_first_reason(producer, &code, &reason, text, sizeof text);
    if (is_fence(code))
        explain_fence(producer, &failure);
    else
        leat_kafka_failure(&producer->options, code, reason, &failure, "%s", what);
    failure.status = status_after_restart(producer, code, failure.status);
    return leat_kafka_producer_break_with(producer, &failure);
}

leat_status leat_kafka_producer_break_by(leat_kafka_producer *producer, rd_kafka_error_t *reason,
                                         const char *what)
{
    leat_status status =
        leat_kafka_producer_break(producer, rd_kafka_error_code(reason), rd_kafka_error_string(reason), what);
    rd_kafka_error_destroy(reason);
    return status;
}

/* A transaction that has failed is emptied; why it failed is told by the next call about it. */
static bool is_reason(rd_kafka_resp_err_t code)
{
    return code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__PURGE_QUEUE &&
           code != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

void leat_kafka_producer_delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    (void)client;
    char what[384];
    leat_kafka_producer *producer = opaque;
    if (!is_reason(message->err))
        return;
    snprintf(what, sizeof what, "a record of %zu bytes for topic %s was not delivered",
             message->len + message->key_len, rd_kafka_topic_name(message->rkt));
    leat_kafka_producer_break(producer, message->err, NULL, what);
}
