#include <errmsg.h>
#include <inttypes.h>

#include "base/memory.h"
#include "mysql/dump/transport_internal.h"
#include "mysql/server/failure.h"

enum {
    HEARTBEATS_MISSED = 3,
    DEFAULT_HEARTBEAT = 10 * 1000 * 1000,
    SHORTEST_PATIENCE_SECONDS = 3,
    CLIENT_ERRORS = 2000, /* the client library's own errors are from here … */
    CLIENT_ERRORS_END = 3000,
};

static int64_t heartbeat_of(const leat_mysql_dump *dump)
{
    return dump->heartbeat > 0 ? dump->heartbeat : DEFAULT_HEARTBEAT;
}

unsigned leat_mysql_transport_patience(const leat_mysql_dump *dump)
{
    int64_t seconds = (heartbeat_of(dump) * HEARTBEATS_MISSED + 999999) / 1000000;
    return seconds < SHORTEST_PATIENCE_SECONDS ? SHORTEST_PATIENCE_SECONDS : (unsigned)seconds;
}

/* ---- Variables ---- */

/* Both families' and both generations' names; a name that a server does not know is just a user variable. */
static void append_common_variables(leat_buffer *sql, const leat_mysql_dump *dump)
{
    int64_t nanoseconds = heartbeat_of(dump) * 1000;
    leat_buffer_append_string(sql,
                              "SET @master_binlog_checksum = 'CRC32', @source_binlog_checksum = 'CRC32'");
    leat_buffer_printf(sql, ", @master_heartbeat_period = %" PRId64 ", @source_heartbeat_period = %" PRId64,
                       nanoseconds, nanoseconds);
    leat_buffer_append_string(sql, ", @slave_uuid = ");
    leat_mysql_append_literal(sql, dump->uuid);
    leat_buffer_append_string(sql, ", @replica_uuid = ");
    leat_mysql_append_literal(sql, dump->uuid);
}

/* Capability 4: GTID events come as they are. Strict: a GTID that is missing in the log is an error, even
 * when later ones are there. */
static void append_mariadb_variables(leat_buffer *sql, const leat_mysql_dump *dump)
{
    leat_buffer_append_string(sql, ", @mariadb_slave_capability = 4");
    if (dump->gtids == NULL)
        return;
    leat_buffer_append_string(sql, ", @slave_gtid_strict_mode = 1, @slave_gtid_ignore_duplicates = 0"
                                   ", @slave_connect_state = ");
    leat_mysql_append_literal(sql, dump->gtids);
}

static void remember_start(leat_mysql_session *session, const leat_mysql_dump *dump)
{
    leat_buffer text = {0};
    if (dump->gtids != NULL)
        leat_buffer_printf(&text, "\"%s\"", dump->gtids);
    else
        leat_buffer_printf(&text, "%s:%" PRIu64, dump->file, dump->offset);
    leat_release(session->dump_start);
    session->dump_start = leat_buffer_detach_string(&text);
}

/* The commands without GTIDs have 32 bits for the offset. */
static leat_status check_offset(const leat_mysql_dump *dump, leat_error *error)
{
    if (dump->gtids != NULL || dump->offset <= UINT32_MAX)
        return LEAT_OK;
    return leat_error_fail(error, LEAT_OPERATOR,
                           "switch GTIDs on at the server (gtid_mode = ON) and begin anew with a snapshot; "
                           "it takes one transaction of more than 3 GiB to come here",
                           "position %s:%" PRIu64
                           " is beyond 4 GiB, where no replica can begin to read by file",
                           dump->file, dump->offset);
}

leat_status leat_mysql_transport_prepare(leat_mysql_session *session, const leat_mysql_dump *dump,
                                         leat_error *error)
{
    leat_status status = check_offset(dump, error);
    if (status != LEAT_OK)
        return status;
    leat_buffer sql = {0};
    append_common_variables(&sql, dump);
    if (session->server.mariadb)
        append_mariadb_variables(&sql, dump);
    status = leat_mysql_execute(session, leat_buffer_string(&sql), error);
    leat_buffer_free(&sql);
    if (status == LEAT_OK)
        remember_start(session, dump);
    return status;
}

/* ---- Answers ---- */

leat_status leat_mysql_transport_failure(leat_mysql_session *session, leat_error *error)
{
    unsigned number = mysql_errno(session->connection);
    const char *text = mysql_error(session->connection);
    const char *address = session->server.address;
    if (atomic_load(&session->interrupted))
        return leat_error_set(error, LEAT_RETRY, "reading the log of %s was interrupted", address);
    /* TLS was set up long ago: what it stumbles over now is the loss of the connection. */
    if (number == CR_SERVER_LOST || number == CR_SERVER_GONE_ERROR || number == CR_SSL_CONNECTION_ERROR)
        return leat_error_set(
            error, LEAT_RETRY,
            "%s sends its log no more: the connection was lost, or not even a heartbeat came", address);
    if (number >= CLIENT_ERRORS && number < CLIENT_ERRORS_END)
        return leat_mysql_failure(number, text, error, "cannot read the log of %s", address);
    return leat_mysql_dump_failure(number, text, address, session->dump_start, error);
}

/* Packets of a dump: OK byte and event, or EOF (MySQL internals manual, "COM_BINLOG_DUMP"); errors were told
 * by the library. */
leat_status leat_mysql_transport_unwrap(leat_mysql_session *session, leat_slice packet, leat_slice *event,
                                        leat_error *error)
{
    enum { OK_PACKET = 0, EOF_PACKET = 0xfe, EOF_PACKET_LIMIT = 9 };
    leat_cursor cursor = leat_cursor_open(packet);
    uint8_t kind = leat_cursor_u8(&cursor);
    *event = leat_cursor_bytes(&cursor, leat_cursor_remaining(&cursor));
    if (!leat_cursor_failed(&cursor) && kind == OK_PACKET)
        return LEAT_OK;
    if (kind == EOF_PACKET && packet.length < EOF_PACKET_LIMIT)
        return leat_error_set(error, LEAT_RETRY, "%s ended the stream of its log", session->server.address);
    return leat_error_set(error, LEAT_FAILED,
                          "%s sent a packet of %zu bytes and kind %u, which is none of a dump",
                          session->server.address, packet.length, kind);
}
