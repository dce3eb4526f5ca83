/* The producer's commits, and its end. */
#include "base/clock.h"
#include "base/memory.h"
#include "sink/kafka_producer_internal.h"
#include "sink/kafka_wait.h"

/* Readers wait for a transaction that was left open, so ending it is worth a moment; the next leat of this
 * pipeline ends it in any case. */
static const int64_t abort_patience = 2 * INT64_C(1000000);

static const char what_commit[] = "records are not delivered";

/* One try to commit the transaction; `done`, or a reason that may pass, or broken. */
static leat_status try_transaction(leat_kafka_producer *producer, bool *done)
{
    rd_kafka_error_t *reason = rd_kafka_commit_transaction(producer->client, LEAT_KAFKA_SLICE_MILLISECONDS);
    *done = reason == NULL;
    if (reason == NULL)
        return LEAT_OK;
    if (producer->broken || !rd_kafka_error_is_retriable(reason) || rd_kafka_error_txn_requires_abort(reason))
        return leat_kafka_producer_break_by(producer, reason, "the transaction failed");
    bool at_once = rd_kafka_error_code(reason) != RD_KAFKA_RESP_ERR__TIMED_OUT;
    rd_kafka_error_destroy(reason);
    rd_kafka_poll(producer->client, at_once ? LEAT_KAFKA_SLICE_MILLISECONDS : 0);
    return LEAT_OK;
}

static leat_status try_flush(leat_kafka_producer *producer, bool *done)
{
    rd_kafka_flush(producer->client, LEAT_KAFKA_SLICE_MILLISECONDS);
    *done = rd_kafka_outq_len(producer->client) == 0;
    return producer->broken ? producer->failure.status : LEAT_OK;
}

static leat_status deliver(leat_kafka_producer *producer)
{
    leat_error failure;
    leat_kafka_wait wait = leat_kafka_wait_begin(&producer->options, producer->client);
    for (;;) {
        bool done;
        leat_status status =
            producer->transactional ? try_transaction(producer, &done) : try_flush(producer, &done);
        if (status != LEAT_OK || done)
            return status;
        status =
            leat_kafka_wait_on(&wait, (uint64_t)rd_kafka_outq_len(producer->client), &failure, what_commit);
        if (status != LEAT_OK)
            return leat_kafka_producer_break_with(producer, &failure);
    }
}

leat_status leat_kafka_producer_commit(leat_kafka_producer *producer, leat_error *error)
{
    bool nothing = producer->transactional ? !producer->begun : producer->pending_messages == 0;
    if (!producer->broken && (nothing || deliver(producer) == LEAT_OK)) {
        producer->begun = false;
        producer->pending_bytes = 0;
        producer->pending_messages = 0;
        return LEAT_OK;
    }
    return leat_kafka_producer_tell(producer, error);
}

static void abort_transaction(leat_kafka_producer *producer)
{
    int64_t until = leat_clock_monotonic() + abort_patience;
    bool again = true;
    while (again && leat_clock_monotonic() < until) {
        rd_kafka_error_t *reason =
            rd_kafka_abort_transaction(producer->client, LEAT_KAFKA_SLICE_MILLISECONDS);
        again = reason != NULL && rd_kafka_error_is_retriable(reason);
        if (reason != NULL)
            rd_kafka_error_destroy(reason);
    }
}

void leat_kafka_producer_close(leat_kafka_producer *producer)
{
    if (producer == NULL)
        return;
    if (producer->begun && rd_kafka_fatal_error(producer->client, NULL, 0) == RD_KAFKA_RESP_ERR_NO_ERROR)
        abort_transaction(producer);
    for (size_t i = 0; i < producer->topic_count; i++)
        rd_kafka_topic_destroy(producer->topics[i]);
    leat_release(producer->topics);
    leat_kafka_client_close(producer->client);
    leat_release(producer);
}
