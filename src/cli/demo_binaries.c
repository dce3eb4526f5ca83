#include "cli/demo_binaries.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "cli/child.h"

enum { OLDEST_MAJOR = 14 };

/* The best found so far. Heap texts. */
typedef struct found {
    char *folder;
    char *version;
    long major;
} found;

static bool holds_program(const char *folder, const char *program)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", folder, program);
    bool holds = access(leat_buffer_string(&path), X_OK) == 0;
    leat_buffer_free(&path);
    return holds;
}

/* The "15.4" of "postgres (PostgreSQL) 15.4 (Debian 15.4-1)"; NULL where there is none. Heap. */
static char *version_in(const char *printed)
{
    static const char before[] = "(PostgreSQL) ";
    const char *start = strstr(printed, before);
    if (start == NULL)
        return NULL;
    start += sizeof before - 1;
    return leat_duplicate_bytes(start, strcspn(start, " \n"));
}

static char *ask_version(const char *folder)
{
    leat_buffer path = {0};
    leat_buffer printed = {0};
    leat_buffer_printf(&path, "%s/postgres", folder);
    leat_buffer_string(&path);
    char option[] = "--version";
    char *const words[] = {(char *)path.data, option, NULL};
    bool ran = leat_child_output(words, &printed);
    char *version = ran ? version_in(leat_buffer_string(&printed)) : NULL;
    leat_buffer_free(&path);
    leat_buffer_free(&printed);
    return version;
}

static void consider(found *best, const char *folder)
{
    if (!holds_program(folder, "initdb") || !holds_program(folder, "postgres"))
        return;
    char *version = ask_version(folder);
    long major = version == NULL ? 0 : strtol(version, NULL, 10);
    if (major <= best->major) {
        leat_release(version);
        return;
    }
    leat_release(best->folder);
    leat_release(best->version);
    *best = (found){.folder = leat_duplicate_string(folder), .version = version, .major = major};
}

static void consider_path(found *best)
{
    const char *at =
        getenv("PATH"); /* NOLINT(concurrency-mt-unsafe): nothing changes variables while threads run */
    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, ":");
        char *folder = leat_duplicate_bytes(at, length);
        if (folder[0] == '/')
            consider(best, folder);
        leat_release(folder);
        at += at[length] == ':' ? length + 1 : length;
    }
}

static void consider_usual_places(found *best)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        glob_t places;
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs yet */
        if (glob(patterns[i], 0, NULL, &places) != 0)
            continue;
        for (size_t j = 0; j < places.gl_pathc; j++)
            consider(best, places.gl_pathv[j]);
        globfree(&places);
    }
}

static void consider_configured(found *best)
{
    leat_buffer printed = {0};
    char program[] = "pg_config";
    char option[] = "--bindir";
    char *const words[] = {program, option, NULL};
    if (leat_child_output(words, &printed)) {
        char *folder = leat_duplicate_bytes(printed.data, strcspn(leat_buffer_string(&printed), "\n"));
        consider(best, folder);
        leat_release(folder);
    }
    leat_buffer_free(&printed);
}

leat_status leat_demo_binaries_find(char **folder, char **version, leat_error *error)
{
    found best = {0};
    consider_path(&best);
    consider_usual_places(&best);
    consider_configured(&best);
    *folder = best.folder;
    *version = best.version;
    if (best.major >= OLDEST_MAJOR)
        return LEAT_OK;
    if (best.folder == NULL)
        leat_error_set(error, LEAT_FAILED,
                       "the demo runs a PostgreSQL server of its own, and none is installed here");
    else
        leat_error_set(error, LEAT_FAILED,
                       "the newest PostgreSQL here is %s in %s; the demo needs %d or later", best.version,
                       best.folder, OLDEST_MAJOR);
    return leat_error_mend(error, "apt-get install postgresql");
}
