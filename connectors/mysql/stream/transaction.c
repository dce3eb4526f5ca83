/* Where transactions begin and end, and what is known of them. */
#include "base/clock.h"
#include "mysql/stream/stream_internal.h"

enum { MICROSECONDS = 1000 * 1000 };

static const uint64_t file_wrap = UINT64_C(1) << 32;

/* ---- Positions ---- */

const char *leat_mysql_position_text(leat_mysql_stream *stream)
{
    if (!stream->position_text_valid) {
        leat_buffer_reset(&stream->position_text);
        leat_mysql_position_format(&stream->position, &stream->position_text);
        stream->position_text_valid = true;
    }
    return leat_buffer_string(&stream->position_text);
}

static void moved(leat_mysql_stream *stream)
{
    stream->position_text_valid = false;
    stream->moved = true;
    stream->moves++;
}

void leat_mysql_enter_file(leat_mysql_stream *stream, leat_slice file, uint64_t offset)
{
    stream->next_offset = offset;
    if (leat_slice_equal(leat_buffer_slice(&stream->file), file))
        return;
    leat_buffer_reset(&stream->file);
    leat_buffer_append_slice(&stream->file, file);
    (void)leat_buffer_string(&stream->file);
    if (!leat_mysql_file_number(file, &stream->file_number))
        stream->file_number = 0;
    leat_mysql_maps_forget(stream->maps);
}

void leat_mysql_place(leat_mysql_stream *stream, leat_slice file, uint64_t offset)
{
    leat_slice at = leat_slice_of_string(stream->position.file == NULL ? "" : stream->position.file);
    bool same_file = leat_slice_equal(at, file);
    leat_mysql_enter_file(stream, file, offset);
    if (stream->current.open || (same_file && stream->position.offset >= offset))
        return;
    leat_mysql_position_set_file(&stream->position, file, offset);
    moved(stream);
}

/* ---- Begin ---- */

/* The offset that the event begins at. Transactions never begin beyond 4 GiB: no file grows further before it
 * is rotated, but by the last transaction in it. */
static uint64_t start_of(const leat_mysql_stream *stream, const leat_binlog_event *event)
{
    return event->log_pos >= event->length ? event->log_pos - event->length : stream->next_offset;
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
    if (current->has_set_gtid)
        leat_mysql_gtid_format(&current->gtid, &current->name);
    else if (current->has_state_gtid)
        leat_mariadb_gtid_format(&current->state_gtid, &current->name);
    else
        name_by_place(current, leat_buffer_slice(&stream->file));
    leat_buffer_append_slice(&current->identifier, leat_buffer_slice(&current->name));
    (void)leat_buffer_string(&current->name);
    leat_mysql_sequence(stream->options.epoch, stream->file_number, current->start, current->sequence);
}

static leat_status open_mysql(leat_mysql_stream *stream, const leat_binlog_event *event, leat_error *error)
{
    leat_binlog_gtid gtid;
    leat_status status = leat_binlog_parse_gtid(event, &gtid, error);
    if (status != LEAT_OK)
        return status;
    stream->current.has_set_gtid = !gtid.anonymous;
    stream->current.gtid = gtid.gtid;
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
    current->has_state_gtid = true;
    current->state_gtid = gtid.gtid;
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
                              leat_buffer_string(&stream->file), leat_buffer_string(&current->name));
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
    stream->next_offset = current->start + current->length;
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

static void cover(leat_mysql_stream *stream)
{
    const leat_mysql_current *current = &stream->current;
    if (current->has_set_gtid && stream->position.set != NULL)
        leat_mysql_gtid_set_add(stream->position.set, &current->gtid);
    if (current->has_state_gtid && stream->position.state != NULL)
        leat_mariadb_gtid_state_advance(stream->position.state, &current->state_gtid);
    stream->next_offset = end_of(stream);
    leat_mysql_position_set_file(&stream->position, leat_buffer_slice(&stream->file), stream->next_offset);
    moved(stream);
}

leat_status leat_mysql_transaction_end(leat_mysql_stream *stream, bool *given, leat_error *error)
{
    *given = false;
    if (!stream->current.open)
        return leat_error_set(error, LEAT_FAILED, "the binlog ends a transaction that it did not begin");
    cover(stream);
    stream->current.open = false;
    if (!stream->current.begun)
        return LEAT_OK;
    leat_event *event = leat_mysql_new_event(stream, LEAT_EVENT_COMMIT);
    event->position = leat_mysql_position_text(stream);
    stream->moved = false;
    stream->moves = 0;
    *given = true;
    return LEAT_OK;
}
