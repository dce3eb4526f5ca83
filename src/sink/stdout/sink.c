#include "sink/stdout/sink.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "avro/json.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"

enum {
    WRITE_AFTER_BYTES = 64 * 1024,
    /* What a crash may bring again; each commit costs an fsync of the state. */
    FULL_AFTER_BYTES = 4 * 1024 * 1024,
};

typedef struct leat_stdout_table {
    leat_sink_table base;
    char *prefix; /* of its lines, up to the event */
    leat_json_decoder *decoder;
} leat_stdout_table;

typedef struct leat_stdout_sink {
    leat_sink base;
    int descriptor;
    leat_state *state;
    leat_buffer lines;
    uint64_t bytes_since_commit;
} leat_stdout_sink;

static leat_stdout_sink *stdout_sink_of(leat_sink *sink)
{
    return (leat_stdout_sink *)(void *)sink;
}

static leat_stdout_table *stdout_table_of(leat_sink_table *table)
{
    return (leat_stdout_table *)(void *)table;
}

static void close_sink(leat_sink *base)
{
    leat_stdout_sink *sink = stdout_sink_of(base);
    leat_buffer_free(&sink->lines);
    leat_release(sink);
}

static leat_status recover(leat_sink *sink, leat_position *position, leat_error *error)
{
    return leat_state_position_get(stdout_sink_of(sink)->state, position, error);
}

/* ---- Tables ---- */

/* The text as a JSON string (RFC 8259, section 7). */
static void append_json_string(leat_buffer *out, const char *text)
{
    leat_buffer_append_byte(out, '"');
    for (const char *at = text; *at != '\0'; at++) {
        uint8_t byte = (uint8_t)*at;
        if (byte == '"' || byte == '\\')
            leat_buffer_append_byte(out, '\\');
        if (byte < 0x20)
            leat_buffer_printf(out, "\\u%04x", byte);
        else
            leat_buffer_append_byte(out, byte);
    }
    leat_buffer_append_byte(out, '"');
}

static char *prefix_of(const leat_sink_table *table)
{
    leat_buffer prefix = {0};
    leat_buffer_append_string(&prefix, "{\"table\":");
    append_json_string(&prefix, table->name);
    leat_buffer_printf(&prefix, ",\"version\":%u,\"event\":", table->version->number);
    return leat_buffer_detach_string(&prefix);
}

static leat_status open_table(leat_sink *sink, leat_sink_table *opened, leat_error *error)
{
    (void)sink;
    leat_stdout_table *table = stdout_table_of(opened);
    table->prefix = prefix_of(opened);
    return leat_json_decoder_open(opened->version->value_schema, &table->decoder, error);
}

static void close_table(leat_sink_table *opened)
{
    leat_stdout_table *table = stdout_table_of(opened);
    leat_json_decoder_close(table->decoder);
    leat_release(table->prefix);
}

/* ---- Lines ---- */

static leat_status write_error(int number, leat_error *error)
{
    if (number == EPIPE)
        return leat_error_set(error, LEAT_STOPPED, "the reader of standard output has gone");
    bool full = number == ENOSPC || number == EDQUOT;
    leat_error_system(error, full ? LEAT_RETRY : LEAT_FAILED, number, "cannot write to standard output");
    leat_error_mend(error, "%s",
                    full ? "Free space on the disk that standard output goes to."
                         : "Look at what standard output is connected to.");
    return full ? LEAT_RETRY : LEAT_FAILED;
}

/* The descriptor may be non-blocking: whoever started us may share it. */
static int wait_writable(int descriptor)
{
    struct pollfd wanted = {.fd = descriptor, .events = POLLOUT};
    return poll(&wanted, 1, -1) < 0 && errno != EINTR ? errno : 0;
}

static leat_status write_lines(leat_stdout_sink *sink, leat_error *error)
{
    size_t at = 0;
    while (at < sink->lines.length) {
        ssize_t written = write(sink->descriptor, sink->lines.data + at, sink->lines.length - at);
        int number = written < 0 ? errno : 0;
        if (number == EAGAIN)
            number = wait_writable(sink->descriptor);
        if (number != 0 && number != EINTR)
            return write_error(number, error);
        if (written > 0)
            at += (size_t)written;
    }
    leat_buffer_reset(&sink->lines);
    return LEAT_OK;
}

static leat_status add_line(leat_stdout_sink *sink, const leat_record *record, leat_error *error)
{
    const leat_stdout_table *table = stdout_table_of(record->table);
    leat_slice rest = record->value;
    leat_buffer_append_string(&sink->lines, table->prefix);
    leat_status status = leat_json_decoder_next(table->decoder, &rest, &sink->lines, error);
    if (status == LEAT_OK && rest.length > 0)
        status = leat_error_set(error, LEAT_FAILED, "%zu bytes too many in a record", rest.length);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "table %s", table->base.name);
    leat_buffer_append_string(&sink->lines, "}\n");
    return LEAT_OK;
}

static leat_status append(leat_sink *base, const leat_record *record, bool *full, leat_error *error)
{
    leat_stdout_sink *sink = stdout_sink_of(base);
    size_t before = sink->lines.length;
    leat_status status = add_line(sink, record, error);
    sink->bytes_since_commit += sink->lines.length - before;
    if (status == LEAT_OK && sink->lines.length > WRITE_AFTER_BYTES)
        status = write_lines(sink, error);
    *full = sink->bytes_since_commit > FULL_AFTER_BYTES;
    return status;
}

/* ---- Commits ---- */

static leat_status commit(leat_sink *base, const leat_position *position, leat_error *error)
{
    leat_stdout_sink *sink = stdout_sink_of(base);
    leat_status status = write_lines(sink, error);
    if (status == LEAT_OK)
        status = leat_state_position_put(sink->state, position, leat_clock_wall(), base->records_since_commit,
                                         error);
    if (status == LEAT_OK)
        status = leat_state_commit(sink->state, error);
    if (status == LEAT_OK)
        sink->bytes_since_commit = 0;
    return status;
}

/* Nothing here waits for time, and a commit leaves nothing behind. */
static const leat_sink_ops stdout_sink_ops = {
    .type = "stdout",
    .table_size = sizeof(leat_stdout_table),
    .recover = recover,
    .open_table = open_table,
    .close_table = close_table,
    .append = append,
    .commit = commit,
    .close = close_sink,
};

leat_status leat_sink_stdout_open(int descriptor, leat_state *state, leat_sink **sink, leat_error *error)
{
    enum { QUIET_SPACING_MICROSECONDS = 50 * 1000 }; /* each commit is an fsync */
    (void)error;
    leat_stdout_sink *opened = leat_allocate(sizeof *opened);
    opened->base.ops = &stdout_sink_ops;
    opened->base.traits =
        (leat_sink_traits){.shows_at_commit = true, .quiet_spacing = QUIET_SPACING_MICROSECONDS};
    opened->descriptor = descriptor;
    opened->state = state;
    *sink = &opened->base;
    return LEAT_OK;
}
