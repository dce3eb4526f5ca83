#include "postgres/stream/stream.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/memory.h"
#include "postgres/server/settings.h"
#include "postgres/stream/relation.h"
#include "postgres/stream/row.h"
#include "postgres/wire/pgoutput.h"
#include "postgres/wire/wire.h"

enum {
    XID_TEXT_SIZE = 11,
    NAME_TEXT_SIZE = LEAT_LSN_TEXT_SIZE + XID_TEXT_SIZE + 1,
};

enum { FACT_TRANSACTION, FACT_LSN, FACT_XMIN, FACT_ORIGIN };

const leat_fact_field leat_postgres_fact_fields[LEAT_POSTGRES_FACT_COUNT] = {
    [FACT_TRANSACTION] = {.name = "txId", .kind = LEAT_FACT_LONG},
    [FACT_LSN] = {.name = "lsn", .kind = LEAT_FACT_LONG, .place = true},
    [FACT_XMIN] = {.name = "xmin", .kind = LEAT_FACT_LONG},
    [FACT_ORIGIN] = {.name = "origin", .kind = LEAT_FACT_STRING},
};

struct leat_postgres_stream {
    leat_postgres_wire *wire;
    leat_postgres_catalog *catalog;
    leat_postgres_relations *relations;
    leat_arena arena; /* the present message */
    leat_event event;
    leat_fact facts[LEAT_POSTGRES_FACT_COUNT];
    leat_lsn given; /* position of the last event that had one */
    bool in_transaction;
    leat_lsn final_lsn; /* of the open transaction */
    leat_buffer origin; /* of the open transaction; empty: a local one */
    char name[NAME_TEXT_SIZE];
    char identifier[XID_TEXT_SIZE];
    char sequence[LEAT_LSN_SORTABLE_SIZE];
    uint8_t order[sizeof(leat_lsn)];   /* `given` as the key of a place… */
    char position[LEAT_LSN_TEXT_SIZE]; /* …and as its text, where one was asked for */
};

/* ---- Start and end ---- */

static void append_options(leat_buffer *sql, const leat_source_options *options, const char *publication)
{
    leat_buffer name = {0};
    leat_postgres_append_identifier(&name, publication);
    leat_buffer_append_string(sql, " (proto_version '1', publication_names ");
    leat_postgres_append_literal(sql, leat_buffer_string(&name));
    if (leat_postgres_settings_of(options)->messages)
        leat_buffer_append_string(sql, ", messages 'on'");
    leat_buffer_append_byte(sql, ')');
    leat_buffer_free(&name);
}

static leat_status start_replication(const leat_source_options *options, const leat_postgres_names *names,
                                     leat_postgres_session *session, leat_lsn from, leat_error *error)
{
    char text[LEAT_LSN_TEXT_SIZE];
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "START_REPLICATION SLOT ");
    leat_postgres_append_identifier(&sql, names->slot);
    leat_buffer_printf(&sql, " LOGICAL %s", leat_lsn_format(from, text));
    append_options(&sql, options, names->publication);
    leat_status status = leat_postgres_start_copy(session, leat_buffer_string(&sql), error);
    leat_buffer_free(&sql);
    return status;
}

leat_status leat_postgres_stream_open(const leat_source_options *options, const leat_postgres_names *names,
                                      leat_postgres_session *session, leat_postgres_catalog *catalog,
                                      leat_lsn from, leat_postgres_stream **stream, leat_error *error)
{
    leat_status status = start_replication(options, names, session, from, error);
    if (status != LEAT_OK) {
        leat_postgres_session_close(session);
        return status;
    }
    leat_postgres_stream *made = leat_allocate(sizeof *made);
    made->wire = leat_postgres_wire_open(options, session, from);
    made->catalog = catalog;
    made->relations = leat_postgres_relations_open(catalog, options->tables, options->table_count);
    made->given = from;
    *stream = made;
    return LEAT_OK;
}

void leat_postgres_stream_close(leat_postgres_stream *stream)
{
    if (stream == NULL)
        return;
    leat_postgres_wire_close(stream->wire);
    leat_postgres_relations_close(stream->relations);
    leat_buffer_free(&stream->origin);
    leat_arena_free(&stream->arena);
    leat_release(stream);
}

/* ---- Transactions ---- */

static leat_event *new_event(leat_postgres_stream *stream, leat_event_kind kind)
{
    leat_transaction transaction = stream->event.transaction;
    stream->event = (leat_event){.kind = kind, .row_estimate = -1, .transaction = transaction};
    return &stream->event;
}

/* One event after the other is a row's: what only other kinds have is empty already, and to clear it all
 * again would be a good part of the work on a row. */
static leat_event *new_row_event(leat_postgres_stream *stream)
{
    leat_event *event = &stream->event;
    if (event->kind != LEAT_EVENT_ROW)
        return new_event(stream, LEAT_EVENT_ROW);
    event->before = event->after = NULL;
    event->key_changed = false;
    return event;
}

static leat_status out_of_order(const char *what, bool in_transaction, leat_error *error)
{
    return leat_error_set(error, LEAT_FAILED, "pgoutput sent %s %s a transaction", what,
                          in_transaction ? "inside" : "outside");
}

static leat_status begin(leat_postgres_stream *stream, const leat_pgoutput_message *message,
                         leat_error *error)
{
    if (stream->in_transaction)
        return out_of_order("a BEGIN", true, error);
    char lsn[LEAT_LSN_TEXT_SIZE];
    stream->in_transaction = true;
    stream->final_lsn = message->lsn;
    leat_buffer_reset(&stream->origin);
    snprintf(stream->identifier, sizeof stream->identifier, "%" PRIu32, message->xid);
    snprintf(stream->name, sizeof stream->name, "%s:%s", leat_lsn_format(message->lsn, lsn),
             stream->identifier);
    leat_event *event = new_event(stream, LEAT_EVENT_BEGIN);
    event->transaction = (leat_transaction){
        .name = leat_slice_of_string(stream->name),
        .identifier = leat_slice_of_string(stream->identifier),
        .sequence = leat_slice_of_string(leat_lsn_format_sortable(message->lsn, stream->sequence)),
        .commit_time = message->commit_time,
    };
    stream->facts[FACT_TRANSACTION] = (leat_fact){.number = message->xid};
    stream->facts[FACT_XMIN] = (leat_fact){.null = true};
    stream->facts[FACT_ORIGIN] = (leat_fact){.null = true};
    return LEAT_OK;
}

/* The most significant byte first: sorts bytewise like the number. */
static leat_slice order_of(leat_postgres_stream *stream)
{
    for (size_t i = 0; i < sizeof stream->order; i++)
        stream->order[i] = (uint8_t)(stream->given >> (8 * (sizeof stream->order - 1 - i)));
    return leat_slice_of(stream->order, sizeof stream->order);
}

static leat_slice give_position(leat_postgres_stream *stream, leat_lsn lsn)
{
    stream->given = lsn;
    leat_postgres_wire_received(stream->wire, lsn);
    return order_of(stream);
}

/* What a commit says must fit what its begin said, and the log only goes forward: an acknowledgement will be
 * made from it. */
static leat_status check_commit(const leat_postgres_stream *stream, const leat_pgoutput_message *message,
                                leat_error *error)
{
    char begun[LEAT_LSN_TEXT_SIZE];
    char ended[LEAT_LSN_TEXT_SIZE];
    char up_to[LEAT_LSN_TEXT_SIZE];
    char given[LEAT_LSN_TEXT_SIZE];
    if (!stream->in_transaction)
        return out_of_order("a COMMIT", false, error);
    if (message->lsn == stream->final_lsn && message->end_lsn > message->lsn &&
        message->end_lsn > stream->given)
        return LEAT_OK;
    return leat_error_set(
        error, LEAT_FAILED,
        "the transaction that began with commit LSN %s ended with %s up to %s, after %s: the "
        "stream makes no sense",
        leat_lsn_format(stream->final_lsn, begun), leat_lsn_format(message->lsn, ended),
        leat_lsn_format(message->end_lsn, up_to), leat_lsn_format(stream->given, given));
}

static leat_status commit(leat_postgres_stream *stream, const leat_pgoutput_message *message,
                          leat_error *error)
{
    leat_status status = check_commit(stream, message, error);
    if (status != LEAT_OK)
        return status;
    stream->in_transaction = false;
    new_event(stream, LEAT_EVENT_COMMIT)->order = give_position(stream, message->end_lsn);
    return LEAT_OK;
}

static void note_origin(leat_postgres_stream *stream, const leat_pgoutput_message *message)
{
    leat_buffer_reset(&stream->origin);
    leat_buffer_append_slice(&stream->origin, message->name);
    stream->facts[FACT_ORIGIN] = (leat_fact){.text = leat_buffer_slice(&stream->origin)};
}

/* ---- Changes ---- */

/* Avro's long is signed; no log reaches 2^63 bytes. */
static const leat_fact *change_facts(leat_postgres_stream *stream, leat_lsn lsn)
{
    stream->facts[FACT_LSN] = (leat_fact){.number = (int64_t)lsn};
    return stream->facts;
}

static leat_status learn(leat_postgres_stream *stream, const leat_pgoutput_message *message, bool *given,
                         leat_error *error)
{
    leat_table *table;
    leat_status status =
        leat_postgres_relations_learn(stream->relations, &message->definition, &table, error);
    if (status != LEAT_OK || table == NULL)
        return status;
    new_event(stream, LEAT_EVENT_TABLE)->table = table;
    *given = true;
    return LEAT_OK;
}

static void note_type(leat_postgres_stream *stream, const leat_pgoutput_message *message)
{
    leat_postgres_catalog_note_type(stream->catalog, message->relation,
                                    leat_arena_slice_string(&stream->arena, message->schema),
                                    leat_arena_slice_string(&stream->arena, message->name));
}

static leat_status change(leat_postgres_stream *stream, leat_pgoutput_message *message, leat_lsn lsn,
                          bool *given, leat_error *error)
{
    const leat_postgres_known_relation *known;
    if (!stream->in_transaction)
        return out_of_order("a change", false, error);
    leat_status status = leat_postgres_relations_find(stream->relations, message->relation, &known, error);
    if (status != LEAT_OK || known->table == NULL)
        return status;
    leat_event *event = new_row_event(stream);
    event->facts = change_facts(stream, lsn);
    *given = true;
    return leat_postgres_row_fill(known, message, event, error);
}

static leat_status truncate_tables(leat_postgres_stream *stream, const leat_pgoutput_message *message,
                                   leat_lsn lsn, bool *given, leat_error *error)
{
    if (!stream->in_transaction)
        return out_of_order("a TRUNCATE", false, error);
    leat_table **tables = leat_arena_allocate_array(&stream->arena, message->relation_count, sizeof *tables);
    size_t count = 0;
    for (size_t i = 0; i < message->relation_count; i++) {
        const leat_postgres_known_relation *known;
        leat_status status =
            leat_postgres_relations_find(stream->relations, message->relations[i], &known, error);
        if (status != LEAT_OK)
            return status;
        if (known->table != NULL)
            tables[count++] = known->table;
    }
    if (count == 0)
        return LEAT_OK;
    leat_event *event = new_event(stream, LEAT_EVENT_TRUNCATE);
    event->operation = LEAT_TRUNCATE;
    event->tables = tables;
    event->table_count = count;
    event->facts = change_facts(stream, lsn);
    *given = true;
    return LEAT_OK;
}

/* Outside a transaction a message is one by itself, named by its place in the log. It has no time of its own:
 * the server's clock when it sent it is the nearest. */
static void stand_alone(leat_postgres_stream *stream, leat_event *event, const leat_pgoutput_message *message,
                        int64_t sent_at)
{
    char lsn[LEAT_LSN_TEXT_SIZE];
    snprintf(stream->name, sizeof stream->name, "%s:message", leat_lsn_format(message->lsn, lsn));
    event->transaction = (leat_transaction){
        .name = leat_slice_of_string(stream->name),
        .identifier = leat_slice_of(stream->identifier, 0),
        .sequence = leat_slice_of_string(leat_lsn_format_sortable(message->lsn, stream->sequence)),
        .commit_time = sent_at,
    };
    stream->facts[FACT_TRANSACTION] = stream->facts[FACT_XMIN] = stream->facts[FACT_ORIGIN] =
        (leat_fact){.null = true};
    /* Its LSN is the end of its record, so a stream that starts there does not bring it again, and every
     * transaction that committed before was given before. */
    event->order = give_position(stream, message->lsn > stream->given ? message->lsn : stream->given);
}

static leat_status logical_message(leat_postgres_stream *stream, const leat_pgoutput_message *message,
                                   int64_t sent_at, leat_error *error)
{
    if (message->transactional != stream->in_transaction)
        return out_of_order("a logical message of the other sort", stream->in_transaction, error);
    leat_event *event = new_event(stream, LEAT_EVENT_MESSAGE);
    event->operation = LEAT_MESSAGE;
    event->transactional = message->transactional;
    event->message_prefix = message->name;
    event->message_content = message->content;
    if (!message->transactional)
        stand_alone(stream, event, message, sent_at);
    event->facts = change_facts(stream, message->lsn);
    return LEAT_OK;
}

/* Turns one message into the stream's event; `given` stays false where there is nothing to give. */
static leat_status handle(leat_postgres_stream *stream, const leat_postgres_frame *frame, bool *given,
                          leat_error *error)
{
    leat_pgoutput_message message;
    leat_status status = leat_pgoutput_decode(frame->payload, &stream->arena, &message, error);
    if (status != LEAT_OK)
        return status;
    switch (message.kind) {
    case LEAT_PGOUTPUT_INSERT:
    case LEAT_PGOUTPUT_UPDATE:
    case LEAT_PGOUTPUT_DELETE:
        return change(stream, &message, frame->start, given, error);
    case LEAT_PGOUTPUT_BEGIN:
        *given = true;
        return begin(stream, &message, error);
    case LEAT_PGOUTPUT_COMMIT:
        *given = true;
        return commit(stream, &message, error);
    case LEAT_PGOUTPUT_RELATION:
        return learn(stream, &message, given, error);
    case LEAT_PGOUTPUT_TRUNCATE:
        return truncate_tables(stream, &message, frame->start, given, error);
    case LEAT_PGOUTPUT_MESSAGE:
        *given = true;
        return logical_message(stream, &message, frame->sent_at, error);
    case LEAT_PGOUTPUT_ORIGIN:
        note_origin(stream, &message);
        return LEAT_OK;
    case LEAT_PGOUTPUT_TYPE:
        note_type(stream, &message);
        return LEAT_OK;
    }
    return leat_error_set(error, LEAT_FAILED, "pgoutput message of kind '%c' has no handler",
                          (char)message.kind);
}

/* ---- Next ---- */

/* Nothing is left to give. In an open transaction the server's end is no place to go on from. An end that was
 * given before is given again when the server has begun to wait for it. */
static bool heartbeat(leat_postgres_stream *stream)
{
    leat_lsn end = leat_postgres_wire_server_end(stream->wire);
    if (stream->in_transaction || end < stream->given)
        return false;
    bool awaited = leat_postgres_wire_server_waits(stream->wire);
    if (end == stream->given && !awaited)
        return false;
    leat_event *event = new_event(stream, LEAT_EVENT_HEARTBEAT);
    event->awaited = awaited;
    event->order = give_position(stream, end);
    return true;
}

/* Gives the next message that has arrived and makes an event. */
static leat_status take_arrived(leat_postgres_stream *stream, bool *given, bool *drained, leat_error *error)
{
    leat_postgres_frame frame;
    leat_status status = LEAT_OK;
    *given = *drained = false;
    while (status == LEAT_OK && !*given && !*drained) {
        bool found;
        leat_arena_reset(&stream->arena);
        status = leat_postgres_wire_fetch(stream->wire, &frame, &found, error);
        *drained = !found;
        if (status == LEAT_OK && found)
            status = handle(stream, &frame, given, error);
    }
    return status;
}

leat_status leat_postgres_stream_next(leat_postgres_stream *stream, int64_t timeout, const leat_event **event,
                                      leat_error *error)
{
    bool given;
    bool drained;
    *event = &stream->event;
    leat_status status = take_arrived(stream, &given, &drained, error);
    if (status != LEAT_OK || given || heartbeat(stream))
        return status;
    int64_t deadline = leat_clock_monotonic() + timeout;
    do {
        status = leat_postgres_wire_wait(stream->wire, deadline, error);
        if (status == LEAT_OK)
            status = take_arrived(stream, &given, &drained, error);
        if (status != LEAT_OK || given || heartbeat(stream))
            return status;
    } while (leat_clock_monotonic() < deadline);
    new_event(stream, LEAT_EVENT_IDLE);
    return LEAT_OK;
}

leat_status leat_postgres_stream_acknowledge(leat_postgres_stream *stream, leat_lsn lsn, leat_error *error)
{
    return leat_postgres_wire_acknowledge(stream->wire, lsn, error);
}

leat_status leat_postgres_stream_keep_alive(leat_postgres_stream *stream, leat_error *error)
{
    return leat_postgres_wire_keep_alive(stream->wire, error);
}

leat_log_place leat_postgres_stream_place(leat_postgres_stream *stream)
{
    return (leat_log_place){.order = order_of(stream),
                            .log = leat_lsn_format(stream->given, stream->position)};
}

bool leat_postgres_stream_covers(const leat_postgres_stream *stream, leat_lsn lsn)
{
    return stream->given >= lsn;
}
