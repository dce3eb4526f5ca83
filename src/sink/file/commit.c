/* What a commit of the file sink does, in this order: the data durable, their names durable, then files and
 * position in one unit of work of the state, and at a transaction's end the final names. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "sink/file/names.h"
#include "sink/file/sink_internal.h"

/* With more files than this, each gives its block's memory back when it is written out. */
enum { MANY_OPEN_FILES = 64 };

/* ---- Data ---- */

static bool is_due(const leat_file_sink *sink, const leat_data_file *file, bool all, int64_t now)
{
    return all || now - file->opened_at >= sink->options.roll_every;
}

static leat_status finish_due(leat_file_sink *sink, bool all, leat_error *error)
{
    int64_t now = leat_clock_monotonic();
    size_t i = 0;
    while (i < sink->open.count) {
        if (!is_due(sink, sink->open.items[i], all, now)) {
            i++;
            continue;
        }
        leat_status status = leat_file_sink_finish_file(sink, sink->open.items[i], error);
        if (status != LEAT_OK)
            return status;
    }
    return LEAT_OK;
}

static leat_status sync_open(leat_file_sink *sink, leat_error *error)
{
    for (size_t i = 0; i < sink->open.count; i++) {
        leat_data_file *file = sink->open.items[i];
        if (!file->unsaved)
            continue;
        size_t pending = leat_container_pending(file->writer);
        leat_status status = leat_container_sync(file->writer, error);
        if (status != LEAT_OK)
            return status;
        sink->pending -= pending;
        file->length = leat_container_length(file->writer);
        if (sink->open.count > MANY_OPEN_FILES)
            leat_container_trim(file->writer);
    }
    return LEAT_OK;
}

/* ---- The state's unit of work ---- */

leat_status leat_file_sink_record(leat_file_sink *sink, const leat_data_file *file,
                                  leat_state_file_stage stage, leat_error *error)
{
    leat_arena scratch = {0};
    leat_state_file row = {
        .working_path = file->working,
        .final_path = stage == LEAT_FILE_OPEN ? NULL : file->final,
        .table = file->table_name,
        .version = file->version,
        .first = file->first,
        .last = leat_arena_slice_string(&scratch, leat_buffer_slice(&file->last)),
        .length = file->length,
        .records = file->records,
        .stage = stage,
    };
    leat_status status = leat_state_file_put(sink->options.state, &row, error);
    leat_arena_free(&scratch);
    return status;
}

static leat_status record_list(leat_file_sink *sink, const leat_file_list *list, leat_state_file_stage stage,
                               leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < list->count; i++)
        if (list->items[i]->unsaved)
            status = leat_file_sink_record(sink, list->items[i], stage, error);
    return status;
}

static void mark_saved(leat_file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        list->items[i]->unsaved = false;
}

/* The state knows everything now. */
static void forget_uncommitted(leat_file_sink *sink)
{
    mark_saved(&sink->open);
    mark_saved(&sink->finished);
    leat_file_list_free(&sink->published);
    sink->bytes_since_commit = 0;
}

static leat_status record_all(leat_file_sink *sink, const leat_position *position, leat_error *error)
{
    leat_status status = record_list(sink, &sink->published, LEAT_FILE_PUBLISHED, error);
    if (status == LEAT_OK)
        status = record_list(sink, &sink->finished, LEAT_FILE_FINISHED, error);
    if (status == LEAT_OK)
        status = record_list(sink, &sink->open, LEAT_FILE_OPEN, error);
    if (status == LEAT_OK)
        status = leat_state_position_put(sink->options.state, position, leat_clock_wall(),
                                         sink->base.records_since_commit, error);
    if (status == LEAT_OK && sink->tidy && sink->open.count > 0) {
        status = leat_state_tidy_put(sink->options.state, false, error);
        sink->tidy = false;
    }
    if (status == LEAT_OK)
        status = leat_state_commit(sink->options.state, error);
    if (status == LEAT_OK)
        forget_uncommitted(sink);
    return status;
}

/* ---- Final names ---- */

/* The whole content of a small file; NULL and LEAT_OK where there is none. Heap. */
static leat_status read_small_file(const char *path, char **content, leat_error *error)
{
    *content = NULL;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return errno == ENOENT ? LEAT_OK : leat_folder_error(error, errno, "cannot open", path);
    leat_buffer text = {0};
    enum { PIECE = 16 * 1024 };
    ssize_t length;
    do {
        length = read(descriptor, leat_buffer_reserve(&text, PIECE), PIECE);
        if (length > 0)
            leat_buffer_commit(&text, (size_t)length);
    } while (length > 0 || (length < 0 && errno == EINTR));
    int number = errno;
    close(descriptor);
    *content = leat_buffer_detach_string(&text);
    if (length == 0)
        return LEAT_OK;
    leat_release(*content);
    *content = NULL;
    return leat_folder_error(error, number, "cannot read", path);
}

/* A schema file is the schema and a newline. */
static char *schema_text(const char *schema)
{
    leat_buffer text = {0};
    leat_buffer_printf(&text, "%s\n", schema);
    return leat_buffer_detach_string(&text);
}

leat_status leat_file_sink_check_schema(const leat_file_sink *sink, const char *schema_path,
                                        const char *schema, bool *exists, leat_error *error)
{
    char *path = leat_file_name_path(sink->options.path, schema_path);
    char *text = schema_text(schema);
    char *present;
    leat_status status = read_small_file(path, &present, error);
    *exists = present != NULL;
    if (status == LEAT_OK && *exists && strcmp(present, text) != 0) {
        status = leat_error_fail(
            error, LEAT_OPERATOR,
            "Two pipelines, or two states of one, write the same table here: give one of them another "
            "`path`.",
            "%s holds another schema than the one that this pipeline has under that number", path);
    }
    leat_release(present);
    leat_release(text);
    leat_release(path);
    return status;
}

static leat_status write_schema(const leat_file_sink *sink, const char *schema_path, const char *schema,
                                leat_error *error)
{
    char *path = leat_file_name_path(sink->options.path, schema_path);
    char *folder = leat_folder_of(path);
    char *working = leat_file_name_working(folder, "schema", leat_state_identity(sink->options.state));
    char *text = schema_text(schema);
    leat_status status = leat_folder_make(folder, error);
    if (status == LEAT_OK)
        status = leat_folder_write_file(path, working, text, error);
    leat_release(text);
    leat_release(working);
    leat_release(folder);
    leat_release(path);
    return status;
}

/* The schema of a file that a run before wrote stands in its header. Heap. */
static leat_status schema_of(const leat_file_sink *sink, const leat_data_file *file, char **schema,
                             leat_error *error)
{
    if (file->table != NULL) {
        *schema = leat_duplicate_string(file->table->base.version->value_schema);
        return LEAT_OK;
    }
    char *path = leat_file_name_path(sink->options.path, file->working);
    leat_container_reader *reader;
    leat_status status = leat_container_open(path, &reader, error);
    if (status == LEAT_OK) {
        *schema = leat_duplicate_string(leat_container_schema(reader));
        leat_container_reader_close(reader);
    }
    leat_release(path);
    return status;
}

/* The schema of a version is there before its first data. */
static leat_status publish_schema(leat_file_sink *sink, const leat_data_file *file, leat_error *error)
{
    if (file->table != NULL && file->table->schema_published)
        return LEAT_OK;
    char *schema;
    leat_status status = schema_of(sink, file, &schema, error);
    if (status != LEAT_OK)
        return status;
    char *path = leat_file_name_schema(file->working);
    bool exists;
    status = leat_file_sink_check_schema(sink, path, schema, &exists, error);
    if (status == LEAT_OK && !exists)
        status = write_schema(sink, path, schema, error);
    if (status == LEAT_OK && file->table != NULL)
        file->table->schema_published = true;
    leat_release(path);
    leat_release(schema);
    return status;
}

static leat_status publish_file(leat_file_sink *sink, leat_data_file *file, leat_error *error)
{
    leat_status status = publish_schema(sink, file, error);
    if (status != LEAT_OK)
        return status;
    char *working = leat_file_name_path(sink->options.path, file->working);
    char *final = leat_file_name_path(sink->options.path, file->final);
    status = leat_folder_rename(working, final, error);
    if (status == LEAT_OK)
        leat_folder_set_add(&sink->unsynced, final);
    leat_release(final);
    leat_release(working);
    return status;
}

leat_status leat_file_sink_publish(leat_file_sink *sink, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < sink->finished.count; i++)
        status = publish_file(sink, sink->finished.items[i], error);
    if (status == LEAT_OK)
        status = leat_folder_set_sync(&sink->unsynced, error);
    if (status != LEAT_OK)
        return status;
    for (size_t i = 0; i < sink->finished.count; i++)
        sink->finished.items[i]->unsaved = true;
    sink->base.counters.files += sink->finished.count;
    leat_file_list_move(&sink->published, &sink->finished);
    return LEAT_OK;
}

/* The run is ending: there may be no next commit to tell the state in. */
static leat_status record_end(leat_file_sink *sink, leat_error *error)
{
    leat_status status = record_list(sink, &sink->published, LEAT_FILE_PUBLISHED, error);
    if (status == LEAT_OK)
        status = leat_state_tidy_put(sink->options.state, true, error);
    if (status == LEAT_OK)
        status = leat_state_commit(sink->options.state, error);
    if (status != LEAT_OK)
        return status;
    sink->tidy = true;
    leat_file_list_free(&sink->published);
    return LEAT_OK;
}

leat_status leat_file_sink_commit(leat_file_sink *sink, const leat_position *position, leat_error *error)
{
    bool boundary = leat_position_at_boundary(position);
    leat_status status = finish_due(sink, boundary && sink->finishing, error);
    if (status == LEAT_OK)
        status = sync_open(sink, error);
    if (status == LEAT_OK)
        status = leat_folder_set_sync(&sink->unsynced, error);
    if (status == LEAT_OK)
        status = record_all(sink, position, error);
    if (status == LEAT_OK && boundary)
        status = leat_file_sink_publish(sink, error);
    if (status == LEAT_OK && boundary && sink->finishing)
        status = record_end(sink, error);
    return status;
}
