/* What SQLite's errors mean for whoever runs leat. */
#include <errno.h>
#include <string.h>

#include "state/store.h"

static bool is_disk_full(int result, int number)
{
    int primary = result & 0xff;
    if (primary == SQLITE_FULL)
        return true;
    return (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && (number == ENOSPC || number == EDQUOT);
}

leat_status leat_store_open_status(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return LEAT_RETRY;
    case EACCES:
    case EPERM:
    case EROFS:
        return LEAT_OPERATOR;
    default:
        return LEAT_FAILED;
    }
}

static leat_status unusable(leat_state *state, int result, int number, const char *what, leat_error *error)
{
    if ((result & 0xff) == SQLITE_CANTOPEN && number == ENOENT) {
        return leat_error_fail(error, LEAT_FAILED, "Start the pipeline first: `leat run` makes it.",
                               "there is no state store %s", state->path);
    }
    return leat_error_fail(
        error, leat_store_open_status(number),
        "Let the user that runs leat read and write the file and its folder, or set `state` to another file.",
        "state store %s: %s: %s", state->path, what,
        number != 0 ? strerrordesc_np(number) : sqlite3_errmsg(state->database));
}

static leat_status explain(leat_state *state, int result, const char *what, leat_error *error)
{
    int number = state->database == NULL ? 0 : sqlite3_system_errno(state->database);
    const char *reason = state->database == NULL ? sqlite3_errstr(result) : sqlite3_errmsg(state->database);
    if (is_disk_full(result, number)) {
        return leat_error_fail(error, LEAT_RETRY, "Free space on that disk; leat tries again.",
                               "state store %s: %s: no space left on its disk", state->path, what);
    }
    switch (result & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return leat_error_fail(error, LEAT_OPERATOR,
                               "Restore it from a backup of the same moment as the sink, or set `state` and "
                               "the sink's `path` to new places and begin again.",
                               "state store %s is damaged or no state store of leat: %s", state->path,
                               reason);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return leat_error_fail(error, LEAT_RETRY, "End whatever else has this SQLite file open for writing.",
                               "state store %s: %s: another program holds it locked", state->path, what);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return unusable(state, result, number, what, error);
    default:
        return leat_error_set(error, LEAT_FAILED, "state store %s: %s: %s", state->path, what, reason);
    }
}

leat_status leat_store_error(leat_state *state, int result, const char *what, leat_error *error)
{
    leat_status status = explain(state, result, what, error);
    leat_error_set_code(error, "SQLite %d", result);
    return status;
}

leat_status leat_store_execute(leat_state *state, const char *sql, const char *what, leat_error *error)
{
    int result = sqlite3_exec(state->database, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? LEAT_OK : leat_store_error(state, result, what, error);
}
