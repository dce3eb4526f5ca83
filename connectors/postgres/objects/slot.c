#include "postgres/objects/slot.h"

#include <stdio.h>
#include <string.h>

#include "postgres/server/result.h"

/* The columns that came with later versions are asked of those that have them only. */
static void append_slot_query(leat_buffer *sql, int version, const char *name)
{
    leat_buffer_append_string(sql,
                              "SELECT slot_type = 'logical', plugin, database, "
                              "database IS DISTINCT FROM current_database(), temporary, two_phase, "
                              "active_pid, restart_lsn, confirmed_flush_lsn, wal_status, safe_wal_size, ");
    leat_buffer_append_string(sql, "pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN "
                                   "pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn)"
                                   "::bigint, ");
    leat_buffer_append_string(sql, version >= 170000 ? "synced, " : "false, ");
    if (version >= 170000)
        leat_buffer_append_string(sql, "invalidation_reason");
    else if (version >= 160000)
        leat_buffer_append_string(sql, "CASE WHEN conflicting THEN 'conflict with recovery' END");
    else
        leat_buffer_append_string(sql, "NULL");
    leat_buffer_append_string(sql, " FROM pg_replication_slots WHERE slot_name = ");
    leat_postgres_append_literal(sql, name);
}

static leat_lsn read_lsn(const PGresult *rows, int column)
{
    leat_lsn lsn = 0;
    if (PQgetisnull(rows, 0, column) || !leat_lsn_parse(leat_postgres_result_text(rows, 0, column), &lsn))
        return 0;
    return lsn;
}

static void read_slot(const PGresult *rows, leat_postgres_slot *slot)
{
    slot->exists = true;
    slot->logical = leat_postgres_result_true(rows, 0, 0);
    snprintf(slot->plugin, sizeof slot->plugin, "%s", leat_postgres_result_text(rows, 0, 1));
    snprintf(slot->database, sizeof slot->database, "%s", leat_postgres_result_text(rows, 0, 2));
    slot->other_database = leat_postgres_result_true(rows, 0, 3);
    slot->temporary = leat_postgres_result_true(rows, 0, 4);
    slot->two_phase = leat_postgres_result_true(rows, 0, 5);
    slot->active_pid = (int)leat_postgres_result_number(rows, 0, 6, 0);
    slot->restart = read_lsn(rows, 7);
    slot->confirmed = read_lsn(rows, 8);
    snprintf(slot->wal_status, sizeof slot->wal_status, "%s", leat_postgres_result_text(rows, 0, 9));
    slot->safe_bytes = leat_postgres_result_number(rows, 0, 10, -1);
    slot->retained = leat_postgres_result_number(rows, 0, 11, -1);
    slot->synced = leat_postgres_result_true(rows, 0, 12);
    snprintf(slot->invalidation, sizeof slot->invalidation, "%s", leat_postgres_result_text(rows, 0, 13));
}

leat_status leat_postgres_slot_read(leat_postgres_session *session, const char *name,
                                    leat_postgres_slot *slot, leat_error *error)
{
    leat_buffer sql = {0};
    append_slot_query(&sql, leat_postgres_session_version(session), name);
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "slot \"%s\"", name);
    *slot = (leat_postgres_slot){0};
    if (PQntuples(rows) > 0)
        read_slot(rows, slot);
    PQclear(rows);
    return LEAT_OK;
}

static void append_drop(leat_buffer *sql, const char *name)
{
    leat_buffer_append_string(sql, "SELECT pg_drop_replication_slot(");
    leat_postgres_append_literal(sql, name);
    leat_buffer_append_string(sql, ");");
}

static void judge_kind(const leat_postgres_slot *slot, const char *name, const char *object, const char *drop,
                       leat_findings *findings)
{
    if (!slot->logical)
        leat_findings_add(findings, LEAT_FINDING_ERROR, "slot_kind", object, drop,
                          "slot \"%s\" is a physical one, for a standby: choose another name in source.slot, "
                          "or drop it if no standby needs it",
                          name);
    else if (strcmp(slot->plugin, "pgoutput") != 0)
        leat_findings_add(findings, LEAT_FINDING_ERROR, "slot_kind", object, drop,
                          "slot \"%s\" was made with the plugin \"%s\", leat reads pgoutput: choose another "
                          "name in source.slot, or drop it if nobody needs it",
                          name, slot->plugin);
    else if (slot->other_database)
        leat_findings_add(findings, LEAT_FINDING_ERROR, "slot_database", object, NULL,
                          "slot \"%s\" belongs to database \"%s\": correct source.url or source.slot", name,
                          slot->database);
    else if (slot->temporary && !slot->synced)
        leat_findings_add(findings, LEAT_FINDING_ERROR, "slot_kind", object, NULL,
                          "slot \"%s\" is a temporary one, which ends with the session that made it", name);
}

static void judge_health(const leat_postgres_slot *slot, const char *name, const char *object,
                         const char *drop, leat_findings *findings)
{
    const char *reason = slot->invalidation[0] != '\0' ? slot->invalidation : "its log was removed";
    char confirmed[LEAT_LSN_TEXT_SIZE];
    leat_lsn_format(slot->confirmed, confirmed);
    if (slot->invalidation[0] != '\0' || strcmp(slot->wal_status, "lost") == 0)
        leat_findings_add(findings, LEAT_FINDING_ERROR, "slot_lost", object, drop,
                          "the server has given up slot \"%s\" (%s): the changes after %s cannot be had any "
                          "more. Drop it, move this pipeline's state and output away, and start it anew with "
                          "a snapshot",
                          name, reason, confirmed);
    if (slot->two_phase)
        leat_findings_add(findings, LEAT_FINDING_ERROR, "slot_two_phase", object, drop,
                          "slot \"%s\" was made or once used with two_phase, and gives prepared transactions "
                          "before they are committed: leat needs one without",
                          name);
    if (slot->synced)
        leat_findings_add(findings, LEAT_FINDING_ERROR, "slot_synced", object, NULL,
                          "slot \"%s\" is this standby's copy of the primary's slot and can be read after a "
                          "promotion only: point source.url at the primary",
                          name);
}

void leat_postgres_slot_judge(const leat_postgres_slot *slot, const char *name, leat_findings *findings)
{
    leat_buffer drop = {0};
    leat_buffer object = {0};
    append_drop(&drop, name);
    leat_buffer_printf(&object, "slot %s", name);
    judge_kind(slot, name, leat_buffer_string(&object), leat_buffer_string(&drop), findings);
    judge_health(slot, name, leat_buffer_string(&object), leat_buffer_string(&drop), findings);
    leat_buffer_free(&object);
    leat_buffer_free(&drop);
}

leat_status leat_postgres_slot_drop(leat_postgres_session *session, const char *name, leat_error *error)
{
    leat_buffer sql = {0};
    append_drop(&sql, name);
    leat_status status = leat_postgres_execute(session, leat_buffer_string(&sql), error);
    leat_buffer_free(&sql);
    return status;
}
