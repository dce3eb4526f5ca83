/* The producer's commits, and its end. */
#include "base/clock.h"
#include "base/memory.h"
#include "sink/kafka/producer_internal.h"
#include "sink/kafka/wait.h"

/* Readers wait for a transaction that was left open, so ending it is worth a moment; the next leat of this
 * pipeline ends it in any case. */
enum { ABORT_MILLISECONDS = 2000 };

/* Everything queued is delivered, or has failed. */
static leat_status flush(leat_kafka_producer *producer)
{
    leat_error failure;
    leat_kafka_wait wait = leat_kafka_wait_begin(&producer->options, producer->client);
    while (rd_kafka_flush(producer->client, LEAT_KAFKA_SLICE_MILLISECONDS) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        leat_status status = leat_kafka_wait_on(&wait, (uint64_t)rd_kafka_outq_len(producer->client),
                                                &failure, "records are not delivered");
        if (status != LEAT_OK)
            return leat_kafka_producer_break_with(producer, &failure);
    }
    return producer->broken ? producer->failure.status : LEAT_OK;
}

/* A call of librdkafka 2.0.2 that has timed out is never taken up again, though it says that it may be: the
 * answers to its steps have one place and no name, and that of an abandoned step can be taken for that of a
 * later one (seen: begin_transaction that returns before it has begun). In the worst case a transaction would
 * pass for committed that is not. So there is one call with all the time there is; whoever gave up reads the
 * position anew. */
static int transaction_patience(const leat_kafka_producer *producer)
{
    bool stopping = leat_stop_requested(producer->options.stop);
    int patience = (int)leat_kafka_client_number(producer->client, "socket.timeout.ms");
    return stopping && patience > LEAT_KAFKA_STOP_MILLISECONDS ? LEAT_KAFKA_STOP_MILLISECONDS : patience;
}

/* Errors that may pass, other than a timeout, have ended their call. */
static bool may_call_again(const rd_kafka_error_t *reason)
{
    return rd_kafka_error_is_retriable(reason) && !rd_kafka_error_txn_requires_abort(reason) &&
           rd_kafka_error_code(reason) != RD_KAFKA_RESP_ERR__TIMED_OUT;
}

static leat_status commit_transaction(leat_kafka_producer *producer)
{
    leat_error failure;
    leat_kafka_wait wait = leat_kafka_wait_begin(&producer->options, producer->client);
    for (;;) {
        rd_kafka_error_t *reason =
            rd_kafka_commit_transaction(producer->client, transaction_patience(producer));
        if (reason == NULL)
            return LEAT_OK;
        if (producer->broken || !may_call_again(reason))
            return leat_kafka_producer_break_by(producer, reason, "the transaction was not committed");
        rd_kafka_error_destroy(reason);
        rd_kafka_poll(producer->client, LEAT_KAFKA_SLICE_MILLISECONDS);
        leat_status status = leat_kafka_wait_on(&wait, 0, &failure, "the transaction is not committed");
        if (status != LEAT_OK)
            return leat_kafka_producer_break_with(producer, &failure);
    }
}

/* Delivering first is what commit_transaction would do too, but in slices. */
static leat_status deliver(leat_kafka_producer *producer)
{
    leat_status status = flush(producer);
    return status == LEAT_OK && producer->transactional ? commit_transaction(producer) : status;
}

leat_status leat_kafka_producer_commit(leat_kafka_producer *producer, leat_error *error)
{
    bool nothing = producer->transactional ? !producer->begun : producer->pending_messages == 0;
    if (!producer->broken && (nothing || deliver(producer) == LEAT_OK)) {
        producer->begun = false;
        producer->ended_at = leat_clock_monotonic();
        producer->pending_bytes = 0;
        producer->pending_messages = 0;
        return LEAT_OK;
    }
    return leat_kafka_producer_tell(producer, error);
}

static void abort_transaction(leat_kafka_producer *producer)
{
    rd_kafka_error_t *reason = rd_kafka_abort_transaction(producer->client, ABORT_MILLISECONDS);
    if (reason != NULL)
        rd_kafka_error_destroy(reason);
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
