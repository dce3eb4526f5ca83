/* From raw events to those that count.
 *
 * A transaction's events are held back until its end is seen: what was rolled back, as a whole or to a
 * savepoint, stands in the log too where tables without transactions took part, and what is only prepared
 * counts later or never. A transaction that is too large to hold is given as it comes, unless it has
 * savepoints. */
#include "mysql/stream/stream_internal.h"

enum { MOST_HELD = 4 << 20 };

/* ---- Reading ---- */

static leat_status read_raw(leat_mysql_stream *stream, int64_t timeout, bool *found, leat_error *error)
{
    leat_mysql_reading reading;
    leat_slice raw;
    leat_status status = leat_mysql_reader_next(stream->reader, timeout, &reading, &raw, error);
    *found = status == LEAT_OK && reading == LEAT_MYSQL_READ_EVENT;
    if (!*found)
        return status;
    return leat_binlog_open(&stream->format, raw, false, &stream->at, error);
}

/* ---- Collecting ---- */

static void set_savepoint(leat_mysql_stream *stream, const char *name)
{
    leat_mysql_savepoints_add(&stream->feed.savepoints, name, leat_mysql_group_size(stream->feed.group));
}

static leat_status roll_back_to(leat_mysql_stream *stream, const char *name, leat_error *error)
{
    uint64_t size;
    if (!leat_mysql_savepoints_return(&stream->feed.savepoints, name, &size))
        return leat_mysql_refuse_savepoint(stream, name, error);
    return leat_mysql_group_cut(stream->feed.group, size, error);
}

/* What a group of events turned out to be. */
typedef enum group_outcome {
    GROUP_OPEN,      /* not known yet */
    GROUP_COMMITTED, /* ended by XID, COMMIT or a one-phase XA; or a statement by itself */
    GROUP_ROLLED_BACK,
    GROUP_PREPARED, /* an XA transaction that waits for its completion */
} group_outcome;

/* What a statement in a group means for the group's outcome. */
static leat_status weigh_statement(leat_mysql_stream *stream, group_outcome *outcome, leat_error *error)
{
    leat_binlog_query query;
    leat_mysql_statement statement;
    bool fresh = stream->current.fresh;
    stream->current.fresh = false;
    leat_status status = leat_mysql_statement_read(stream, &stream->at, &query, &statement, error);
    if (status != LEAT_OK)
        return status;
    switch ((int)statement.kind) {
    case LEAT_MYSQL_BEGIN:
        stream->current.standalone = false;
        return LEAT_OK;
    case LEAT_MYSQL_XA_START:
        stream->current.prepared = true;
        return LEAT_OK;
    case LEAT_MYSQL_COMMIT:
        *outcome = GROUP_COMMITTED;
        return LEAT_OK;
    case LEAT_MYSQL_ROLLBACK:
        *outcome = GROUP_ROLLED_BACK;
        return LEAT_OK;
    case LEAT_MYSQL_SAVEPOINT:
        set_savepoint(stream, statement.savepoint);
        return LEAT_OK;
    case LEAT_MYSQL_ROLLBACK_TO:
        return roll_back_to(stream, statement.savepoint, error);
    default:
        /* MySQL says nothing of it, but what comes first and begins nothing is all there is. MariaDB says. */
        if (!stream->mariadb && fresh)
            stream->current.standalone = true;
        if (stream->current.standalone)
            *outcome = GROUP_COMMITTED;
        return LEAT_OK;
    }
}

static leat_status weigh_prepare(leat_mysql_stream *stream, group_outcome *outcome, leat_error *error)
{
    leat_binlog_xa_prepare prepare;
    leat_status status = leat_binlog_parse_xa_prepare(&stream->at, &prepare, error);
    if (status != LEAT_OK)
        return status;
    *outcome = prepare.one_phase ? GROUP_COMMITTED : GROUP_PREPARED;
    return prepare.one_phase ? LEAT_OK : leat_mysql_prepared_keep(stream->feed.group, &prepare.xid, error);
}

static leat_status weigh_event(leat_mysql_stream *stream, group_outcome *outcome, leat_error *error)
{
    *outcome = GROUP_OPEN;
    switch (stream->at.type) {
    case LEAT_BINLOG_XID:
    case LEAT_BINLOG_TRANSACTION_PAYLOAD:
        *outcome = GROUP_COMMITTED;
        return LEAT_OK;
    case LEAT_BINLOG_XA_PREPARE:
        return weigh_prepare(stream, outcome, error);
    case LEAT_BINLOG_QUERY:
    case LEAT_BINLOG_MARIADB_QUERY_COMPRESSED:
        return weigh_statement(stream, outcome, error);
    default:
        return LEAT_OK;
    }
}

/* A log that ends or goes on elsewhere leaves the group without its end: the server lost it, and so do we. */
static bool ends_log(uint8_t type)
{
    return type == LEAT_BINLOG_ROTATE || type == LEAT_BINLOG_FORMAT_DESCRIPTION || type == LEAT_BINLOG_STOP;
}

static leat_status lose_group(leat_mysql_stream *stream, leat_error *error)
{
    if (stream->current.begun)
        return leat_mysql_refuse_rollback(stream, error);
    stream->feed.state = LEAT_MYSQL_DIRECT;
    stream->current.open = false;
    leat_mysql_group_reset(stream->feed.group);
    return LEAT_OK;
}

static void begin_collecting(leat_mysql_stream *stream)
{
    leat_mysql_group_reset(stream->feed.group);
    leat_mysql_savepoints_forget(&stream->feed.savepoints);
    stream->feed.state = LEAT_MYSQL_COLLECTING;
}

static void give_group(leat_mysql_stream *stream, leat_mysql_group *group)
{
    leat_mysql_group_rewind(group);
    stream->feed.giving = group;
    stream->feed.state = LEAT_MYSQL_GIVING;
}

/* The group's end was seen. What does not count is over here; what counts is given. */
static leat_status settle_group(leat_mysql_stream *stream, group_outcome outcome, leat_error *error)
{
    bool nothing;
    if (outcome == GROUP_COMMITTED) {
        give_group(stream, stream->feed.group);
        return LEAT_OK;
    }
    if (stream->current.begun)
        return leat_mysql_refuse_rollback(stream, error);
    stream->feed.state = LEAT_MYSQL_DIRECT;
    leat_mysql_group_reset(stream->feed.group);
    return leat_mysql_transaction_end(stream, &nothing, error);
}

void leat_mysql_fetch_hold(leat_mysql_stream *stream, const char *savepoint)
{
    if (stream->feed.state != LEAT_MYSQL_DIRECT || !stream->current.open)
        return;
    begin_collecting(stream);
    set_savepoint(stream, savepoint);
}

void leat_mysql_fetch_prepared(leat_mysql_stream *stream)
{
    leat_mysql_feed *feed = &stream->feed;
    feed->has_carried = true;
    feed->carried = stream->at;
    feed->carried.type = LEAT_BINLOG_XID;
    feed->carried.body = leat_slice_of(NULL, 0);
    give_group(stream, stream->prepared.group);
}

bool leat_mysql_fetch_is_kept(const leat_mysql_stream *stream)
{
    return stream->feed.state == LEAT_MYSQL_GIVING && stream->feed.giving == stream->prepared.group;
}

void leat_mysql_fetch_close(leat_mysql_stream *stream)
{
    leat_mysql_savepoints_free(&stream->feed.savepoints);
    leat_mysql_group_free(stream->feed.group);
    leat_binlog_payload_free(stream->feed.payload);
}

/* The event at hand belongs to a group that is being collected. Where it would make the group too large, the
 * group is given, then this event, then what comes. */
static leat_status collect_event(leat_mysql_stream *stream, leat_error *error)
{
    group_outcome outcome;
    leat_status status = weigh_event(stream, &outcome, error);
    if (status != LEAT_OK || outcome == GROUP_ROLLED_BACK || outcome == GROUP_PREPARED)
        return status == LEAT_OK ? settle_group(stream, outcome, error) : status;
    bool too_large = leat_mysql_group_size(stream->feed.group) + stream->at.body.length > MOST_HELD &&
                     stream->feed.savepoints.count == 0 && !stream->current.prepared;
    if (too_large) {
        stream->feed.has_carried = true;
        stream->feed.carried = stream->at;
        give_group(stream, stream->feed.group);
        return LEAT_OK;
    }
    status = leat_mysql_group_append(stream->feed.group, &stream->at, error);
    return status == LEAT_OK && outcome == GROUP_COMMITTED ? settle_group(stream, outcome, error) : status;
}

static bool begins_transaction(const leat_mysql_stream *stream)
{
    switch (stream->at.type) {
    case LEAT_BINLOG_GTID:
    case LEAT_BINLOG_ANONYMOUS_GTID:
    case LEAT_BINLOG_GTID_TAGGED:
    case LEAT_BINLOG_MARIADB_GTID:
        return true;
    case LEAT_BINLOG_QUERY: /* of a server so old that it has no GTID events */
        return !stream->current.open;
    default:
        return false;
    }
}

/* One event off the reader; `*given` when it counts by itself. */
static leat_status take_raw_event(leat_mysql_stream *stream, bool *given, leat_error *error)
{
    *given = false;
    leat_status status = LEAT_OK;
    if (stream->current.open && ends_log(stream->at.type))
        status = lose_group(stream, error);
    if (status != LEAT_OK)
        return status;
    if (begins_transaction(stream)) {
        status = leat_mysql_transaction_open(stream, &stream->at, error);
        if (status != LEAT_OK)
            return status;
        begin_collecting(stream);
        return stream->at.type == LEAT_BINLOG_QUERY ? collect_event(stream, error) : LEAT_OK;
    }
    if (stream->current.open)
        stream->current.length += stream->at.length;
    if (stream->feed.state == LEAT_MYSQL_COLLECTING &&
        (stream->at.flags & LEAT_BINLOG_FLAG_ARTIFICIAL) == 0 && stream->at.type != LEAT_BINLOG_HEARTBEAT)
        return collect_event(stream, error);
    *given = true;
    return LEAT_OK;
}

/* ---- Giving ---- */

/* The events inside a payload stand in its place. */
static leat_status next_of_payload(leat_mysql_stream *stream, bool *found, leat_error *error)
{
    leat_slice raw;
    leat_status status = leat_binlog_payload_next(stream->feed.payload, &raw, error);
    *found = status == LEAT_OK && raw.length > 0;
    stream->feed.in_payload = *found;
    return *found ? leat_binlog_open(&stream->format, raw, true, &stream->at, error) : status;
}

static leat_status next_of_group(leat_mysql_stream *stream, bool *found, leat_error *error)
{
    leat_status status = leat_mysql_group_next(stream->feed.giving, &stream->at, found, error);
    if (status != LEAT_OK || *found)
        return status;
    stream->feed.state = LEAT_MYSQL_DIRECT;
    if (stream->feed.has_carried) {
        stream->feed.has_carried = false;
        stream->at = stream->feed.carried;
        *found = true;
    }
    return LEAT_OK;
}

/* What is here already: inside a payload, or in the group that is being given. */
static leat_status next_held(leat_mysql_stream *stream, bool *found, leat_error *error)
{
    leat_status status = LEAT_OK;
    *found = false;
    if (stream->feed.in_payload)
        status = next_of_payload(stream, found, error);
    if (status == LEAT_OK && !*found && stream->feed.state == LEAT_MYSQL_GIVING)
        status = next_of_group(stream, found, error);
    if (status == LEAT_OK && *found && stream->at.type == LEAT_BINLOG_TRANSACTION_PAYLOAD &&
        !stream->feed.in_payload) {
        status = leat_binlog_payload_open(stream->feed.payload, &stream->at, error);
        if (status == LEAT_OK)
            status = next_of_payload(stream, found, error);
    }
    return status;
}

leat_status leat_mysql_fetch(leat_mysql_stream *stream, int64_t timeout, bool *found, leat_error *error)
{
    leat_status status = next_held(stream, found, error);
    while (status == LEAT_OK && !*found) {
        bool read;
        status = read_raw(stream, timeout, &read, error);
        if (status != LEAT_OK || !read)
            return status;
        status = take_raw_event(stream, found, error);
        if (status == LEAT_OK && !*found)
            status = next_held(stream, found, error);
        /* What did not count may have been all there was. */
        if (status == LEAT_OK && !*found && stream->feed.state == LEAT_MYSQL_DIRECT && stream->place.moved)
            return LEAT_OK;
    }
    return status;
}
