/* The file sink: what the contract of sinks asks for. */
#include "sink/file/sink.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "sink/file/names.h"
#include "sink/file/sink_internal.h"

enum {
    MOST_OPEN_FILES = 1024,
    FEWEST_OPEN_FILES = 16,
    WANTED_DESCRIPTORS = 4096,
    FULL_AFTER_BYTES = 64 * 1024 * 1024,
};

static leat_file_sink *file_sink_of(leat_sink *sink)
{
    return (leat_file_sink *)(void *)sink;
}

/* Raises the soft limit of descriptors towards the hard one, and gives how many files may be open: half of
 * it, for there are sockets and a state store too. */
static size_t descriptors_to_use(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return FEWEST_OPEN_FILES;
    if (limit.rlim_cur < WANTED_DESCRIPTORS && limit.rlim_cur < limit.rlim_max) {
        struct rlimit wanted = limit;
        wanted.rlim_cur = limit.rlim_max < WANTED_DESCRIPTORS ? limit.rlim_max : WANTED_DESCRIPTORS;
        if (setrlimit(RLIMIT_NOFILE, &wanted) == 0)
            limit = wanted;
    }
    rlim_t half = limit.rlim_cur / 2;
    if (half > MOST_OPEN_FILES)
        return MOST_OPEN_FILES;
    return half < FEWEST_OPEN_FILES ? FEWEST_OPEN_FILES : (size_t)half;
}

static void close_sink(leat_sink *base)
{
    leat_file_sink *sink = file_sink_of(base);
    leat_file_list_free(&sink->open);
    leat_file_list_free(&sink->finished);
    leat_file_list_free(&sink->published);
    leat_folder_set_free(&sink->unsynced);
    leat_codec_close(sink->codec);
    leat_release(sink);
}

static leat_status recover(leat_sink *sink, leat_position *position, leat_error *error)
{
    return leat_file_sink_recover(file_sink_of(sink), position, error);
}

/* ---- Tables ---- */

/* A schema change ends the files of the version before: what was written under one schema becomes visible
 * without waiting for its age. */
static leat_status finish_older(leat_file_sink *sink, const leat_file_table *table, leat_error *error)
{
    size_t i = 0;
    while (i < sink->open.count) {
        leat_data_file *file = sink->open.items[i];
        if (strcmp(file->table_name, table->base.name) != 0) {
            i++;
            continue;
        }
        leat_status status = leat_file_sink_finish_file(sink, file, error);
        if (status != LEAT_OK)
            return status;
    }
    return LEAT_OK;
}

/* Better now than when its first data has become durable. */
static leat_status check_schema(const leat_file_sink *sink, const leat_file_table *table, leat_error *error)
{
    char *folder = leat_file_name_folder(table->part, table->base.version->number, 0);
    char *path = leat_file_name_schema(folder);
    bool exists;
    leat_status status =
        leat_file_sink_check_schema(sink, path, table->base.version->value_schema, &exists, error);
    leat_release(path);
    leat_release(folder);
    return status;
}

static leat_status open_table(leat_sink *base, leat_sink_table *opened, leat_error *error)
{
    leat_file_sink *sink = file_sink_of(base);
    leat_file_table *table = leat_file_table_of(opened);
    table->part = leat_file_name_of_table(opened->version->table);
    leat_status status = check_schema(sink, table, error);
    return status == LEAT_OK ? finish_older(sink, table, error) : status;
}

static void close_table(leat_sink_table *table)
{
    leat_release(leat_file_table_of(table)->part);
}

/* ---- Records ---- */

static leat_status append_to_file(leat_file_sink *sink, leat_data_file *file, const leat_record *record,
                                  leat_error *error)
{
    size_t before = leat_container_pending(file->writer);
    leat_status status = leat_container_append(file->writer, record->value, error);
    if (status != LEAT_OK)
        return status;
    size_t pending = leat_container_pending(file->writer);
    sink->pending += pending - before;
    leat_buffer_reset(&file->last);
    leat_buffer_append_slice(&file->last, record->sequence);
    file->records++;
    file->last_used = ++sink->ticks;
    file->unsaved = true;
    if (file->records >= sink->options.roll_rows ||
        leat_container_length(file->writer) + pending >= sink->options.roll_bytes)
        return leat_file_sink_finish_file(sink, file, error);
    return LEAT_OK;
}

static leat_status append(leat_sink *base, const leat_record *record, bool *full, leat_error *error)
{
    leat_file_sink *sink = file_sink_of(base);
    leat_file_table *table = leat_file_table_of(record->table);
    leat_data_file *file = table->current;
    leat_status status = LEAT_OK;
    if (file == NULL || record->commit_time < file->day_start || record->commit_time >= file->day_end)
        status = leat_file_sink_choose(sink, table, record->commit_time, record->sequence, error);
    if (status == LEAT_OK)
        status = append_to_file(sink, table->current, record, error);
    if (status == LEAT_OK)
        status = leat_file_sink_relieve(sink, error);
    if (status != LEAT_OK)
        return status;
    sink->bytes_since_commit += record->value.length;
    *full = sink->bytes_since_commit > FULL_AFTER_BYTES;
    return LEAT_OK;
}

/* ---- Commits ---- */

static leat_status commit(leat_sink *sink, const leat_position *position, leat_error *error)
{
    return leat_file_sink_commit(file_sink_of(sink), position, error);
}

/* Both lists are in the order in which their files came: the last one finished tells whether any is new, the
 * first one open is the oldest. Files that are finished and saved wait for a transaction's end, not for time.
 */
static bool due(leat_sink *base, int64_t now)
{
    const leat_file_sink *sink = file_sink_of(base);
    if (sink->finished.count > 0 && sink->finished.items[sink->finished.count - 1]->unsaved)
        return true;
    return sink->open.count > 0 && now - sink->open.items[0]->opened_at >= sink->options.roll_every;
}

static void finish(leat_sink *sink)
{
    file_sink_of(sink)->finishing = true;
}

static const leat_sink_ops file_sink_ops = {
    .type = "file",
    .table_size = sizeof(leat_file_table),
    .recover = recover,
    .open_table = open_table,
    .close_table = close_table,
    .append = append,
    .commit = commit,
    .due = due,
    .finish = finish,
    .close = close_sink,
};

leat_status leat_sink_file_open(const leat_sink_file_options *options, leat_sink **sink, leat_error *error)
{
    leat_status status = leat_folder_make(options->path, error);
    if (status == LEAT_OK && access(options->path, R_OK | W_OK | X_OK) != 0)
        status = leat_folder_error(error, errno, "cannot write in folder", options->path);
    if (status != LEAT_OK)
        return status;
    leat_file_sink *opened = leat_allocate(sizeof *opened);
    opened->base.ops = &file_sink_ops;
    opened->options = *options;
    opened->codec = leat_codec_open(options->codec, options->codec_level);
    opened->most_open = descriptors_to_use();
    *sink = &opened->base;
    return LEAT_OK;
}
