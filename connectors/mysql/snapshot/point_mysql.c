/* MySQL's ways: a transaction does not know where in the log its snapshot stands, so that a lock keeps the
 * log from moving while both are taken; or, where no lock is to be had, the log is read again from before. */
#include "base/memory.h"
#include "mysql/setup/setup.h"
#include "mysql/snapshot/locks.h"
#include "mysql/snapshot/point.h"
#include "mysql/snapshot/xa.h"

/* ---- Under a lock ---- */

/* The captured tables stand still, and so do their transactions: those that were prepared keep a table
 * locked, and the lock would not have been had, but for the global one, under which they are still listed. */
static leat_status take_locked(leat_mysql_snapshot_point *point, leat_error *error)
{
    leat_status status = leat_mysql_snapshot_start_readers(point, error);
    if (status == LEAT_OK)
        status = leat_mysql_log_end(point->control, &point->position, error);
    if (status == LEAT_OK)
        status = leat_mysql_xa_none(point->control, point->options->log, error);
    return status;
}

/* Gives the lock back, whatever came of it; others have waited. */
static leat_status release_gate(leat_mysql_snapshot_point *point, leat_status status, leat_error *error)
{
    leat_status released = leat_mysql_snapshot_unlock(point->gate, status == LEAT_OK ? error : NULL);
    return status == LEAT_OK ? released : status;
}

/* The tables without snapshots are locked until they are copied, the captured ones for the moment only. */
static leat_mysql_lock try_table_locks(leat_mysql_snapshot_point *point, bool *again, leat_status *status,
                                       leat_error *error)
{
    *status = leat_mysql_snapshot_lock_others(point, again, error);
    if (*status != LEAT_OK)
        return LEAT_MYSQL_LOCK_HELD;
    leat_mysql_lock lock = leat_mysql_snapshot_lock_captured(point, error);
    if (lock != LEAT_MYSQL_LOCK_HELD)
        return lock;
    *status = take_locked(point, error);
    *again = *status == LEAT_RETRY;
    *status = release_gate(point, *status, error);
    return lock;
}

/* The tables without snapshots are locked under the global lock, which would wait for them otherwise. */
static leat_mysql_lock try_server_lock(leat_mysql_snapshot_point *point, bool *again, leat_status *status,
                                       leat_error *error)
{
    *status = point->locker == NULL ? LEAT_OK : leat_mysql_snapshot_unlock(point->locker, error);
    if (*status != LEAT_OK)
        return LEAT_MYSQL_LOCK_HELD;
    leat_mysql_lock lock = leat_mysql_snapshot_lock_server(point, error);
    if (lock != LEAT_MYSQL_LOCK_HELD)
        return lock;
    *status = leat_mysql_snapshot_lock_others(point, again, error);
    if (*status == LEAT_OK) {
        *status = take_locked(point, error);
        *again = *status == LEAT_RETRY;
    }
    *status = release_gate(point, *status, error);
    return lock;
}

/* ---- Without ---- */

/* The end of the log that a server without GTIDs tells may be ahead of what is committed. */
static leat_status require_gtids(leat_mysql_snapshot_point *point, leat_error *error)
{
    if (leat_mysql_session_server(point->control)->gtid)
        return LEAT_OK;
    return leat_error_fail(error, LEAT_OPERATOR,
                           "GRANT LOCK TABLES ON the captured databases, or GRANT RELOAD ON *.*; or set "
                           "gtid_mode = ON, with which leat can do without",
                           "a snapshot needs a lock for a moment, and the server allows none: neither FLUSH "
                           "TABLES WITH READ LOCK nor LOCK TABLES");
}

static void tell_window(leat_mysql_snapshot_point *point, const leat_mysql_position *end)
{
    leat_buffer from = {0};
    leat_buffer to = {0};
    leat_mysql_position_format(&point->position, &from);
    leat_mysql_position_format(end, &to);
    leat_log_write(
        point->options->log, LEAT_LOG_WARNING,
        "no lock was to be had for the moment of the snapshot, so changes between %s and %s may be in "
        "it and come again from the log; for one exact point GRANT LOCK TABLES ON the captured databases",
        leat_buffer_string(&from), leat_buffer_string(&to));
    leat_buffer_free(&from);
    leat_buffer_free(&to);
}

/* What is written to the log and not committed yet is before the log's end and not in its set of GTIDs. A log
 * file ends when all of it is committed, so that what the set has not is no earlier than the beginning of a
 * file that was the last one before the set was asked for. */
static leat_status find_window_begin(leat_mysql_snapshot_point *point, leat_error *error)
{
    enum { FIRST_EVENT = 4 };
    leat_mysql_position before = {0};
    leat_status status = leat_mysql_log_end(point->control, &before, error);
    if (status == LEAT_OK)
        status = leat_mysql_log_end(point->control, &point->position, error);
    if (status == LEAT_OK)
        leat_mysql_position_set_file(&point->position, leat_slice_of_string(before.file), FIRST_EVENT);
    leat_mysql_position_clear(&before);
    return status;
}

/* Everything up to the position is in the snapshot, and what else is in it comes again. */
static leat_status take_window(leat_mysql_snapshot_point *point, leat_error *error)
{
    leat_mysql_position end = {0};
    leat_status status = find_window_begin(point, error);
    if (status == LEAT_OK)
        status = leat_mysql_snapshot_start_readers(point, error);
    if (status == LEAT_OK)
        status = leat_mysql_log_end(point->control, &end, error);
    if (status == LEAT_OK)
        tell_window(point, &end);
    leat_mysql_position_clear(&end);
    return status;
}

static leat_status watch_window(leat_mysql_snapshot_point *point, bool *again, leat_error *error)
{
    leat_mysql_xa_watch watch;
    leat_status status = require_gtids(point, error);
    if (status == LEAT_OK)
        status = leat_mysql_snapshot_lock_others(point, again, error);
    if (status != LEAT_OK)
        return status;
    status = leat_mysql_xa_watch_begin(point->control, point->options->log, &watch, error);
    *again = status == LEAT_RETRY;
    if (status == LEAT_OK)
        status = take_window(point, error);
    if (status != LEAT_OK)
        return status;
    status = leat_mysql_xa_watch_end(point->control, &watch, error);
    *again = status == LEAT_RETRY;
    return status;
}

/* ---- The whole ---- */

typedef leat_mysql_lock (*locked_way)(leat_mysql_snapshot_point *point, bool *again, leat_status *status,
                                      leat_error *error);

/* How often a lock that others hold is tried for, with pauses between: each try holds others back. */
enum { LOCK_TRIES = 3, LOCK_PAUSE = 500 * 1000 };

static leat_mysql_lock try_way(locked_way way, leat_mysql_snapshot_point *point, bool *again,
                               leat_status *status, leat_error *error)
{
    leat_mysql_lock lock = LEAT_MYSQL_LOCK_BUSY;
    for (int i = 0; i < LOCK_TRIES && lock == LEAT_MYSQL_LOCK_BUSY; i++) {
        leat_mysql_position_clear(&point->position);
        if (i > 0 && !leat_mysql_snapshot_pause(point, LOCK_PAUSE)) {
            *status = leat_error_set(error, LEAT_STOPPED, "asked to stop");
            return LEAT_MYSQL_LOCK_HELD;
        }
        lock = way(point, again, status, error);
    }
    if (lock == LEAT_MYSQL_LOCK_FAILED)
        *status = error->status;
    return lock;
}

static bool is_over(leat_mysql_lock lock)
{
    return lock == LEAT_MYSQL_LOCK_HELD || lock == LEAT_MYSQL_LOCK_FAILED;
}

static void tell_next_way(const leat_mysql_snapshot_point *point, const char *next, const leat_error *error)
{
    leat_log_write(point->options->log, LEAT_LOG_INFO, "%s; the snapshot tries %s instead", error->message,
                   next);
}

/* The locks of the captured tables come first: they wait for those who write to them, and for nobody else. */
static leat_mysql_lock try_locks(leat_mysql_snapshot_point *point, bool *again, leat_status *status,
                                 leat_error *error)
{
    leat_mysql_lock lock = try_way(try_table_locks, point, again, status, error);
    if (is_over(lock))
        return lock;
    tell_next_way(point, "FLUSH TABLES WITH READ LOCK", error);
    return try_way(try_server_lock, point, again, status, error);
}

leat_status leat_mysql_snapshot_take_mysql(leat_mysql_snapshot_point *point, bool *again, leat_error *error)
{
    leat_error why = {0};
    /* What is prepared would hold the locks off until they are given up. */
    leat_status status = leat_mysql_xa_none(point->control, NULL, error);
    *again = status == LEAT_RETRY;
    if (status != LEAT_OK)
        return status;
    leat_mysql_lock lock = try_locks(point, again, &status, &why);
    if (is_over(lock)) {
        if (status != LEAT_OK && error != NULL)
            *error = why;
        return status;
    }
    tell_next_way(point, "to do without a lock", &why);
    return watch_window(point, again, error);
}
