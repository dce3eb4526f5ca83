#include <string.h>

#include "base/buffer.h"
#include "postgres/check/check.h"
#include "postgres/server/result.h"

static const char server_sql[] =
    "SELECT current_setting('wal_level'), current_setting('max_replication_slots')::int,"
    " (SELECT count(*) FROM pg_replication_slots), current_setting('max_wal_senders')::int,"
    " (SELECT count(*) FROM pg_stat_replication), current_setting('hot_standby_feedback')::bool,"
    " current_setting('max_slot_wal_keep_size'), pg_size_bytes(current_setting('max_slot_wal_keep_size')),"
    " current_setting('idle_replication_slot_timeout', true),"
    " EXISTS (SELECT FROM pg_settings WHERE name = 'rds.logical_replication')";

enum {
    COLUMN_WAL_LEVEL,
    COLUMN_MOST_SLOTS,
    COLUMN_SLOTS,
    COLUMN_MOST_SENDERS,
    COLUMN_SENDERS,
    COLUMN_FEEDBACK,
    COLUMN_KEEP_TEXT,
    COLUMN_KEEP_BYTES,
    COLUMN_IDLE_TIMEOUT,
    COLUMN_RDS,
};

/* Below this a weekend without leat, or one large load, costs the slot. */
static const int64_t small_keep = INT64_C(4) << 30;

static void fine(leat_postgres_checkup *checkup, const char *code, const char *message)
{
    leat_findings_add(checkup->findings, LEAT_FINDING_FINE, code, "server", NULL, "%s", message);
}

static void check_wal_level(leat_postgres_checkup *checkup, const PGresult *rows)
{
    const char *level = leat_postgres_result_text(rows, 0, COLUMN_WAL_LEVEL);
    if (strcmp(level, "logical") == 0) {
        fine(checkup, "wal_level", "wal_level is logical");
        return;
    }
    bool rds = leat_postgres_result_true(rows, 0, COLUMN_RDS);
    leat_findings_add(checkup->findings, LEAT_FINDING_ERROR, "wal_level", "server",
                      rds ? NULL : "ALTER SYSTEM SET wal_level = 'logical'; -- then restart the server",
                      "wal_level is %s: the log does not hold what a stream needs; it must be logical%s",
                      level,
                      rds ? " (set rds.logical_replication = 1 in the parameter group, then reboot)" : "");
}

static void check_slot_room(leat_postgres_checkup *checkup, const PGresult *rows)
{
    int64_t most = leat_postgres_result_number(rows, 0, COLUMN_MOST_SLOTS, 0);
    int64_t used = leat_postgres_result_number(rows, 0, COLUMN_SLOTS, 0);
    if (checkup->slot.exists || used < most) {
        fine(checkup, "replication_slots", "there is room for the replication slot");
        return;
    }
    leat_buffer mend = {0};
    leat_buffer_printf(&mend, "ALTER SYSTEM SET max_replication_slots = %lld; -- then restart the server",
                       (long long)most + 5);
    leat_findings_add(checkup->findings, LEAT_FINDING_ERROR, "replication_slots", "server",
                      leat_buffer_string(&mend),
                      "all %lld replication slots are taken (max_replication_slots): raise it, or drop slots "
                      "that nobody needs",
                      (long long)most);
    leat_buffer_free(&mend);
}

static void check_sender_room(leat_postgres_checkup *checkup, const PGresult *rows)
{
    int64_t most = leat_postgres_result_number(rows, 0, COLUMN_MOST_SENDERS, 0);
    int64_t used = leat_postgres_result_number(rows, 0, COLUMN_SENDERS, 0);
    if (checkup->slot.active_pid != 0 || used < most) {
        fine(checkup, "wal_senders", "there is room for the stream's connection");
        return;
    }
    leat_buffer mend = {0};
    leat_buffer_printf(&mend, "ALTER SYSTEM SET max_wal_senders = %lld; -- then restart the server",
                       (long long)most + 5);
    leat_findings_add(checkup->findings, LEAT_FINDING_ERROR, "wal_senders", "server",
                      leat_buffer_string(&mend), "all %lld walsenders are taken (max_wal_senders)",
                      (long long)most);
    leat_buffer_free(&mend);
}

static void check_standby(leat_postgres_checkup *checkup, const PGresult *rows)
{
    if (!checkup->recovery)
        return;
    if (checkup->version < 160000) {
        leat_findings_add(checkup->findings, LEAT_FINDING_ERROR, "standby", "server", NULL,
                          "this server is a standby; before PostgreSQL 16 only a primary gives a logical "
                          "stream: point source.url at the primary");
        return;
    }
    if (!checkup->slot.exists)
        leat_findings_add(checkup->findings, LEAT_FINDING_WARNING, "standby", "server",
                          "SELECT pg_log_standby_snapshot();",
                          "this server is a standby: making the slot waits until the primary writes a "
                          "snapshot of its running transactions; run the statement on the primary when it is "
                          "idle");
    if (!leat_postgres_result_true(rows, 0, COLUMN_FEEDBACK))
        leat_findings_add(checkup->findings, LEAT_FINDING_WARNING, "standby_feedback", "server",
                          "ALTER SYSTEM SET hot_standby_feedback = on; SELECT pg_reload_conf();",
                          "hot_standby_feedback is off: the primary's vacuum can take away what the slot "
                          "needs, and the slot is then invalidated");
}

static void check_keep(leat_postgres_checkup *checkup, const PGresult *rows)
{
    const char *text = leat_postgres_result_text(rows, 0, COLUMN_KEEP_TEXT);
    int64_t bytes = leat_postgres_result_number(rows, 0, COLUMN_KEEP_BYTES, -1);
    if (bytes < 0)
        fine(checkup, "slot_keep",
             "max_slot_wal_keep_size is unlimited: no change is lost however long leat stands still, and the "
             "server's disk must hold the log for as long");
    else if (bytes < small_keep)
        leat_findings_add(checkup->findings, LEAT_FINDING_WARNING, "slot_keep", "server",
                          "ALTER SYSTEM SET max_slot_wal_keep_size = '32GB'; SELECT pg_reload_conf();",
                          "max_slot_wal_keep_size is %s: the server gives the slot up when leat is that far "
                          "behind, and the changes in between are lost",
                          text);
    else
        leat_findings_add(checkup->findings, LEAT_FINDING_FINE, "slot_keep", "server", NULL,
                          "the server keeps up to %s of log for a slot (max_slot_wal_keep_size)", text);
}

static void check_idle_timeout(leat_postgres_checkup *checkup, const PGresult *rows)
{
    const char *timeout = leat_postgres_result_text(rows, 0, COLUMN_IDLE_TIMEOUT);
    if (*timeout == '\0' || strcmp(timeout, "0") == 0)
        return;
    leat_findings_add(checkup->findings, LEAT_FINDING_WARNING, "idle_slot_timeout", "server",
                      "ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf();",
                      "idle_replication_slot_timeout is %s: the server gives up the slot when leat does not "
                      "run for so long, and the changes in between are lost",
                      timeout);
}

leat_status leat_postgres_check_server(leat_postgres_checkup *checkup, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(checkup->session, server_sql, &rows, error);
    if (status != LEAT_OK)
        return status;
    check_wal_level(checkup, rows);
    check_slot_room(checkup, rows);
    check_sender_room(checkup, rows);
    check_standby(checkup, rows);
    check_keep(checkup, rows);
    check_idle_timeout(checkup, rows);
    PQclear(rows);
    return LEAT_OK;
}

/* ---- The role ---- */

static const char role_sql[] =
    "SELECT r.rolreplication OR r.rolsuper,"
    " EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_replication'),"
    " EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'rds_replication' AND pg_has_role(g.oid, 'USAGE'))"
    " FROM pg_roles r WHERE r.rolname = current_user";

static void report_role(leat_postgres_checkup *checkup, bool rds)
{
    leat_buffer mend = {0};
    leat_buffer object = {0};
    leat_buffer_append_string(&mend, rds ? "GRANT rds_replication TO " : "ALTER ROLE ");
    leat_postgres_append_identifier(&mend, checkup->role);
    leat_buffer_append_string(&mend, rds ? ";" : " REPLICATION;");
    leat_buffer_printf(&object, "role %s", checkup->role);
    leat_findings_add(checkup->findings, LEAT_FINDING_ERROR, "replication_role", leat_buffer_string(&object),
                      leat_buffer_string(&mend), "role \"%s\" may not read the replication stream",
                      checkup->role);
    leat_buffer_free(&object);
    leat_buffer_free(&mend);
}

/* Rights, pg_hba.conf and poolers in between show themselves only to somebody who tries. */
static leat_status try_connection(leat_postgres_checkup *checkup, leat_error *error)
{
    leat_postgres_session *replication = NULL;
    leat_error failure;
    leat_status status =
        leat_postgres_session_open(checkup->options, LEAT_POSTGRES_REPLICATION, &replication, &failure);
    leat_postgres_session_close(replication);
    if (status == LEAT_STOPPED) {
        if (error != NULL)
            *error = failure;
        return status;
    }
    if (status == LEAT_OK)
        fine(checkup, "replication_connection", "a replication connection can be made");
    else
        leat_findings_add(checkup->findings, LEAT_FINDING_ERROR, "replication_connection", "server",
                          failure.mend[0] == '\0' ? NULL : failure.mend,
                          "no replication connection can be made: %s", failure.message);
    return LEAT_OK;
}

leat_status leat_postgres_check_role(leat_postgres_checkup *checkup, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(checkup->session, role_sql, &rows, error);
    if (status != LEAT_OK)
        return status;
    bool known = PQntuples(rows) == 1;
    bool replication = known && leat_postgres_result_true(rows, 0, 0);
    bool rds = known && leat_postgres_result_true(rows, 0, 1);
    bool member = known && leat_postgres_result_true(rows, 0, 2);
    PQclear(rows);
    if (known && !replication && !member) {
        report_role(checkup, rds);
        return LEAT_OK;
    }
    return try_connection(checkup, error);
}
