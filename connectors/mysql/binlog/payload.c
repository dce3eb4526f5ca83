#include "mysql/binlog/payload.h"

#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "mysql/binlog/read.h"

/* Fields in front of the payload, and kinds of compression (MySQL's libs/mysql/binlog/event/
 * binary_log_funcs, codecs/binary.cpp). */
enum { FIELD_END = 0, FIELD_PAYLOAD_SIZE = 1, FIELD_COMPRESSION = 2, FIELD_PLAIN_SIZE = 3 };
enum { COMPRESSION_ZSTD = 0, COMPRESSION_NONE = 255 };

enum {
    /* Memory grows with what was decompressed, not with what an event says of its length. */
    STEP = 128 * 1024,
    LENGTH_AT = 9, /* in an event's header */
};

struct leat_binlog_payload {
    leat_binlog_event event; /* for what errors say */
    ZSTD_DCtx *context;
    bool compressed;
    leat_cursor stored; /* the events, where they are not compressed */
    ZSTD_inBuffer in;
    size_t frame_left; /* 0 at the end of a zstd frame */
    uint64_t left;     /* bytes of events still to come, as announced */
    leat_buffer raw;   /* the present event */
};

/* As announced in front of the payload. */
typedef struct announcement {
    bool sized;
    uint64_t payload_size;
    uint64_t compression;
    uint64_t plain_size;
} announcement;

leat_binlog_payload *leat_binlog_payload_new(void)
{
    leat_binlog_payload *payload = leat_allocate(sizeof *payload);
    payload->context = ZSTD_createDCtx();
    payload->stored = leat_cursor_open(leat_slice_of(NULL, 0));
    if (payload->context != NULL)
        return payload;
    /* As in base/memory.h, the process ends where there is no memory. */
    fputs("leat: out of memory for a decompressor\n", stderr);
    abort();
}

void leat_binlog_payload_free(leat_binlog_payload *payload)
{
    if (payload == NULL)
        return;
    ZSTD_freeDCtx(payload->context);
    leat_buffer_free(&payload->raw);
    leat_release(payload);
}

/* ---- Opening ---- */

/* A field that is unknown is passed over, as the server's own reader does. */
static void read_field(leat_cursor *cursor, uint64_t field, announcement *announced)
{
    leat_cursor value = leat_cursor_narrow(cursor, leat_binlog_packed(cursor));
    if (field == FIELD_PAYLOAD_SIZE) {
        announced->payload_size = leat_binlog_packed(&value);
        announced->sized = true;
    } else if (field == FIELD_COMPRESSION) {
        announced->compression = leat_binlog_packed(&value);
    } else if (field == FIELD_PLAIN_SIZE) {
        announced->plain_size = leat_binlog_packed(&value);
    } else {
        (void)leat_binlog_rest(&value);
    }
    if (leat_cursor_failed(&value) || leat_cursor_remaining(&value) > 0)
        leat_cursor_fail(cursor);
}

static void begin_payload(leat_binlog_payload *payload, const announcement *announced, leat_slice bytes)
{
    payload->compressed = announced->compression == COMPRESSION_ZSTD;
    payload->left = payload->compressed ? announced->plain_size : bytes.length;
    payload->stored = leat_cursor_open(bytes);
    payload->in = (ZSTD_inBuffer){.src = bytes.data, .size = bytes.length};
    payload->frame_left = 0;
    (void)ZSTD_DCtx_reset(payload->context, ZSTD_reset_session_only);
}

leat_status leat_binlog_payload_open(leat_binlog_payload *payload, const leat_binlog_event *event,
                                     leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    announcement announced = {.sized = false};
    payload->event = *event;
    payload->left = 0;
    for (uint64_t field; (field = leat_binlog_packed(&cursor)) != FIELD_END;)
        read_field(&cursor, field, &announced);
    leat_slice bytes = leat_binlog_rest(&cursor);
    leat_status status = leat_binlog_finish(&cursor, event, error);
    if (status != LEAT_OK)
        return status;
    if (!announced.sized || announced.payload_size != bytes.length)
        return leat_binlog_refuse(event, error, "announces %llu bytes, and has %zu",
                                  (unsigned long long)announced.payload_size, bytes.length);
    if (announced.compression != COMPRESSION_ZSTD && announced.compression != COMPRESSION_NONE)
        return leat_binlog_refuse(event, error, "is compressed in the unknown way %llu",
                                  (unsigned long long)announced.compression);
    begin_payload(payload, &announced, bytes);
    return LEAT_OK;
}

/* ---- Events ---- */

static leat_status refuse_stream(const leat_binlog_payload *payload, const char *what, leat_error *error)
{
    return leat_binlog_refuse(&payload->event, error, "has compressed events that cannot be read: %s", what);
}

/* Decompresses once, at most `room` bytes more. */
static leat_status decompress_some(leat_binlog_payload *payload, size_t room, size_t *made, leat_error *error)
{
    ZSTD_outBuffer out = {.dst = leat_buffer_reserve(&payload->raw, room), .size = room};
    size_t before = payload->in.pos;
    payload->frame_left = ZSTD_decompressStream(payload->context, &out, &payload->in);
    if (ZSTD_isError(payload->frame_left))
        return refuse_stream(payload, ZSTD_getErrorName(payload->frame_left), error);
    *made = out.pos;
    if (out.pos == 0 && payload->in.pos == before)
        return refuse_stream(payload, "they end too early", error);
    return LEAT_OK;
}

/* Until the present event has `size` bytes. */
static leat_status fill_window(leat_binlog_payload *payload, size_t size, leat_error *error)
{
    leat_status status = LEAT_OK;
    while (payload->raw.length < size && status == LEAT_OK) {
        size_t made = 0;
        size_t room = size - payload->raw.length;
        status = decompress_some(payload, room > STEP ? STEP : room, &made, error);
        leat_buffer_commit(&payload->raw, made);
    }
    return status;
}

static leat_status check_length(leat_binlog_payload *payload, uint32_t length, leat_error *error)
{
    if (length >= LEAT_BINLOG_HEADER_SIZE && length <= payload->left && length <= LEAT_BINLOG_MOST_BYTES)
        return LEAT_OK;
    return leat_binlog_refuse(&payload->event, error, "has an event of %u bytes inside, with %llu left",
                              length, (unsigned long long)payload->left);
}

static uint32_t event_length(leat_slice header)
{
    leat_cursor cursor = leat_cursor_open(header);
    (void)leat_cursor_bytes(&cursor, LENGTH_AT);
    return (uint32_t)leat_cursor_little_endian(&cursor, 4);
}

static leat_status next_compressed(leat_binlog_payload *payload, leat_slice *raw, leat_error *error)
{
    leat_buffer_reset_bounded(&payload->raw);
    leat_status status = fill_window(payload, LEAT_BINLOG_HEADER_SIZE, error);
    if (status != LEAT_OK)
        return status;
    uint32_t length = event_length(leat_buffer_slice(&payload->raw));
    status = check_length(payload, length, error);
    if (status == LEAT_OK)
        status = fill_window(payload, length, error);
    if (status != LEAT_OK)
        return status;
    payload->left -= length;
    *raw = leat_buffer_slice(&payload->raw);
    return LEAT_OK;
}

static leat_status next_stored(leat_binlog_payload *payload, leat_slice *raw, leat_error *error)
{
    leat_cursor header = payload->stored;
    uint32_t length = event_length(leat_cursor_bytes(&header, LEAT_BINLOG_HEADER_SIZE));
    leat_status status = check_length(payload, length, error);
    if (status != LEAT_OK)
        return status;
    payload->left -= length;
    *raw = leat_cursor_bytes(&payload->stored, length);
    return LEAT_OK;
}

/* Behind the last event there is nothing but what ends a frame. */
static leat_status finish_payload(leat_binlog_payload *payload, leat_error *error)
{
    leat_status status = LEAT_OK;
    while (payload->compressed && status == LEAT_OK &&
           (payload->frame_left != 0 || payload->in.pos < payload->in.size)) {
        size_t made = 0;
        leat_buffer_reset_bounded(&payload->raw);
        status = decompress_some(payload, 1, &made, error);
        if (status == LEAT_OK && made > 0)
            return refuse_stream(payload, "they are more than was announced", error);
    }
    return status;
}

leat_status leat_binlog_payload_next(leat_binlog_payload *payload, leat_slice *raw, leat_error *error)
{
    *raw = leat_slice_of(NULL, 0);
    if (payload->left == 0)
        return finish_payload(payload, error);
    return payload->compressed ? next_compressed(payload, raw, error) : next_stored(payload, raw, error);
}
