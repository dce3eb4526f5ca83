/* The connection to SQLite, and the unit of work. */
#include "state/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"

/* A reader (`leat status`) holds no lock that could keep us waiting for longer than a checkpoint. */
enum { BUSY_TIMEOUT_MILLISECONDS = 5000 };

/* WAL, so that a reader in another process never blocks the pump; FULL, so that a commit is on the disk when
 * it returns. The caches are small: the store is written far more than read. */
static const char settings[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                               "PRAGMA journal_size_limit = 8388608; PRAGMA cache_size = -1024;"
                               "PRAGMA temp_store = MEMORY;";

static void disconnect(leat_state *state)
{
    for (size_t i = 0; i < state->statement_count; i++)
        sqlite3_finalize(state->statements[i].prepared);
    state->statement_count = 0;
    sqlite3_close(state->database);
    state->database = NULL;
}

/* SQLite itself would make the file readable to others by the umask. */
static leat_status create_file(const leat_state *state, leat_error *error)
{
    int descriptor = open(state->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        close(descriptor);
        return LEAT_OK;
    }
    int number = errno;
    leat_status status = leat_store_open_status(number);
    leat_error_system(error, status, number, "cannot open state store %s", state->path);
    leat_error_mend(error, status == LEAT_RETRY
                               ? "Free space on its disk; leat tries again."
                               : "Let the user that runs leat read and write the file and its folder, or "
                                 "set `state` to another file.");
    return status;
}

/* A file is only as durable as its name. */
static leat_status sync_folder(const leat_state *state, leat_error *error)
{
    const char *slash = strrchr(state->path, '/');
    size_t length = slash == state->path ? 1 : (size_t)(slash - state->path);
    char *folder = leat_duplicate_bytes(state->path, length);
    leat_status status = LEAT_OK;
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* EINVAL: a file system whose folders need no syncing. */
    if (descriptor < 0 || (fsync(descriptor) != 0 && errno != EINVAL))
        status = leat_error_system(error, LEAT_FAILED, errno, "cannot sync folder %s", folder);
    if (descriptor >= 0)
        close(descriptor);
    leat_release(folder);
    return status;
}

static leat_status open_database(leat_state *state, leat_error *error)
{
    int mode = state->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int result = sqlite3_open_v2(state->path, &state->database, flags, NULL);
    if (result != SQLITE_OK)
        return leat_store_error(state, result, "cannot open it", error);
    sqlite3_busy_timeout(state->database, BUSY_TIMEOUT_MILLISECONDS);
    return LEAT_OK;
}

static leat_status check_journal(leat_state *state, leat_error *error)
{
    leat_arena scratch = {0};
    leat_query query = leat_query_begin(state, "PRAGMA journal_mode", "cannot read its journal mode");
    const char *mode = leat_query_row(&query) ? leat_query_get_text(&query, 0, &scratch) : "";
    leat_status status = LEAT_OK;
    if (query.result == SQLITE_OK && strcmp(mode, "wal") != 0)
        status = leat_error_set(error, LEAT_FAILED,
                                "state store %s: its file system cannot hold a write-ahead log", state->path);
    if (status == LEAT_OK)
        status = leat_query_end(&query, error);
    else
        leat_error_mend(error, "Set `state` to a file on a local disk.");
    leat_arena_free(&scratch);
    return status;
}

static leat_status connect_for_writing(leat_state *state, leat_error *error)
{
    leat_status status = create_file(state, error);
    if (status == LEAT_OK)
        status = open_database(state, error);
    /* The layout first: it tells whether the file is ours to change. */
    if (status == LEAT_OK)
        status = leat_store_layout(state, error);
    if (status == LEAT_OK)
        status = leat_store_execute(state, settings, "cannot set it up", error);
    if (status == LEAT_OK)
        status = check_journal(state, error);
    return status == LEAT_OK ? sync_folder(state, error) : status;
}

leat_status leat_store_ready(leat_state *state, leat_error *error)
{
    if (state->database != NULL)
        return LEAT_OK;
    leat_status status;
    if (state->read_only) {
        status = open_database(state, error);
        if (status == LEAT_OK)
            status = leat_store_layout(state, error);
    } else {
        status = connect_for_writing(state, error);
    }
    if (status != LEAT_OK)
        disconnect(state);
    return status;
}

/* Two names of one file would be two locks. A file that is not there yet is named by its folder. */
static char *canonical(const char *path)
{
    char *resolved = realpath(path, NULL);
    if (resolved == NULL) {
        const char *slash = strrchr(path, '/');
        size_t length = slash == path ? 1 : slash == NULL ? 0 : (size_t)(slash - path);
        char *folder = slash == NULL ? leat_duplicate_string(".") : leat_duplicate_bytes(path, length);
        char *real_folder = realpath(folder, NULL);
        leat_buffer text = {0};
        leat_buffer_printf(&text, "%s/%s", real_folder != NULL ? real_folder : folder,
                           slash == NULL ? path : slash + 1);
        free(real_folder);
        leat_release(folder);
        return leat_buffer_detach_string(&text);
    }
    char *copy = leat_duplicate_string(resolved);
    free(resolved);
    return copy;
}

leat_status leat_state_open(const char *path, const char *pipeline, bool read_only, leat_state **state,
                            leat_error *error)
{
    leat_state *opened = leat_allocate(sizeof *opened);
    opened->path = canonical(path);
    opened->pipeline = leat_duplicate_string(pipeline);
    opened->read_only = read_only;
    opened->lock = -1;
    leat_status status = LEAT_OK;
    if (!read_only)
        status = leat_store_lock(opened->path, &opened->lock, error);
    if (status == LEAT_OK)
        status = leat_store_ready(opened, error);
    if (status == LEAT_OK)
        *state = opened;
    else
        leat_state_close(opened);
    return status;
}

void leat_state_close(leat_state *state)
{
    if (state == NULL)
        return;
    if (state->database != NULL)
        leat_state_rollback(state);
    disconnect(state);
    if (state->lock >= 0)
        close(state->lock);
    leat_release(state->path);
    leat_release(state->pipeline);
    leat_release(state);
}

const char *leat_state_identity(const leat_state *state)
{
    return state->identity;
}

static leat_status refuse_failed(const leat_state *state, leat_error *error)
{
    return leat_error_set(error, LEAT_FAILED,
                          "state store %s: the unit of work has failed and must be taken back first",
                          state->path);
}

leat_status leat_store_begin(leat_state *state, leat_error *error)
{
    if (state->unit_failed)
        return refuse_failed(state, error);
    if (state->read_only)
        return leat_error_set(error, LEAT_FAILED, "state store %s is open for reading only", state->path);
    leat_status status = leat_store_ready(state, error);
    if (status != LEAT_OK || state->in_unit)
        return status;
    status = leat_store_execute(state, "BEGIN IMMEDIATE", "cannot begin to write", error);
    if (status == LEAT_OK)
        state->in_unit = true;
    return status;
}

leat_status leat_state_commit(leat_state *state, leat_error *error)
{
    if (state->unit_failed)
        return refuse_failed(state, error);
    if (!state->in_unit)
        return LEAT_OK;
    leat_status status = leat_store_execute(state, "COMMIT", "cannot commit", error);
    if (status == LEAT_OK)
        state->in_unit = false;
    else
        state->unit_failed = state->commit_failed = true;
    return status;
}

void leat_state_rollback(leat_state *state)
{
    if (state->database != NULL && sqlite3_get_autocommit(state->database) == 0)
        sqlite3_exec(state->database, "ROLLBACK", NULL, NULL, NULL);
    /* The log may hold the failed commit whole, only not known to be durable: a fresh connection reads the
     * log as the start after a crash would, so that nobody acts on a view that such a start would contradict.
     */
    if (state->commit_failed)
        disconnect(state);
    state->in_unit = state->unit_failed = state->commit_failed = false;
}
