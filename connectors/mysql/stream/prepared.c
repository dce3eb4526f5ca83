#include "mysql/stream/prepared.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "mysql/stream/place.h"

static const char suffix[] = ".prepared";
static const char ended_suffix[] = ".ended";

void leat_mysql_prepared_open(leat_mysql_prepared *prepared, const char *folder, unsigned epoch)
{
    *prepared =
        (leat_mysql_prepared){.folder = folder, .epoch = epoch, .group = leat_mysql_group_new(folder)};
}

void leat_mysql_prepared_close(leat_mysql_prepared *prepared)
{
    leat_mysql_group_free(prepared->group);
}

/* ---- Names ---- */

static void append_hex(leat_buffer *out, leat_slice bytes)
{
    for (size_t i = 0; i < bytes.length; i++)
        leat_buffer_printf(out, "%02x", bytes.data[i]);
}

/* "FORMAT-GLOBAL-BRANCH" in hex: at most 270 bytes for the longest of them, so the parts of long ones are cut
 * by a hash. */
static char *name_of(const leat_binlog_xid *xid, const char *ending)
{
    leat_buffer name = {0};
    leat_buffer_printf(&name, "%08x-", xid->format);
    append_hex(&name, xid->global);
    leat_buffer_append_byte(&name, '-');
    append_hex(&name, xid->branch);
    if (name.length > 200) {
        uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
        for (size_t i = 0; i < name.length; i++)
            hash = (hash ^ name.data[i]) * UINT64_C(1099511628211);
        name.length = 180;
        leat_buffer_printf(&name, "-%016llx", (unsigned long long)hash);
    }
    leat_buffer_append_string(&name, ending);
    return leat_buffer_detach_string(&name);
}

static char *path_of(const leat_mysql_prepared *prepared, const char *name)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", prepared->folder, name);
    return leat_buffer_detach_string(&path);
}

/* ---- The preparing ---- */

leat_status leat_mysql_prepared_keep(leat_mysql_group *group, const leat_binlog_xid *xid, leat_error *error)
{
    char *name = name_of(xid, suffix);
    leat_status status = leat_mysql_group_keep(group, name, error);
    leat_release(name);
    return status;
}

/* ---- The end ---- */

static char *ended_name(const leat_binlog_xid *xid, const char *sequence)
{
    leat_buffer ending = {0};
    leat_buffer_printf(&ending, ".%s%s", sequence, ended_suffix);
    char *name = name_of(xid, leat_buffer_string(&ending));
    leat_buffer_free(&ending);
    return name;
}

/* Gives the file its ended name; one that has it already ended before, and this is the same end again. */
static leat_status mark_ended(const leat_mysql_prepared *prepared, const leat_binlog_xid *xid,
                              const char *ended, leat_error *error)
{
    char *name = name_of(xid, suffix);
    char *path = path_of(prepared, name);
    char *ended_path = path_of(prepared, ended);
    leat_status status = LEAT_OK;
    if (rename(path, ended_path) != 0 && errno != ENOENT)
        status = leat_error_system(error, LEAT_FAILED, errno, "cannot rename %s", path);
    leat_release(ended_path);
    leat_release(path);
    leat_release(name);
    return status;
}

leat_status leat_mysql_prepared_load(leat_mysql_prepared *prepared, const leat_binlog_xid *xid,
                                     const char *sequence, bool *found, leat_error *error)
{
    char *ended = ended_name(xid, sequence);
    *found = false;
    leat_status status = mark_ended(prepared, xid, ended, error);
    if (status == LEAT_OK) {
        prepared->ended = true;
        status = leat_mysql_group_load(prepared->group, ended, found, error);
    }
    leat_release(ended);
    return status;
}

leat_status leat_mysql_prepared_drop(leat_mysql_prepared *prepared, const leat_binlog_xid *xid,
                                     const char *sequence, leat_error *error)
{
    char *ended = ended_name(xid, sequence);
    leat_status status = mark_ended(prepared, xid, ended, error);
    prepared->ended = true;
    leat_release(ended);
    return status;
}

/* ---- Clearing up ---- */

/* Whether a name is that of a transaction that ended before `sequence`. */
static bool is_over(const char *name, const char *sequence)
{
    size_t length = strlen(name);
    size_t tail = strlen(sequence) + sizeof ended_suffix - 1;
    if (length <= tail || strcmp(name + length - (sizeof ended_suffix - 1), ended_suffix) != 0)
        return false;
    return memcmp(name + length - tail, sequence, strlen(sequence)) < 0;
}

void leat_mysql_prepared_acknowledge(const leat_mysql_prepared *prepared, const leat_mysql_position *position)
{
    char sequence[LEAT_MYSQL_SEQUENCE_SIZE];
    uint64_t number;
    leat_slice file = leat_slice_of_string(position->file == NULL ? "" : position->file);
    DIR *folder = leat_mysql_file_number(file, &number) ? opendir(prepared->folder) : NULL;
    if (folder == NULL)
        return;
    leat_mysql_sequence(prepared->epoch, number, position->offset, sequence);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) { /* NOLINT(concurrency-mt-unsafe) */
        if (!is_over(entry->d_name, sequence))
            continue;
        char *path = path_of(prepared, entry->d_name);
        (void)unlink(path); /* what stays is tried again after the next restart */
        leat_release(path);
    }
    closedir(folder);
}
