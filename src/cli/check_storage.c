#include "cli/check_storage.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/memory.h"
#include "state/state.h"

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
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
        leat_findings_add_error(findings, LEAT_FINDING_ERROR, "state_store", "state", &error);
    }
}

static void check_state_folder(const leat_config *config, leat_findings *findings)
{
    char reason[LEAT_FOLDER_REASON_SIZE];
    char *folder = leat_folder_of(config->state);
    const char *why_not = leat_folder_unwritable(folder, reason);
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
    check_state_folder(config, findings);
    /* An empty file is what a start that crashed at once leaves; the next one fills it. */
    if (stat(config->state, &found) == 0 && found.st_size > 0)
        check_store(config, findings);
}
