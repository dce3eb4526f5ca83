/* The small events around transactions: where the log goes on, how far it is, and how a transaction ends. */
#include "mysql/binlog/read.h"

/* Of HEARTBEAT_V2's fields (MySQL's libs/mysql/binlog/event/control_events.h). */
enum { HEARTBEAT_END = 0, HEARTBEAT_FILE = 1, HEARTBEAT_POSITION = 2 };

static uint32_t read_u32(leat_cursor *cursor)
{
    return (uint32_t)leat_cursor_little_endian(cursor, 4);
}

leat_status leat_binlog_parse_rotate(leat_slice body, leat_binlog_rotate *rotate, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(body);
    rotate->offset = leat_cursor_little_endian(&cursor, 8);
    rotate->file = leat_binlog_rest(&cursor);
    if (rotate->file.length == 0) /* and so has a body that was too short for the offset */
        return leat_error_set(error, LEAT_FAILED, "the binlog event ROTATE names no file");
    return LEAT_OK;
}

static void read_heartbeat_field(leat_cursor *cursor, uint64_t kind, leat_binlog_rotate *place)
{
    leat_cursor value = leat_cursor_narrow(cursor, leat_binlog_packed(cursor));
    if (kind == HEARTBEAT_FILE)
        place->file = leat_binlog_rest(&value);
    else if (kind == HEARTBEAT_POSITION)
        place->offset = leat_binlog_packed(&value);
    if (leat_cursor_failed(&value))
        leat_cursor_fail(cursor);
}

static void read_heartbeat_fields(leat_cursor *cursor, leat_binlog_rotate *place)
{
    for (uint64_t kind; (kind = leat_binlog_packed(cursor)) != HEARTBEAT_END;)
        read_heartbeat_field(cursor, kind, place);
}

leat_status leat_binlog_parse_heartbeat(const leat_binlog_event *event, leat_binlog_rotate *place,
                                        leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    *place = (leat_binlog_rotate){.offset = event->log_pos};
    if (event->type == LEAT_BINLOG_HEARTBEAT_V2)
        read_heartbeat_fields(&cursor, place);
    else
        place->file = leat_binlog_rest(&cursor);
    leat_status status = leat_binlog_finish(&cursor, event, error);
    if (status == LEAT_OK && place->file.length == 0)
        return leat_binlog_refuse(event, error, "names no file");
    return status;
}

leat_status leat_binlog_parse_xid(const leat_binlog_event *event, uint64_t *xid, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    *xid = leat_cursor_little_endian(&cursor, 8);
    return leat_binlog_finish(&cursor, event, error);
}

leat_status leat_binlog_parse_xa_prepare(const leat_binlog_event *event, leat_binlog_xa_prepare *prepare,
                                         leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    prepare->one_phase = leat_cursor_u8(&cursor) != 0;
    prepare->xid.format = read_u32(&cursor);
    size_t global_length = read_u32(&cursor);
    size_t branch_length = read_u32(&cursor);
    prepare->xid.global = leat_cursor_bytes(&cursor, global_length);
    prepare->xid.branch = leat_cursor_bytes(&cursor, branch_length);
    return leat_binlog_finish(&cursor, event, error);
}

leat_status leat_binlog_parse_incident(const leat_binlog_event *event, leat_binlog_incident *incident,
                                       leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    incident->number = (uint16_t)leat_cursor_little_endian(&cursor, 2);
    incident->message = leat_cursor_bytes(&cursor, leat_cursor_u8(&cursor));
    return leat_binlog_finish(&cursor, event, error);
}

leat_status leat_binlog_parse_statement(const leat_binlog_event *event, leat_slice *sql, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    /* ROWS_QUERY's own length is one byte, however long the text is: of no use. */
    if (event->type == LEAT_BINLOG_ROWS_QUERY)
        (void)leat_cursor_u8(&cursor);
    *sql = leat_binlog_rest(&cursor);
    return leat_binlog_finish(&cursor, event, error);
}
