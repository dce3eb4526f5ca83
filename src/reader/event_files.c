#include "reader/event_files.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/list.h"
#include "base/memory.h"

static void add(leat_event_files *files, const char *path)
{
    files->paths = leat_list_room(files->paths, files->count, &files->capacity, sizeof *files->paths);
    files->paths[files->count++] = leat_duplicate_string(path);
}

/* The digits of "v=12"; NULL for any other name. */
static const char *version_digits(const char *name)
{
    const char *digits = name + 2;
    if (strncmp(name, "v=", 2) != 0 || *digits == '\0' || strspn(digits, "0123456789") != strlen(digits))
        return NULL;
    return digits;
}

static int compare_names(const FTSENT **left, const FTSENT **right)
{
    const char *left_digits = version_digits((*left)->fts_name);
    const char *right_digits = version_digits((*right)->fts_name);
    if (left_digits != NULL && right_digits != NULL && strlen(left_digits) != strlen(right_digits))
        return strlen(left_digits) < strlen(right_digits) ? -1 : 1;
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

static bool is_event_file(const FTSENT *entry)
{
    static const char suffix[] = ".avro";
    size_t length = strlen(entry->fts_name);
    return entry->fts_info == FTS_F && entry->fts_name[0] != '.' && length >= sizeof suffix - 1 &&
           strcmp(entry->fts_name + length - (sizeof suffix - 1), suffix) == 0;
}

static leat_status visit(leat_event_files *files, FTS *tree, FTSENT *entry, leat_error *error)
{
    switch (entry->fts_info) {
    case FTS_D:
        if (entry->fts_level > 0 && entry->fts_name[0] == '.')
            fts_set(tree, entry, FTS_SKIP);
        return LEAT_OK;
    case FTS_F:
        if (is_event_file(entry))
            add(files, entry->fts_path);
        return LEAT_OK;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        return leat_error_system(error, LEAT_FAILED, entry->fts_errno, "cannot read %s", entry->fts_path);
    default:
        return LEAT_OK;
    }
}

static leat_status add_folder(leat_event_files *files, const char *path, leat_error *error)
{
    char *root = leat_duplicate_string(path);
    char *const roots[] = {root, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, compare_names);
    leat_status status = LEAT_OK;
    if (tree == NULL)
        status = leat_error_system(error, LEAT_FAILED, errno, "cannot read %s", path);
    for (FTSENT *entry; status == LEAT_OK && (entry = fts_read(tree)) != NULL;)
        status = visit(files, tree, entry, error);
    if (tree != NULL)
        fts_close(tree);
    leat_release(root);
    return status;
}

leat_status leat_event_files_add(leat_event_files *files, const char *path, leat_error *error)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return leat_error_system(error, LEAT_FAILED, errno, "cannot open %s", path);
    if (!S_ISDIR(found.st_mode)) {
        add(files, path);
        return LEAT_OK;
    }
    size_t before = files->count;
    leat_status status = add_folder(files, path, error);
    if (status == LEAT_OK && files->count == before) {
        return leat_error_fail(
            error, LEAT_FAILED,
            "A file gets its name when it is whole; the setting `sink.roll` says when that is",
            "there is no finished .avro file in %s", path);
    }
    return status;
}

void leat_event_files_free(leat_event_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        leat_release(files->paths[i]);
    leat_release(files->paths);
    *files = (leat_event_files){0};
}
