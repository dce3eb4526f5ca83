#include "demo/scratch.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"

/* What a server puts behind the folder to name its socket must still fit. */
enum { LONGEST_SOCKET_NAME = 64 };

/* TMPDIR, unless it is root's own (the server's user could not pass through it) or too long for a socket. */
static const char *parent_folder(void)
{
    const char *chosen =
        getenv("TMPDIR"); /* NOLINT(concurrency-mt-unsafe): nothing changes variables while threads run */
    struct sockaddr_un address;
    if (chosen == NULL || chosen[0] != '/' || geteuid() == 0 ||
        strlen(chosen) + LONGEST_SOCKET_NAME > sizeof address.sun_path)
        return "/tmp";
    return chosen;
}

leat_status leat_scratch_make(const char *prefix, char **path, leat_error *error)
{
    leat_buffer template = {0};
    leat_buffer_printf(&template, "%s/%s-XXXXXX", parent_folder(), prefix);
    char *folder = leat_buffer_detach_string(&template);
    if (mkdtemp(folder) == NULL || chmod(folder, 0711) != 0) {
        leat_error_system(error, LEAT_FAILED, errno, "cannot make a folder %s", folder);
        leat_release(folder);
        return LEAT_FAILED;
    }
    *path = folder;
    return LEAT_OK;
}

void leat_scratch_remove(const char *path)
{
    char *root = leat_duplicate_string(path);
    char *const roots[] = {root, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *entry; tree != NULL && (entry = fts_read(tree)) != NULL;) {
        if (entry->fts_info == FTS_DP)
            rmdir(entry->fts_accpath);
        else if (entry->fts_info != FTS_D)
            unlink(entry->fts_accpath);
    }
    if (tree != NULL)
        fts_close(tree);
    leat_release(root);
}
