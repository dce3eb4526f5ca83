/* The file sink from a config, and what would go wrong with it. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/folder.h"
#include "base/memory.h"
#include "sink/file/settings.h"
#include "sink/file/sink.h"
#include "sink/kind.h"
#include "terminal/human.h"

/* Below so many full files there is no time left to do something about it. */
enum { FILES_OF_WARNING = 10 };

static leat_status open_sink(const leat_sink_config *config, const leat_sink_lent *lent, leat_sink **sink,
                             leat_error *error)
{
    const leat_file_settings *settings = config->settings;
    const leat_sink_file_options options = {
        .path = settings->path,
        .codec = settings->codec,
        .codec_level = (int)settings->codec_level,
        .roll_rows = settings->roll_rows,
        .roll_bytes = settings->roll_bytes,
        .roll_every = settings->roll_every,
        .pipeline = config->pipeline,
        .state = lent->state,
        .log = lent->log,
    };
    return leat_sink_file_open(&options, sink, error);
}

/* The folder at `path`, or the nearest one above it that is there: where a run would make it. Heap. */
static char *nearest_existing(const char *path)
{
    struct stat found;
    char *at = leat_duplicate_string(path);
    while (stat(at, &found) != 0 && errno == ENOENT && strcmp(at, ".") != 0 && strcmp(at, "/") != 0) {
        char *above = leat_folder_of(at);
        leat_release(at);
        at = above;
    }
    return at;
}

static void check_space(const char *folder, const leat_file_settings *settings, leat_findings *findings)
{
    struct statvfs space;
    char free_text[LEAT_HUMAN_SIZE];
    char file_text[LEAT_HUMAN_SIZE];
    if (statvfs(folder, &space) != 0)
        return;
    uint64_t available = (uint64_t)space.f_bavail * space.f_frsize;
    uint64_t file = settings->roll_bytes;
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

static leat_status check(const leat_sink_config *config, const leat_sink_lent *lent,
                         const char *const *tables, size_t table_count, leat_findings *findings,
                         leat_error *error)
{
    (void)lent;
    (void)tables;
    (void)table_count;
    (void)error;
    const leat_file_settings *settings = config->settings;
    char reason[LEAT_FOLDER_REASON_SIZE];
    char *folder = nearest_existing(settings->path);
    const char *why_not = leat_folder_unwritable(folder, reason);
    if (why_not != NULL)
        leat_findings_add(findings, LEAT_FINDING_ERROR, "sink_path", "sink",
                          "Let this user write there, or set sink.path to another folder",
                          "cannot write files to %s: %s: %s", settings->path, folder, why_not);
    else
        leat_findings_add(findings, LEAT_FINDING_FINE, "sink_path", "sink", NULL, "%s can be written%s",
                          settings->path, strcmp(folder, settings->path) == 0 ? "" : "; a run makes it");
    if (why_not == NULL)
        check_space(folder, settings, findings);
    leat_release(folder);
    return LEAT_OK;
}

static const char *address(const leat_sink_config *config)
{
    const leat_file_settings *settings = config->settings;
    return settings->path;
}

/* Its identity is its type alone: a folder may be moved. */
const leat_sink_kind leat_sink_file = {
    .type = "file",
    .summary = "Avro object container files in a folder tree, each row in exactly one of them",
    .settings = &leat_file_setting_group,
    .keeps_files = true,
    .open = open_sink,
    .check = check,
    .address = address,
};
