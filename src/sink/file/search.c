/* The sink's folder, looked through: "<table>/v=<n>/dt=<date>/<file>" and "_schema/<table>/<file>". Only
 * folders of these names are entered: what else lies there is not ours. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "sink/file/names.h"
#include "sink/file/sink_internal.h"

enum { DEEPEST = 3 };

/* What the names on each level begin with, and how deep the files are. */
typedef struct folder_tree {
    const char *root; /* relative to the sink's folder; "" for itself */
    const char *prefixes[DEEPEST];
    int depth;
} folder_tree;

static const folder_tree data_tree = {.root = "", .prefixes = {"", "v=", "dt="}, .depth = 3};
static const folder_tree schema_tree = {.root = "_schema", .prefixes = {""}, .depth = 1};

/* What is done with each file. */
typedef struct folder_walk {
    const leat_file_sink *sink;
    leat_status (*visit)(struct folder_walk *walk, const char *folder, const char *name, leat_error *error);
    const leat_file_list *known;
    size_t removed;
    char *found;
    bool leave; /* the rest of this folder is of no interest */
    bool stop;  /* nor is anything else */
} folder_walk;

static char *joined(const char *folder, const char *name)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s%s%s", folder, *folder == '\0' ? "" : "/", name);
    return leat_buffer_detach_string(&path);
}

static bool is_folder_of_ours(const char *name, const char *prefix)
{
    if (*prefix != '\0')
        return strncmp(name, prefix, strlen(prefix)) == 0;
    return name[0] != '.' && name[0] != '_' && strchr(name, '.') != NULL;
}

static leat_status enter(folder_walk *walk, const folder_tree *tree, int level, const char *folder,
                         leat_error *error);

/* One entry of a folder. */
static leat_status look_at(folder_walk *walk, const folder_tree *tree, int level, const char *folder,
                           const char *name, leat_error *error)
{
    if (level == tree->depth)
        return walk->visit(walk, folder, name, error);
    if (!is_folder_of_ours(name, tree->prefixes[level]))
        return LEAT_OK;
    char *inner = joined(folder, name);
    leat_status status = enter(walk, tree, level + 1, inner, error);
    leat_release(inner);
    return status;
}

static leat_status look_at_all(folder_walk *walk, const folder_tree *tree, int level, const char *folder,
                               DIR *entries, leat_error *error)
{
    leat_status status = LEAT_OK;
    while (status == LEAT_OK && !walk->leave && !walk->stop) {
        errno = 0;
        const struct dirent *entry =
            readdir(entries); /* NOLINT(concurrency-mt-unsafe): a stream of our own */
        if (entry == NULL)
            return errno == 0 ? LEAT_OK
                              : leat_folder_error(error, errno, "cannot look through folder", folder);
        status = look_at(walk, tree, level, folder, entry->d_name, error);
    }
    walk->leave = false;
    return status;
}

/* `folder` is relative to the sink's. Bounded recursion: DEEPEST levels. */
static leat_status enter(folder_walk *walk, const folder_tree *tree, int level, const char *folder,
                         leat_error *error)
{
    char *path = leat_file_name_path(walk->sink->options.path, folder);
    leat_status status = LEAT_OK;
    DIR *entries = opendir(path);
    if (entries != NULL) {
        status = look_at_all(walk, tree, level, folder, entries, error);
        closedir(entries);
    } else if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) {
        /* A folder that we may not enter is none that we made. */
        status = leat_folder_error(error, errno, "cannot look through folder", path);
    }
    leat_release(path);
    return status;
}

static leat_status walk_tree(folder_walk *walk, const folder_tree *tree, leat_error *error)
{
    return enter(walk, tree, 0, tree->root, error);
}

/* ---- Sweeping ---- */

static bool is_known(const leat_file_list *known, const char *relative)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->items[i]->working, relative) == 0)
            return true;
    return false;
}

static leat_status remove_unknown(folder_walk *walk, const char *folder, const char *name, leat_error *error)
{
    if (!leat_file_name_is_working(name, leat_state_identity(walk->sink->options.state)))
        return LEAT_OK;
    char *relative = joined(folder, name);
    leat_status status = LEAT_OK;
    if (!is_known(walk->known, relative)) {
        char *path = leat_file_name_path(walk->sink->options.path, relative);
        if (unlink(path) == 0)
            walk->removed++;
        else
            status = leat_folder_error(error, errno, "cannot remove unfinished file", path);
        leat_release(path);
    }
    leat_release(relative);
    return status;
}

leat_status leat_file_sink_sweep(const leat_file_sink *sink, const leat_file_list *known, size_t *removed,
                                 leat_error *error)
{
    folder_walk sweeper = {.sink = sink, .visit = remove_unknown, .known = known};
    leat_status status = walk_tree(&sweeper, &data_tree, error);
    if (status == LEAT_OK)
        status = walk_tree(&sweeper, &schema_tree, error);
    *removed += sweeper.removed;
    return status;
}

/* ---- Files of this pipeline ---- */

static bool is_data_file(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > 5 && strcmp(name + length - 5, ".avro") == 0;
}

/* One file of a folder speaks for the others: who writes into a table's folder writes all of it. */
static leat_status ask_origin(folder_walk *walk, const char *folder, const char *name, leat_error *error)
{
    (void)error;
    if (!is_data_file(name))
        return LEAT_OK;
    char *relative = joined(folder, name);
    char *path = leat_file_name_path(walk->sink->options.path, relative);
    leat_container_reader *reader;
    /* What cannot be read as a container is none of ours: ours are whole. */
    if (leat_container_open(path, &reader, NULL) == LEAT_OK) {
        leat_slice pipeline = leat_container_metadata(reader, "leat.pipeline");
        walk->stop = leat_slice_equals_string(pipeline, walk->sink->options.pipeline);
        leat_container_reader_close(reader);
    }
    if (walk->stop)
        walk->found = leat_duplicate_string(path);
    walk->leave = true;
    leat_release(path);
    leat_release(relative);
    return LEAT_OK;
}

leat_status leat_file_sink_find_own(const leat_file_sink *sink, char **path, leat_error *error)
{
    folder_walk asker = {.sink = sink, .visit = ask_origin};
    leat_status status = walk_tree(&asker, &data_tree, error);
    *path = asker.found;
    return status;
}
