#include "mysql/snapshot/locks.h"

#include <string.h>

#include "base/number.h"

static leat_mysql_lock take(leat_mysql_session *session, const char *sql, leat_error *error)
{
    enum { LOCK_WAIT_TIMEOUT = 1205, DEADLOCK = 1213 };
    leat_status status = leat_mysql_execute(session, sql, error);
    if (status == LEAT_OK)
        return LEAT_MYSQL_LOCK_HELD;
    unsigned number = mysql_errno(leat_mysql_session_connection(session));
    if (number == LOCK_WAIT_TIMEOUT || number == DEADLOCK)
        return LEAT_MYSQL_LOCK_BUSY;
    return status == LEAT_OPERATOR ? LEAT_MYSQL_LOCK_REFUSED : LEAT_MYSQL_LOCK_FAILED;
}

/* ---- The server ---- */

/* The columns of SHOW PROCESSLIST. */
enum { PROCESS_ID, PROCESS_USER, PROCESS_HOST, PROCESS_DATABASE, PROCESS_COMMAND, PROCESS_TIME };

static bool runs_for_long(MYSQL_ROW process)
{
    int64_t seconds = 0;
    const char *command = process[PROCESS_COMMAND];
    const char *time = process[PROCESS_TIME];
    return command != NULL && (strcmp(command, "Query") == 0 || strcmp(command, "Execute") == 0) &&
           time != NULL && leat_number_parse_integer(leat_slice_of_string(time), &seconds) && seconds >= 1;
}

/* Without the PROCESS right these are our own alone. */
static leat_status find_long_statement(leat_mysql_session *session, bool *found, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    MYSQL_ROW process;
    leat_status status = leat_mysql_query(session, "SHOW PROCESSLIST", &rows, error);
    *found = false;
    while (status == LEAT_OK && rows != NULL && !*found && (process = mysql_fetch_row(rows)) != NULL) {
        *found = runs_for_long(process);
        if (*found)
            leat_error_set(error, LEAT_RETRY,
                           "connection %s of user %s has been running a statement for %s s, which FLUSH "
                           "TABLES WITH READ LOCK would wait for, and others behind it",
                           process[PROCESS_ID], process[PROCESS_USER], process[PROCESS_TIME]);
    }
    mysql_free_result(rows);
    return status;
}

leat_mysql_lock leat_mysql_snapshot_lock_server(leat_mysql_snapshot_point *point, leat_error *error)
{
    bool busy = false;
    if (find_long_statement(point->gate, &busy, error) != LEAT_OK)
        return LEAT_MYSQL_LOCK_FAILED;
    return busy ? LEAT_MYSQL_LOCK_BUSY : take(point->gate, "FLUSH TABLES WITH READ LOCK", error);
}

/* ---- Tables ---- */

/* One statement for all of a kind: a second one would give the first one's locks back. */
static leat_mysql_lock lock_tables(leat_mysql_session *session, const leat_mysql_snapshot_plan *plan,
                                   bool transactional, leat_error *error)
{
    leat_buffer sql = {0};
    const char *separator = "LOCK TABLES ";
    for (size_t i = 0; i < plan->table_count; i++) {
        const leat_mysql_listed_table *listed = plan->tables[i].listed;
        if (listed->transactional != transactional)
            continue;
        leat_buffer_append_string(&sql, separator);
        leat_mysql_append_qualified(&sql, listed->database, listed->name);
        leat_buffer_append_string(&sql, " READ");
        separator = ", ";
    }
    leat_mysql_lock outcome =
        sql.length == 0 ? LEAT_MYSQL_LOCK_HELD : take(session, leat_buffer_string(&sql), error);
    leat_buffer_free(&sql);
    return outcome;
}

leat_mysql_lock leat_mysql_snapshot_lock_captured(leat_mysql_snapshot_point *point, leat_error *error)
{
    return lock_tables(point->gate, point->plan, true, error);
}

/* ---- Tables without snapshots ---- */

static const leat_mysql_listed_table *first_other(const leat_mysql_snapshot_plan *plan)
{
    size_t first = 0;
    while (first + 1 < plan->table_count && plan->tables[first].listed->transactional)
        first++;
    return plan->tables[first].listed;
}

static leat_status refuse_others(const leat_mysql_snapshot_plan *plan, leat_error *error)
{
    const leat_mysql_listed_table *listed = first_other(plan);
    leat_error_set(
        error, LEAT_OPERATOR,
        "table %s is of an engine without snapshots (%s), and the right to lock it while it is read "
        "is missing",
        listed->full_name, listed->engine == NULL ? "unknown" : listed->engine);
    leat_error_mend(error,
                    "GRANT LOCK TABLES ON the tables' databases; or make it an InnoDB table; or leave "
                    "it out with \"!%s\" in source.tables",
                    listed->full_name);
    return LEAT_OPERATOR;
}

leat_status leat_mysql_snapshot_lock_others(leat_mysql_snapshot_point *point, bool *again, leat_error *error)
{
    if (point->locker == NULL)
        return LEAT_OK;
    switch (lock_tables(point->locker, point->plan, false, error)) {
    case LEAT_MYSQL_LOCK_HELD:
        return LEAT_OK;
    case LEAT_MYSQL_LOCK_REFUSED:
        return refuse_others(point->plan, error);
    case LEAT_MYSQL_LOCK_BUSY:
        *again = true;
        return leat_error_set(error, LEAT_RETRY,
                              "the tables of engines without snapshots (%s and others like it) cannot be "
                              "locked for reading: somebody has been writing to one of them for %d s",
                              first_other(point->plan)->full_name, LEAT_MYSQL_SNAPSHOT_LOCK_SECONDS);
    case LEAT_MYSQL_LOCK_FAILED:
        break;
    }
    return error == NULL ? LEAT_FAILED : error->status;
}

leat_status leat_mysql_snapshot_unlock(leat_mysql_session *session, leat_error *error)
{
    return leat_mysql_execute(session, "UNLOCK TABLES", error);
}
