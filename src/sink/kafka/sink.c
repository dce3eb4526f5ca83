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

static leat_status open_registry(leat_sink *sink, leat_error *error)
{
    if (sink->options.registry == NULL)
        return LEAT_OK;
    sink->registry_options = *sink->options.registry;
    sink->registry_options.stop_requested = sink->options.stop_requested;
    return leat_registry_open(&sink->registry_options, &sink->registry, error);
}

static void name_topics(leat_sink *sink)
{
    const leat_sink_kafka_options *options = &sink->options;
    sink->changes.name = leat_kafka_own_topic(options, "schema-changes", &sink->arena);
    if (leat_kafka_is_exactly_once(sink))
        sink->positions.name = leat_kafka_own_topic(options, "leat-positions", &sink->arena);
    if (sink->registry == NULL)
        sink->schemas.name = leat_kafka_own_topic(options, "schemas", &sink->arena);
    if (options->transactions)
        sink->transactions.name = leat_kafka_own_topic(options, "transactions", &sink->arena);
    if (options->heartbeats)
        sink->heartbeat.name = leat_kafka_own_topic(options, "heartbeat", &sink->arena);
}

static void close_sink(leat_sink *sink)
{
    leat_kafka_producer_close(sink->producer);
    leat_registry_close(sink->registry);
    leat_kafka_topic_claims_free(&sink->claims);
    for (size_t i = 0; i < sink->table_count; i++)
        leat_kafka_table_close(sink->tables[i]);
    for (size_t i = 0; i < sink->announcement_count; i++)
        leat_release(sink->announcements[i].table);
    leat_release(sink->announcements);
    leat_release(sink->tables);
    leat_release(sink->position);
    leat_buffer_free(&sink->key);
    leat_buffer_free(&sink->value);
    leat_buffer_free(&sink->other_key);
    leat_arena_free(&sink->arena);
    leat_release(sink);
}

leat_status leat_sink_kafka_open(const leat_sink_kafka_options *options, leat_sink **sink, leat_error *error)
{
    leat_status status = try_properties(options, error);
    if (status != LEAT_OK)
        return status;
    if (options->large == LEAT_KAFKA_LARGE_SPILL && options->spill_path == NULL)
        return leat_error_set(error, LEAT_USAGE,
                              "values too large for messages have no folder to go to (spill_path)");
    leat_sink *opened = leat_allocate(sizeof *opened);
    opened->options = *options;
    status = open_registry(opened, error);
    if (status != LEAT_OK) {
        close_sink(opened);
        return status;
    }
    name_topics(opened);
    *sink = opened;
    return LEAT_OK;
}

/* ---- Tables, records, boundaries ---- */

static leat_status refuse_broken(leat_error *error)
{
    return leat_error_set(error, LEAT_FAILED, "the Kafka sink failed before and must be opened again");
}

static leat_status break_unless_ok(leat_sink *sink, leat_status status)
{
    sink->broken = sink->broken || status != LEAT_OK;
    return status;
}

static leat_status open_table(leat_sink *sink, const leat_table_version *version, leat_sink_table **table,
                              leat_error *error)
{
    if (sink->broken)
        return refuse_broken(error);
    return break_unless_ok(sink, leat_kafka_table_open(sink, version, table, error));
}

static void count(leat_sink *sink, const leat_record *record)
{
    leat_sink_table *table = record->table;
    table->records++;
    table->snapshot_records += record->snapshot;
    if (record->commit_time > table->last_change)
        table->last_change = record->commit_time;
    sink->counters.records++;
    sink->counters.bytes += record->value.length;
    sink->records_since_commit++;
}

static bool past_deadline(const leat_sink *sink, int64_t now)
{
    int64_t deadline = leat_kafka_producer_deadline(sink->producer);
    return deadline != 0 && now >= deadline;
}

/* A snapshot has no position to come back to inside it, so nobody asks for commits; but a transaction that
 * lasts longer than the brokers allow would be lost as a whole. */
static leat_status split_snapshot(leat_sink *sink, leat_error *error)
{
    if (!past_deadline(sink, leat_clock_monotonic()))
        return LEAT_OK;
    leat_log_write(sink->options.log, LEAT_LOG_INFO,
                   "the snapshot takes longer than a Kafka transaction may: what is there becomes visible, "
                   "and would come again if the snapshot were cut short");
    return leat_kafka_producer_commit(sink->producer, error);
}

static bool is_full(const leat_sink *sink)
{
    return leat_kafka_producer_pending_bytes(sink->producer) >= FULL_AFTER_BYTES ||
           leat_kafka_producer_pending_messages(sink->producer) >= FULL_AFTER_MESSAGES ||
           past_deadline(sink, leat_clock_monotonic());
}

static leat_status append(leat_sink *sink, const leat_record *record, bool *full, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(error);
    leat_status status = leat_kafka_record_send(sink, record, error);
    if (status == LEAT_OK && record->snapshot)
        status = split_snapshot(sink, error);
    if (status != LEAT_OK)
        return break_unless_ok(sink, status);
    count(sink, record);
    *full = !record->snapshot && is_full(sink);
    return LEAT_OK;
}

static leat_status boundary(leat_sink *sink, const leat_boundary *boundary, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(error);
    if (sink->transactions.name == NULL)
        return LEAT_OK;
    return break_unless_ok(sink, leat_kafka_notice_boundary(sink, boundary, error));
}

static leat_status commit(leat_sink *sink, const leat_position *position, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(error);
    return break_unless_ok(sink, leat_kafka_commit(sink, position, error));
}

/* ---- */

static bool due(leat_sink *sink, int64_t now)
{
    bool notice_waits = sink->notice_since != 0 && now - sink->notice_since >= NOTICE_WAITS_MICROSECONDS;
    return notice_waits || past_deadline(sink, now);
}

/* A commit leaves nothing behind anyway. */
static void finish(leat_sink *sink)
{
    (void)sink;
}

static void counters(const leat_sink *sink, leat_sink_counters *counters)
{
    *counters = sink->counters;
}

/* What the two deliveries have in common. */
#define COMMON_OPS                                                                                           \
    .type = "kafka", .needs_key = true, .shows_at_commit = true, .recover = leat_kafka_recover,              \
    .open_table = open_table, .append = append, .commit = commit, .boundary = boundary, .due = due,          \
    .finish = finish, .counters = counters, .close = close_sink

const leat_sink_ops leat_sink_kafka_exactly_once_ops = {COMMON_OPS, .holds_position = true,
                                                        .quiet_spacing = TRANSACTION_SPACING_MICROSECONDS};
const leat_sink_ops leat_sink_kafka_at_least_once_ops = {COMMON_OPS,
                                                         .quiet_spacing = POSITION_SPACING_MICROSECONDS};
