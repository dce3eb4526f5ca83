/* Folders, names and small files that a crash cannot take back. */
#ifndef LEAT_BASE_FOLDER_H
#define LEAT_BASE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* What a failed system call on `path` means for whoever runs leat: LEAT_RETRY for a full disk, LEAT_USAGE for
 * a path that cannot be a folder, LEAT_OPERATOR for rights that are missing, else LEAT_FAILED; with the mend.
 * `tried` is "cannot create", "cannot sync"… */
leat_status leat_folder_error(leat_error *error, int number, const char *tried, const char *path);

/* Makes the folder and those above it where missing, each durable in its parent before the next. */
leat_status leat_folder_make(const char *path, leat_error *error);

/* Makes the names in the folder durable. */
leat_status leat_folder_sync(const char *path, leat_error *error);

/* Renames within one file system and never overwrites: an existing `to` is LEAT_OPERATOR. Not synced. */
leat_status leat_folder_rename(const char *from, const char *to, leat_error *error);

/* A file of this content under `path`, durable before it has that name; `working_path` is its name until
 * then. What stands at `path` already is replaced. The folder is synced. */
leat_status leat_folder_write_file(const char *path, const char *working_path, const char *content,
                                   leat_error *error);

/* The folder part of a path, "." where it names none; heap. */
char *leat_folder_of(const char *path);

/* Why nothing can be made in the folder; NULL where something can. The text may live in `reason`. */
enum { LEAT_FOLDER_REASON_SIZE = 128 };
const char *leat_folder_unwritable(const char *path, char reason[LEAT_FOLDER_REASON_SIZE]);

/* Folders that await one leat_folder_sync each. Zero-initialise. */
typedef struct leat_folder_set {
    char **paths;
    size_t count;
    size_t capacity;
} leat_folder_set;

/* Adds the folder that holds `path`. */
void leat_folder_set_add(leat_folder_set *set, const char *path);

/* Syncs each and empties the set. */
leat_status leat_folder_set_sync(leat_folder_set *set, leat_error *error);
void leat_folder_set_free(leat_folder_set *set);

#endif
