#include "mysql/binlog/binlog.h"

#include <libdeflate.h>

#include "mysql/binlog/read.h"

enum {
    CHECKSUM_SIZE = 4,
    /* Behind the lengths by type FORMAT_DESCRIPTION says how events end, and ends in a checksum itself, even
     * where it says "in none". */
    ALGORITHM_SIZE = 1,
    CHECKSUM_NONE = 0,
    CHECKSUM_CRC32 = 1,
};

/* ---- Opening ---- */

static void read_header(leat_cursor *cursor, leat_binlog_event *event)
{
    event->timestamp = (uint32_t)leat_cursor_little_endian(cursor, 4);
    event->type = leat_cursor_u8(cursor);
    event->server_id = (uint32_t)leat_cursor_little_endian(cursor, 4);
    event->length = (uint32_t)leat_cursor_little_endian(cursor, 4);
    event->log_pos = (uint32_t)leat_cursor_little_endian(cursor, 4);
    event->flags = (uint16_t)leat_cursor_little_endian(cursor, 2);
}

/* The body of a FORMAT_DESCRIPTION keeps its checksum, which stands behind the algorithm of those of the
 * others. A server that starts to send in the midst of a file takes the place out of the event and, where
 * others have no checksum, leaves this one as it was. */
static bool format_has_checksum(const leat_binlog_event *event)
{
    leat_slice body = event->body;
    return body.length >= ALGORITHM_SIZE + CHECKSUM_SIZE &&
           (event->log_pos != 0 || body.data[body.length - CHECKSUM_SIZE - ALGORITHM_SIZE] == CHECKSUM_CRC32);
}

static leat_status verify_checksum(leat_slice raw, const leat_binlog_event *event, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(raw);
    leat_slice covered = leat_cursor_bytes(&cursor, raw.length - CHECKSUM_SIZE);
    uint32_t stated = (uint32_t)leat_cursor_little_endian(&cursor, CHECKSUM_SIZE);
    uint32_t found = libdeflate_crc32(0, covered.data, covered.length);
    if (__builtin_expect(stated == found, 1))
        return LEAT_OK;
    leat_binlog_refuse(event, error, "does not match its checksum: it says %08x, its bytes make %08x", stated,
                       found);
    leat_error_mend(error, "the event was damaged on the server's disk or on its way: read the log "
                           "there with mysqlbinlog --verify-binlog-checksum");
    return LEAT_FAILED;
}

/* Takes the checksum off the body and verifies it. */
static leat_status open_body(const leat_binlog_format *format, leat_slice raw, bool embedded,
                             leat_cursor *cursor, leat_binlog_event *event, leat_error *error)
{
    size_t room = leat_cursor_remaining(cursor);
    bool checksum = !embedded && (!format->seen || format->checksum);
    if (event->type == LEAT_BINLOG_FORMAT_DESCRIPTION) {
        event->body = leat_cursor_bytes(cursor, room);
        return format_has_checksum(event) ? verify_checksum(raw, event, error) : LEAT_OK;
    }
    if (checksum && room < CHECKSUM_SIZE)
        return leat_binlog_refuse(event, error, "has no room for its checksum");
    event->body = leat_cursor_bytes(cursor, checksum ? room - CHECKSUM_SIZE : room);
    return checksum ? verify_checksum(raw, event, error) : LEAT_OK;
}

leat_status leat_binlog_open(const leat_binlog_format *format, leat_slice raw, bool embedded,
                             leat_binlog_event *event, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(raw);
    *event = (leat_binlog_event){.mariadb = format->mariadb};
    if (raw.length < LEAT_BINLOG_HEADER_SIZE)
        return leat_error_set(error, LEAT_FAILED,
                              "a binlog event of %zu bytes is shorter than an event's header", raw.length);
    read_header(&cursor, event);
    if (event->length != raw.length)
        return leat_binlog_refuse(event, error, "says that it has %u bytes, but has %zu", event->length,
                                  raw.length);
    if (!format->seen && event->type != LEAT_BINLOG_ROTATE && event->type != LEAT_BINLOG_FORMAT_DESCRIPTION)
        return leat_binlog_refuse(event, error, "came before the FORMAT_DESCRIPTION that explains it");
    return open_body(format, raw, embedded, &cursor, event, error);
}

/* ---- FORMAT_DESCRIPTION ---- */

enum { FORMAT_VERSION = 4, VERSION_TEXT_SIZE = 50 };

/* What the parsers take for granted: lengths of the fixed part of bodies, 0 where a server does not know the
 * type. */
static const struct {
    uint8_t type;
    uint8_t length;
} expected_lengths[] = {
    {LEAT_BINLOG_QUERY, 13},
    {LEAT_BINLOG_ROTATE, 8},
    {LEAT_BINLOG_TABLE_MAP, 8},
    {LEAT_BINLOG_WRITE_ROWS_V1, 8},
    {LEAT_BINLOG_UPDATE_ROWS_V1, 8},
    {LEAT_BINLOG_DELETE_ROWS_V1, 8},
    {LEAT_BINLOG_INCIDENT, 2},
    {LEAT_BINLOG_WRITE_ROWS, 10},
    {LEAT_BINLOG_UPDATE_ROWS, 10},
    {LEAT_BINLOG_DELETE_ROWS, 10},
    {LEAT_BINLOG_PARTIAL_UPDATE_ROWS, 10},
    {LEAT_BINLOG_MARIADB_GTID, 19},
    {LEAT_BINLOG_MARIADB_QUERY_COMPRESSED, 13},
    {LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1, 8},
    {LEAT_BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED_V1, 8},
    {LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED_V1, 8},
    {LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED, 10},
    {LEAT_BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED, 10},
    {LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED, 10},
};

static leat_status check_lengths(const leat_binlog_format *format, leat_error *error)
{
    char text[LEAT_BINLOG_TYPE_NAME_SIZE];
    for (size_t i = 0; i < sizeof expected_lengths / sizeof expected_lengths[0]; i++) {
        uint8_t length = format->post_header[expected_lengths[i].type];
        if (length != 0 && length != expected_lengths[i].length)
            return leat_error_set(error, LEAT_FAILED,
                                  "the server (version %s) writes %s events with a fixed part of %u bytes, "
                                  "and leat knows them with %u",
                                  format->server_version,
                                  leat_binlog_type_name(expected_lengths[i].type, text), length,
                                  expected_lengths[i].length);
    }
    return LEAT_OK;
}

/* All that is left, but for the algorithm and the checksum, is a length for each type, from type 1 on. */
static void read_lengths(leat_cursor *cursor, leat_binlog_format *format)
{
    size_t room = leat_cursor_remaining(cursor);
    size_t count = room < ALGORITHM_SIZE + CHECKSUM_SIZE ? 0 : room - ALGORITHM_SIZE - CHECKSUM_SIZE;
    if (count >= sizeof format->post_header)
        leat_cursor_fail(cursor);
    leat_slice lengths = leat_cursor_bytes(cursor, count);
    for (size_t i = 0; i < lengths.length; i++)
        format->post_header[i + 1] = lengths.data[i];
    format->mariadb = format->post_header[LEAT_BINLOG_MARIADB_GTID] != 0;
}

static void read_server_version(leat_cursor *cursor, leat_binlog_format *format)
{
    leat_slice text = leat_cursor_bytes(cursor, VERSION_TEXT_SIZE);
    for (size_t i = 0; i < text.length && text.data[i] != 0; i++)
        format->server_version[i] = (char)text.data[i];
}

leat_status leat_binlog_parse_format(leat_slice body_with_checksum, leat_binlog_format *format,
                                     leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(body_with_checksum);
    *format = (leat_binlog_format){.seen = true};
    unsigned version = (unsigned)leat_cursor_little_endian(&cursor, 2);
    read_server_version(&cursor, format);
    format->created = (uint32_t)leat_cursor_little_endian(&cursor, 4);
    uint8_t header_length = leat_cursor_u8(&cursor);
    read_lengths(&cursor, format);
    uint8_t algorithm = leat_cursor_u8(&cursor);
    (void)leat_cursor_bytes(&cursor, CHECKSUM_SIZE);
    format->checksum = algorithm == CHECKSUM_CRC32;
    leat_status status =
        leat_cursor_finish(&cursor, LEAT_FAILED, "the binlog event FORMAT_DESCRIPTION", error);
    if (status != LEAT_OK)
        return status;
    if (version != FORMAT_VERSION || header_length != LEAT_BINLOG_HEADER_SIZE)
        return leat_error_set(error, LEAT_FAILED,
                              "the binlog is of format %u with headers of %u bytes, and leat knows format %d",
                              version, header_length, FORMAT_VERSION);
    if (algorithm != CHECKSUM_NONE && algorithm != CHECKSUM_CRC32)
        return leat_error_set(error, LEAT_FAILED, "the binlog has checksums of the unknown algorithm %u",
                              algorithm);
    return check_lengths(format, error);
}
