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

static inline void temporary_folder_make(temporary_folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/leat-test-XXXXXX");
    if (mkdtemp(folder->path) == NULL) {
        perror("mkdtemp");
        abort();
    }
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
