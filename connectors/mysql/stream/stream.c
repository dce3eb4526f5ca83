#include "mysql/stream/stream.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/memory.h"
#include "mysql/stream/stream_internal.h"

enum {
    MOST_MOVES_UNSAID = 4096,
    SAY_MOVES_EVERY = 1000 * 1000, /* microseconds */
};

/* ---- Open and close ---- */

leat_mysql_stream *leat_mysql_stream_open(const leat_mysql_stream_options *options,
                                          const leat_mysql_position *from, leat_mysql_event_source next,
                                          leat_mysql_event_interrupt interrupt, void *context)
{
    leat_mysql_stream *stream = leat_allocate(sizeof *stream);
    stream->options = *options;
    stream->mariadb = options->server->mariadb;
    leat_mysql_place_open(&stream->place, from);
    leat_mysql_prepared_open(&stream->prepared, options->source->folder, options->epoch);
    stream->feed.group = leat_mysql_group_new(options->source->folder);
    stream->feed.payload = leat_binlog_payload_new();
    stream->maps = leat_mysql_maps_new();
    stream->giving.rows = leat_binlog_rows_new();
    leat_mysql_prepared_acknowledge(&stream->prepared, from);
    stream->reader = leat_mysql_reader_open(next, interrupt, context);
    return stream;
}

void leat_mysql_stream_close(leat_mysql_stream *stream)
{
    if (stream == NULL)
        return;
    leat_mysql_reader_close(stream->reader);
    leat_mysql_fetch_close(stream);
    leat_mysql_prepared_close(&stream->prepared);
    leat_binlog_rows_free(stream->giving.rows);
    leat_mysql_maps_free(stream->maps);
    leat_mysql_place_clear(&stream->place);
    leat_buffer_free(&stream->current.name);
    leat_buffer_free(&stream->current.identifier);
    leat_arena_free(&stream->arena);
    leat_arena_free(&stream->giving.arena);
    leat_release(stream);
}

/* ---- Events of the log itself ---- */

/* Ids of TABLE_MAPs begin anew with each file. */
static void enter_file(leat_mysql_stream *stream, leat_slice file, uint64_t offset)
{
    if (leat_mysql_place_enter_file(&stream->place, file, offset))
        leat_mysql_maps_forget(stream->maps);
}

/* An event outside of transactions, or a heartbeat, tells how far the log goes. */
static void reach_place(leat_mysql_stream *stream, leat_slice file, uint64_t offset)
{
    enter_file(stream, file, offset);
    if (!stream->current.open)
        leat_mysql_place_reach(&stream->place, file, offset);
}

static leat_status handle_rotate(leat_mysql_stream *stream, leat_error *error)
{
    leat_binlog_rotate place;
    leat_status status = leat_binlog_parse_rotate(stream->at.body, &place, error);
    if (status != LEAT_OK)
        return status;
    /* An artificial one says which file is read; where in it we stand, what comes next says. */
    if ((stream->at.flags & LEAT_BINLOG_FLAG_ARTIFICIAL) != 0)
        enter_file(stream, place.file, place.offset);
    else
        reach_place(stream, place.file, place.offset);
    return LEAT_OK;
}

static leat_status handle_heartbeat(leat_mysql_stream *stream, leat_error *error)
{
    leat_binlog_rotate place;
    leat_status status = leat_binlog_parse_heartbeat(&stream->at, &place, error);
    if (status == LEAT_OK && place.offset != 0)
        reach_place(stream, place.file, place.offset);
    return status;
}

static leat_status refuse_incident(const leat_mysql_stream *stream, leat_error *error)
{
    leat_binlog_incident what;
    leat_status status = leat_binlog_parse_incident(&stream->at, &what, error);
    if (status != LEAT_OK)
        return status;
    return leat_error_fail(
        error, LEAT_OPERATOR,
        "Start anew with another state file and an empty sink, so that a new snapshot sees what the log does "
        "not have",
        "the server says in %s at %" PRIu64 " that changes may be missing from its log: %.*s",
        leat_mysql_place_file(&stream->place), stream->event_offset, LEAT_SLICE_FORMAT(what.message));
}

static leat_status refuse_unreadable(const leat_mysql_stream *stream, leat_error *error)
{
    char name[LEAT_BINLOG_TYPE_NAME_SIZE];
    if ((stream->at.flags & LEAT_BINLOG_FLAG_IGNORABLE) != 0)
        return LEAT_OK;
    return leat_error_fail(error, LEAT_FAILED, "A newer leat may know it; nothing was skipped",
                           "binlog %s has an event of %s at %" PRIu64 ", which this leat cannot read",
                           leat_mysql_place_file(&stream->place),
                           leat_binlog_type_name(stream->at.type, name), stream->event_offset);
}

static leat_status handle_statement(leat_mysql_stream *stream, leat_error *error)
{
    bool ended;
    leat_status status = leat_mysql_statement_handle(stream, &ended, error);
    stream->current.ending = status == LEAT_OK && ended;
    return status;
}

/* One event that counts. */
static leat_status handle_event(leat_mysql_stream *stream, leat_error *error)
{
    if (leat_binlog_is_rows(stream->at.type))
        return leat_mysql_rows_begin(stream, error);
    switch ((int)stream->at.type) {
    case LEAT_BINLOG_TABLE_MAP:
        return leat_mysql_rows_map(stream, error);
    case LEAT_BINLOG_QUERY:
    case LEAT_BINLOG_MARIADB_QUERY_COMPRESSED:
        return handle_statement(stream, error);
    case LEAT_BINLOG_XID:
    case LEAT_BINLOG_XA_PREPARE:
        stream->current.ending = true;
        return LEAT_OK;
    case LEAT_BINLOG_FORMAT_DESCRIPTION:
        return leat_binlog_parse_format(stream->at.body, &stream->format, error);
    case LEAT_BINLOG_ROTATE:
        return handle_rotate(stream, error);
    case LEAT_BINLOG_HEARTBEAT:
        return handle_heartbeat(stream, error);
    case LEAT_BINLOG_INCIDENT:
        return refuse_incident(stream, error);
    case LEAT_BINLOG_EXECUTE_LOAD_QUERY:
        return leat_mysql_refuse_load(stream, error);
    case LEAT_BINLOG_STOP:
    case LEAT_BINLOG_INTVAR:
    case LEAT_BINLOG_RAND:
    case LEAT_BINLOG_USER_VAR:
    case LEAT_BINLOG_BEGIN_LOAD_QUERY:
    case LEAT_BINLOG_IGNORABLE:
    case LEAT_BINLOG_ROWS_QUERY:
    case LEAT_BINLOG_PREVIOUS_GTIDS:
    case LEAT_BINLOG_TRANSACTION_CONTEXT:
    case LEAT_BINLOG_VIEW_CHANGE:
    case LEAT_BINLOG_MARIADB_ANNOTATE_ROWS:
    case LEAT_BINLOG_MARIADB_CHECKPOINT:
    case LEAT_BINLOG_MARIADB_GTID_LIST:
    case LEAT_BINLOG_MARIADB_START_ENCRYPTION:
        return LEAT_OK;
    default:
        return refuse_unreadable(stream, error);
    }
}

/* ---- Next ---- */

/* Events between transactions take the position along; what was kept of an XA transaction and what is inside
 * a payload has no place of its own. */
static void follow_position(leat_mysql_stream *stream)
{
    const leat_binlog_event *at = &stream->at;
    if (stream->feed.in_payload || leat_mysql_fetch_is_kept(stream) ||
        (at->flags & LEAT_BINLOG_FLAG_ARTIFICIAL) != 0 || at->type == LEAT_BINLOG_HEARTBEAT ||
        at->type == LEAT_BINLOG_ROTATE)
        return;
    stream->event_offset = at->log_pos >= at->length ? at->log_pos - at->length : stream->place.next_offset;
    stream->place.next_offset = stream->event_offset + at->length;
    if (!stream->current.open && at->log_pos != 0)
        reach_place(stream, leat_buffer_slice(&stream->place.file), at->log_pos);
}

/* The next event of what is being given, and after it the transaction's end. */
static leat_status give_next(leat_mysql_stream *stream, bool *given, leat_error *error)
{
    leat_status status = leat_mysql_rows_give(stream, given, error);
    if (status != LEAT_OK || *given || !stream->current.ending)
        return status;
    stream->current.ending = false;
    return leat_mysql_transaction_end(stream, given, error);
}

/* Positions that moved without an event of their own are told when there is a pause, or it has been long. */
static bool may_say_moves(const leat_mysql_stream *stream)
{
    if (!stream->place.moved || stream->current.open)
        return false;
    return stream->place.moves >= MOST_MOVES_UNSAID || !leat_mysql_reader_ready(stream->reader) ||
           leat_clock_monotonic() - stream->place.moved_said >= SAY_MOVES_EVERY;
}

static void say_moves(leat_mysql_stream *stream)
{
    leat_mysql_transaction_event(stream, LEAT_EVENT_HEARTBEAT)->order =
        leat_mysql_place_order(&stream->place);
    leat_mysql_place_said(&stream->place);
    stream->place.moved_said = leat_clock_monotonic();
}

/* Reads on; `*given` false when there is nothing to give for now. */
static leat_status read_on(leat_mysql_stream *stream, int64_t timeout, bool *given, bool *found,
                           leat_error *error)
{
    *given = false;
    leat_status status = leat_mysql_fetch(stream, timeout, found, error);
    if (status != LEAT_OK || !*found)
        return status;
    follow_position(stream);
    status = handle_event(stream, error);
    return status == LEAT_OK ? give_next(stream, given, error) : status;
}

leat_status leat_mysql_stream_next(leat_mysql_stream *stream, int64_t timeout, const leat_event **event,
                                   leat_error *error)
{
    bool given;
    *event = &stream->event;
    leat_status status = give_next(stream, &given, error);
    for (bool found = true; status == LEAT_OK && !given && found;) {
        if (may_say_moves(stream)) {
            say_moves(stream);
            return LEAT_OK;
        }
        status = read_on(stream, timeout, &given, &found, error);
    }
    if (status != LEAT_OK || given)
        return status;
    if (stream->place.moved && !stream->current.open)
        say_moves(stream);
    else
        leat_mysql_transaction_event(stream, LEAT_EVENT_IDLE);
    return LEAT_OK;
}

leat_log_place leat_mysql_stream_place(leat_mysql_stream *stream)
{
    return (leat_log_place){.order = leat_mysql_place_order(&stream->place),
                            .log = leat_mysql_place_position_text(&stream->place)};
}

leat_status leat_mysql_stream_covers(const leat_mysql_stream *stream, const leat_mysql_position *position,
                                     bool *covers, leat_error *error)
{
    int order = 0;
    leat_status status = leat_mysql_position_compare(&stream->place.position, position, &order, error);
    *covers = status == LEAT_OK && order >= 0;
    return status;
}

leat_status leat_mysql_stream_acknowledge(leat_mysql_stream *stream, const char *log, leat_error *error)
{
    leat_mysql_position position = {0};
    leat_status status = leat_mysql_position_parse(log, stream->mariadb, &position, error);
    if (status == LEAT_OK && stream->prepared.ended)
        leat_mysql_prepared_acknowledge(&stream->prepared, &position);
    if (status == LEAT_OK)
        status = leat_mysql_tracker_acknowledge(stream->options.tracker, log, error);
    leat_mysql_position_clear(&position);
    return status;
}
