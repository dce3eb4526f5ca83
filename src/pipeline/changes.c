/* From a change to records: ordinals, sequences, key changes, one encoding, the sink. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "pipeline/messages.h"
#include "pipeline/pump_internal.h"

enum { ORDINAL_DIGITS = 10 };

/* A transaction that was cut is found again by its name; its first records are passed over. */
static leat_status resume_in(leat_pump *pump, const leat_event *event, leat_error *error)
{
    if (!leat_slice_equals_string(event->transaction.name, pump->resume.transaction)) {
        return leat_error_fail(
            error, LEAT_OPERATOR,
            "The log is not the one that was being read. Start anew with another state file and an empty "
            "sink, or restore the database's log",
            "transaction %s was cut after its first %llu changes, but the log goes on with %.*s after %s",
            pump->resume.transaction, (unsigned long long)pump->resume.ordinal,
            LEAT_SLICE_FORMAT(event->transaction.name), pump->resume.log);
    }
    pump->skip = pump->resume.ordinal;
    pump->state = pump->skip > 0 ? LEAT_PUMP_SKIPPING : LEAT_PUMP_GIVING;
    leat_position_set(&pump->resume, pump->resume.log, NULL, 0);
    return LEAT_OK;
}

/* Counting starts afresh, and every record's sequence begins with the transaction's. */
static void begin(leat_pump *pump, const leat_event *event)
{
    pump->made_at = leat_clock_wall(); /* not before its commit */
    pump->transaction_number++;
    pump->ordinal = 0;
    pump->skip = 0;
    pump->begin_told = false;
    pump->taking_part.count = 0;
    leat_buffer_reset(&pump->transaction_name);
    leat_buffer_append_slice(&pump->transaction_name, event->transaction.name);
    leat_buffer_reset(&pump->sequence);
    leat_buffer_append_slice(&pump->sequence, event->transaction.sequence);
    leat_buffer_append_byte(&pump->sequence, '.');
    pump->sequence_prefix = pump->sequence.length;
}

leat_status leat_pump_begin(leat_pump *pump, const leat_event *event, leat_error *error)
{
    bool resuming = pump->state == LEAT_PUMP_RESUMING;
    begin(pump, event);
    if (resuming)
        return resume_in(pump, event, error);
    pump->state = event->kind == LEAT_EVENT_SNAPSHOT_BEGIN ? LEAT_PUMP_SNAPSHOT : LEAT_PUMP_GIVING;
    return LEAT_OK;
}

/* Whether the source is still before where the state store was ahead of the sink. Once it is not, it never is
 * again; within a transaction it stands still, so that it is asked once for each. */
static leat_status is_before_replay_end(leat_pump *pump, bool *before, leat_error *error)
{
    *before = pump->replay_until != NULL;
    if (!*before || (leat_pump_in_transaction(pump) && pump->replay_asked_in == pump->transaction_number))
        return LEAT_OK;
    bool covers;
    leat_status status = leat_source_covers(pump->parts->source, pump->replay_until, &covers, error);
    if (status != LEAT_OK)
        return status;
    pump->replay_asked_in = pump->transaction_number;
    *before = !covers;
    if (covers) {
        leat_release(pump->replay_until);
        pump->replay_until = NULL;
    }
    return LEAT_OK;
}

/* Whether versions were recorded here before: in the part of a cut transaction that is durable, and up to
 * where the state store was ahead of the sink. */
static leat_status is_replayed(leat_pump *pump, bool *replayed, leat_error *error)
{
    *replayed = pump->state == LEAT_PUMP_SKIPPING;
    if (*replayed || pump->state == LEAT_PUMP_SNAPSHOT)
        return LEAT_OK;
    return is_before_replay_end(pump, replayed, error);
}

leat_status leat_pump_table(leat_pump *pump, leat_table *table, leat_error *error)
{
    leat_position position = {0};
    if (pump->state == LEAT_PUMP_SNAPSHOT)
        leat_position_set(&position, pump->snapshot_log, NULL, 0);
    else
        leat_pump_position(pump, &position);
    char *text = leat_position_format(&position);
    bool replayed = false;
    leat_status status = is_replayed(pump, &replayed, error);
    if (status == LEAT_OK)
        status = leat_bindings_attach(&pump->bindings, table, text, replayed, error);
    leat_release(text);
    leat_position_clear(&position);
    return status;
}

/* Fixed width, so that the text sorts like the number. */
static leat_slice sequence_text(leat_pump *pump)
{
    static const char digits[] = "0123456789ABCDEF";
    pump->sequence.length = pump->sequence_prefix;
    uint8_t *at = leat_buffer_reserve(&pump->sequence, ORDINAL_DIGITS);
    uint64_t rest = pump->ordinal;
    for (int i = ORDINAL_DIGITS - 1; i >= 0; i--) {
        at[i] = (uint8_t)digits[rest & 15];
        rest >>= 4;
    }
    leat_buffer_commit(&pump->sequence, ORDINAL_DIGITS);
    return leat_buffer_slice(&pump->sequence);
}

static void count(leat_pump *pump, const leat_binding *binding, const leat_transaction *transaction)
{
    leat_board *board = pump->parts->board;
    leat_pipeline_table *table = &board->tables[binding->board_place];
    board->status.records++;
    board->status.last_commit_time = transaction->commit_time;
    table->records++;
    if (pump->state == LEAT_PUMP_SNAPSHOT)
        table->snapshot_records++;
}

/* What stands behind the frame; nothing where there is not even that. */
static leat_slice behind(const leat_buffer *framed, leat_slice frame)
{
    if (framed->data == NULL || framed->length < frame.length)
        return (leat_slice){0};
    return leat_slice_of(framed->data + frame.length, framed->length - frame.length);
}

static leat_status append(leat_pump *pump, leat_binding *binding, const leat_change *change,
                          leat_error *error)
{
    leat_sink_table *table = binding->sink_table;
    leat_record record = {
        .table = table,
        .operation = change->operation,
        .snapshot = change->snapshot,
        .key = behind(&pump->key, table->key_frame),
        .other_key = behind(&pump->other_key, table->key_frame),
        .value = behind(&pump->value, table->value_frame),
        .sequence = change->sequence,
        .commit_time = change->transaction->commit_time,
    };
    bool full = false;
    leat_status status = leat_sink_append(pump->parts->sink, &record, &full, error);
    if (status != LEAT_OK)
        return status;
    pump->dirty = true;
    pump->commit_wanted = pump->commit_wanted || full;
    count(pump, binding, change->transaction);
    const leat_pipeline_observer *observer = &pump->parts->board->observer;
    if (observer->record != NULL)
        observer->record(observer->context, binding->version, &record);
    return LEAT_OK;
}

static void begin_with(leat_buffer *out, leat_slice frame)
{
    leat_buffer_reset_bounded(out);
    leat_buffer_append_slice(out, frame);
}

static leat_status encode(leat_pump *pump, leat_binding *binding, const leat_change *change,
                          leat_error *error)
{
    begin_with(&pump->value, binding->sink_table->value_frame);
    begin_with(&pump->key, binding->sink_table->key_frame);
    leat_status status = leat_envelope_value(binding->envelope, change, &pump->value,
                                             &pump->parts->board->status.notes, error);
    if (status == LEAT_OK && pump->parts->sink->traits.needs_key)
        status = leat_envelope_key(binding->envelope, change, &pump->key, error);
    return status;
}

/* Only a transaction that gives records is told of; a resumed one was before. */
static leat_status tell_begin(leat_pump *pump, const leat_change *change, leat_error *error)
{
    if (pump->begin_told || !pump->parts->sink->traits.wants_boundaries || pump->state == LEAT_PUMP_SNAPSHOT)
        return LEAT_OK;
    pump->begin_told = true;
    if (pump->skip > 0)
        return LEAT_OK;
    const leat_boundary boundary = {.transaction = change->transaction};
    return leat_sink_boundary(pump->parts->sink, &boundary, error);
}

/* Tables are told in the order in which they were bound, whichever changed first. */
static int by_place(const void *left, const void *right)
{
    size_t l = (*(leat_binding *const *)left)->place;
    size_t r = (*(leat_binding *const *)right)->place;
    return (l > r) - (l < r);
}

leat_status leat_pump_tell_end(leat_pump *pump, const leat_event *event, leat_error *error)
{
    if (!pump->begin_told)
        return LEAT_OK;
    leat_arena scratch = {0};
    size_t count = pump->taking_part.count;
    leat_boundary_table *tables = leat_arena_allocate_array(&scratch, count, sizeof *tables);
    qsort(pump->taking_part.items, count, sizeof(leat_binding *), by_place);
    for (size_t i = 0; i < count; i++) {
        const leat_binding *binding = pump->taking_part.items[i];
        tables[i] = (leat_boundary_table){.name = leat_table_full_name(binding->version->table, &scratch),
                                          .records = binding->transaction_changes};
    }
    const leat_boundary boundary = {.end = true,
                                    .transaction = &event->transaction,
                                    .records = pump->ordinal,
                                    .tables = tables,
                                    .table_count = count};
    leat_status status = leat_sink_boundary(pump->parts->sink, &boundary, error);
    leat_arena_free(&scratch);
    return status;
}

/* The binding's first record in the transaction at hand. */
static void take_part(leat_pump *pump, leat_binding *binding)
{
    leat_pump_taking_part *list = &pump->taking_part;
    binding->transaction_number = pump->transaction_number;
    binding->transaction_changes = 0;
    if (!pump->parts->sink->traits.wants_boundaries)
        return;
    list->items = leat_list_room(list->items, list->count, &list->capacity, sizeof(leat_binding *));
    list->items[list->count++] = binding;
}

/* One record of one table: counted, and unless it is durable already, encoded and appended. */
static leat_status emit(leat_pump *pump, leat_binding *binding, leat_change *change, leat_error *error)
{
    if (binding->transaction_number != pump->transaction_number)
        take_part(pump, binding);
    pump->ordinal++;
    binding->transaction_changes++;
    if (pump->state == LEAT_PUMP_SKIPPING) {
        pump->state = pump->ordinal < pump->skip ? LEAT_PUMP_SKIPPING : LEAT_PUMP_GIVING;
        return LEAT_OK;
    }
    change->ordinal = pump->ordinal;
    change->table_ordinal = binding->transaction_changes;
    change->sequence = sequence_text(pump);
    leat_status status = tell_begin(pump, change, error);
    if (status == LEAT_OK)
        status = encode(pump, binding, change, error);
    return status == LEAT_OK ? append(pump, binding, change, error) : status;
}

static leat_change change_of(const leat_pump *pump, const leat_event *event, leat_operation operation)
{
    return (leat_change){
        .operation = operation,
        .snapshot = pump->state == LEAT_PUMP_SNAPSHOT,
        .before = event->before,
        .after = event->after,
        .transaction = &event->transaction,
        .facts = event->facts,
        .made_at = pump->made_at,
    };
}

/* The new row of a key change stands alone, so what the source left out as unchanged is taken from the old
 * row. */
static const leat_datum *completed(leat_pump *pump, const leat_event *event)
{
    size_t bytes = event->table->column_count * sizeof(leat_datum);
    leat_buffer_reset(&pump->datums);
    leat_datum *datums = (leat_datum *)(void *)leat_buffer_reserve(&pump->datums, bytes);
    memcpy(datums, event->after, bytes);
    for (size_t i = 0; i < event->table->column_count; i++)
        if (datums[i].kind == LEAT_DATUM_UNCHANGED && event->before[i].kind != LEAT_DATUM_ABSENT &&
            event->before[i].kind != LEAT_DATUM_NO_KEY)
            datums[i] = event->before[i];
    return datums;
}

/* One of the two records of a changed key; sinks with keys are told the other's. */
static leat_status emit_beside(leat_pump *pump, leat_binding *binding, leat_change *change,
                               const leat_change *other, leat_error *error)
{
    leat_status status = LEAT_OK;
    begin_with(&pump->other_key, binding->sink_table->key_frame);
    if (pump->parts->sink->traits.needs_key)
        status = leat_envelope_key(binding->envelope, other, &pump->other_key, error);
    if (status == LEAT_OK)
        status = emit(pump, binding, change, error);
    leat_buffer_reset_bounded(&pump->other_key);
    return status;
}

/* A changed key is a delete of the old one and a create of the new one: two records, in this order. */
static leat_status key_change(leat_pump *pump, leat_binding *binding, const leat_event *event,
                              leat_error *error)
{
    leat_change gone = change_of(pump, event, LEAT_DELETE);
    leat_change created = change_of(pump, event, LEAT_CREATE);
    gone.after = NULL;
    created.before = NULL;
    created.after = completed(pump, event);
    leat_status status = emit_beside(pump, binding, &gone, &created, error);
    return status == LEAT_OK ? emit_beside(pump, binding, &created, &gone, error) : status;
}

leat_status leat_pump_row(leat_pump *pump, const leat_event *event, leat_error *error)
{
    leat_binding *binding = event->table->attachment;
    if (event->key_changed)
        return key_change(pump, binding, event, error);
    leat_change change = change_of(pump, event, event->operation);
    return emit(pump, binding, &change, error);
}

leat_status leat_pump_truncate(leat_pump *pump, const leat_event *event, leat_error *error)
{
    for (size_t i = 0; i < event->table_count; i++) {
        leat_change change = change_of(pump, event, LEAT_TRUNCATE);
        change.before = change.after = NULL;
        leat_status status = emit(pump, event->tables[i]->attachment, &change, error);
        if (status != LEAT_OK)
            return status;
    }
    return LEAT_OK;
}

static leat_status message_row(leat_pump *pump, const leat_event *event, leat_error *error)
{
    leat_datum row[LEAT_MESSAGE_COLUMNS];
    leat_message_row(event, row);
    leat_change change = change_of(pump, event, LEAT_MESSAGE);
    change.before = NULL;
    change.after = row;
    return emit(pump, pump->message_table->attachment, &change, error);
}

/* Outside a transaction a message is one by itself: it has a place in the log that reading can go on from. */
static leat_status lone_message(leat_pump *pump, const leat_event *event, leat_error *error)
{
    leat_pump_state before = pump->state;
    begin(pump, event);
    pump->state = LEAT_PUMP_GIVING;
    leat_status status = message_row(pump, event, error);
    pump->state = before;
    return status == LEAT_OK ? leat_ledger_receive(pump->ledger, event->order, error) : status;
}

leat_status leat_pump_message(leat_pump *pump, const leat_event *event, leat_error *error)
{
    if (pump->message_table == NULL) {
        pump->message_table = leat_message_table();
        leat_status status = leat_pump_table(pump, pump->message_table, error);
        if (status != LEAT_OK)
            return status;
    }
    return event->transactional ? message_row(pump, event, error) : lone_message(pump, event, error);
}
