#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"
#include "base/memory.h"

leat_status leat_folder_error(leat_error *error, int number, const char *tried, const char *path)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        leat_error_system(error, LEAT_RETRY, number, "%s %s", tried, path);
        leat_error_mend(error, "Free space on that disk; leat tries again.");
        return LEAT_RETRY;
    case EACCES:
    case EPERM:
        leat_error_system(error, LEAT_OPERATOR, number, "%s %s", tried, path);
        leat_error_mend(error, "Let the user that runs leat write there, or set the sink's `path` to "
                               "another folder.");
        return LEAT_OPERATOR;
    case EROFS:
        leat_error_system(error, LEAT_OPERATOR, number, "%s %s", tried, path);
        leat_error_mend(error, "Mount that file system for writing, or set the sink's `path` to another "
                               "folder.");
        return LEAT_OPERATOR;
    case ENOTDIR:
    case EEXIST:
    case ELOOP:
    case ENAMETOOLONG:
        leat_error_system(error, LEAT_USAGE, number, "%s %s", tried, path);
        leat_error_mend(error, "Set the sink's `path` to a folder, or to a name that is free for one.");
        return LEAT_USAGE;
    case EMFILE:
    case ENFILE:
        leat_error_system(error, LEAT_FAILED, number, "%s %s", tried, path);
        leat_error_mend(error, "Raise the limit of open files (ulimit -n) for leat.");
        return LEAT_FAILED;
    default:
        return leat_error_system(error, LEAT_FAILED, number, "%s %s", tried, path);
    }
}

leat_status leat_folder_sync(const char *path, leat_error *error)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return leat_folder_error(error, errno, "cannot open folder", path);
    /* EINVAL: a file system that has no such notion, where nothing more can be had. */
    int number = fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
    close(descriptor);
    return number == 0 ? LEAT_OK : leat_folder_error(error, number, "cannot sync folder", path);
}

char *leat_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return leat_duplicate_string(".");
    return leat_duplicate_bytes(path, slash == path ? 1 : (size_t)(slash - path));
}

const char *leat_folder_unwritable(const char *path, char reason[LEAT_FOLDER_REASON_SIZE])
{
    struct stat found;
    if (stat(path, &found) != 0 || (S_ISDIR(found.st_mode) && access(path, W_OK | X_OK) != 0))
        return strerror_r(errno, reason, LEAT_FOLDER_REASON_SIZE);
    return S_ISDIR(found.st_mode) ? NULL : "it is not a folder";
}

/* Makes the last part of `path` and syncs the folder it is in. */
static leat_status make_one(const char *path, leat_error *error)
{
    if (mkdir(path, 0777) == 0) {
        char *parent = leat_folder_of(path);
        leat_status status = leat_folder_sync(parent, error);
        leat_release(parent);
        return status;
    }
    int number = errno;
    struct stat facts;
    if (number == EEXIST && stat(path, &facts) == 0 && S_ISDIR(facts.st_mode))
        return LEAT_OK;
    return leat_folder_error(error, number, "cannot make folder", path);
}

leat_status leat_folder_make(const char *path, leat_error *error)
{
    struct stat facts;
    if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode))
        return LEAT_OK;
    char *parts = leat_duplicate_string(path);
    leat_status status = LEAT_OK;
    for (char *slash = strchr(parts + 1, '/'); status == LEAT_OK && slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (stat(parts, &facts) != 0 || !S_ISDIR(facts.st_mode))
            status = make_one(parts, error);
        *slash = '/';
    }
    leat_release(parts);
    return status == LEAT_OK ? make_one(path, error) : status;
}

/* For file systems without RENAME_NOREPLACE. A crash between the two calls leaves two names of one file. */
static int rename_by_link(const char *from, const char *to)
{
    if (link(from, to) != 0)
        return -1;
    return unlink(from);
}

leat_status leat_folder_rename(const char *from, const char *to, leat_error *error)
{
    int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
    if (result != 0 && (errno == EINVAL || errno == ENOSYS))
        result = rename_by_link(from, to);
    if (result == 0)
        return LEAT_OK;
    if (errno != EEXIST)
        return leat_folder_error(error, errno, "cannot give its final name to", from);
    return leat_error_fail(
        error, LEAT_OPERATOR,
        "Move that file away: leat did not write it in this place, and overwrites nothing.",
        "%s is finished, but its name %s is taken by another file", from, to);
}

static int write_whole(int descriptor, const char *content)
{
    size_t length = strlen(content);
    while (length > 0) {
        ssize_t written = write(descriptor, content, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        content += written;
        length -= (size_t)written;
    }
    return fsync(descriptor) == 0 ? 0 : errno;
}

static leat_status write_working_file(const char *path, const char *content, leat_error *error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return leat_folder_error(error, errno, "cannot create", path);
    int number = write_whole(descriptor, content);
    close(descriptor);
    if (number == 0)
        return LEAT_OK;
    unlink(path);
    return leat_folder_error(error, number, "cannot write", path);
}

leat_status leat_folder_write_file(const char *path, const char *working_path, const char *content,
                                   leat_error *error)
{
    leat_status status = write_working_file(working_path, content, error);
    if (status != LEAT_OK)
        return status;
    if (rename(working_path, path) != 0)
        return leat_folder_error(error, errno, "cannot give its final name to", working_path);
    char *folder = leat_folder_of(path);
    status = leat_folder_sync(folder, error);
    leat_release(folder);
    return status;
}

void leat_folder_set_add(leat_folder_set *set, const char *path)
{
    char *folder = leat_folder_of(path);
    for (size_t i = set->count; i > 0; i--)
        if (strcmp(set->paths[i - 1], folder) == 0) {
            leat_release(folder);
            return;
        }
    set->paths = leat_list_room(set->paths, set->count, &set->capacity, sizeof *set->paths);
    set->paths[set->count++] = folder;
}

static void empty(leat_folder_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        leat_release(set->paths[i]);
    set->count = 0;
}

leat_status leat_folder_set_sync(leat_folder_set *set, leat_error *error)
{
    for (size_t i = 0; i < set->count; i++) {
        leat_status status = leat_folder_sync(set->paths[i], error);
        if (status != LEAT_OK)
            return status;
    }
    empty(set);
    return LEAT_OK;
}

void leat_folder_set_free(leat_folder_set *set)
{
    empty(set);
    leat_release(set->paths);
    *set = (leat_folder_set){0};
}
