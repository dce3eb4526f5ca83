/* XA transactions between their PREPARE and their end: kept as files in the source's folder.
 *
 * A file is there before the position goes beyond the PREPARE, and stays until a position beyond the end is
 * durable: a restart before that brings the end again. An ended one gets the end's sequence into its name, so
 * that a restart can tell which ended ones are over. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "mysql/stream/stream_internal.h"

static const char suffix[] = ".prepared";
static const char ended_suffix[] = ".ended";

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

static char *path_of(const leat_mysql_stream *stream, const char *name)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", stream->options.source->folder, name);
    return leat_buffer_detach_string(&path);
}

leat_status leat_mysql_prepared_keep(leat_mysql_group *group, const leat_binlog_xid *xid, leat_error *error)
{
    char *name = name_of(xid, suffix);
    leat_status status = leat_mysql_group_keep(group, name, error);
    leat_release(name);
    return status;
}

/* ---- The end ---- */

static char *ended_name(const leat_mysql_stream *stream, const leat_binlog_xid *xid)
{
    leat_buffer ending = {0};
    leat_buffer_printf(&ending, ".%s%s", stream->current.sequence, ended_suffix);
    char *name = name_of(xid, leat_buffer_string(&ending));
    leat_buffer_free(&ending);
    return name;
}

/* Gives the file its ended name; one that has it already ended before, and this is the same end again. */
static leat_status mark_ended(leat_mysql_stream *stream, const leat_binlog_xid *xid, leat_error *error)
{
    char *name = name_of(xid, suffix);
    char *ended = ended_name(stream, xid);
    char *path = path_of(stream, name);
    char *ended_path = path_of(stream, ended);
    leat_status status = LEAT_OK;
    if (rename(path, ended_path) != 0 && errno != ENOENT)
        status = leat_error_system(error, LEAT_FAILED, errno, "cannot rename %s", path);
    leat_release(ended_path);
    leat_release(path);
    leat_release(ended);
    leat_release(name);
    return status;
}

static leat_status unknown(const leat_mysql_stream *stream, leat_error *error)
{
    leat_error_set(
        error, LEAT_OPERATOR,
        "transaction %s commits an XA transaction that was prepared before this pipeline began, or whose "
        "file is gone from %s: its rows cannot be known",
        (const char *)stream->current.name.data, stream->options.source->folder);
    return leat_error_mend(error,
                           "Start anew with another state file and an empty sink, so that a new snapshot "
                           "sees those rows");
}

leat_status leat_mysql_prepared_load(leat_mysql_stream *stream, const leat_binlog_xid *xid, leat_error *error)
{
    bool found;
    leat_status status = mark_ended(stream, xid, error);
    if (status != LEAT_OK)
        return status;
    char *ended = ended_name(stream, xid);
    status = leat_mysql_group_load(stream->prepared_group, ended, &found, error);
    leat_release(ended);
    stream->prepared_ended = true;
    return status == LEAT_OK && !found ? unknown(stream, error) : status;
}

leat_status leat_mysql_prepared_drop(leat_mysql_stream *stream, const leat_binlog_xid *xid, leat_error *error)
{
    stream->prepared_ended = true;
    return mark_ended(stream, xid, error);
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

void leat_mysql_prepared_acknowledge(leat_mysql_stream *stream, const leat_mysql_position *position)
{
    char sequence[LEAT_MYSQL_SEQUENCE_SIZE];
    uint64_t number;
    leat_slice file = leat_slice_of_string(position->file == NULL ? "" : position->file);
    DIR *folder = leat_mysql_file_number(file, &number) ? opendir(stream->options.source->folder) : NULL;
    if (folder == NULL)
        return;
    leat_mysql_sequence(stream->options.epoch, number, position->offset, sequence);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) { /* NOLINT(concurrency-mt-unsafe) */
        if (!is_over(entry->d_name, sequence))
            continue;
        char *path = path_of(stream, entry->d_name);
        (void)unlink(path); /* what stays is tried again after the next restart */
        leat_release(path);
    }
    closedir(folder);
}
