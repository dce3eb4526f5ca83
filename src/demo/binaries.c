#include "demo/binaries.h"

#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "demo/child.h"

typedef struct server_search {
    const leat_demo_kind *kind;
    leat_demo_binaries best;
    uint64_t best_rank;
    char *incomplete; /* a server without what makes its data; heap */
} server_search;

/* "10.11.19" as a number that grows with it: no part is as large as a thousand, and the third matters not. */
static uint64_t rank_of(const char *version)
{
    char *rest = NULL;
    uint64_t major = strtoull(version, &rest, 10);
    uint64_t minor = *rest == '.' ? strtoull(rest + 1, NULL, 10) : 0;
    return major * 1000 + minor;
}

static char *ask_version(const leat_demo_kind *kind, const char *program)
{
    leat_demo_words words = {0};
    leat_buffer printed = {0};
    leat_demo_words_add(&words, "%s", program);
    leat_demo_words_add_all(&words, kind->ask_version);
    bool ran = leat_child_output(words.list, &printed);
    char *version = ran ? kind->read_version(leat_buffer_string(&printed)) : NULL;
    leat_demo_words_free(&words);
    leat_buffer_free(&printed);
    return version;
}

/* Takes over `found`, or frees it. Of one that is too old nothing but the version matters. */
static void keep_better(server_search *search, leat_demo_binaries *found)
{
    uint64_t rank = rank_of(found->version);
    bool complete = found->maker != NULL || rank < rank_of(search->kind->oldest);
    if (!complete && search->incomplete == NULL)
        search->incomplete = leat_duplicate_string(found->server);
    if (complete && rank > search->best_rank) {
        leat_demo_binaries_free(&search->best);
        search->best = *found;
        search->best_rank = rank;
    } else {
        leat_demo_binaries_free(found);
    }
}

static void consider_program(server_search *search, const char *folder, const char *name)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", folder, name);
    leat_demo_binaries found = {.server = leat_buffer_detach_string(&path)};
    if (access(found.server, X_OK) == 0)
        found.version = ask_version(search->kind, found.server);
    if (found.version == NULL) {
        leat_demo_binaries_free(&found);
        return;
    }
    found.maker = search->kind->find_maker(found.server);
    keep_better(search, &found);
}

static void consider(server_search *search, const char *folder)
{
    for (const char *const *name = search->kind->programs; *name != NULL; name++)
        consider_program(search, folder, *name);
}

static void consider_path(server_search *search)
{
    const char *at =
        getenv("PATH"); /* NOLINT(concurrency-mt-unsafe): nothing changes variables while threads run */
    while (at != NULL && *at != '\0') {
        size_t length = strcspn(at, ":");
        char *folder = leat_duplicate_bytes(at, length);
        if (folder[0] == '/')
            consider(search, folder);
        leat_release(folder);
        at += at[length] == ':' ? length + 1 : length;
    }
}

static void consider_usual_places(server_search *search)
{
    for (const char *const *pattern = search->kind->places; *pattern != NULL; pattern++) {
        glob_t places;
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs yet */
        if (glob(*pattern, 0, NULL, &places) != 0)
            continue;
        for (size_t i = 0; i < places.gl_pathc; i++)
            consider(search, places.gl_pathv[i]);
        globfree(&places);
    }
}

static void consider_configured(server_search *search)
{
    if (search->kind->ask_folder == NULL)
        return;
    leat_demo_words words = {0};
    leat_buffer printed = {0};
    leat_demo_words_add_all(&words, search->kind->ask_folder);
    if (leat_child_output(words.list, &printed)) {
        char *folder = leat_duplicate_bytes(printed.data, strcspn(leat_buffer_string(&printed), "\n"));
        consider(search, folder);
        leat_release(folder);
    }
    leat_demo_words_free(&words);
    leat_buffer_free(&printed);
}

static leat_status judge(const server_search *search, leat_error *error)
{
    const leat_demo_kind *kind = search->kind;
    if (search->best_rank >= rank_of(kind->oldest))
        return LEAT_OK;
    if (search->incomplete != NULL)
        leat_error_set(error, LEAT_FAILED, "the demo runs %s, but %s, which makes its data, is not installed",
                       search->incomplete, kind->maker);
    else if (search->best.server != NULL)
        leat_error_set(error, LEAT_FAILED, "the newest %s here is %s (%s); the demo needs %s or later",
                       kind->title, search->best.version, search->best.server, kind->oldest);
    else
        leat_error_set(error, LEAT_FAILED, "the demo runs a %s server of its own, and none is installed here",
                       kind->title);
    leat_error_mend(error, "apt-get install %s", kind->package);
    return LEAT_FAILED;
}

leat_status leat_demo_binaries_find(const leat_demo_kind *kind, leat_demo_binaries *binaries,
                                    leat_error *error)
{
    server_search search = {.kind = kind};
    consider_path(&search);
    consider_usual_places(&search);
    consider_configured(&search);
    *binaries = search.best;
    leat_status status = judge(&search, error);
    leat_release(search.incomplete);
    return status;
}

void leat_demo_binaries_free(leat_demo_binaries *binaries)
{
    leat_release(binaries->server);
    leat_release(binaries->maker);
    leat_release(binaries->version);
    *binaries = (leat_demo_binaries){0};
}
