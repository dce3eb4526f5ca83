#include "sink/kafka/producer_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/memory.h"
#include "sink/kafka/admin.h"
#include "sink/kafka/wait.h"

enum {
    SENDS_BETWEEN_POLLS = 1024,
    WHY_MILLISECONDS = 1000, /* local */
};

/* ---- Opening ---- */

/* One call with all its time, for the reason that producer_commit.c gives; brokers have answered just now. */
static leat_status fence(leat_kafka_producer *producer, leat_error *error)
{
    rd_kafka_error_t *reason = rd_kafka_init_transactions(
        producer->client, (int)leat_kafka_client_number(producer->client, "socket.timeout.ms") / 2);
    if (reason == NULL)
        return LEAT_OK;
    return leat_kafka_error_failure(&producer->options, reason, error, "cannot begin with transactions");
}

static leat_status connect_producer(leat_kafka_producer *producer, leat_error *error)
{
    leat_status status = leat_kafka_client_open(
        &producer->options,
        producer->transactional ? LEAT_KAFKA_TRANSACTIONAL_PRODUCER : LEAT_KAFKA_IDEMPOTENT_PRODUCER,
        producer, leat_kafka_producer_delivered, &producer->client, error);
    if (status != LEAT_OK)
        return status;
    producer->largest = leat_kafka_client_number(producer->client, "message.max.bytes");
    producer->timeout = (int64_t)leat_kafka_client_number(producer->client, "transaction.timeout.ms") * 1000;
    status = leat_kafka_reach(&producer->options, producer->client, error);
    return status == LEAT_OK && producer->transactional ? fence(producer, error) : status;
}

leat_status leat_kafka_producer_open(const leat_sink_kafka_options *options, leat_kafka_producer **producer,
                                     leat_error *error)
{
    leat_kafka_producer *opened = leat_allocate(sizeof *opened);
    opened->options = *options;
    opened->transactional = options->delivery == LEAT_KAFKA_EXACTLY_ONCE;
    leat_status status = connect_producer(opened, error);
    if (status == LEAT_OK)
        *producer = opened;
    else
        leat_kafka_producer_close(opened);
    return status;
}

rd_kafka_t *leat_kafka_producer_client(leat_kafka_producer *producer)
{
    return producer->client;
}

rd_kafka_topic_t *leat_kafka_producer_topic(leat_kafka_producer *producer, const char *name)
{
    for (size_t i = 0; i < producer->topic_count; i++)
        if (strcmp(rd_kafka_topic_name(producer->topics[i]), name) == 0)
            return producer->topics[i];
    producer->topics = leat_list_room(producer->topics, producer->topic_count, &producer->topic_capacity,
                                      sizeof(rd_kafka_topic_t *));
    rd_kafka_topic_t *topic = rd_kafka_topic_new(producer->client, name, NULL);
    producer->topics[producer->topic_count++] = topic;
    return topic;
}

/* ---- Sending ---- */

/* A committed transaction's markers are still being written when the call for it returns, and until they are
 * the next one is turned away; librdkafka then comes again after 20 ms. So it is given a moment first. */
static void wait_for_markers(const leat_kafka_producer *producer)
{
    enum { MARKERS_MICROSECONDS = 2000 };
    int64_t rest = producer->ended_at + MARKERS_MICROSECONDS - leat_clock_monotonic();
    if (producer->ended_at > 0 && rest > 0)
        leat_clock_sleep(rest);
}

static leat_status begin(leat_kafka_producer *producer)
{
    wait_for_markers(producer);
    rd_kafka_error_t *reason = rd_kafka_begin_transaction(producer->client);
    if (reason != NULL)
        return leat_kafka_producer_break_by(producer, reason, "cannot begin a transaction");
    producer->begun = true;
    producer->begun_at = leat_clock_monotonic();
    return LEAT_OK;
}

/* An empty slice may have no address, which librdkafka would take for none at all. Its parameters are not
 * const for those who hand memory over; what it copies it does not write to. */
static void *address_of(leat_slice bytes, bool present)
{
    union {
        const void *given;
        void *taken;
    } address = {.given = NULL};
    if (present)
        address.given = bytes.length > 0 ? (const void *)bytes.data : "";
    return address.taken;
}

/* The headers are librdkafka's when it took the message. */
static rd_kafka_resp_err_t queue_with_all(const leat_kafka_producer *producer,
                                          const leat_kafka_message *message)
{
    void *key = address_of(message->key, message->has_key);
    void *value = address_of(message->value, message->has_value);
    return rd_kafka_producev(
        producer->client, RD_KAFKA_V_RKT(message->topic), RD_KAFKA_V_PARTITION(message->partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, message->key.length),
        RD_KAFKA_V_VALUE(value, message->value.length), RD_KAFKA_V_TIMESTAMP(message->timestamp),
        RD_KAFKA_V_HEADERS(message->headers), RD_KAFKA_V_END);
}

static rd_kafka_resp_err_t queue(const leat_kafka_producer *producer, const leat_kafka_message *message)
{
    if (message->headers != NULL || message->timestamp != 0)
        return queue_with_all(producer, message);
    void *value = address_of(message->value, message->has_value);
    if (rd_kafka_produce(message->topic, message->partition, RD_KAFKA_MSG_F_COPY, value,
                         message->value.length, address_of(message->key, message->has_key),
                         message->key.length, NULL) == 0)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    return rd_kafka_last_error();
}

/* The queue is full: while it moves, all is well. */
static leat_status queue_when_room(leat_kafka_producer *producer, const leat_kafka_message *message,
                                   rd_kafka_resp_err_t *code)
{
    leat_error failure;
    leat_kafka_wait wait = leat_kafka_wait_begin(&producer->options, producer->client);
    while ((*code = queue(producer, message)) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        rd_kafka_poll(producer->client, 1);
        if (producer->broken)
            return producer->failure.status;
        leat_status status = leat_kafka_wait_on(&wait, (uint64_t)rd_kafka_outq_len(producer->client),
                                                &failure, "records wait for the brokers");
        if (status != LEAT_OK)
            return leat_kafka_producer_break_with(producer, &failure);
    }
    return LEAT_OK;
}

/* librdkafka takes no more for a transaction that has failed, and says why only when asked to commit. */
static leat_status find_why_transaction_failed(leat_kafka_producer *producer)
{
    rd_kafka_error_t *reason = rd_kafka_commit_transaction(producer->client, WHY_MILLISECONDS);
    if (reason != NULL)
        return leat_kafka_producer_break_by(producer, reason, "the transaction failed");
    return leat_kafka_producer_break(producer, RD_KAFKA_RESP_ERR__STATE, NULL, "the transaction failed");
}

static leat_status break_by_refusal(leat_kafka_producer *producer, const leat_kafka_message *message,
                                    rd_kafka_resp_err_t code)
{
    char what[384];
    rd_kafka_poll(producer->client, 0); /* a report that waits knows better */
    if (producer->broken)
        return producer->failure.status;
    if (code == RD_KAFKA_RESP_ERR__STATE && producer->begun)
        return find_why_transaction_failed(producer);
    snprintf(what, sizeof what, "a record of %zu bytes for topic %s cannot be sent",
             message->key.length + message->value.length, rd_kafka_topic_name(message->topic));
    return leat_kafka_producer_break(producer, code, NULL, what);
}

static leat_status send_now(leat_kafka_producer *producer, const leat_kafka_message *message)
{
    if (producer->transactional && !producer->begun && begin(producer) != LEAT_OK)
        return producer->failure.status;
    rd_kafka_resp_err_t code = queue(producer, message);
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && queue_when_room(producer, message, &code) != LEAT_OK)
        return producer->failure.status;
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? LEAT_OK : break_by_refusal(producer, message, code);
}

leat_status leat_kafka_producer_send(leat_kafka_producer *producer, const leat_kafka_message *message,
                                     leat_error *error)
{
    if (++producer->sent_since_poll >= SENDS_BETWEEN_POLLS) {
        producer->sent_since_poll = 0;
        rd_kafka_poll(producer->client, 0);
    }
    if (__builtin_expect(producer->broken || send_now(producer, message) != LEAT_OK, 0)) {
        if (message->headers != NULL)
            rd_kafka_headers_destroy(message->headers);
        return leat_kafka_producer_tell(producer, error);
    }
    producer->pending_messages++;
    producer->pending_bytes += message->key.length + message->value.length;
    return LEAT_OK;
}

uint64_t leat_kafka_producer_pending_bytes(const leat_kafka_producer *producer)
{
    return producer->pending_bytes;
}

uint64_t leat_kafka_producer_pending_messages(const leat_kafka_producer *producer)
{
    return producer->pending_messages;
}

int64_t leat_kafka_producer_deadline(const leat_kafka_producer *producer)
{
    return producer->begun ? producer->begun_at + producer->timeout / 4 * 3 : 0;
}

size_t leat_kafka_producer_largest(const leat_kafka_producer *producer)
{
    return producer->largest;
}
