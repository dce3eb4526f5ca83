#include "mysql/snapshot/point.h"

#include <string.h>

#include "base/memory.h"
#include "mysql/snapshot/locks.h"

/* How often the point is tried for when what was in the way may be gone in a moment. */
enum { POINT_TRIES = 5, POINT_PAUSE = 200 * 1000 };

/* How long readers and the control session wait for a table whose definition is being changed; and a table
 * may take longer to read than the control session has to wait elsewhere. */
static const char wait_for_tables[] = "SET SESSION lock_wait_timeout = 10, wait_timeout = 31536000";

/* ---- Sessions ---- */

/* A url may name several hosts, and a host may stand for several servers: all sessions must have got the same
 * one, or their snapshots are of different servers. */
static leat_status require_same_server(const leat_mysql_snapshot_point *point,
                                       const leat_mysql_session *session, leat_error *error)
{
    const char *expected = leat_mysql_session_server(point->control)->identity;
    const leat_mysql_server *server = leat_mysql_session_server(session);
    if (strcmp(server->identity, expected) == 0)
        return LEAT_OK;
    return leat_error_set(error, LEAT_RETRY,
                          "the sessions of the snapshot came to different servers (%s is one of them): the "
                          "snapshot begins again",
                          server->address);
}

static leat_status open_session(leat_mysql_snapshot_point *point, const char *setting,
                                leat_mysql_session **session, leat_error *error)
{
    leat_status status = leat_mysql_session_open(point->options, session, error);
    if (status == LEAT_OK)
        status = require_same_server(point, *session, error);
    if (status == LEAT_OK)
        status = leat_mysql_execute(*session, setting, error);
    return leat_error_context(error, status, "snapshot");
}

static leat_status open_lock_session(leat_mysql_snapshot_point *point, leat_mysql_session **session,
                                     leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_printf(&sql, "SET SESSION lock_wait_timeout = %d", LEAT_MYSQL_SNAPSHOT_LOCK_SECONDS);
    leat_status status = open_session(point, leat_buffer_string(&sql), session, error);
    leat_buffer_free(&sql);
    return status;
}

/* MariaDB's return to a savepoint gives a table back to those who want to alter it only in a session that
 * does not write to the log; a reader does not, but needs a right to say so. Without it the tables that were
 * read stay as they are until the snapshot is over. */
static leat_status renounce_log(leat_mysql_session *session, leat_error *error)
{
    if (!leat_mysql_session_server(session)->mariadb)
        return LEAT_OK;
    leat_status status = leat_mysql_execute(session, "SET SESSION sql_log_bin = 0", error);
    return status == LEAT_OPERATOR ? LEAT_OK : status;
}

static leat_status open_readers(leat_mysql_snapshot_point *point, leat_error *error)
{
    size_t work = point->plan->unit_count - point->plan->locked_units;
    size_t wanted = point->options->snapshot_workers == 0 ? 1 : point->options->snapshot_workers;
    leat_status status = LEAT_OK;
    if (wanted > work)
        wanted = work;
    /* Even where no table has a snapshot, one tells where the log stands. */
    if (wanted == 0)
        wanted = 1;
    point->readers = leat_allocate_array(wanted, sizeof(leat_mysql_session *));
    for (; point->reader_count < wanted && status == LEAT_OK; point->reader_count++) {
        leat_mysql_session **reader = &point->readers[point->reader_count];
        status = open_session(point, wait_for_tables, reader, error);
        if (status == LEAT_OK)
            status = renounce_log(*reader, error);
    }
    return status;
}

static leat_status open_sessions(leat_mysql_snapshot_point *point, leat_error *error)
{
    leat_status status = leat_mysql_execute(point->control, wait_for_tables, error);
    if (status == LEAT_OK)
        status = open_readers(point, error);
    if (status == LEAT_OK && point->plan->locked_units > 0)
        status = open_lock_session(point, &point->locker, error);
    if (status == LEAT_OK && !leat_mysql_session_server(point->control)->mariadb)
        status = open_lock_session(point, &point->gate, error);
    return status;
}

/* ---- The moment ---- */

/* To which a reader returns after each of its tables, so that the table can be altered again. */
static leat_status set_savepoints(leat_mysql_snapshot_point *point, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < point->reader_count && status == LEAT_OK; i++)
        status = leat_mysql_execute(point->readers[i], "SAVEPOINT leat", error);
    return status;
}

static leat_status take_once(leat_mysql_snapshot_point *point, bool *again, leat_error *error)
{
    *again = false;
    leat_mysql_position_clear(&point->position);
    return leat_mysql_session_server(point->control)->mariadb
               ? leat_mysql_snapshot_take_mariadb(point, again, error)
               : leat_mysql_snapshot_take_mysql(point, again, error);
}

static leat_status take(leat_mysql_snapshot_point *point, leat_error *error)
{
    bool again = true;
    leat_status status = LEAT_RETRY;
    for (int i = 0; i < POINT_TRIES && status == LEAT_RETRY && again; i++) {
        if (i > 0 && !leat_mysql_snapshot_pause(point, POINT_PAUSE))
            return leat_error_set(error, LEAT_STOPPED, "asked to stop");
        status = take_once(point, &again, error);
    }
    return status;
}

leat_status leat_mysql_snapshot_point_take(const leat_source_options *options,
                                           const leat_mysql_snapshot_plan *plan, leat_mysql_session *control,
                                           leat_mysql_snapshot_point *point, leat_error *error)
{
    point->options = options;
    point->plan = plan;
    point->control = control;
    leat_status status = open_sessions(point, error);
    if (status == LEAT_OK)
        status = take(point, error);
    if (status == LEAT_OK)
        status = set_savepoints(point, error);
    leat_mysql_session_close(point->gate);
    point->gate = NULL;
    return status;
}

void leat_mysql_snapshot_point_free(leat_mysql_snapshot_point *point)
{
    if (point == NULL)
        return;
    for (size_t i = 0; i < point->reader_count; i++)
        leat_mysql_session_close(point->readers[i]);
    leat_release(point->readers);
    leat_mysql_session_close(point->locker);
    leat_mysql_session_close(point->gate);
    leat_mysql_position_clear(&point->position);
    *point = (leat_mysql_snapshot_point){0};
}
