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

struct leat_sink_table {
    const leat_table_version *version;
    char *name;   /* "schema.table" */
    char *prefix; /* of its lines, up to the event */
    leat_json_decoder *decoder;
    /* Since the last commit: */
    uint64_t records;
    uint64_t snapshot_records;
    int64_t last_change;
};

struct leat_sink {
    int descriptor;
    leat_state *state;
    leat_sink_table **tables;
    size_t table_count;
    size_t table_capacity;
    leat_buffer lines;
    uint64_t bytes_since_commit;
    uint64_t records_since_commit;
    bool broken; /* lines are half-written or half-counted: only a recover leads on */
    leat_sink_counters counters;
};

leat_status leat_sink_stdout_open(int descriptor, leat_state *state, leat_sink **sink, leat_error *error)
{
    (void)error;
    leat_sink *opened = leat_allocate(sizeof *opened);
    opened->descriptor = descriptor;
    opened->state = state;
    *sink = opened;
    return LEAT_OK;
}

static void close_table(leat_sink_table *table)
{
    leat_json_decoder_close(table->decoder);
    leat_release(table->prefix);
    leat_release(table->name);
    leat_release(table);
}

static void close_sink(leat_sink *sink)
{
    for (size_t i = 0; i < sink->table_count; i++)
        close_table(sink->tables[i]);
    leat_release(sink->tables);
    leat_buffer_free(&sink->lines);
    leat_release(sink);
}

static leat_status recover(leat_sink *sink, leat_position *position, leat_error *error)
{
    return leat_state_position_get(sink->state, position, error);
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

static leat_status make_table(const leat_table_version *version, leat_sink_table **table, leat_error *error)
{
    leat_json_decoder *decoder;
    leat_status status = leat_json_decoder_open(version->value_schema, &decoder, error);
    if (status != LEAT_OK)
        return status;
    leat_arena scratch = {0};
    leat_sink_table *made = leat_allocate(sizeof *made);
    made->version = version;
    made->decoder = decoder;
    made->name = leat_duplicate_string(leat_table_full_name(version->table, &scratch));
    made->prefix = prefix_of(made);
    leat_arena_free(&scratch);
    *table = made;
    return LEAT_OK;
}

static leat_status open_table(leat_sink *sink, const leat_table_version *version, leat_sink_table **table,
                              leat_error *error)
{
    for (size_t i = 0; i < sink->table_count; i++)
        if (sink->tables[i]->version == version) {
            *table = sink->tables[i];
            return LEAT_OK;
        }
    leat_status status = make_table(version, table, error);
    if (status != LEAT_OK)
        return status;
    if (sink->table_count == sink->table_capacity) {
        sink->table_capacity = sink->table_capacity == 0 ? 16 : sink->table_capacity * 2;
        sink->tables = leat_reallocate(sink->tables, sink->table_capacity * sizeof(leat_sink_table *));
    }
    sink->tables[sink->table_count++] = *table;
    return LEAT_OK;
}

/* ---- Lines ---- */

static leat_status write_error(int number, leat_error *error)
{
    if (number == EPIPE)
        return leat_error_set(error, LEAT_STOPPED, "the reader of standard output has gone");
    bool full = number == ENOSPC || number == EDQUOT;
    leat_error_system(error, full ? LEAT_RETRY : LEAT_FAILED, number, "cannot write to standard output");
    return full ? leat_error_mend(error, "Free space on the disk that standard output goes to.")
                : leat_error_mend(error, "Look at what standard output is connected to.");
}

/* The descriptor may be non-blocking: whoever started us may share it. */
static int wait_writable(int descriptor)
{
    struct pollfd wanted = {.fd = descriptor, .events = POLLOUT};
    return poll(&wanted, 1, -1) < 0 && errno != EINTR ? errno : 0;
}

static leat_status write_lines(leat_sink *sink, leat_error *error)
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

static leat_status add_line(leat_sink *sink, const leat_record *record, leat_error *error)
{
    leat_sink_table *table = record->table;
    leat_slice rest = record->value;
    leat_buffer_append_string(&sink->lines, table->prefix);
    leat_status status = leat_json_decoder_next(table->decoder, &rest, &sink->lines, error);
    if (status == LEAT_OK && rest.length > 0)
        status = leat_error_set(error, LEAT_FAILED, "%zu bytes too many in a record", rest.length);
    if (status != LEAT_OK)
        return leat_error_context(error, "table %s", table->name);
    leat_buffer_append_string(&sink->lines, "}\n");
    return LEAT_OK;
}

static void count(leat_sink *sink, const leat_record *record)
{
    leat_sink_table *table = record->table;
    table->records++;
    table->snapshot_records += record->snapshot;
    if (record->commit_time > table->last_change)
        table->last_change = record->commit_time;
    sink->counters.records++;
    sink->counters.bytes += record->value.length;
    sink->records_since_commit++;
}

static leat_status refuse_broken(leat_error *error)
{
    return leat_error_set(error, LEAT_FAILED, "the stdout sink failed before and must be opened again");
}

static leat_status append(leat_sink *sink, const leat_record *record, bool *full, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(error);
    size_t before = sink->lines.length;
    leat_status status = add_line(sink, record, error);
    sink->bytes_since_commit += sink->lines.length - before;
    if (status == LEAT_OK && sink->lines.length > WRITE_AFTER_BYTES)
        status = write_lines(sink, error);
    if (status != LEAT_OK) {
        sink->broken = true;
        return status;
    }
    count(sink, record);
    *full = sink->bytes_since_commit > FULL_AFTER_BYTES;
    return LEAT_OK;
}

/* ---- Commits ---- */

static leat_status record_position(leat_sink *sink, const leat_position *position, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < sink->table_count; i++) {
        const leat_sink_table *table = sink->tables[i];
        if (table->records > 0)
            status = leat_state_table_add(sink->state, table->name, table->version->number, table->records,
                                          table->snapshot_records, table->last_change, error);
    }
    if (status == LEAT_OK)
        status = leat_state_position_put(sink->state, position, leat_clock_wall(), sink->records_since_commit,
                                         error);
    return status == LEAT_OK ? leat_state_commit(sink->state, error) : status;
}

static leat_status commit(leat_sink *sink, const leat_position *position, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(error);
    leat_status status = write_lines(sink, error);
    if (status == LEAT_OK)
        status = record_position(sink, position, error);
    if (status != LEAT_OK) {
        sink->broken = true;
        return status;
    }
    for (size_t i = 0; i < sink->table_count; i++)
        sink->tables[i]->records = sink->tables[i]->snapshot_records = 0;
    sink->bytes_since_commit = sink->records_since_commit = 0;
    return LEAT_OK;
}

/* Nothing here waits for time. */
static bool due(leat_sink *sink, int64_t now)
{
    (void)sink;
    (void)now;
    return false;
}

/* A commit leaves nothing behind anyway. */
static void finish(leat_sink *sink)
{
    (void)sink;
}

static void counters(const leat_sink *sink, leat_sink_counters *counters)
{
    *counters = sink->counters;
}

const leat_sink_ops leat_sink_stdout_ops = {
    .type = "stdout",
    .shows_at_commit = true,
    .quiet_spacing = INT64_C(50000), /* each is an fsync */
    .recover = recover,
    .open_table = open_table,
    .append = append,
    .commit = commit,
    .due = due,
    .finish = finish,
    .counters = counters,
    .close = close_sink,
};
