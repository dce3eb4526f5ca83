#include "sink/kafka/wait.h"

#include "base/clock.h"

/* A refusal that a person must mend is not going to pass, unless brokers are just starting. */
static const int64_t refusal_patience = 3 * INT64_C(1000000);

leat_kafka_wait leat_kafka_wait_begin(const leat_sink_kafka_options *options, rd_kafka_t *client)
{
    int64_t now = leat_clock_monotonic();
    return (leat_kafka_wait){
        .options = options,
        .client = client,
        .patience = (int64_t)leat_kafka_client_number(client, "socket.timeout.ms") * 1000,
        .began_at = now,
        .moved_at = now,
    };
}

static leat_status give_up(const leat_kafka_wait *wait, rd_kafka_resp_err_t trouble, const char *text,
                           leat_error *error, const char *what)
{
    if (trouble != RD_KAFKA_RESP_ERR_NO_ERROR)
        return leat_kafka_failure(wait->options, trouble, text, error, "%s", what);
    leat_status status =
        leat_kafka_failure(wait->options, RD_KAFKA_RESP_ERR__TIMED_OUT, NULL, error,
                           "%s: no progress for %lld ms", what, (long long)(wait->patience / 1000));
    /* librdkafka keeps to itself what it tries again. */
    leat_error_mend(error,
                    "See that the brokers run, that this machine reaches them by the addresses that they "
                    "advertise (advertised.listeners), and that enough replicas are in sync "
                    "(min.insync.replicas).");
    return status;
}

static bool stop_is_due(leat_kafka_wait *wait, int64_t now)
{
    if (!leat_stop_requested(wait->options->stop))
        return false;
    if (wait->stop_seen_at == 0)
        wait->stop_seen_at = now;
    return now - wait->stop_seen_at >= LEAT_KAFKA_STOP_MILLISECONDS * INT64_C(1000);
}

leat_status leat_kafka_wait_on(leat_kafka_wait *wait, uint64_t measure, leat_error *error, const char *what)
{
    int64_t now = leat_clock_monotonic();
    if (measure != wait->measure) {
        wait->measure = measure;
        wait->moved_at = now;
    }
    if (stop_is_due(wait, now))
        return leat_error_set(error, LEAT_STOPPED, "%s: stopped before Kafka had answered", what);
    const char *text;
    rd_kafka_resp_err_t trouble = leat_kafka_client_trouble(wait->client, wait->began_at, &text);
    bool refused = trouble != RD_KAFKA_RESP_ERR_NO_ERROR && leat_kafka_classify(trouble) == LEAT_OPERATOR;
    int64_t patience = refused && refusal_patience < wait->patience ? refusal_patience : wait->patience;
    return now - wait->moved_at >= patience ? give_up(wait, trouble, text, error, what) : LEAT_OK;
}
