/* MariaDB's GTID event (its sql/log_event.cc, Gtid_log_event). */
#include "mysql/binlog/read.h"

enum {
    STANDALONE = 1,
    GROUP_COMMIT = 2,
    TRANSACTIONAL = 4,
    DDL = 32,
    PREPARED = 64,
    COMPLETED = 128,
};

enum {
    EXTRA_MULTI_ENGINE = 1,
    EXTRA_START_ALTER = 2,
    EXTRA_COMMIT_ALTER = 4,
    EXTRA_ROLLBACK_ALTER = 8,
    EXTRA_THREAD = 16,
    EXTRA_KNOWN = 31,
};

static void read_flags(uint8_t flags, leat_binlog_mariadb_gtid *gtid)
{
    gtid->standalone = (flags & STANDALONE) != 0;
    gtid->ddl = (flags & DDL) != 0;
    gtid->transactional = (flags & TRANSACTIONAL) != 0;
    gtid->prepared = (flags & PREPARED) != 0;
    gtid->completed = (flags & COMPLETED) != 0;
}

static void read_xid(leat_cursor *cursor, leat_binlog_xid *xid)
{
    xid->format = (uint32_t)leat_cursor_little_endian(cursor, 4);
    uint8_t global_length = leat_cursor_u8(cursor);
    uint8_t branch_length = leat_cursor_u8(cursor);
    xid->global = leat_cursor_bytes(cursor, global_length);
    xid->branch = leat_cursor_bytes(cursor, branch_length);
}

static void read_extra(leat_cursor *cursor, uint8_t flags, leat_binlog_mariadb_gtid *gtid)
{
    gtid->start_alter = (flags & EXTRA_START_ALTER) != 0;
    gtid->commit_alter = (flags & EXTRA_COMMIT_ALTER) != 0;
    gtid->rollback_alter = (flags & EXTRA_ROLLBACK_ALTER) != 0;
    gtid->has_thread = (flags & EXTRA_THREAD) != 0;
    if ((flags & EXTRA_MULTI_ENGINE) != 0)
        (void)leat_cursor_u8(cursor); /* how many engines more */
    if (gtid->commit_alter || gtid->rollback_alter)
        gtid->alter_start = leat_cursor_little_endian(cursor, 8);
    if (gtid->has_thread)
        gtid->thread = (uint32_t)leat_cursor_little_endian(cursor, 4);
}

/* What is left of the fixed part's 19 bytes is zero. */
static void read_padding(leat_cursor *cursor)
{
    while (leat_cursor_peek(cursor) == 0)
        (void)leat_cursor_u8(cursor);
}

leat_status leat_binlog_parse_mariadb_gtid(const leat_binlog_event *event, leat_binlog_mariadb_gtid *gtid,
                                           leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    *gtid = (leat_binlog_mariadb_gtid){.gtid = {.server_id = event->server_id}};
    gtid->gtid.sequence = leat_cursor_little_endian(&cursor, 8);
    gtid->gtid.domain = (uint32_t)leat_cursor_little_endian(&cursor, 4);
    uint8_t flags = leat_cursor_u8(&cursor);
    read_flags(flags, gtid);
    if ((flags & GROUP_COMMIT) != 0)
        (void)leat_cursor_little_endian(&cursor, 8);
    if (gtid->prepared || gtid->completed)
        read_xid(&cursor, &gtid->xid);
    uint8_t extra = leat_cursor_remaining(&cursor) == 0 ? 0 : leat_cursor_u8(&cursor);
    if ((extra & ~EXTRA_KNOWN) != 0)
        return leat_binlog_refuse(event, error, "has flags (0x%02x) that this version of leat does not know",
                                  extra);
    read_extra(&cursor, extra, gtid);
    read_padding(&cursor);
    return leat_binlog_finish(&cursor, event, error);
}
