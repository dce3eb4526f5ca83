#include "mysql/stream/group.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/memory.h"

enum {
    MOST_IN_MEMORY = 8 << 20,
    FRAME_SIZE = 27, /* what stands before an event's body, see put_frame */
};

struct leat_mysql_group {
    const char *folder;
    leat_buffer memory; /* what comes behind the file's part */
    int file;           /* -1: none */
    uint64_t file_size;
    uint64_t read_at;   /* of file and memory together */
    leat_buffer loaded; /* the event at hand, when it comes from the file */
};

leat_mysql_group *leat_mysql_group_new(const char *folder)
{
    leat_mysql_group *group = leat_allocate(sizeof *group);
    group->folder = folder;
    group->file = -1;
    return group;
}

static void close_file(leat_mysql_group *group)
{
    if (group->file >= 0)
        close(group->file);
    group->file = -1;
    group->file_size = 0;
}

void leat_mysql_group_free(leat_mysql_group *group)
{
    if (group == NULL)
        return;
    close_file(group);
    leat_buffer_free(&group->memory);
    leat_buffer_free(&group->loaded);
    leat_release(group);
}

void leat_mysql_group_reset(leat_mysql_group *group)
{
    close_file(group);
    group->memory.length = 0;
    if (group->memory.capacity > 2 * (size_t)MOST_IN_MEMORY)
        leat_buffer_free(&group->memory);
    leat_buffer_reset_bounded(&group->loaded);
    group->read_at = 0;
}

uint64_t leat_mysql_group_size(const leat_mysql_group *group)
{
    return group->file_size + group->memory.length;
}

/* ---- Files ---- */

static char *path_of(const leat_mysql_group *group, const char *name)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", group->folder, name);
    return leat_buffer_detach_string(&path);
}

static leat_status make_folder(const leat_mysql_group *group, leat_error *error)
{
    if (mkdir(group->folder, 0700) == 0 || errno == EEXIST)
        return LEAT_OK;
    return leat_error_system(error, LEAT_FAILED, errno, "cannot make the folder %s", group->folder);
}

/* A file without a name: it goes with the process. */
static leat_status open_overflow(leat_mysql_group *group, leat_error *error)
{
    leat_status status = make_folder(group, error);
    if (status != LEAT_OK)
        return status;
    group->file = open(group->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (group->file >= 0)
        return LEAT_OK;
    return leat_error_system(error, LEAT_FAILED, errno, "cannot make a file in %s", group->folder);
}

static leat_status write_all(int file, leat_slice bytes, leat_error *error)
{
    leat_cursor rest = leat_cursor_open(bytes);
    while (leat_cursor_remaining(&rest) > 0) {
        ssize_t written = write(file, rest.at, leat_cursor_remaining(&rest));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return leat_error_system(error, LEAT_FAILED, errno, "cannot write a held transaction to a file");
        leat_cursor_bytes(&rest, (size_t)written);
    }
    return LEAT_OK;
}

static leat_status overflow_to_file(leat_mysql_group *group, leat_error *error)
{
    leat_status status = group->file < 0 ? open_overflow(group, error) : LEAT_OK;
    if (status == LEAT_OK)
        status = write_all(group->file, leat_buffer_slice(&group->memory), error);
    if (status != LEAT_OK)
        return status;
    group->file_size += group->memory.length;
    group->memory.length = 0;
    return LEAT_OK;
}

static leat_status read_file(const leat_mysql_group *group, uint64_t offset, size_t length, leat_buffer *out,
                             leat_error *error)
{
    leat_buffer_reset(out);
    leat_buffer_reserve(out, length);
    while (out->length < length) {
        ssize_t count =
            pread(group->file, out->data + out->length, length - out->length, (off_t)(offset + out->length));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return leat_error_system(error, LEAT_FAILED, count < 0 ? errno : EIO,
                                     "cannot read a held transaction back from its file");
        leat_buffer_commit(out, (size_t)count);
    }
    return LEAT_OK;
}

/* ---- Events ---- */

static void put_number(leat_buffer *out, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        leat_buffer_append_byte(out, (uint8_t)(value >> (8 * i)));
}

static void put_frame(leat_buffer *out, const leat_binlog_event *event)
{
    put_number(out, event->timestamp, 4);
    put_number(out, event->type, 1);
    put_number(out, event->server_id, 4);
    put_number(out, event->length, 4);
    put_number(out, event->log_pos, 4);
    put_number(out, event->flags, 2);
    put_number(out, event->body.length, 8);
}

static uint64_t read_frame(leat_cursor *cursor, leat_binlog_event *event)
{
    event->timestamp = (uint32_t)leat_cursor_little_endian(cursor, 4);
    event->type = leat_cursor_u8(cursor);
    event->server_id = (uint32_t)leat_cursor_little_endian(cursor, 4);
    event->length = (uint32_t)leat_cursor_little_endian(cursor, 4);
    event->log_pos = (uint32_t)leat_cursor_little_endian(cursor, 4);
    event->flags = (uint16_t)leat_cursor_little_endian(cursor, 2);
    return leat_cursor_little_endian(cursor, 8);
}

leat_status leat_mysql_group_append(leat_mysql_group *group, const leat_binlog_event *event,
                                    leat_error *error)
{
    put_frame(&group->memory, event);
    leat_buffer_append_slice(&group->memory, event->body);
    return group->memory.length > MOST_IN_MEMORY ? overflow_to_file(group, error) : LEAT_OK;
}

leat_status leat_mysql_group_cut(leat_mysql_group *group, uint64_t size, leat_error *error)
{
    if (size >= group->file_size) {
        group->memory.length = (size_t)(size - group->file_size);
        return LEAT_OK;
    }
    group->memory.length = 0;
    group->file_size = size;
    if (ftruncate(group->file, (off_t)size) == 0 && lseek(group->file, (off_t)size, SEEK_SET) >= 0)
        return LEAT_OK;
    return leat_error_system(error, LEAT_FAILED, errno, "cannot shorten the file of a held transaction");
}

void leat_mysql_group_rewind(leat_mysql_group *group)
{
    group->read_at = 0;
}

static leat_status next_of_file(leat_mysql_group *group, leat_binlog_event *event, leat_error *error)
{
    leat_status status = read_file(group, group->read_at, FRAME_SIZE, &group->loaded, error);
    if (status != LEAT_OK)
        return status;
    leat_cursor cursor = leat_cursor_open(leat_buffer_slice(&group->loaded));
    uint64_t length = read_frame(&cursor, event);
    uint64_t left = group->file_size - group->read_at - FRAME_SIZE;
    if (length > left)
        return leat_error_set(error, LEAT_FAILED, "the file of a held transaction is not whole");
    status = read_file(group, group->read_at + FRAME_SIZE, (size_t)length, &group->loaded, error);
    event->body = leat_buffer_slice(&group->loaded);
    group->read_at += FRAME_SIZE + length;
    return status;
}

static leat_status next_of_memory(leat_mysql_group *group, leat_binlog_event *event, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(leat_buffer_slice(&group->memory));
    leat_cursor_bytes(&cursor, (size_t)(group->read_at - group->file_size));
    uint64_t length = read_frame(&cursor, event);
    event->body = leat_cursor_bytes(&cursor, (size_t)length);
    group->read_at += FRAME_SIZE + length;
    if (leat_cursor_failed(&cursor))
        return leat_error_set(error, LEAT_FAILED, "a held transaction is not whole");
    return LEAT_OK;
}

leat_status leat_mysql_group_next(leat_mysql_group *group, leat_binlog_event *event, bool *found,
                                  leat_error *error)
{
    *found = group->read_at < leat_mysql_group_size(group);
    if (!*found)
        return LEAT_OK;
    return group->read_at < group->file_size ? next_of_file(group, event, error)
                                             : next_of_memory(group, event, error);
}

/* ---- Kept groups ---- */

static leat_status sync_folder(const leat_mysql_group *group, leat_error *error)
{
    int folder = open(group->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = folder >= 0 && fsync(folder) == 0;
    int number = errno;
    if (folder >= 0)
        close(folder);
    return synced ? LEAT_OK
                  : leat_error_system(error, LEAT_FAILED, number, "cannot sync the folder %s", group->folder);
}

static leat_status copy_to_file(leat_mysql_group *group, int file, leat_error *error)
{
    enum { STEP = 1 << 20 };
    leat_status status = LEAT_OK;
    for (uint64_t at = 0; status == LEAT_OK && at < group->file_size; at += group->loaded.length) {
        uint64_t left = group->file_size - at;
        status = read_file(group, at, left < STEP ? (size_t)left : STEP, &group->loaded, error);
        if (status == LEAT_OK)
            status = write_all(file, leat_buffer_slice(&group->loaded), error);
    }
    if (status == LEAT_OK)
        status = write_all(file, leat_buffer_slice(&group->memory), error);
    if (status == LEAT_OK && fsync(file) != 0)
        status = leat_error_system(error, LEAT_FAILED, errno, "cannot sync a prepared transaction's file");
    return status;
}

static leat_status write_then_rename(leat_mysql_group *group, const char *scratch, const char *path,
                                     leat_error *error)
{
    int file = open(scratch, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0)
        return leat_error_system(error, LEAT_FAILED, errno, "cannot make %s", scratch);
    leat_status status = copy_to_file(group, file, error);
    if (close(file) != 0 && status == LEAT_OK)
        status = leat_error_system(error, LEAT_FAILED, errno, "cannot write %s", scratch);
    if (status == LEAT_OK && rename(scratch, path) != 0)
        status = leat_error_system(error, LEAT_FAILED, errno, "cannot rename %s", scratch);
    return status;
}

leat_status leat_mysql_group_keep(leat_mysql_group *group, const char *name, leat_error *error)
{
    leat_status status = make_folder(group, error);
    if (status != LEAT_OK)
        return status;
    char *path = path_of(group, name);
    char *scratch = path_of(group, ".unfinished");
    status = write_then_rename(group, scratch, path, error);
    if (status == LEAT_OK)
        status = sync_folder(group, error);
    leat_release(scratch);
    leat_release(path);
    return status;
}

leat_status leat_mysql_group_load(leat_mysql_group *group, const char *name, bool *found, leat_error *error)
{
    struct stat about;
    char *path = path_of(group, name);
    leat_mysql_group_reset(group);
    group->file = open(path, O_RDONLY | O_CLOEXEC);
    *found = group->file >= 0;
    leat_status status = LEAT_OK;
    if (group->file >= 0 && fstat(group->file, &about) == 0)
        group->file_size = (uint64_t)about.st_size;
    else if (group->file >= 0 || errno != ENOENT)
        status = leat_error_system(error, LEAT_FAILED, errno, "cannot read %s", path);
    leat_release(path);
    return status;
}
