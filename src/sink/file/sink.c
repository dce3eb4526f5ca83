/* The file sink: the contract's functions. */
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

char *leat_file_sink_path(const leat_sink *sink, const char *relative)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", sink->options.path, relative);
    return leat_buffer_detach_string(&path);
}

leat_status leat_file_sink_break(leat_sink *sink, leat_status status)
{
    sink->broken = true;
    return status;
}

static leat_status refuse_broken(leat_error *error)
{
    return leat_error_set(error, LEAT_FAILED,
                          "the file sink failed before and must be opened again to find out where it stands");
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

leat_status leat_sink_file_open(const leat_sink_file_options *options, leat_sink **sink, leat_error *error)
{
    leat_status status = leat_folder_make(options->path, error);
    if (status == LEAT_OK && access(options->path, R_OK | W_OK | X_OK) != 0)
        status = leat_folder_error(error, errno, "cannot write in folder", options->path);
    if (status != LEAT_OK)
        return status;
    leat_sink *opened = leat_allocate(sizeof *opened);
    opened->options = *options;
    opened->codec = leat_codec_open(options->codec, options->codec_level);
    opened->most_open = descriptors_to_use();
    *sink = opened;
    return LEAT_OK;
}

static void close_sink(leat_sink *sink)
{
    leat_file_list_free(&sink->open);
    leat_file_list_free(&sink->finished);
    leat_file_list_free(&sink->published);
    leat_folder_set_free(&sink->unsynced);
    for (size_t i = 0; i < sink->table_count; i++) {
        leat_release(sink->tables[i]->name);
        leat_release(sink->tables[i]->part);
        leat_release(sink->tables[i]);
    }
    leat_release(sink->tables);
    leat_codec_close(sink->codec);
    leat_release(sink);
}

static leat_status recover(leat_sink *sink, leat_position *position, leat_error *error)
{
    leat_status status = leat_file_sink_recover(sink, position, error);
    return status == LEAT_OK ? LEAT_OK : leat_file_sink_break(sink, status);
}

/* ---- Tables ---- */

static leat_sink_table *find_table(const leat_sink *sink, const leat_table_version *version)
{
    for (size_t i = 0; i < sink->table_count; i++)
        if (sink->tables[i]->version == version)
            return sink->tables[i];
    return NULL;
}

static leat_sink_table *add_table(leat_sink *sink, const leat_table_version *version)
{
    if (sink->table_count == sink->table_capacity) {
        sink->table_capacity = sink->table_capacity == 0 ? 16 : sink->table_capacity * 2;
        sink->tables = leat_reallocate(sink->tables, sink->table_capacity * sizeof(leat_sink_table *));
    }
    leat_arena scratch = {0};
    leat_sink_table *table = leat_allocate(sizeof *table);
    table->version = version;
    table->name = leat_duplicate_string(leat_table_full_name(version->table, &scratch));
    table->part = leat_file_name_of_table(version->table);
    leat_arena_free(&scratch);
    sink->tables[sink->table_count++] = table;
    return table;
}

/* A schema change ends the files of the version before: what was written under one schema becomes visible
 * without waiting for its age. */
static leat_status finish_older(leat_sink *sink, const leat_sink_table *table, leat_error *error)
{
    size_t i = 0;
    while (i < sink->open.count) {
        leat_data_file *file = sink->open.items[i];
        if (file->table == table || strcmp(file->table_name, table->name) != 0) {
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
static leat_status check_schema(const leat_sink *sink, const leat_sink_table *table, leat_error *error)
{
    char *folder = leat_file_name_folder(table->part, table->version->number, 0);
    char *path = leat_file_name_schema(folder);
    bool exists;
    leat_status status =
        leat_file_sink_check_schema(sink, path, table->version->value_schema, &exists, error);
    leat_release(path);
    leat_release(folder);
    return status;
}

static leat_status open_table(leat_sink *sink, const leat_table_version *version, leat_sink_table **table,
                              leat_error *error)
{
    if (sink->broken)
        return refuse_broken(error);
    *table = find_table(sink, version);
    if (*table == NULL)
        *table = add_table(sink, version);
    leat_status status = check_schema(sink, *table, error);
    if (status == LEAT_OK)
        status = finish_older(sink, *table, error);
    return status == LEAT_OK ? LEAT_OK : leat_file_sink_break(sink, status);
}

/* ---- Records ---- */

static leat_status append_to_file(leat_sink *sink, leat_data_file *file, const leat_record *record,
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
    sink->bytes_since_commit += record->value.length;
}

static leat_status append(leat_sink *sink, const leat_record *record, bool *full, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(error);
    leat_sink_table *table = record->table;
    leat_data_file *file = table->current;
    leat_status status = LEAT_OK;
    if (file == NULL || record->commit_time < file->day_start || record->commit_time >= file->day_end)
        status = leat_file_sink_choose(sink, table, record->commit_time, record->sequence, error);
    if (status == LEAT_OK)
        status = append_to_file(sink, table->current, record, error);
    if (status == LEAT_OK)
        status = leat_file_sink_relieve(sink, error);
    if (status != LEAT_OK)
        return leat_file_sink_break(sink, status);
    count(sink, record);
    *full = sink->bytes_since_commit > FULL_AFTER_BYTES;
    return LEAT_OK;
}

/* ---- Commits ---- */

static leat_status commit(leat_sink *sink, const leat_position *position, leat_error *error)
{
    if (sink->broken)
        return refuse_broken(error);
    leat_status status = leat_file_sink_commit(sink, position, error);
    return status == LEAT_OK ? LEAT_OK : leat_file_sink_break(sink, status);
}

/* Both lists are in the order in which their files came: the last one finished tells whether any is new, the
 * first one open is the oldest. Files that are finished and saved wait for a transaction's end, not for time.
 */
static bool due(leat_sink *sink, int64_t now)
{
    if (sink->finished.count > 0 && sink->finished.items[sink->finished.count - 1]->unsaved)
        return true;
    return sink->open.count > 0 && now - sink->open.items[0]->opened_at >= sink->options.roll_every;
}

static void finish(leat_sink *sink)
{
    sink->finishing = true;
}

static void counters(const leat_sink *sink, leat_sink_counters *counters)
{
    *counters = sink->counters;
    counters->open_files = sink->open.count;
}

const leat_sink_ops leat_sink_file_ops = {
    .type = "file",
    .recover = recover,
    .open_table = open_table,
    .append = append,
    .commit = commit,
    .due = due,
    .finish = finish,
    .counters = counters,
    .close = close_sink,
};
