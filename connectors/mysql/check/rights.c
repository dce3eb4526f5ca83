#include <string.h>

#include "mysql/check/check_internal.h"
#include "mysql/server/result.h"

/* ---- The stream ---- */

static bool may_stream(const leat_mysql_check_context *check)
{
    /* MySQL lists its replicas to whom it sends the log; MariaDB asks another right for the list. */
    return leat_mysql_grants_global(&check->grants, "REPLICATION SLAVE") ||
           (!check->server->mariadb && check->replicas_known);
}

static const char *position_right(const leat_mysql_check_context *check)
{
    enum { FIRST_WITH_MONITOR = 100502 };
    return check->server->mariadb && check->server->version >= FIRST_WITH_MONITOR ? "BINLOG MONITOR"
                                                                                  : "REPLICATION CLIENT";
}

static void check_stream(leat_mysql_check_context *check)
{
    bool streams = may_stream(check);
    const char *position = position_right(check);
    leat_buffer mend = {0};
    if (streams && check->log.allowed) {
        leat_mysql_check_report_fine(check, "replication_rights", "account %s may read the log",
                                     check->account);
        return;
    }
    leat_buffer_printf(&mend, "GRANT %s%s%s ON *.* TO %s;", streams ? "" : "REPLICATION SLAVE",
                       streams || check->log.allowed ? "" : ", ", check->log.allowed ? "" : position,
                       check->account);
    leat_findings_add(check->findings, LEAT_FINDING_ERROR, "replication_rights", "account",
                      leat_buffer_string(&mend), "account %s may not %s%s%s", check->account,
                      streams ? "" : "read the log", streams || check->log.allowed ? "" : ", nor ",
                      check->log.allowed ? "" : "ask where it ends");
    leat_buffer_free(&mend);
}

/* ---- The snapshot's point ---- */

/* Databases of captured tables on which the account may not lock, as a list of grants; all captured tables,
 * or only those whose engine has no snapshots. */
static size_t append_lock_grants(const leat_mysql_check_context *check, bool all, leat_buffer *mend)
{
    size_t count = 0;
    const char *last = NULL;
    for (size_t i = 0; i < check->captured_count; i++) {
        const leat_mysql_listed_table *table = check->captured[i];
        if ((!all && table->transactional) || (last != NULL && strcmp(last, table->database) == 0) ||
            leat_mysql_grants_database(&check->grants, "LOCK TABLES", table->database))
            continue;
        last = table->database;
        leat_buffer_append_string(mend, count++ == 0 ? "GRANT LOCK TABLES ON " : "\nGRANT LOCK TABLES ON ");
        leat_mysql_append_identifier(mend, table->database);
        leat_buffer_printf(mend, ".* TO %s;", check->account);
    }
    return count;
}

static void check_unsnapshot_locks(leat_mysql_check_context *check)
{
    leat_buffer mend = {0};
    if (append_lock_grants(check, false, &mend) > 0)
        leat_findings_add(
            check->findings, LEAT_FINDING_ERROR, "lock_rights", "account", leat_buffer_string(&mend),
            "account %s may not lock captured tables whose engine has no snapshots, and without a "
            "lock they cannot be copied at one moment",
            check->account);
    leat_buffer_free(&mend);
}

static bool may_lock_all(const leat_mysql_check_context *check)
{
    return leat_mysql_grants_global(&check->grants, "RELOAD") ||
           leat_mysql_grants_global(&check->grants, "FLUSH_TABLES");
}

/* MariaDB tells a snapshot's place in the log without any lock. */
static void check_snapshot_point(leat_mysql_check_context *check)
{
    leat_buffer mend = {0};
    size_t missing = append_lock_grants(check, true, &mend);
    if (check->server->mariadb || check->captured_count == 0) {
        leat_buffer_free(&mend);
        return;
    }
    bool server_lock = may_lock_all(check) && !leat_mysql_settings_amazon(&check->settings);
    if (missing == 0 || server_lock)
        leat_mysql_check_report_fine(check, "snapshot_rights",
                                     "the snapshot can hold writes for the moment that it begins");
    else
        leat_findings_add(
            check->findings, LEAT_FINDING_WARNING, "snapshot_rights", "account", leat_buffer_string(&mend),
            "account %s may hold writes for the moment that the snapshot begins neither with LOCK TABLES "
            "nor with RELOAD: rows that change in that moment come twice, from the "
            "snapshot and from the log",
            check->account);
    leat_buffer_free(&mend);
}

void leat_mysql_check_rights(leat_mysql_check_context *check)
{
    check_stream(check);
    check_snapshot_point(check);
    check_unsnapshot_locks(check);
}

/* ---- Reading the tables ---- */

static void report_refused(leat_mysql_check_context *check, const leat_mysql_listed_table *table)
{
    leat_buffer mend = {0};
    leat_buffer_append_string(&mend, "GRANT SELECT ON ");
    leat_mysql_append_qualified(&mend, table->database, table->name);
    leat_buffer_printf(&mend, " TO %s;", check->account);
    leat_mysql_check_report_table(
        check, LEAT_FINDING_ERROR, "select", table->full_name, leat_buffer_string(&mend),
        "account %s may not read all of %s, which the snapshot copies", check->account, table->full_name);
    leat_buffer_free(&mend);
}

/* A table that is broken, or whose engine is not there, is told of as the server tells it. What is of the
 * connection ends the check. */
static leat_status judge_failure(leat_mysql_check_context *check, const leat_mysql_listed_table *table,
                                 const leat_error *failure, leat_error *error)
{
    if (leat_mysql_check_is_lost(check, failure->status)) {
        if (error != NULL)
            *error = *failure;
        return failure->status;
    }
    leat_mysql_check_report_table(check, LEAT_FINDING_ERROR, "select", table->full_name,
                                  failure->mend[0] == '\0' ? NULL : failure->mend, "%s cannot be read: %s",
                                  table->full_name, failure->message);
    return LEAT_OK;
}

static leat_status try_table(leat_mysql_check_context *check, const leat_mysql_listed_table *table,
                             bool *readable, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    leat_buffer sql = {0};
    leat_error failure;
    leat_buffer_append_string(&sql, "SELECT * FROM ");
    leat_mysql_append_qualified(&sql, table->database, table->name);
    leat_buffer_append_string(&sql, " LIMIT 0");
    leat_status status = leat_mysql_check_try_query(check, leat_buffer_string(&sql), &rows, &failure);
    leat_buffer_free(&sql);
    *readable = status == LEAT_OK && rows != NULL;
    if (status != LEAT_OK)
        return judge_failure(check, table, &failure, error);
    if (rows == NULL)
        report_refused(check, table);
    mysql_free_result(rows);
    return LEAT_OK;
}

leat_status leat_mysql_check_select(leat_mysql_check_context *check, leat_error *error)
{
    size_t readable_count = 0;
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < check->captured_count && status == LEAT_OK; i++) {
        bool readable = false;
        status = try_table(check, check->captured[i], &readable, error);
        readable_count += readable;
    }
    if (status == LEAT_OK && check->captured_count > 0 && readable_count == check->captured_count)
        leat_findings_add(check->findings, LEAT_FINDING_FINE, "select", "source.tables", NULL,
                          "account %s may read all captured tables", check->account);
    return status;
}
