/* Makes binlog events as a server would send them: header, body, CRC32, one behind the other in a file whose
 * offsets they count. Bodies are laid out as sql/log_event.h (MariaDB) and libs/mysql/binlog/event (MySQL)
 * say. */
#ifndef LEAT_TESTS_MYSQL_EVENT_WRITER_H
#define LEAT_TESTS_MYSQL_EVENT_WRITER_H

#include <libdeflate.h>

#include "base/memory.h"
#include "mysql/binlog/binlog.h"
#include "mysql_events.h"

enum { WRITER_MOST_EVENTS = 16384, WRITER_TIME = 1700000000, WRITER_SERVER = 1 };

typedef struct event_writer {
    bool mariadb;
    bool nameless;      /* maps say signs and charsets alone, as binlog_row_metadata = MINIMAL has it */
    bool places_hidden; /* log_pos 0 in all but GTID, XID and QUERY, as MariaDB does from 11.4 on */
    uint64_t offset;    /* of the next event in its file */
    leat_slice events[WRITER_MOST_EVENTS];
    size_t count;
    leat_buffer body; /* of the event at hand */
    bool in_payload;  /* events go into `payload`, without place and checksum */
    leat_buffer payload;
} event_writer;

static inline void writer_free(event_writer *writer)
{
    for (size_t i = 0; i < writer->count; i++)
        leat_release((void *)(uintptr_t)writer->events[i].data);
    leat_buffer_free(&writer->body);
    leat_buffer_free(&writer->payload);
}

/* ---- Bytes ---- */

static inline void put_number(leat_buffer *out, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        leat_buffer_append_byte(out, i < 8 ? (uint8_t)(value >> (8 * i)) : 0);
}

/* MySQL's packed integer, for the sizes that tests have. */
static inline void put_packed(leat_buffer *out, uint64_t value)
{
    if (value < 251) {
        put_number(out, value, 1);
    } else {
        put_number(out, 254, 1);
        put_number(out, value, 8);
    }
}

/* A text behind its length. */
static inline void put_text(leat_buffer *out, const char *text, bool with_nul)
{
    put_number(out, strlen(text), 1);
    leat_buffer_append(out, text, strlen(text) + (with_nul ? 1 : 0));
}

/* ---- Events ---- */

static inline void writer_keep(event_writer *writer, const leat_buffer *raw)
{
    if (writer->count == WRITER_MOST_EVENTS)
        abort();
    writer->events[writer->count++] =
        leat_slice_of(leat_duplicate_bytes((const char *)raw->data, raw->length), raw->length);
}

static inline void put_header(leat_buffer *out, uint8_t type, uint16_t flags, size_t length, uint64_t end)
{
    put_number(out, WRITER_TIME, 4);
    put_number(out, type, 1);
    put_number(out, WRITER_SERVER, 4);
    put_number(out, length, 4);
    put_number(out, end & UINT32_MAX, 4);
    put_number(out, flags, 2);
}

static inline bool writer_says_place(const event_writer *writer, uint8_t type, uint16_t flags)
{
    if (writer->in_payload || (flags & LEAT_BINLOG_FLAG_ARTIFICIAL) != 0)
        return false;
    return !writer->places_hidden || type == LEAT_BINLOG_MARIADB_GTID || type == LEAT_BINLOG_XID ||
           type == LEAT_BINLOG_QUERY;
}

/* Ends the event whose body stands in writer->body. */
static inline void write_event(event_writer *writer, uint8_t type, uint16_t flags)
{
    enum { CHECKSUM = 4 };
    leat_buffer raw = {0};
    size_t length = LEAT_BINLOG_HEADER_SIZE + writer->body.length + (writer->in_payload ? 0 : CHECKSUM);
    bool placed = writer_says_place(writer, type, flags);
    put_header(&raw, type, flags, length, placed ? writer->offset + length : 0);
    leat_buffer_append_slice(&raw, leat_buffer_slice(&writer->body));
    if (writer->in_payload) {
        leat_buffer_append_slice(&writer->payload, leat_buffer_slice(&raw));
    } else {
        put_number(&raw, libdeflate_crc32(0, raw.data, raw.length), CHECKSUM);
        writer_keep(writer, &raw);
        if ((flags & LEAT_BINLOG_FLAG_ARTIFICIAL) == 0)
            writer->offset += length;
    }
    leat_buffer_reset(&writer->body);
    leat_buffer_free(&raw);
}

/* An event as a server sent it, with the place that it had there. */
static inline void write_captured(event_writer *writer, const char *name)
{
    leat_buffer raw = {0};
    captured_event(&raw, name);
    writer_keep(writer, &raw);
    writer->offset += raw.length;
    leat_buffer_free(&raw);
}

/* The FORMAT_DESCRIPTION of one of the servers that events were captured from. */
static inline void write_format(event_writer *writer)
{
    leat_buffer raw = {0};
    leat_slice event = captured_event(&raw, writer->mariadb ? "maria_format" : "mysql_format");
    leat_buffer_append(&writer->body, event.data + LEAT_BINLOG_HEADER_SIZE,
                       event.length - LEAT_BINLOG_HEADER_SIZE - 4);
    write_event(writer, LEAT_BINLOG_FORMAT_DESCRIPTION, 0);
    leat_buffer_free(&raw);
}

/* The log goes on at the beginning of `file`. */
static inline void write_rotate(event_writer *writer, const char *file, uint64_t offset, uint16_t flags)
{
    put_number(&writer->body, offset, 8);
    leat_buffer_append_string(&writer->body, file);
    write_event(writer, LEAT_BINLOG_ROTATE, flags);
}

/* The place is in the header, where no other event has a place that it did not come to. */
static inline void write_heartbeat(event_writer *writer, const char *file, uint64_t offset)
{
    leat_buffer raw = {0};
    size_t length = LEAT_BINLOG_HEADER_SIZE + strlen(file) + 4;
    put_header(&raw, LEAT_BINLOG_HEARTBEAT, 0, length, offset);
    leat_buffer_append_string(&raw, file);
    put_number(&raw, libdeflate_crc32(0, raw.data, raw.length), 4);
    writer_keep(writer, &raw);
    leat_buffer_free(&raw);
}

/* ---- Transactions ---- */

static inline void write_mysql_gtid(event_writer *writer, uint64_t number)
{
    put_number(&writer->body, 0, 1);
    for (unsigned i = 0; i < LEAT_MYSQL_UUID_SIZE; i++)
        put_number(&writer->body, 0x11, 1);
    put_number(&writer->body, number, 8);
    put_number(&writer->body, 2, 1);
    put_number(&writer->body, 0, 16); /* the logical clock */
    write_event(writer, number == 0 ? LEAT_BINLOG_ANONYMOUS_GTID : LEAT_BINLOG_GTID, 0);
}

/* A number in the least bytes: as many ones at the low end as bytes come behind the first, then a zero. */
static inline void put_varint(leat_buffer *out, uint64_t value)
{
    if (value < 1 << 7)
        put_number(out, value << 1, 1);
    else if (value < 1 << 14)
        put_number(out, value << 2 | 1, 2);
    else
        put_number(out, value << 3 | 3, 3);
}

/* Fields 0 to 6 of Gtid_event, each behind its number (libs/mysql/serialization). */
static inline void put_tagged_fields(leat_buffer *out, uint64_t number, const char *tag)
{
    put_varint(out, 0);
    put_varint(out, 0); /* flags */
    put_varint(out, 1);
    for (unsigned i = 0; i < LEAT_MYSQL_UUID_SIZE; i++)
        put_varint(out, 0x11);
    put_varint(out, 2);
    put_varint(out, 2 * number); /* the lowest bit is the sign's */
    put_varint(out, 3);
    put_varint(out, strlen(tag));
    leat_buffer_append_string(out, tag);
    put_varint(out, 4);
    put_varint(out, 0);
    put_varint(out, 5);
    put_varint(out, 0);
    put_varint(out, 6);
    put_varint(out, 2 * 12345);
}

static inline void write_tagged_gtid(event_writer *writer, uint64_t number, const char *tag)
{
    enum { HEAD_BYTES = 3 };
    leat_buffer fields = {0};
    put_tagged_fields(&fields, number, tag);
    put_varint(&writer->body, 1); /* version */
    put_varint(&writer->body, HEAD_BYTES + fields.length);
    put_varint(&writer->body, 0); /* no field must be understood */
    leat_buffer_append_slice(&writer->body, leat_buffer_slice(&fields));
    leat_buffer_free(&fields);
    write_event(writer, LEAT_BINLOG_GTID_TAGGED, 0);
}

typedef struct made_gtid {
    uint32_t domain;
    uint64_t sequence;
    uint8_t flags; /* 1 standalone, 64 prepared, 128 completed */
    const char *xid;
    uint8_t extra; /* 2 START ALTER, 4 COMMIT ALTER, 8 ROLLBACK ALTER */
    uint64_t alter_start;
} made_gtid;

static inline void write_mariadb_gtid(event_writer *writer, const made_gtid *gtid)
{
    leat_buffer *out = &writer->body;
    put_number(out, gtid->sequence, 8);
    put_number(out, gtid->domain, 4);
    put_number(out, gtid->flags, 1);
    if (gtid->xid != NULL) {
        put_number(out, 1, 4);
        put_number(out, strlen(gtid->xid), 1);
        put_number(out, 0, 1);
        leat_buffer_append_string(out, gtid->xid);
    }
    put_number(out, gtid->extra, 1);
    if ((gtid->extra & (4 | 8)) != 0)
        put_number(out, gtid->alter_start, 8);
    while (out->length < 19)
        put_number(out, 0, 1);
    write_event(writer, LEAT_BINLOG_MARIADB_GTID, 0);
}

static inline void write_query(event_writer *writer, const char *sql, uint16_t flags)
{
    static const char database[] = "shop";
    leat_buffer *out = &writer->body;
    put_number(out, 9, 4); /* thread */
    put_number(out, 0, 4); /* seconds that it took */
    put_number(out, sizeof database - 1, 1);
    put_number(out, 0, 2);  /* error */
    put_number(out, 10, 2); /* length of the status variables */
    put_number(out, 4, 1);  /* charsets of client, connection and server */
    put_number(out, 45, 2);
    put_number(out, 45, 2);
    put_number(out, 45, 2);
    put_number(out, 7, 1); /* the database's */
    put_number(out, 45, 2);
    leat_buffer_append(out, database, sizeof database);
    leat_buffer_append_string(out, sql);
    write_event(writer, LEAT_BINLOG_QUERY, flags);
}

static inline void write_xid(event_writer *writer)
{
    put_number(&writer->body, 77, 8);
    write_event(writer, LEAT_BINLOG_XID, 0);
}

static inline void write_xa_prepare(event_writer *writer, const char *xid, bool one_phase)
{
    leat_buffer *out = &writer->body;
    put_number(out, one_phase, 1);
    put_number(out, 1, 4);
    put_number(out, strlen(xid), 4);
    put_number(out, 0, 4);
    leat_buffer_append_string(out, xid);
    write_event(writer, LEAT_BINLOG_XA_PREPARE, 0);
}

static inline void write_incident(event_writer *writer, const char *message)
{
    put_number(&writer->body, 1, 2);
    put_text(&writer->body, message, false);
    write_event(writer, LEAT_BINLOG_INCIDENT, 0);
}

/* What was written since writer->in_payload was set, as one TRANSACTION_PAYLOAD that is not compressed. */
static inline void write_payload(event_writer *writer)
{
    leat_buffer *out = &writer->body;
    leat_buffer size = {0};
    writer->in_payload = false;
    put_packed(&size, writer->payload.length);
    for (unsigned field = 1; field <= 3; field++) {
        put_packed(out, field);
        if (field == 2) {
            put_packed(out, 3);
            put_number(out, 0xfc, 1); /* 255 */
            put_number(out, 255, 2);
        } else {
            put_packed(out, size.length);
            leat_buffer_append_slice(out, leat_buffer_slice(&size));
        }
    }
    put_packed(out, 0);
    leat_buffer_append_slice(out, leat_buffer_slice(&writer->payload));
    leat_buffer_reset(&writer->payload);
    leat_buffer_free(&size);
    write_event(writer, LEAT_BINLOG_TRANSACTION_PAYLOAD, 0);
}

/* ---- Rows ---- */

/* One column of a made table: 'i' INT, 's' VARCHAR(16000), 't' TIMESTAMP(6); all but the key nullable. */
typedef struct made_column {
    const char *name;
    char kind;
    bool key;
} made_column;

static inline void put_column_types(leat_buffer *out, const made_column *columns, size_t count)
{
    leat_buffer meta = {0};
    put_packed(out, count);
    for (size_t i = 0; i < count; i++) {
        put_number(out, columns[i].kind == 'i' ? 3 : columns[i].kind == 's' ? 15 : 17, 1);
        if (columns[i].kind == 's')
            put_number(&meta, 64000, 2);
        else if (columns[i].kind == 't')
            put_number(&meta, 6, 1);
    }
    put_packed(out, meta.length);
    leat_buffer_append_slice(out, leat_buffer_slice(&meta));
    leat_buffer_free(&meta);
}

static inline void put_optional(leat_buffer *out, unsigned field, leat_buffer *content)
{
    put_number(out, field, 1);
    put_packed(out, content->length);
    leat_buffer_append_slice(out, leat_buffer_slice(content));
    leat_buffer_free(content);
}

static inline void put_metadata(leat_buffer *out, const made_column *columns, size_t count, bool full)
{
    leat_buffer sign = {0};
    leat_buffer charset = {0};
    leat_buffer names = {0};
    leat_buffer key = {0};
    put_number(&sign, 0, 1); /* up to eight numbers, all signed */
    put_packed(&charset, 45);
    for (size_t i = 0; i < count; i++) {
        put_text(&names, columns[i].name, false);
        if (columns[i].key)
            put_packed(&key, i);
    }
    put_optional(out, 1, &sign);
    put_optional(out, 2, &charset);
    if (full)
        put_optional(out, 4, &names);
    if (full && key.length > 0)
        put_optional(out, 8, &key);
    leat_buffer_free(&names);
    leat_buffer_free(&key);
}

static inline void write_map(event_writer *writer, uint64_t table_id, const char *database, const char *name,
                             const made_column *columns, size_t count)
{
    leat_buffer *out = &writer->body;
    unsigned nullable = 0;
    for (size_t i = 0; i < count; i++)
        nullable |= (columns[i].key ? 0U : 1U) << i;
    put_number(out, table_id, 6);
    put_number(out, 1, 2);
    put_text(out, database, true);
    put_text(out, name, true);
    put_column_types(out, columns, count);
    put_number(out, nullable, 1);
    put_metadata(out, columns, count, !writer->nameless);
    write_event(writer, LEAT_BINLOG_TABLE_MAP, 0);
}

/* The head of a rows event whose images are whole; rows are put behind it. */
static inline void begin_rows(event_writer *writer, uint8_t type, uint64_t table_id, size_t count)
{
    leat_buffer *out = &writer->body;
    put_number(out, table_id, 6);
    put_number(out, 1, 2);
    put_packed(out, count);
    put_number(out, 0xff, 1);
    if (type == LEAT_BINLOG_UPDATE_ROWS_V1)
        put_number(out, 0xff, 1);
}

#endif
