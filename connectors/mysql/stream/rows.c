/* From rows events to leat's events. */
#include <string.h>

#include "base/memory.h"
#include "mysql/catalog/catalog.h"
#include "mysql/stream/stream_internal.h"
#include "mysql/value/json_binary.h"

enum {
    DUMMY_TABLE = 0xffffff, /* the id of a rows event that only ends a statement (sql/log_event.h) */
};

enum { FACT_SERVER_ID, FACT_GTID, FACT_FILE, FACT_POS, FACT_ROW, FACT_THREAD, FACT_QUERY };

const leat_fact_field leat_mysql_fact_fields[LEAT_MYSQL_FACT_COUNT] = {
    [FACT_SERVER_ID] = {.name = "server_id", .kind = LEAT_FACT_LONG},
    [FACT_GTID] = {.name = "gtid", .kind = LEAT_FACT_STRING},
    [FACT_FILE] = {.name = "file", .kind = LEAT_FACT_STRING},
    [FACT_POS] = {.name = "pos", .kind = LEAT_FACT_LONG, .place = true},
    [FACT_ROW] = {.name = "row", .kind = LEAT_FACT_INT},
    [FACT_THREAD] = {.name = "thread", .kind = LEAT_FACT_LONG},
    [FACT_QUERY] = {.name = "query", .kind = LEAT_FACT_STRING},
};

/* ---- Maps ---- */

static leat_status bind_map(leat_mysql_stream *stream, leat_mysql_bound_map *bound, leat_error *error)
{
    const leat_mysql_definition *definition;
    leat_status status =
        leat_mysql_tracker_settle(stream->options.tracker, &bound->map,
                                  leat_mysql_place_position_text(&stream->place), &definition, error);
    if (status != LEAT_OK)
        return status;
    if (definition->kind != LEAT_MYSQL_BASE_TABLE && definition->kind != LEAT_MYSQL_VERSIONED_TABLE)
        return LEAT_OK;
    bound->table = leat_mysql_maps_table(stream->maps, bound->map.database, bound->map.name);
    leat_mysql_known_table_define(bound->table, definition, stream->options.collations);
    bound->plan = leat_binlog_plan_make(&bound->map, &bound->arena);
    return LEAT_OK;
}

leat_status leat_mysql_rows_map(leat_mysql_stream *stream, leat_error *error)
{
    uint64_t table_id;
    leat_status status = leat_binlog_peek_table_id(&stream->at, &table_id, error);
    if (status != LEAT_OK)
        return status;
    leat_mysql_bound_map *bound = leat_mysql_maps_find(stream->maps, table_id);
    if (bound != NULL && leat_slice_equal(bound->map.bytes, stream->at.body))
        return LEAT_OK;
    bound = leat_mysql_maps_put(stream->maps, table_id);
    status = leat_binlog_parse_table_map(&stream->at, &bound->arena, &bound->map, error);
    if (status != LEAT_OK ||
        !leat_mysql_catalog_selects(stream->options.source, bound->map.database, bound->map.name))
        return status;
    return bind_map(stream, bound, error);
}

/* ---- Rows ---- */

static void begin_giving(leat_mysql_stream *stream, leat_mysql_known_table *table, bool truncate)
{
    leat_mysql_giving *giving = &stream->giving;
    giving->table = table;
    giving->truncate = truncate;
    giving->row = 0;
    giving->offset = stream->event_offset;
}

leat_status leat_mysql_rows_begin(leat_mysql_stream *stream, leat_error *error)
{
    uint64_t table_id;
    leat_status status = leat_binlog_rows_table_id(&stream->at, &table_id, error);
    if (status != LEAT_OK || table_id == DUMMY_TABLE)
        return status;
    const leat_mysql_bound_map *bound = leat_mysql_maps_find(stream->maps, table_id);
    if (bound == NULL)
        return leat_error_set(error, LEAT_FAILED,
                              "binlog %s has rows of table id %llu, which no TABLE_MAP has described",
                              leat_mysql_place_file(&stream->place), (unsigned long long)table_id);
    if (bound->table == NULL)
        return LEAT_OK;
    if (!stream->current.open)
        return leat_error_set(error, LEAT_FAILED, "binlog %s has rows outside of a transaction",
                              leat_mysql_place_file(&stream->place));
    status = leat_binlog_rows_open(stream->giving.rows, &stream->at, bound->plan, error);
    if (status == LEAT_OK)
        begin_giving(stream, bound->table, false);
    return status;
}

void leat_mysql_rows_begin_truncate(leat_mysql_stream *stream, leat_mysql_known_table *table)
{
    begin_giving(stream, table, true);
}

static const leat_fact *facts_of(leat_mysql_stream *stream)
{
    const leat_mysql_current *current = &stream->current;
    leat_fact *facts = stream->giving.facts;
    bool named = current->gtid.kind != LEAT_MYSQL_NO_GTID;
    facts[FACT_SERVER_ID] = (leat_fact){.number = current->server_id};
    facts[FACT_GTID] = (leat_fact){.null = !named, .text = leat_buffer_slice(&current->identifier)};
    facts[FACT_FILE] = (leat_fact){.text = leat_buffer_slice(&stream->place.file)};
    facts[FACT_POS] = (leat_fact){.number = (int64_t)stream->giving.offset};
    facts[FACT_ROW] = (leat_fact){.number = stream->giving.row};
    facts[FACT_THREAD] = (leat_fact){.null = !current->has_thread, .number = current->thread};
    facts[FACT_QUERY] = (leat_fact){.null = true};
    return facts;
}

/* ---- Images ---- */

/* A JSON column whose change alone was logged: the whole document again, as text. */
static leat_status patch_json(leat_mysql_stream *stream, const leat_datum *before, leat_datum *after,
                              const char *column, leat_error *error)
{
    leat_buffer text = {0};
    if (before->kind != LEAT_DATUM_VALUE) {
        after->kind = LEAT_DATUM_ABSENT; /* nothing to apply it to: the document cannot be known */
        return LEAT_OK;
    }
    bool applied = leat_mysql_json_patch(before->value, after->value, &text);
    if (applied)
        after->value = leat_slice_of(leat_arena_slice_string(&stream->giving.arena, leat_buffer_slice(&text)),
                                     text.length);
    leat_buffer_free(&text);
    return applied ? LEAT_OK
                   : leat_error_set(error, LEAT_FAILED,
                                    "table %s.%s, column %s: the partial JSON update in the log does not fit "
                                    "the document that it changes",
                                    stream->giving.table->database, stream->giving.table->name, column);
}

/* What an update's new image leaves out did not change: it is the old image's, where that has it. */
static leat_status complete_update(leat_mysql_stream *stream, const leat_binlog_row *row, leat_error *error)
{
    const leat_table *table = stream->giving.table->table;
    leat_arena_reset(&stream->giving.arena);
    for (size_t i = 0; i < table->column_count; i++) {
        leat_datum *after = &row->after[i];
        const leat_datum *before = &row->before[i];
        if (row->partial != NULL && row->partial[i] && after->kind == LEAT_DATUM_VALUE) {
            leat_status status = patch_json(stream, before, after, table->columns[i].name, error);
            if (status != LEAT_OK)
                return status;
        } else if (after->kind == LEAT_DATUM_ABSENT || after->kind == LEAT_DATUM_UNCHANGED) {
            *after = *before;
        }
    }
    return LEAT_OK;
}

static bool key_changed(const leat_table *table, const leat_binlog_row *row)
{
    for (size_t i = 0; i < table->key_count; i++) {
        const leat_datum *before = &row->before[table->key_columns[i]];
        const leat_datum *after = &row->after[table->key_columns[i]];
        if (before->kind != after->kind ||
            (after->kind == LEAT_DATUM_VALUE && !leat_slice_equal(before->value, after->value)))
            return true;
    }
    return false;
}

/* Whether a row of a versioned table is alive: its end is the last moment there is, in 2038 (or, from MariaDB
 * 11.5 on, 2106), or the largest transaction number. */
static bool is_row_alive(const leat_datum *end)
{
    static const uint8_t ends[][8] = {
        {0x7f, 0xff, 0xff, 0xff, 0x0f, 0x42, 0x3f},
        {0xff, 0xff, 0xff, 0xff, 0x0f, 0x42, 0x3f},
        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (end->kind == LEAT_DATUM_VALUE &&
            leat_slice_equal(end->value, leat_slice_of(ends[i], i < 2 ? 7 : 8)))
            return true;
    return false;
}

/* Of a versioned table only the rows that live now are events: what is written as history is none, and an
 * update that ends a row's life is its delete. False when there is nothing to give. */
static bool make_live_change(const leat_mysql_known_table *table, const leat_binlog_row *row,
                             leat_event *event)
{
    if (table->row_end == SIZE_MAX)
        return true;
    if (row->operation != LEAT_UPDATE)
        return is_row_alive(&(row->operation == LEAT_CREATE ? row->after : row->before)[table->row_end]);
    if (!is_row_alive(&row->before[table->row_end]))
        return false;
    if (!is_row_alive(&row->after[table->row_end])) {
        event->operation = LEAT_DELETE;
        event->after = NULL;
        event->key_changed = false;
    }
    return true;
}

/* One event after the other is a row's: what only other kinds have is empty already. */
static leat_event *new_row_event(leat_mysql_stream *stream)
{
    leat_event *event = &stream->event;
    if (event->kind != LEAT_EVENT_ROW) {
        event = leat_mysql_transaction_event(stream, LEAT_EVENT_ROW);
        event->facts = facts_of(stream);
    }
    return event;
}

static leat_status give_row(leat_mysql_stream *stream, bool *given, leat_error *error)
{
    leat_mysql_giving *giving = &stream->giving;
    const leat_binlog_row *row;
    leat_status status = leat_binlog_rows_next(stream->giving.rows, &row, error);
    *given = false;
    if (status != LEAT_OK)
        return leat_error_context(error, status, "table %s.%s", giving->table->database, giving->table->name);
    if (row == NULL) {
        giving->table = NULL;
        return LEAT_OK;
    }
    if (row->operation == LEAT_UPDATE)
        status = complete_update(stream, row, error);
    leat_event *event = new_row_event(stream);
    event->operation = row->operation;
    event->table = giving->table->table;
    event->before = row->before;
    event->after = row->after;
    event->key_changed = row->operation == LEAT_UPDATE && key_changed(event->table, row);
    stream->giving.facts[FACT_POS].number = (int64_t)giving->offset;
    stream->giving.facts[FACT_ROW].number = giving->row++;
    *given = make_live_change(giving->table, row, event);
    return status;
}

static void give_truncate(leat_mysql_stream *stream)
{
    stream->giving.truncated[0] = stream->giving.table->table;
    leat_event *event = leat_mysql_transaction_event(stream, LEAT_EVENT_TRUNCATE);
    event->operation = LEAT_TRUNCATE;
    event->tables = stream->giving.truncated;
    event->table_count = 1;
    event->facts = facts_of(stream);
    stream->giving.table = NULL;
}

leat_status leat_mysql_rows_give(leat_mysql_stream *stream, bool *given, leat_error *error)
{
    leat_mysql_giving *giving = &stream->giving;
    *given = giving->table != NULL;
    if (!*given)
        return LEAT_OK;
    if (!stream->current.begun) {
        stream->current.begun = true;
        leat_mysql_transaction_event(stream, LEAT_EVENT_BEGIN);
        return LEAT_OK;
    }
    if (!giving->table->announced) {
        giving->table->announced = true;
        leat_mysql_transaction_event(stream, LEAT_EVENT_TABLE)->table = giving->table->table;
        return LEAT_OK;
    }
    if (giving->truncate) {
        give_truncate(stream);
        return LEAT_OK;
    }
    leat_status status = LEAT_OK;
    for (*given = false; status == LEAT_OK && !*given && giving->table != NULL;)
        status = give_row(stream, given, error);
    return status;
}
