#include "cli/check_storage.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/memory.h"
#include "state/state.h"
#include "terminal/human.h"

/* Below so many full files there is no time left to do something about it. */
enum { FILES_OF_WARNING = 10 };

/* The folder that holds `path`. Heap. */
static char *folder_above(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return leat_duplicate_string(".");
    return leat_duplicate_bytes(path, slash == path ? 1 : (size_t)(slash - path));
}

/* The folder at `path`, or the nearest one above it that is there: where a run would make it. Heap. */
static char *nearest_existing(const char *path)
{
    struct stat found;
    char *at = leat_duplicate_string(path);
    while (stat(at, &found) != 0 && errno == ENOENT && strcmp(at, ".") != 0 && strcmp(at, "/") != 0) {
        char *above = folder_above(at);
        leat_release(at);
        at = above;
    }
    return at;
}

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* Why nothing can be written into the folder; NULL where something can. `reason` holds 128 bytes. */
static const char *unwritable_reason(const char *folder, char *reason)
{
    struct stat found;
    if (stat(folder, &found) != 0 || (S_ISDIR(found.st_mode) && access(folder, W_OK | X_OK) != 0))
        return strerror_r(errno, reason, 128);
    return S_ISDIR(found.st_mode) ? NULL : "it is not a folder";
}

static void check_space(const char *folder, const leat_config *config, leat_findings *findings)
{
    struct statvfs space;
    char free_text[LEAT_HUMAN_SIZE];
    char file_text[LEAT_HUMAN_SIZE];
    if (statvfs(folder, &space) != 0)
        return;
    uint64_t available = (uint64_t)space.f_bavail * space.f_frsize;
    uint64_t file = config->sink.roll_bytes;
    bool short_of_one = available < file;
    bool few = available / FILES_OF_WARNING < file;
    leat_findings_add(findings,
                      short_of_one ? LEAT_FINDING_ERROR
                      : few        ? LEAT_FINDING_WARNING
                                   : LEAT_FINDING_FINE,
                      "sink_space", "sink",
                      few ? "Free space on its disk, or set sink.path to a larger one" : NULL,
                      "%s free where the files go; one file grows to %s",
                      leat_human_size(available, free_text), leat_human_size(file, file_text));
}

static void check_sink(const leat_config *config, leat_findings *findings)
{
    if (config->sink.type != LEAT_SINK_FILE)
        return;
    char reason[128];
    char *folder = nearest_existing(config->sink.path);
    const char *why_not = unwritable_reason(folder, reason);
    if (why_not != NULL)
        leat_findings_add(findings, LEAT_FINDING_ERROR, "sink_path", "sink",
                          "Let this user write there, or set sink.path to another folder",
                          "cannot write files to %s: %s: %s", config->sink.path, folder, why_not);
    else
        leat_findings_add(findings, LEAT_FINDING_FINE, "sink_path", "sink", NULL, "%s can be written%s",
                          config->sink.path,
                          strcmp(folder, config->sink.path) == 0 ? "" : "; a run makes it");
    if (why_not == NULL)
        check_space(folder, config, findings);
    leat_release(folder);
}

static void check_store(const leat_config *config, leat_findings *findings)
{
    leat_state *state;
    leat_error error = {0};
    if (leat_state_open(config->state, config->name, true, &state, &error) == LEAT_OK) {
        leat_state_close(state);
        leat_findings_add(findings, LEAT_FINDING_FINE, "state_store", "state", NULL,
                          "%s is there and is this pipeline's", config->state);
    } else {
        leat_findings_add(findings, LEAT_FINDING_ERROR, "state_store", "state",
                          error.mend[0] == '\0' ? NULL : error.mend, "%s", error.message);
    }
}

static void check_state_folder(const leat_config *config, leat_findings *findings)
{
    char reason[128];
    char *folder = folder_above(config->state);
    const char *why_not = unwritable_reason(folder, reason);
    if (why_not != NULL)
        leat_findings_add(findings, LEAT_FINDING_ERROR, "state_path", "state",
                          is_folder(folder) ? "Let this user write there, or set state to another file"
                                            : "Make the folder, or set state to a file in one that exists",
                          "the state store cannot be kept at %s: %s: %s", config->state, folder, why_not);
    else if (access(config->state, F_OK) != 0)
        leat_findings_add(findings, LEAT_FINDING_FINE, "state_path", "state", NULL, "%s; a run makes it",
                          config->state);
    leat_release(folder);
}

void leat_check_storage(const leat_config *config, leat_findings *findings)
{
    struct stat found;
    check_sink(config, findings);
    check_state_folder(config, findings);
    /* An empty file is what a start that crashed at once leaves; the next one fills it. */
    if (stat(config->state, &found) == 0 && found.st_size > 0)
        check_store(config, findings);
}
