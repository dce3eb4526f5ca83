#include <string.h>

#include "base/buffer.h"
#include "postgres/check/check.h"
#include "postgres/objects/identity.h"
#include "postgres/server/result.h"
#include "postgres/server/settings.h"

static void add(leat_postgres_checkup *checkup, leat_finding_level level, const char *code, const char *slot,
                const char *mend, leat_buffer *message)
{
    leat_buffer object = {0};
    leat_buffer_printf(&object, "slot %s", slot);
    leat_findings_add(checkup->findings, level, code, leat_buffer_string(&object), mend, "%s",
                      leat_buffer_string(message));
    leat_buffer_free(&object);
    leat_buffer_free(message);
}

/* ---- Ours ---- */

/* What the notebook says about the slot of this name: read by this pipeline, or by a first start of its that
 * has not ended. */
static leat_status read_record(const leat_postgres_checkup *checkup, bool *running, bool *begun,
                               leat_error *error)
{
    leat_postgres_identity record = {0};
    bool found = false;
    leat_status status =
        leat_postgres_identity_load(checkup->options, LEAT_POSTGRES_IDENTITY_KEY, &found, &record, error);
    *running = found && status == LEAT_OK && strcmp(record.slot, checkup->names->slot) == 0;
    leat_postgres_identity_free(&record);
    if (status != LEAT_OK)
        return status;
    status = leat_postgres_identity_load(checkup->options, LEAT_POSTGRES_INTENT_KEY, &found, &record, error);
    *begun = found && status == LEAT_OK && strcmp(record.slot, checkup->names->slot) == 0;
    leat_postgres_identity_free(&record);
    return status;
}

static void check_missing(leat_postgres_checkup *checkup, bool running)
{
    const char *name = checkup->names->slot;
    leat_buffer mend = {0};
    leat_buffer message = {0};
    if (running) {
        leat_buffer_printf(
            &message,
            "slot \"%s\", which this pipeline reads, is gone: the changes since then cannot be "
            "had; move this pipeline's state and output away and begin anew with a snapshot",
            name);
        add(checkup, LEAT_FINDING_ERROR, "slot_missing", name, NULL, &message);
    } else if (leat_postgres_settings_of(checkup->options)->manage) {
        leat_buffer_printf(&message, "slot \"%s\" will be made at the first start", name);
        add(checkup, LEAT_FINDING_FINE, "slot", name, NULL, &message);
    } else {
        leat_buffer_printf(&mend, "SELECT pg_create_logical_replication_slot('%s', 'pgoutput');", name);
        leat_buffer_printf(&message, "there is no slot \"%s\", and source.manage: false forbids to make it",
                           name);
        add(checkup, LEAT_FINDING_ERROR, "slot_missing", name, leat_buffer_string(&mend), &message);
        leat_buffer_free(&mend);
    }
}

static void check_owner(leat_postgres_checkup *checkup, bool running, bool begun)
{
    const char *name = checkup->names->slot;
    leat_buffer mend = {0};
    leat_buffer message = {0};
    if (checkup->slot.active_pid != 0) {
        leat_buffer_printf(&message, "slot \"%s\" is being read by the server process %d", name,
                           checkup->slot.active_pid);
        add(checkup, running || begun ? LEAT_FINDING_FINE : LEAT_FINDING_WARNING, "slot_active", name, NULL,
            &message);
    } else if (leat_postgres_settings_of(checkup->options)->manage && !running && !begun) {
        leat_buffer_printf(&mend, "SELECT pg_drop_replication_slot('%s');", name);
        leat_buffer_printf(&message,
                           "there is a slot \"%s\" that the state of this pipeline does not know, so a first "
                           "start would refuse: choose another source.slot, or source.manage: false with "
                           "source.snapshot: false to go on from it, or drop it",
                           name);
        add(checkup, LEAT_FINDING_ERROR, "slot_unknown", name, leat_buffer_string(&mend), &message);
        leat_buffer_free(&mend);
    } else {
        leat_buffer_printf(&message, "slot \"%s\" is there and can be read", name);
        add(checkup, LEAT_FINDING_FINE, "slot", name, NULL, &message);
    }
}

/* What the slot may still fall behind before the server gives it up. */
static void check_safety(leat_postgres_checkup *checkup)
{
    static const int64_t close_to_loss = INT64_C(512) << 20;
    const leat_postgres_slot *slot = &checkup->slot;
    bool unreserved = strcmp(slot->wal_status, "unreserved") == 0;
    if (!unreserved && (slot->safe_bytes < 0 || slot->safe_bytes > close_to_loss))
        return;
    leat_buffer message = {0};
    leat_buffer_printf(
        &message,
        "slot \"%s\" is about to be given up (wal_status %s, %lld bytes of log to go): let leat "
        "catch up now, or raise max_slot_wal_keep_size",
        checkup->names->slot, slot->wal_status, (long long)(slot->safe_bytes < 0 ? 0 : slot->safe_bytes));
    add(checkup, LEAT_FINDING_WARNING, "slot_safety", checkup->names->slot,
        "ALTER SYSTEM SET max_slot_wal_keep_size = -1; SELECT pg_reload_conf();", &message);
}

leat_status leat_postgres_check_slot(leat_postgres_checkup *checkup, leat_error *error)
{
    bool running = false;
    bool begun = false;
    leat_status status = read_record(checkup, &running, &begun, error);
    if (status != LEAT_OK)
        return status;
    if (!checkup->slot.exists) {
        check_missing(checkup, running);
        return LEAT_OK;
    }
    size_t before = checkup->findings->count;
    leat_postgres_slot_judge(&checkup->slot, checkup->names->slot, checkup->findings);
    if (checkup->findings->count > before)
        return LEAT_OK;
    check_owner(checkup, running, begun);
    check_safety(checkup);
    return LEAT_OK;
}

/* ---- What making it would wait for ---- */

static const char waiting_sql[] =
    "SELECT l.pid, (extract(epoch FROM clock_timestamp() - a.xact_start))::bigint, a.usename,"
    " a.application_name, a.datname, p.gid"
    " FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid"
    " LEFT JOIN pg_prepared_xacts p ON l.pid IS NULL AND p.transaction = l.transactionid"
    " WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted"
    " AND l.pid IS DISTINCT FROM pg_backend_pid()"
    " AND (l.pid IS NULL OR a.xact_start < clock_timestamp() - interval '30 s') ORDER BY a.xact_start";

static void report_waiting(leat_postgres_checkup *checkup, const PGresult *rows, int row)
{
    leat_buffer mend = {0};
    leat_buffer message = {0};
    if (PQgetisnull(rows, row, 0)) {
        leat_buffer_append_string(&mend, "ROLLBACK PREPARED ");
        leat_postgres_append_literal(&mend, leat_postgres_result_text(rows, row, 5));
        leat_buffer_append_string(&mend, "; -- or COMMIT PREPARED, in the database that it belongs to");
        leat_buffer_printf(&message, "prepared transaction '%s' is open",
                           leat_postgres_result_text(rows, row, 5));
    } else {
        leat_buffer_printf(&mend, "SELECT pg_terminate_backend(%s);",
                           leat_postgres_result_text(rows, row, 0));
        leat_buffer_printf(&message,
                           "a transaction that writes is open for %s s (process %s, user %s, application "
                           "\"%s\", database %s)",
                           leat_postgres_result_text(rows, row, 1), leat_postgres_result_text(rows, row, 0),
                           leat_postgres_result_text(rows, row, 2), leat_postgres_result_text(rows, row, 3),
                           leat_postgres_result_text(rows, row, 4));
    }
    leat_buffer_append_string(&message, ": making the slot waits until it ends");
    add(checkup, LEAT_FINDING_WARNING, "open_transaction", checkup->names->slot, leat_buffer_string(&mend),
        &message);
    leat_buffer_free(&mend);
}

leat_status leat_postgres_check_waiting(leat_postgres_checkup *checkup, leat_error *error)
{
    PGresult *rows = NULL;
    if (checkup->slot.exists || checkup->recovery || !leat_postgres_settings_of(checkup->options)->manage)
        return LEAT_OK;
    leat_status status = leat_postgres_query(checkup->session, waiting_sql, &rows, error);
    if (status != LEAT_OK)
        return status;
    for (int row = 0; row < PQntuples(rows); row++)
        report_waiting(checkup, rows, row);
    PQclear(rows);
    return LEAT_OK;
}

/* ---- Log kept for slots ---- */

/* Slots that nobody reads now and that keep more than a gigabyte. */
static const char retention_sql[] =
    "SELECT slot_name, pg_size_pretty(kept), kept FROM (SELECT slot_name, active,"
    " pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() "
    "END,"
    " restart_lsn)::bigint AS kept FROM pg_replication_slots WHERE restart_lsn IS NOT NULL) s"
    " WHERE NOT active AND kept > 1073741824 ORDER BY kept DESC";

static void report_retention(leat_postgres_checkup *checkup, const PGresult *rows, int row)
{
    const char *slot = leat_postgres_result_text(rows, row, 0);
    const char *kept = leat_postgres_result_text(rows, row, 1);
    leat_buffer mend = {0};
    leat_buffer message = {0};
    bool ours = strcmp(slot, checkup->names->slot) == 0;
    if (ours) {
        leat_buffer_printf(
            &message, "the server keeps %s of log for slot \"%s\": run leat, so that it can go", kept, slot);
    } else {
        leat_buffer_append_string(&mend, "SELECT pg_drop_replication_slot(");
        leat_postgres_append_literal(&mend, slot);
        leat_buffer_append_string(&mend, ");");
        leat_buffer_printf(
            &message,
            "the server keeps %s of log for slot \"%s\", which nobody reads now: if nobody needs "
            "it, drop it before the disk fills",
            kept, slot);
    }
    add(checkup, LEAT_FINDING_WARNING, "slot_retention", slot,
        mend.length == 0 ? NULL : leat_buffer_string(&mend), &message);
    leat_buffer_free(&mend);
}

leat_status leat_postgres_check_retention(leat_postgres_checkup *checkup, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(checkup->session, retention_sql, &rows, error);
    if (status != LEAT_OK)
        return status;
    for (int row = 0; row < PQntuples(rows); row++)
        report_retention(checkup, rows, row);
    PQclear(rows);
    return LEAT_OK;
}
