/* Where transactions begin and end, and what is known of them. */
#include "mysql/stream/stream_internal.h"

enum { MICROSECONDS = 1000 * 1000 };

static const uint64_t file_wrap = UINT64_C(1) << 32;

/* ---- Events ---- */

leat_event *leat_mysql_transaction_event(leat_mysql_stream *stream, leat_event_kind kind)
{
    const leat_mysql_current *current = &stream->current;
    stream->event = (leat_event){
        .kind = kind,
        .row_estimate = -1,
        .transaction =
            {
                .name = leat_buffer_slice(&current->name),
                .identifier = leat_buffer_slice(&current->identifier),
                .sequence = leat_slice_of(current->sequence, LEAT_MYSQL_SEQUENCE_SIZE - 1),
                .commit_time = current->commit_time,
            },
    };
    return &stream->event;
}

/* ---- Begin ---- */

/* The offset that the event begins at. Transactions never begin beyond 4 GiB: no file grows further before it
 * is rotated, but by the last transaction in it. */
static uint64_t start_of(const leat_mysql_stream *stream, const leat_binlog_event *event)
{
    return event->log_pos >= event->length ? event->log_pos - event->length : stream->place.next_offset;
}

static void name_by_place(leat_mysql_current *current, leat_slice file)
{
    leat_mysql_position place = {0};
    leat_mysql_position_set_file(&place, file, current->start);
    leat_mysql_position_format(&place, &current->name);
    leat_mysql_position_clear(&place);
}

static void name_transaction(leat_mysql_stream *stream)
{
    leat_mysql_current *current = &stream->current;
    leat_buffer_reset(&current->name);
    leat_buffer_reset(&current->identifier);
    switch (current->gtid.kind) {
    case LEAT_MYSQL_SET_GTID:
        leat_mysql_gtid_format(&current->gtid.set, &current->name);
        break;
    case LEAT_MYSQL_STATE_GTID:
        leat_mariadb_gtid_format(&current->gtid.state, &current->name);
        break;
    case LEAT_MYSQL_NO_GTID:
        name_by_place(current, leat_buffer_slice(&stream->place.file));
        break;
    }
    leat_buffer_append_slice(&current->identifier, leat_buffer_slice(&current->name));
    (void)leat_buffer_string(&current->name);
    leat_mysql_sequence(stream->options.epoch, stream->place.file_number, current->start, current->sequence);
}

static leat_status open_mysql(leat_mysql_stream *stream, const leat_binlog_event *event, leat_error *error)
{
    leat_binlog_gtid gtid;
    leat_status status = leat_binlog_parse_gtid(event, &gtid, error);
    if (status != LEAT_OK)
        return status;
    stream->current.gtid.kind = gtid.anonymous ? LEAT_MYSQL_NO_GTID : LEAT_MYSQL_SET_GTID;
    stream->current.gtid.set = gtid.gtid;
    if (gtid.commit_time != 0)
        stream->current.commit_time = gtid.commit_time;
    return LEAT_OK;
}

/* An XA transaction's completion is a statement by itself, as which it is handled. */
static leat_status open_mariadb(leat_mysql_stream *stream, const leat_binlog_event *event, leat_error *error)
{
    leat_binlog_mariadb_gtid gtid;
    leat_mysql_current *current = &stream->current;
    leat_status status = leat_binlog_parse_mariadb_gtid(event, &gtid, error);
    if (status != LEAT_OK)
        return status;
    current->gtid.kind = LEAT_MYSQL_STATE_GTID;
    current->gtid.state = gtid.gtid;
    current->standalone = gtid.standalone && !gtid.prepared;
    current->prepared = gtid.prepared;
    current->void_alter = gtid.start_alter || gtid.rollback_alter;
    current->has_thread = gtid.has_thread;
    current->thread = gtid.thread;
    return LEAT_OK;
}

static leat_status open_by_kind(leat_mysql_stream *stream, const leat_binlog_event *event, leat_error *error)
{
    switch (event->type) {
    case LEAT_BINLOG_MARIADB_GTID:
        return open_mariadb(stream, event, error);
    case LEAT_BINLOG_QUERY:
        stream->current.standalone = true; /* unless it is a BEGIN */
        return LEAT_OK;
    default:
        return open_mysql(stream, event, error);
    }
}

leat_status leat_mysql_transaction_open(leat_mysql_stream *stream, const leat_binlog_event *event,
                                        leat_error *error)
{
    leat_mysql_current *current = &stream->current;
    if (current->open)
        return leat_error_set(error, LEAT_FAILED, "binlog %s begins a transaction before %s has ended",
                              leat_mysql_place_file(&stream->place), leat_buffer_string(&current->name));
    leat_buffer name = current->name;
    leat_buffer identifier = current->identifier;
    *current = (leat_mysql_current){
        .open = true,
        .fresh = true,
        .start = start_of(stream, event),
        .length = event->length,
        .server_id = event->server_id,
        .commit_time = (int64_t)event->timestamp * MICROSECONDS,
        .name = name,
        .identifier = identifier,
    };
    leat_status status = open_by_kind(stream, event, error);
    if (status != LEAT_OK)
        return status;
    name_transaction(stream);
    leat_mysql_maps_trim(stream->maps);
    stream->place.next_offset = current->start + current->length;
    return LEAT_OK;
}

/* ---- End ---- */

/* Where the transaction ends in its file. The server says modulo 2^32; the events' lengths tell the rest. */
static uint64_t end_of(const leat_mysql_stream *stream)
{
    const leat_mysql_current *current = &stream->current;
    uint64_t end = current->start + current->length;
    uint64_t said = stream->at.log_pos;
    if (said == 0 || stream->at.type == LEAT_BINLOG_MARIADB_GTID)
        return end;
    uint64_t whole = end - end % file_wrap + said;
    if (whole > end + file_wrap / 2 && whole >= file_wrap)
        whole -= file_wrap;
    else if (whole + file_wrap / 2 < end)
        whole += file_wrap;
    return whole;
}

leat_status leat_mysql_transaction_end(leat_mysql_stream *stream, bool *given, leat_error *error)
{
    *given = false;
    if (!stream->current.open)
        return leat_error_set(error, LEAT_FAILED, "the binlog ends a transaction that it did not begin");
    leat_status status = leat_mysql_place_cover(&stream->place, &stream->current.gtid, end_of(stream), error);
    if (status != LEAT_OK)
        return status;
    stream->current.open = false;
    if (!stream->current.begun)
        return LEAT_OK;
    leat_mysql_transaction_event(stream, LEAT_EVENT_COMMIT)->order = leat_mysql_place_order(&stream->place);
    leat_mysql_place_said(&stream->place);
    *given = true;
    return LEAT_OK;
}
