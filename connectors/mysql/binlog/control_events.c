/* The events around transactions: where the log goes on, how far it is, a transaction's GTID, and how it ends
 * (MySQL's libs/mysql/binlog/event/control_events.h). */
#include "mysql/binlog/read.h"

/* ---- Places ---- */

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

/* ---- Ends ---- */

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

/* ---- GTID_TAGGED, in a way of its own (MySQL 8.3's libs/mysql/serialization) ---- */

enum { SERIALIZATION_VERSION = 1 };

/* Fields come in this order, and those that a reader can do without may be missing. */
typedef enum field {
    FIELD_FLAGS,
    FIELD_UUID,
    FIELD_NUMBER,
    FIELD_TAG,
    FIELD_LAST_COMMITTED,
    FIELD_SEQUENCE,
    FIELD_IMMEDIATE_TIME,
    FIELD_ORIGINAL_TIME,
    FIELD_LENGTH,
    FIELD_IMMEDIATE_VERSION,
    FIELD_ORIGINAL_VERSION,
    FIELD_COMMIT_GROUP,
    FIELD_COUNT,
} field;

/* The number of ones at the low end of the first byte is that of the bytes behind it; what stands above the
 * ones and the zero that ends them is the value, little-endian. Eight ones leave the first byte without. */
static uint64_t read_varint(leat_cursor *cursor)
{
    uint8_t first = leat_cursor_u8(cursor);
    unsigned more = 0;
    while (more < 8 && (first >> more & 1) != 0)
        more++;
    uint64_t rest = leat_cursor_little_endian(cursor, more);
    if (more == 8)
        return rest;
    return (uint64_t)first >> (more + 1) | rest << (7 - more);
}

/* The sign is in the lowest bit: 2n for n, 2n+1 for -(n+1). */
static int64_t read_signed(leat_cursor *cursor)
{
    uint64_t value = read_varint(cursor);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* Each byte of the uuid is a varint of its own. */
static void read_uuid(leat_cursor *cursor, leat_binlog_gtid *gtid)
{
    for (size_t i = 0; i < LEAT_MYSQL_UUID_SIZE; i++) {
        uint64_t byte = read_varint(cursor);
        if (byte > UINT8_MAX)
            leat_cursor_fail(cursor);
        gtid->gtid.uuid[i] = (uint8_t)byte;
    }
}

static bool is_tag(leat_slice tag)
{
    if (tag.length > LEAT_MYSQL_TAG_SIZE)
        return false;
    for (size_t i = 0; i < tag.length; i++) {
        uint8_t byte = tag.data[i];
        bool letter = (byte >= 'a' && byte <= 'z') || byte == '_';
        if (!letter && (i == 0 || byte < '0' || byte > '9'))
            return false;
    }
    return true;
}

static void read_tag(leat_cursor *cursor, leat_binlog_gtid *gtid)
{
    leat_slice tag = leat_cursor_bytes(cursor, read_varint(cursor));
    if (!is_tag(tag))
        leat_cursor_fail(cursor);
    else if (tag.length > 0)
        memcpy(gtid->gtid.tag, tag.data, tag.length);
}

/* The fields that are of no use here are unsigned or signed, which reads the same bytes. */
static void read_field(leat_cursor *cursor, field which, leat_binlog_gtid *gtid)
{
    if (which == FIELD_UUID)
        read_uuid(cursor, gtid);
    else if (which == FIELD_NUMBER)
        gtid->gtid.number = (uint64_t)read_signed(cursor);
    else if (which == FIELD_TAG)
        read_tag(cursor, gtid);
    else if (which == FIELD_IMMEDIATE_TIME)
        gtid->commit_time = (int64_t)read_varint(cursor);
    else if (which == FIELD_LENGTH)
        gtid->length = read_varint(cursor);
    else
        (void)read_varint(cursor);
}

/* Fields that a later version adds come behind the ones we know, and it says which of its own may not be left
 * unread. */
static void read_tagged(leat_cursor *cursor, leat_binlog_gtid *gtid)
{
    size_t whole = leat_cursor_remaining(cursor);
    uint64_t version = read_varint(cursor);
    uint64_t size = read_varint(cursor);
    uint64_t needed = read_varint(cursor); /* the last field that must be understood, plus one; 0 none */
    if (version != SERIALIZATION_VERSION || size != whole || needed > FIELD_COUNT)
        leat_cursor_fail(cursor);
    uint64_t next = 0;
    while (leat_cursor_remaining(cursor) > 0) {
        uint64_t which = read_varint(cursor);
        if (which < next)
            leat_cursor_fail(cursor);
        if (which >= FIELD_COUNT)
            (void)leat_binlog_rest(cursor);
        else
            read_field(cursor, (field)which, gtid);
        next = which + 1;
    }
    if (next <= FIELD_NUMBER) /* cut off at a field's end */
        leat_cursor_fail(cursor);
}

/* ---- GTID and ANONYMOUS_GTID ---- */

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
        read_tagged(&cursor, gtid);
    else
        read_untagged(&cursor, gtid);
    leat_status status = leat_binlog_finish(&cursor, event, error);
    if (status == LEAT_OK && !gtid->anonymous && (gtid->gtid.number == 0 || gtid->gtid.number > INT64_MAX))
        return leat_binlog_refuse(event, error, "has a transaction number that is none");
    return status;
}

/* ---- MariaDB's GTID (its sql/log_event.cc, Gtid_log_event) ---- */

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
