/* What a crash left: files at work are cut back to what the state says of them and finished, finished ones
 * get their names, and what the state does not know is removed. Every step can be cut short and done again.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "sink/file/names.h"
#include "sink/file/sink_internal.h"

/* What was done, for one sentence. */
typedef struct deeds {
    size_t finished;
    size_t published;
    size_t removed;
} deeds;

static const char restore_mend[] = "Bring the file back, or restore sink and state store from a backup of "
                                   "the same moment, or set the sink's "
                                   "`path` and `state` to new places and begin again.";

static leat_status is_missing(const char *path, leat_error *error)
{
    return leat_error_fail(error, LEAT_OPERATOR, restore_mend,
                           "%s is missing, and the state store counts on it", path);
}

static leat_status contradicts(const char *path, uint64_t length, uint64_t records, leat_error *error)
{
    return leat_error_fail(error, LEAT_OPERATOR, restore_mend,
                           "%s does not hold what the state store says: %" PRIu64 " whole records in %" PRIu64
                           " bytes",
                           path, records, length);
}

/* ---- One file ---- */

static leat_data_file *from_state(const leat_state_file *row)
{
    leat_data_file *file = leat_allocate(sizeof *file);
    file->working = leat_arena_string(&file->arena, row->working_path);
    file->final = leat_arena_string(&file->arena, row->final_path);
    file->table_name = leat_arena_string(&file->arena, row->table);
    file->version = row->version;
    file->first = leat_arena_string(&file->arena, row->first);
    leat_buffer_append_string(&file->last, row->last);
    file->length = row->length;
    file->records = row->records;
    return file;
}

/* Bytes behind the durable length were never committed. */
static leat_status cut(const char *path, uint64_t length, leat_error *error)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        return leat_folder_error(error, errno, "cannot open", path);
    int number = ftruncate(descriptor, (off_t)length) == 0 && fsync(descriptor) == 0 ? 0 : errno;
    close(descriptor);
    return number == 0 ? LEAT_OK : leat_folder_error(error, number, "cannot cut back", path);
}

/* The file's blocks must end where the state says and hold as many records. */
static leat_status verify(const char *path, const leat_data_file *file, leat_error *error)
{
    uint64_t whole_length;
    uint64_t records;
    leat_status status = leat_container_scan(path, &whole_length, &records, error);
    if (status != LEAT_OK)
        return status;
    if (whole_length != file->length || records != file->records)
        return contradicts(path, file->length, file->records, error);
    return LEAT_OK;
}

static leat_status cut_back(const char *path, const leat_data_file *file, leat_error *error)
{
    struct stat facts;
    if (stat(path, &facts) != 0)
        return errno == ENOENT ? is_missing(path, error)
                               : leat_folder_error(error, errno, "cannot read", path);
    if ((uint64_t)facts.st_size < file->length)
        return contradicts(path, file->length, file->records, error);
    leat_status status = LEAT_OK;
    if ((uint64_t)facts.st_size > file->length)
        status = cut(path, file->length, error);
    return status == LEAT_OK ? verify(path, file, error) : status;
}

/* A file that a crash found at work is finished as it is; the next records go to a new one. */
static leat_status finish_open(leat_file_sink *sink, leat_data_file *file, leat_error *error)
{
    char *path = leat_file_name_path(sink->options.path, file->working);
    leat_status status = cut_back(path, file, error);
    leat_release(path);
    if (status != LEAT_OK)
        return status;
    char *final = leat_file_name_final(file->working, file->first, leat_buffer_string(&file->last));
    file->final = leat_arena_string(&file->arena, final);
    leat_release(final);
    return leat_file_sink_record(sink, file, LEAT_FILE_FINISHED, error);
}

/* Whether the rename of a finished file was done before the crash. */
static leat_status find_renamed(const leat_file_sink *sink, const leat_data_file *file, bool *renamed,
                                leat_error *error)
{
    char *working = leat_file_name_path(sink->options.path, file->working);
    char *final = leat_file_name_path(sink->options.path, file->final);
    struct stat working_facts;
    struct stat final_facts;
    bool has_working = stat(working, &working_facts) == 0;
    bool has_final = stat(final, &final_facts) == 0;
    leat_status status = LEAT_OK;
    if (!has_working && !has_final)
        status = is_missing(working, error);
    else if (has_working && has_final && working_facts.st_ino == final_facts.st_ino && unlink(working) != 0)
        status = leat_folder_error(error, errno, "cannot remove the second name", working);
    else if (has_working && !has_final)
        status = verify(working, file, error);
    *renamed = has_final && (!has_working || working_facts.st_ino == final_facts.st_ino);
    leat_release(final);
    leat_release(working);
    return status;
}

/* ---- All of them ---- */

static leat_status take_open(leat_file_sink *sink, const leat_state_file *row, deeds *done, leat_error *error)
{
    leat_data_file *file = from_state(row);
    leat_status status = finish_open(sink, file, error);
    leat_file_list_add(&sink->finished, file);
    done->finished++;
    return status;
}

static leat_status take_finished(leat_file_sink *sink, const leat_state_file *row, deeds *done,
                                 leat_error *error)
{
    leat_data_file *file = from_state(row);
    bool renamed;
    leat_status status = find_renamed(sink, file, &renamed, error);
    if (status != LEAT_OK || !renamed) {
        leat_file_list_add(&sink->finished, file);
        return status;
    }
    /* The name is there, but perhaps not yet durably. */
    char *final = leat_file_name_path(sink->options.path, file->final);
    leat_folder_set_add(&sink->unsynced, final);
    leat_release(final);
    file->unsaved = true;
    leat_file_list_add(&sink->published, file);
    sink->base.counters.files++;
    done->published++;
    return LEAT_OK;
}

typedef leat_status (*take_function)(leat_file_sink *sink, const leat_state_file *row, deeds *done,
                                     leat_error *error);

static leat_status take_all(leat_file_sink *sink, leat_state_file_stage stage, take_function take,
                            deeds *done, leat_error *error)
{
    leat_arena scratch = {0};
    leat_state_file *rows;
    size_t count;
    leat_status status = leat_state_file_list(sink->options.state, stage, &scratch, &rows, &count, error);
    for (size_t i = 0; status == LEAT_OK && i < count; i++)
        status = take(sink, &rows[i], done, error);
    leat_arena_free(&scratch);
    return status;
}

/* The state may have been lost and made anew: then the files of its former life would be written again. */
static leat_status refuse_own_files(leat_file_sink *sink, leat_error *error)
{
    char *path;
    leat_status status = leat_file_sink_find_own(sink, &path, error);
    if (status != LEAT_OK || path == NULL)
        return status;
    leat_error_set(
        error, LEAT_OPERATOR,
        "%s was written by pipeline \"%s\", but its state store knows of no file: beginning again here "
        "would write every row twice",
        path, sink->options.pipeline);
    leat_release(path);
    leat_error_mend(error, "Restore the state store that belongs to these files, or set the sink's `path` "
                           "to an empty folder, or move the files away.");
    return LEAT_OPERATOR;
}

/* Files at work that the state does not know can only be there when the run before did not end properly. */
static leat_status sweep(leat_file_sink *sink, deeds *done, leat_error *error)
{
    bool tidy;
    leat_status status = leat_state_tidy_get(sink->options.state, &tidy, error);
    if (status != LEAT_OK)
        return status;
    if (!tidy)
        return leat_file_sink_sweep(sink, &sink->finished, &done->removed, error);
    /* From here on there may be some again. */
    return leat_state_tidy_put(sink->options.state, false, error);
}

static void tell(const leat_file_sink *sink, const deeds *done)
{
    if (done->finished + done->published + done->removed > 0)
        leat_log_write(sink->options.log, LEAT_LOG_INFO,
                       "%s: the run before did not end properly: finished %zu files that it was writing, "
                       "published %zu and removed %zu that were never committed",
                       sink->options.path, done->finished, done->published, done->removed);
}

static leat_status settle(leat_file_sink *sink, const leat_position *position, deeds *done, leat_error *error)
{
    leat_status status = LEAT_OK;
    if (position->log == NULL && position->transaction == NULL)
        status = refuse_own_files(sink, error);
    if (status == LEAT_OK)
        status = take_all(sink, LEAT_FILE_FINISHED, take_finished, done, error);
    if (status == LEAT_OK)
        status = take_all(sink, LEAT_FILE_OPEN, take_open, done, error);
    if (status == LEAT_OK)
        status = sweep(sink, done, error);
    return status == LEAT_OK ? leat_state_commit(sink->options.state, error) : status;
}

/* At a transaction's end nothing need wait. */
static leat_status publish(leat_file_sink *sink, deeds *done, leat_error *error)
{
    size_t before = sink->published.count;
    leat_status status = leat_file_sink_publish(sink, error);
    done->published += sink->published.count - before;
    for (size_t i = 0; status == LEAT_OK && i < sink->published.count; i++)
        status = leat_file_sink_record(sink, sink->published.items[i], LEAT_FILE_PUBLISHED, error);
    if (status == LEAT_OK)
        status = leat_state_commit(sink->options.state, error);
    if (status == LEAT_OK)
        leat_file_list_free(&sink->published);
    return status;
}

leat_status leat_file_sink_recover(leat_file_sink *sink, leat_position *position, leat_error *error)
{
    leat_position durable = {0};
    deeds done = {0};
    leat_status status = leat_state_position_get(sink->options.state, &durable, error);
    if (status == LEAT_OK)
        status = settle(sink, &durable, &done, error);
    if (status == LEAT_OK && leat_position_at_boundary(&durable))
        status = publish(sink, &done, error);
    if (status == LEAT_OK) {
        tell(sink, &done);
        if (durable.log != NULL || durable.transaction != NULL)
            leat_position_copy(position, &durable);
    }
    leat_position_clear(&durable);
    return status;
}
