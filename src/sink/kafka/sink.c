/* The Kafka sink: what the contract of sinks asks for. */
#include "sink/kafka/sink.h"

#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sink/kafka/client.h"
#include "sink/kafka/sink_internal.h"

enum {
    /* A transaction is committed before it has more: what a crash brings again, and what a reader of
     * committed data waits for. */
    FULL_AFTER_BYTES = 16 * 1024 * 1024,
    FULL_AFTER_MESSAGES = 100 * 1000,
    NOTICE_WAITS_MICROSECONDS = 1000 * 1000,
    /* Where a commit shows the records it costs some markers, and readers wait for it; else an fsync, and
     * nobody waits. */
    TRANSACTION_SPACING_MICROSECONDS = 3 * 1000,
    POSITION_SPACING_MICROSECONDS = 50 * 1000,
};

/* ---- Open and close ---- */

/* A handle that is made and thrown away: librdkafka says of the properties what there is to say. */
static leat_status try_properties(const leat_sink_kafka_options *options, leat_error *error)
{
    rd_kafka_t *client;
    leat_kafka_role role = options->delivery == LEAT_KAFKA_EXACTLY_ONCE ? LEAT_KAFKA_TRANSACTIONAL_PRODUCER
                                                                        : LEAT_KAFKA_IDEMPOTENT_PRODUCER;
    leat_status status = leat_kafka_client_open(options, role, NULL, NULL, &client, error);
    if (status == LEAT_OK)
        leat_kafka_client_close(client);
    return status;
}

static leat_status open_registry(leat_kafka_sink *sink, leat_error *error)
{
    if (sink->options.registry == NULL)
        return LEAT_OK;
    sink->registry_options = *sink->options.registry;
    sink->registry_options.stop = sink->options.stop;
    return leat_registry_open(&sink->registry_options, &sink->registry, error);
}

static void close_sink(leat_sink *base)
{
    leat_kafka_sink *sink = leat_kafka_sink_of(base);
    leat_kafka_producer_close(sink->producer);
    leat_registry_close(sink->registry);
    leat_kafka_topic_claims_free(&sink->claims);
    leat_release(sink->position);
    leat_buffer_free(&sink->key);
    leat_buffer_free(&sink->value);
    leat_arena_free(&sink->arena);
    leat_release(sink);
}

/* ---- What the contract asks for ---- */

static leat_status recover(leat_sink *sink, leat_position *position, leat_error *error)
{
    return leat_kafka_recover(leat_kafka_sink_of(sink), position, error);
}

static leat_status open_table(leat_sink *sink, leat_sink_table *table, leat_error *error)
{
    return leat_kafka_table_open(leat_kafka_sink_of(sink), leat_kafka_table_of(table), error);
}

static void close_table(leat_sink_table *table)
{
    leat_kafka_table_close(leat_kafka_table_of(table));
}

static bool past_deadline(const leat_kafka_sink *sink, int64_t now)
{
    int64_t deadline = leat_kafka_producer_deadline(sink->producer);
    return deadline != 0 && now >= deadline;
}

/* A snapshot has no position to come back to inside it, so nobody asks for commits; but a transaction that
 * lasts longer than the brokers allow would be lost as a whole. */
static leat_status split_snapshot(leat_kafka_sink *sink, leat_error *error)
{
    if (!past_deadline(sink, leat_clock_monotonic()))
        return LEAT_OK;
    leat_log_write(sink->options.log, LEAT_LOG_INFO,
                   "the snapshot takes longer than a Kafka transaction may: what is there becomes visible, "
                   "and would come again if the snapshot were cut short");
    return leat_kafka_producer_commit(sink->producer, error);
}

static bool is_full(const leat_kafka_sink *sink)
{
    return leat_kafka_producer_pending_bytes(sink->producer) >= FULL_AFTER_BYTES ||
           leat_kafka_producer_pending_messages(sink->producer) >= FULL_AFTER_MESSAGES ||
           past_deadline(sink, leat_clock_monotonic());
}

static leat_status append(leat_sink *base, const leat_record *record, bool *full, leat_error *error)
{
    leat_kafka_sink *sink = leat_kafka_sink_of(base);
    leat_status status = leat_kafka_record_send(sink, record, error);
    if (status == LEAT_OK && record->snapshot)
        status = split_snapshot(sink, error);
    *full = !record->snapshot && is_full(sink);
    return status;
}

static leat_status boundary(leat_sink *sink, const leat_boundary *boundary, leat_error *error)
{
    return leat_kafka_notice_boundary(leat_kafka_sink_of(sink), boundary, error);
}

static leat_status announce(leat_sink *sink, const leat_announcement *announcement, leat_error *error)
{
    return leat_kafka_notice_announcement(leat_kafka_sink_of(sink), announcement, error);
}

static leat_status commit(leat_sink *sink, const leat_position *position, leat_error *error)
{
    return leat_kafka_commit(leat_kafka_sink_of(sink), position, error);
}

static bool due(leat_sink *base, int64_t now)
{
    const leat_kafka_sink *sink = leat_kafka_sink_of(base);
    bool notice_waits = sink->notice_since != 0 && now - sink->notice_since >= NOTICE_WAITS_MICROSECONDS;
    return notice_waits || past_deadline(sink, now);
}

/* ---- */

/* A commit leaves nothing behind that a finish would have to see to. */
static const leat_sink_ops kafka_sink_ops = {
    .type = "kafka",
    .table_size = sizeof(leat_kafka_table),
    .recover = recover,
    .open_table = open_table,
    .close_table = close_table,
    .append = append,
    .commit = commit,
    .boundary = boundary,
    .announce = announce,
    .due = due,
    .close = close_sink,
};

static leat_sink_traits traits_of(const leat_sink_kafka_options *options)
{
    bool exactly_once = options->delivery == LEAT_KAFKA_EXACTLY_ONCE;
    return (leat_sink_traits){
        .needs_key = true,
        .wants_boundaries = options->transactions,
        .shows_at_commit = true,
        .quiet_spacing = exactly_once ? TRANSACTION_SPACING_MICROSECONDS : POSITION_SPACING_MICROSECONDS,
        .holds_position = exactly_once,
    };
}

leat_status leat_sink_kafka_open(const leat_sink_kafka_options *options, leat_sink **sink, leat_error *error)
{
    leat_status status = try_properties(options, error);
    if (status != LEAT_OK)
        return status;
    if (options->large == LEAT_KAFKA_LARGE_SPILL && options->spill_path == NULL)
        return leat_error_set(error, LEAT_USAGE,
                              "values too large for messages have no folder to go to (spill_path)");
    leat_kafka_sink *opened = leat_allocate(sizeof *opened);
    opened->base.ops = &kafka_sink_ops;
    opened->base.traits = traits_of(options);
    opened->options = *options;
    status = open_registry(opened, error);
    if (status != LEAT_OK) {
        leat_sink_close(&opened->base);
        return status;
    }
    leat_kafka_own_name(opened);
    *sink = &opened->base;
    return LEAT_OK;
}
