/* Binlog events on any bytes: the frame, and the parser of each type. The input is a series of raw events,
 * each as long as it says; what is read must lie inside of it.
 *
 * Checksums would keep a fuzzer out, so the events are opened as those inside a TRANSACTION_PAYLOAD are. */
#include <stdlib.h>

#include "mysql/binlog/binlog.h"
#include "mysql/binlog/payload.h"
#include "mysql/binlog/rows.h"
#include "mysql/binlog/table_map.h"

enum { LENGTH_AT = 9, MOST_EVENTS = 64 };

typedef struct fuzz_state {
    leat_binlog_format format;
    leat_arena arena;
    leat_arena map_arena;
    leat_binlog_table_map map;
    const leat_binlog_plan *plan; /* NULL before the first TABLE_MAP */
    leat_binlog_rows *rows;
    leat_binlog_payload *payload;
    unsigned depth;
    unsigned left; /* events that may still be looked at */
} fuzz_state;

static void must_be_inside(leat_slice part, leat_slice whole)
{
    if (part.length > 0 && (part.data < whole.data || part.data + part.length > whole.data + whole.length))
        abort();
}

static void must_be_readable(leat_slice part)
{
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < part.length; i++)
        sum = (uint8_t)(sum + part.data[i]);
}

static void fuzz_rows(fuzz_state *state, const leat_binlog_event *event, leat_error *error)
{
    const leat_binlog_row *row;
    leat_status status = leat_binlog_rows_open(state->rows, event, state->plan, error);
    while (status == LEAT_OK && (status = leat_binlog_rows_next(state->rows, &row, error)) == LEAT_OK &&
           row != NULL)
        for (size_t i = 0; i < state->map.column_count; i++) {
            if (row->before != NULL && row->before[i].kind == LEAT_DATUM_VALUE)
                must_be_readable(row->before[i].value);
            if (row->after != NULL && row->after[i].kind == LEAT_DATUM_VALUE)
                must_be_readable(row->after[i].value);
        }
}

static void fuzz_map(fuzz_state *state, const leat_binlog_event *event, leat_error *error)
{
    leat_arena_reset(&state->map_arena);
    state->plan = NULL;
    if (leat_binlog_parse_table_map(event, &state->map_arena, &state->map, error) != LEAT_OK)
        return;
    for (size_t i = 0; i < state->map.column_count; i++) {
        must_be_inside(state->map.columns[i].name, state->map.bytes);
        for (size_t j = 0; j < state->map.columns[i].label_count; j++)
            must_be_inside(state->map.columns[i].labels[j], state->map.bytes);
    }
    state->plan = leat_binlog_plan_make(&state->map, &state->map_arena);
}

static void fuzz_event(fuzz_state *state, leat_slice raw);

static void fuzz_payload(fuzz_state *state, const leat_binlog_event *event, leat_error *error)
{
    leat_slice raw = leat_slice_of("", 1);
    if (state->depth > 0 || leat_binlog_payload_open(state->payload, event, error) != LEAT_OK)
        return;
    state->depth++;
    while (state->left > 0 && raw.length > 0 &&
           leat_binlog_payload_next(state->payload, &raw, error) == LEAT_OK)
        if (raw.length > 0)
            fuzz_event(state, raw);
    state->depth--;
}

static void fuzz_texts(fuzz_state *state, const leat_binlog_event *event, leat_error *error)
{
    leat_binlog_query query;
    leat_binlog_incident incident;
    leat_binlog_rotate place;
    leat_arena_reset(&state->arena);
    if (leat_binlog_parse_query(event, &state->arena, &query, error) == LEAT_OK) {
        must_be_readable(query.sql);
        must_be_inside(query.database, event->body);
    }
    if (leat_binlog_parse_incident(event, &incident, error) == LEAT_OK)
        must_be_inside(incident.message, event->body);
    if (leat_binlog_parse_rotate(event->body, &place, error) == LEAT_OK)
        must_be_inside(place.file, event->body);
    if (leat_binlog_parse_heartbeat(event, &place, error) == LEAT_OK)
        must_be_inside(place.file, event->body);
}

static void fuzz_transactions(const leat_binlog_event *event, leat_error *error)
{
    leat_binlog_gtid gtid;
    leat_binlog_mariadb_gtid mariadb_gtid;
    leat_binlog_xa_prepare prepare;
    if (leat_binlog_parse_gtid(event, &gtid, error) == LEAT_OK && strlen(gtid.gtid.tag) > LEAT_MYSQL_TAG_SIZE)
        abort();
    if (leat_binlog_parse_mariadb_gtid(event, &mariadb_gtid, error) == LEAT_OK) {
        must_be_inside(mariadb_gtid.xid.global, event->body);
        must_be_inside(mariadb_gtid.xid.branch, event->body);
    }
    if (leat_binlog_parse_xa_prepare(event, &prepare, error) == LEAT_OK) {
        must_be_inside(prepare.xid.global, event->body);
        must_be_inside(prepare.xid.branch, event->body);
    }
}

/* The small parsers read any body; those with a state, bodies of their type. */
static void fuzz_event(fuzz_state *state, leat_slice raw)
{
    leat_binlog_event event;
    leat_error error;
    state->left--;
    if (leat_binlog_open(&state->format, raw, true, &event, &error) != LEAT_OK)
        return;
    must_be_inside(event.body, raw);
    if (event.type == LEAT_BINLOG_FORMAT_DESCRIPTION) {
        leat_binlog_format format;
        if (leat_binlog_parse_format(event.body, &format, &error) == LEAT_OK)
            state->format = format;
    } else if (event.type == LEAT_BINLOG_TABLE_MAP) {
        fuzz_map(state, &event, &error);
    } else if (leat_binlog_is_rows(event.type)) {
        if (state->plan != NULL)
            fuzz_rows(state, &event, &error);
    } else if (event.type == LEAT_BINLOG_TRANSACTION_PAYLOAD) {
        fuzz_payload(state, &event, &error);
    } else {
        fuzz_texts(state, &event, &error);
        fuzz_transactions(&event, &error);
    }
}

static size_t event_length(const uint8_t *data, size_t size)
{
    if (size < LEAT_BINLOG_HEADER_SIZE)
        return size;
    size_t length = data[LENGTH_AT] | (size_t)data[LENGTH_AT + 1] << 8 | (size_t)data[LENGTH_AT + 2] << 16;
    return length == 0 || length > size ? size : length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_state state = {.format = {.seen = true}, .left = MOST_EVENTS};
    state.rows = leat_binlog_rows_new();
    state.payload = leat_binlog_payload_new();
    for (size_t at = 0; at < size && state.left > 0;) {
        size_t length = event_length(data + at, size - at);
        fuzz_event(&state, leat_slice_of(data + at, length));
        at += length;
    }
    leat_binlog_rows_free(state.rows);
    leat_binlog_payload_free(state.payload);
    leat_arena_free(&state.arena);
    leat_arena_free(&state.map_arena);
    return 0;
}
