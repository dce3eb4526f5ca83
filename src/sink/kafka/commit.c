/* What a commit makes durable, and in which order. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sink/kafka/positions.h"
#include "sink/kafka/sink_internal.h"

/* The position joins what the batch has put into the state's unit of work already. */
static leat_status commit_state(const leat_kafka_sink *sink, const leat_position *position, leat_error *error)
{
    leat_status status = leat_state_position_put(sink->options.state, position, leat_clock_wall(),
                                                 sink->base.records_since_commit, error);
    return status == LEAT_OK ? leat_state_commit(sink->options.state, error) : status;
}

static leat_status send_position(leat_kafka_sink *sink, const leat_position *position, leat_error *error)
{
    char *text = leat_kafka_positions_format(position, leat_clock_wall());
    leat_status status =
        leat_kafka_own_send(sink, &sink->positions, leat_slice_of_string(sink->options.pipeline),
                            leat_slice_of_string(text), error);
    leat_release(text);
    return status;
}

static leat_status commit_kafka(leat_kafka_sink *sink, const leat_position *position, leat_error *error)
{
    leat_status status = send_position(sink, position, error);
    return status == LEAT_OK ? leat_kafka_producer_commit(sink->producer, error) : status;
}

/* The state goes first: what it has beyond Kafka's position is read again and found there, whereas versions
 * that only Kafka had would be forgotten. But the very first position is Kafka's: a state store that has one
 * where Kafka has none means that Kafka has lost it. */
static leat_status commit_exactly_once(leat_kafka_sink *sink, const leat_position *position,
                                       leat_error *error)
{
    bool first = sink->position == NULL;
    leat_status status = first ? LEAT_OK : commit_state(sink, position, error);
    if (status == LEAT_OK)
        status = commit_kafka(sink, position, error);
    if (status == LEAT_OK && first)
        status = commit_state(sink, position, error);
    return status;
}

static leat_status commit_at_least_once(leat_kafka_sink *sink, const leat_position *position,
                                        leat_error *error)
{
    leat_status status = leat_kafka_producer_commit(sink->producer, error);
    return status == LEAT_OK ? commit_state(sink, position, error) : status;
}

static leat_status tell_heartbeat(leat_kafka_sink *sink, const char *position, leat_error *error)
{
    bool moved = sink->position == NULL || strcmp(sink->position, position) != 0;
    if (sink->heartbeat.name == NULL || sink->base.records_since_commit > 0 || !moved)
        return LEAT_OK;
    return leat_kafka_notice_heartbeat(sink, position, error);
}

leat_status leat_kafka_commit(leat_kafka_sink *sink, const leat_position *position, leat_error *error)
{
    char *text = leat_position_format(position);
    leat_status status = tell_heartbeat(sink, text, error);
    if (status == LEAT_OK)
        status = leat_kafka_is_exactly_once(sink) ? commit_exactly_once(sink, position, error)
                                                  : commit_at_least_once(sink, position, error);
    if (status == LEAT_OK) {
        leat_release(sink->position);
        sink->position = text;
        sink->notice_since = 0;
    } else {
        leat_release(text);
    }
    return status;
}
