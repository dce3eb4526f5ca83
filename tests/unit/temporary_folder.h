/* A folder of its own for a test, gone after it. */
#ifndef LEAT_TESTS_TEMPORARY_FOLDER_H
#define LEAT_TESTS_TEMPORARY_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEMPORARY_PATH_SIZE = 512 };

typedef struct temporary_folder {
    char path[64];
} temporary_folder;

static inline void temporary_folder_make_in(temporary_folder *folder, const char *parent)
{
    snprintf(folder->path, sizeof folder->path, "%s/leat-test-XXXXXX", parent);
    if (mkdtemp(folder->path) == NULL) {
        perror("mkdtemp");
        abort();
    }
}

static inline void temporary_folder_make(temporary_folder *folder)
{
    temporary_folder_make_in(folder, "/tmp");
}

/* In memory where there is such a place: for tests that sync thousands of times and never pull the plug. */
static inline void temporary_folder_make_fast(temporary_folder *folder)
{
    temporary_folder_make_in(folder, access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp");
}

static inline int temporary_folder_remove_one(const char *path, const struct stat *facts, int kind,
                                              struct FTW *place)
{
    (void)facts;
    (void)kind;
    (void)place;
    return remove(path);
}

static inline void temporary_folder_remove(const temporary_folder *folder)
{
    nftw(folder->path, temporary_folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* "folder/name" in `text`, which holds TEMPORARY_PATH_SIZE. */
static inline const char *temporary_path(const temporary_folder *folder, const char *name, char *text)
{
    snprintf(text, TEMPORARY_PATH_SIZE, "%s/%s", folder->path, name);
    return text;
}

#endif
