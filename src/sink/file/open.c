/* Files at work: creating, choosing, bounding and finishing them. */
#include <stdio.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sink/file/names.h"
#include "sink/file/sink_internal.h"

static const int64_t day_microseconds = INT64_C(86400) * 1000000;

/* Plain bytes that may wait in the blocks of all files together. */
enum { MOST_PENDING_BYTES = 16 * 1024 * 1024 };

static int64_t start_of_day(int64_t time)
{
    int64_t since = time % day_microseconds;
    return time - (since < 0 ? since + day_microseconds : since);
}

static leat_data_file *find(const leat_file_sink *sink, const leat_file_table *table, int64_t commit_time)
{
    for (size_t i = 0; i < sink->open.count; i++) {
        leat_data_file *file = sink->open.items[i];
        if (file->table == table && commit_time >= file->day_start && commit_time < file->day_end)
            return file;
    }
    return NULL;
}

/* A data file without its writer. */
static leat_data_file *plan(const leat_file_sink *sink, leat_file_table *table, int64_t commit_time,
                            leat_slice sequence)
{
    leat_data_file *file = leat_allocate(sizeof *file);
    file->table = table;
    file->table_name = table->base.name;
    file->version = table->base.version->number;
    file->first = leat_arena_slice_string(&file->arena, sequence);
    file->day_start = start_of_day(commit_time);
    file->day_end = file->day_start + day_microseconds;
    file->opened_at = leat_clock_monotonic();
    char *folder = leat_file_name_folder(table->part, file->version, commit_time);
    char *working = leat_file_name_working(folder, file->first, leat_state_identity(sink->options.state));
    file->working = leat_arena_string(&file->arena, working);
    leat_release(folder);
    leat_release(working);
    return file;
}

/* What the header says besides the schema, so that a file tells by itself where it comes from. */
static leat_status create_container(const leat_file_sink *sink, leat_data_file *file, const char *path,
                                    leat_error *error)
{
    char version[16];
    snprintf(version, sizeof version, "%u", file->version);
    leat_container_meta meta[] = {
        {.key = "leat.pipeline", .value = leat_slice_of_string(sink->options.pipeline)},
        {.key = "leat.table", .value = leat_slice_of_string(file->table_name)},
        {.key = "leat.version", .value = leat_slice_of_string(version)},
        {.key = "leat.first", .value = leat_slice_of_string(file->first)},
    };
    leat_status status = leat_container_create(path, file->table->base.version->value_schema, sink->codec,
                                               meta, sizeof meta / sizeof meta[0], &file->writer, error);
    if (status == LEAT_FAILED && error != NULL && error->mend[0] == '\0')
        leat_error_mend(error, "Let the user that runs leat write in that folder.");
    return status;
}

static leat_status create(leat_file_sink *sink, leat_data_file *file, leat_error *error)
{
    char *path = leat_file_name_path(sink->options.path, file->working);
    char *folder = leat_folder_of(path);
    leat_status status = leat_folder_make(folder, error);
    if (status == LEAT_OK)
        status = create_container(sink, file, path, error);
    if (status == LEAT_OK)
        leat_folder_set_add(&sink->unsynced, path);
    leat_release(folder);
    leat_release(path);
    return status;
}

/* Descriptors are bounded: the file that has waited longest for a record makes room. */
static leat_status make_room(leat_file_sink *sink, leat_error *error)
{
    if (sink->open.count < sink->most_open)
        return LEAT_OK;
    leat_data_file *oldest = sink->open.items[0];
    for (size_t i = 1; i < sink->open.count; i++)
        if (sink->open.items[i]->last_used < oldest->last_used)
            oldest = sink->open.items[i];
    return leat_file_sink_finish_file(sink, oldest, error);
}

leat_status leat_file_sink_choose(leat_file_sink *sink, leat_file_table *table, int64_t commit_time,
                                  leat_slice sequence, leat_error *error)
{
    table->current = find(sink, table, commit_time);
    if (table->current != NULL)
        return LEAT_OK;
    leat_status status = make_room(sink, error);
    if (status != LEAT_OK)
        return status;
    leat_data_file *file = plan(sink, table, commit_time, sequence);
    status = create(sink, file, error);
    if (status != LEAT_OK) {
        leat_data_file_free(file);
        return status;
    }
    leat_file_list_add(&sink->open, file);
    sink->base.counters.open_files = sink->open.count;
    table->current = file;
    return LEAT_OK;
}

leat_status leat_file_sink_finish_file(leat_file_sink *sink, leat_data_file *file, leat_error *error)
{
    size_t pending = leat_container_pending(file->writer);
    leat_status status = leat_container_sync(file->writer, error);
    if (status != LEAT_OK)
        return status;
    sink->pending -= pending;
    file->length = leat_container_length(file->writer);
    leat_container_close(file->writer);
    file->writer = NULL;
    file->unsaved = true;
    char *final = leat_file_name_final(file->working, file->first, leat_buffer_string(&file->last));
    file->final = leat_arena_string(&file->arena, final);
    leat_release(final);
    if (file->table->current == file)
        file->table->current = NULL;
    leat_file_list_remove(&sink->open, file);
    leat_file_list_add(&sink->finished, file);
    sink->base.counters.open_files = sink->open.count;
    return LEAT_OK;
}

static leat_data_file *largest(const leat_file_sink *sink)
{
    leat_data_file *found = sink->open.items[0];
    for (size_t i = 1; i < sink->open.count; i++)
        if (leat_container_pending(sink->open.items[i]->writer) > leat_container_pending(found->writer))
            found = sink->open.items[i];
    return found;
}

leat_status leat_file_sink_relieve(leat_file_sink *sink, leat_error *error)
{
    while (sink->pending > MOST_PENDING_BYTES) {
        leat_data_file *file = largest(sink);
        size_t pending = leat_container_pending(file->writer);
        leat_status status = leat_container_flush(file->writer, error);
        if (status != LEAT_OK)
            return status;
        sink->pending -= pending;
        leat_container_trim(file->writer);
    }
    return LEAT_OK;
}
