/* GTID and ANONYMOUS_GTID of MySQL (its libs/mysql/binlog/event/control_events.cpp). GTID_TAGGED, which is
 * written in another way, is binlog_gtid_tagged.c's. */
#include "mysql/binlog/gtid_tagged.h"
#include "mysql/binlog/read.h"

enum {
    LOGICAL_CLOCK = 2, /* the only kind of ticket for parallel replicas there is */
    CLOCK_SIZE = 16,
    TIMESTAMP_SIZE = 7,
    VERSION_SIZE = 4,
};

/* The original server's values follow where the highest bit of our server's says so. */
static const uint64_t timestamp_continues = UINT64_C(1) << 55;
static const uint64_t version_continues = UINT64_C(1) << 31;

static uint64_t read_continued(leat_cursor *cursor, size_t width, uint64_t flag)
{
    uint64_t value = leat_cursor_little_endian(cursor, width);
    if ((value & flag) != 0)
        (void)leat_cursor_bytes(cursor, width);
    return value & ~flag;
}

/* Each version added to the end: 5.6 wrote nothing of this, 5.7 the clock, 8.0.1 times, 8.0.2 the length,
 * 8.0.14 server versions. */
static void read_additions(leat_cursor *cursor, leat_binlog_gtid *gtid)
{
    if (leat_cursor_remaining(cursor) == 0)
        return;
    if (leat_cursor_u8(cursor) != LOGICAL_CLOCK)
        leat_cursor_fail(cursor);
    (void)leat_cursor_bytes(cursor, CLOCK_SIZE);
    if (leat_cursor_remaining(cursor) > 0)
        gtid->commit_time = (int64_t)read_continued(cursor, TIMESTAMP_SIZE, timestamp_continues);
    if (leat_cursor_remaining(cursor) > 0)
        gtid->length = leat_binlog_packed(cursor);
    if (leat_cursor_remaining(cursor) > 0)
        (void)read_continued(cursor, VERSION_SIZE, version_continues);
    /* 8.4's ticket of a commit group. */
    if (leat_cursor_remaining(cursor) > 0)
        (void)leat_cursor_bytes(cursor, 8);
}

static void read_untagged(leat_cursor *cursor, leat_binlog_gtid *gtid)
{
    (void)leat_cursor_u8(cursor); /* flags: whether statements are inside, which their events tell too */
    leat_slice uuid = leat_cursor_bytes(cursor, LEAT_MYSQL_UUID_SIZE);
    if (uuid.length == LEAT_MYSQL_UUID_SIZE)
        memcpy(gtid->gtid.uuid, uuid.data, LEAT_MYSQL_UUID_SIZE);
    gtid->gtid.number = leat_cursor_little_endian(cursor, 8);
    read_additions(cursor, gtid);
}

leat_status leat_binlog_parse_gtid(const leat_binlog_event *event, leat_binlog_gtid *gtid, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    *gtid = (leat_binlog_gtid){.anonymous = event->type == LEAT_BINLOG_ANONYMOUS_GTID};
    if (event->type == LEAT_BINLOG_GTID_TAGGED)
        leat_binlog_read_tagged_gtid(&cursor, gtid);
    else
        read_untagged(&cursor, gtid);
    leat_status status = leat_binlog_finish(&cursor, event, error);
    if (status == LEAT_OK && !gtid->anonymous && (gtid->gtid.number == 0 || gtid->gtid.number > INT64_MAX))
        return leat_binlog_refuse(event, error, "has a transaction number that is none");
    return status;
}
