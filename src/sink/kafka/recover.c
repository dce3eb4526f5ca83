/* Where the sink stands when it begins. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sink/kafka/admin.h"
#include "sink/kafka/client.h"
#include "sink/kafka/positions.h"
#include "sink/kafka/sink_internal.h"

/* ---- After exactly once ---- */

/* In this order a crash in between leaves the position in both places, and it is taken over again. */
static leat_status take_over(leat_kafka_sink *sink, const char *topic, const leat_position *position,
                             leat_error *error)
{
    leat_log_write(sink->options.log, LEAT_LOG_INFO,
                   "the position that exactly-once delivery left in topic %s is taken over", topic);
    leat_status status = leat_state_position_put(sink->options.state, position, leat_clock_wall(), 0, error);
    if (status == LEAT_OK)
        status = leat_state_commit(sink->options.state, error);
    const leat_kafka_message gone = {
        .topic = leat_kafka_producer_topic(sink->producer, topic),
        .partition = 0,
        .key = leat_slice_of_string(sink->options.pipeline),
        .has_key = true,
    };
    if (status == LEAT_OK)
        status = leat_kafka_producer_send(sink->producer, &gone, error);
    return status == LEAT_OK ? leat_kafka_producer_commit(sink->producer, error) : status;
}

/* Where delivery was exactly once before, the state store may be ahead of what Kafka has: going on from there
 * would lose a batch. */
static leat_status take_over_former_position(leat_kafka_sink *sink, leat_error *error)
{
    leat_position left = {0};
    leat_kafka_topic_facts facts;
    const char *topic = leat_kafka_own_topic(&sink->options, "leat-positions", &sink->arena);
    leat_status status = leat_kafka_topics_look(&sink->options, leat_kafka_producer_client(sink->producer),
                                                &topic, 1, &facts, error);
    if (status == LEAT_OK && facts.exists)
        status = leat_kafka_positions_read(&sink->options, topic, &left, error);
    if (status == LEAT_OK && left.log != NULL)
        status = take_over(sink, topic, &left, error);
    leat_position_clear(&left);
    return status;
}

/* ---- State stores that never began here ---- */

/* In the notebook: this store has begun with this topic of positions. Without it a store whose first position
 * Kafka took just before a crash would look like another's. */
static const char began_key[] = "kafka.positions";

static leat_status is_unknown_to_state(const leat_kafka_sink *sink, bool *unknown, leat_error *error)
{
    leat_position stored = {0};
    char *began = NULL;
    const leat_notebook notebook = leat_state_notebook(sink->options.state);
    leat_status status = leat_state_position_get(sink->options.state, &stored, error);
    if (status == LEAT_OK)
        status = notebook.get(notebook.context, began_key, &began, error);
    *unknown = status == LEAT_OK && stored.log == NULL &&
               (began == NULL || strcmp(began, sink->positions.name) != 0);
    leat_release(began);
    leat_position_clear(&stored);
    return status;
}

static leat_status refuse_unknown_position(const leat_kafka_sink *sink, const leat_position *position,
                                           leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR,
                   "pipeline %s stands at %s by topic %s, but the state file knows nothing of it",
                   sink->options.pipeline, position->log, sink->positions.name);
    leat_error_mend(error,
                    "Bring back the state file that belongs to it, and see whether another leat runs "
                    "with that one. To begin anew with a snapshot, give the pipeline another "
                    "sink.prefix; or end the leat that runs and delete the topic %s",
                    sink->positions.name);
    return LEAT_OPERATOR;
}

static leat_status refuse_if_position_exists(const leat_kafka_sink *sink, rd_kafka_t *client,
                                             leat_error *error)
{
    leat_position found = {0};
    leat_kafka_topic_facts facts;
    leat_status status = leat_kafka_reach(&sink->options, client, error);
    if (status == LEAT_OK)
        status = leat_kafka_topics_look(&sink->options, client, &sink->positions.name, 1, &facts, error);
    if (status == LEAT_OK && facts.exists)
        status = leat_kafka_positions_read(&sink->options, sink->positions.name, &found, error);
    if (status == LEAT_OK && found.log != NULL)
        status = refuse_unknown_position(sink, &found, error);
    leat_position_clear(&found);
    return status;
}

/* A producer shuts out whoever had its transactional id before. Who has no business here must learn so while
 * the pipeline's own leat still runs. */
static leat_status ask_before_fencing(const leat_kafka_sink *sink, leat_error *error)
{
    bool unknown = false;
    rd_kafka_t *client;
    leat_status status =
        leat_kafka_is_exactly_once(sink) ? is_unknown_to_state(sink, &unknown, error) : LEAT_OK;
    if (status != LEAT_OK || !unknown)
        return status;
    status = leat_kafka_client_open(&sink->options, LEAT_KAFKA_ADMIN, NULL, NULL, &client, error);
    if (status != LEAT_OK)
        return status;
    status = refuse_if_position_exists(sink, client, error);
    leat_kafka_client_close(client);
    const leat_notebook notebook = leat_state_notebook(sink->options.state);
    return status == LEAT_OK ? notebook.put(notebook.context, began_key, sink->positions.name, error)
                             : status;
}

/* ---- */

static leat_status find_position(leat_kafka_sink *sink, leat_position *position, leat_error *error)
{
    if (leat_kafka_is_exactly_once(sink))
        return leat_kafka_positions_read(&sink->options, sink->positions.name, position, error);
    leat_status status = take_over_former_position(sink, error);
    return status == LEAT_OK ? leat_state_position_get(sink->options.state, position, error) : status;
}

leat_status leat_kafka_recover(leat_kafka_sink *sink, leat_position *position, leat_error *error)
{
    leat_status status = ask_before_fencing(sink, error);
    if (status == LEAT_OK)
        status = leat_kafka_producer_open(&sink->options, &sink->producer, error);
    if (status == LEAT_OK)
        status = leat_kafka_own_ensure(sink, error);
    if (status == LEAT_OK)
        status = find_position(sink, position, error);
    if (status == LEAT_OK && position->log != NULL)
        sink->position = leat_position_format(position);
    return status;
}
