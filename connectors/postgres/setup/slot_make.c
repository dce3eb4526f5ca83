#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "postgres/objects/identity.h"
#include "postgres/objects/slot.h"
#include "postgres/server/failure.h"
#include "postgres/server/result.h"
#include "postgres/setup/slot_make.h"

/* Making a slot waits for every transaction that is writing. Each of the server's waits may last this long
 * before we ask again: long enough for ordinary transactions, short enough to say soon what is in the way. */
static const char slot_lock_timeout[] = "10s";

static leat_status note(const leat_source_options *options, const char *key, const char *value,
                        leat_error *error)
{
    if (options->notebook == NULL)
        return LEAT_OK;
    return options->notebook->put(options->notebook->context, key, value, error);
}

/* ---- A slot that is there already ---- */

/* Whether a first start of ours that never ended set out to make this very slot. */
static leat_status is_left_over(const leat_source_options *options, const leat_postgres_names *names,
                                bool *left_over, bool *completed, leat_error *error)
{
    leat_postgres_identity record = {0};
    bool found = false;
    leat_status status =
        leat_postgres_identity_load(options, LEAT_POSTGRES_IDENTITY_KEY, &found, &record, error);
    *completed = found && status == LEAT_OK && strcmp(record.slot, names->slot) == 0;
    leat_postgres_identity_free(&record);
    if (status != LEAT_OK)
        return status;
    status = leat_postgres_identity_load(options, LEAT_POSTGRES_INTENT_KEY, &found, &record, error);
    *left_over = found && status == LEAT_OK && !*completed && strcmp(record.slot, names->slot) == 0;
    leat_postgres_identity_free(&record);
    return status;
}

static leat_status in_use(const leat_postgres_slot *slot, const char *name, leat_error *error)
{
    leat_error_set(error, LEAT_RETRY, "slot \"%s\" is in use by the server process %d", name,
                   slot->active_pid);
    leat_error_mend(error,
                    "leat tries again; if it stays so, another consumer reads this slot: end "
                    "it, or SELECT pg_terminate_backend(%d);",
                    slot->active_pid);
    return LEAT_RETRY;
}

static leat_status replace_left_over(const leat_source_options *options, const leat_postgres_slot *slot,
                                     const char *name, leat_postgres_session *replication, leat_error *error)
{
    if (slot->active_pid != 0)
        return in_use(slot, name, error);
    leat_log_write(options->log, LEAT_LOG_WARNING,
                   "slot \"%s\" was left by a first start that did not end; nothing of it was kept, so it is "
                   "dropped and made again",
                   name);
    return leat_postgres_slot_drop(replication, name, error);
}

static leat_status refuse_completed(const char *name, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR,
                   "slot \"%s\" belongs to an earlier run of this pipeline, but the output knows no position "
                   "to go on from",
                   name);
    leat_error_mend(error,
                    "bring back the output and state that belong to it; or, to begin anew with a "
                    "snapshot: SELECT pg_drop_replication_slot('%s');",
                    name);
    return LEAT_OPERATOR;
}

static leat_status refuse_foreign(const char *name, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR,
                   "there is a slot \"%s\" already, and this pipeline has not made it: it may be another "
                   "pipeline's",
                   name);
    leat_error_mend(error,
                    "choose another name with source.slot; or go on from this slot with source.manage: "
                    "false and source.snapshot: false; or, if nobody needs it: SELECT "
                    "pg_drop_replication_slot('%s');",
                    name);
    return LEAT_OPERATOR;
}

static leat_status clear_the_way(const leat_source_options *options, const leat_postgres_names *names,
                                 leat_postgres_session *replication, leat_error *error)
{
    leat_postgres_slot slot;
    bool left_over = false;
    bool completed = false;
    leat_status status = leat_postgres_slot_read(replication, names->slot, &slot, error);
    if (status != LEAT_OK || !slot.exists)
        return status;
    status = is_left_over(options, names, &left_over, &completed, error);
    if (status != LEAT_OK)
        return status;
    if (left_over)
        return replace_left_over(options, &slot, names->slot, replication, error);
    return completed ? refuse_completed(names->slot, error) : refuse_foreign(names->slot, error);
}

/* ---- Making it ---- */

/* Whoever has a transaction number is what slot creation waits for. pg_locks shows all of them, whatever our
 * rights; what they do is shown only to those who may know. */
static const char writers_sql[] =
    "SELECT l.pid, a.usename, a.application_name, a.datname,"
    " (extract(epoch FROM clock_timestamp() - a.xact_start))::bigint, p.gid"
    " FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid"
    " LEFT JOIN pg_prepared_xacts p ON l.pid IS NULL AND p.transaction = l.transactionid"
    " WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted"
    " AND l.pid IS DISTINCT FROM pg_backend_pid()"
    " ORDER BY a.xact_start NULLS FIRST LIMIT 5";

static void append_writer(leat_buffer *text, const PGresult *rows, int row)
{
    leat_buffer_append_string(text, row == 0 ? "" : ", ");
    if (PQgetisnull(rows, row, 0)) {
        leat_buffer_printf(text, "prepared transaction '%s'", leat_postgres_result_text(rows, row, 5));
        return;
    }
    leat_buffer_printf(text, "process %s", leat_postgres_result_text(rows, row, 0));
    if (!PQgetisnull(rows, row, 4))
        leat_buffer_printf(text, " (user %s, application \"%s\", database %s, open for %s s)",
                           leat_postgres_result_text(rows, row, 1), leat_postgres_result_text(rows, row, 2),
                           leat_postgres_result_text(rows, row, 3), leat_postgres_result_text(rows, row, 4));
}

/* What the creation waited for; an answer that cannot be had leaves the sentence shorter. */
static leat_status waited_in_vain(leat_postgres_session *replication, const char *name, leat_error *error)
{
    leat_buffer who = {0};
    PGresult *rows = NULL;
    if (leat_postgres_query(replication, writers_sql, &rows, NULL) == LEAT_OK)
        for (int row = 0; row < PQntuples(rows); row++)
            append_writer(&who, rows, row);
    PQclear(rows);
    leat_error_set(error, LEAT_RETRY,
                   "slot \"%s\" cannot be made while transactions that write are open; waited %s%s%s", name,
                   slot_lock_timeout, who.length == 0 ? "" : " for ", leat_buffer_string(&who));
    leat_buffer_free(&who);
    leat_error_mend(error, "leat tries again; end long transactions (SELECT pg_terminate_backend(PID);"
                           " for a prepared one COMMIT PREPARED or ROLLBACK PREPARED)");
    return LEAT_RETRY;
}

/* The one row that the command answers with. */
static leat_status read_answer(const PGresult *rows, leat_lsn *consistent_point, leat_error *error)
{
    if (PQntuples(rows) == 1 && PQnfields(rows) >= 2 &&
        leat_lsn_parse(PQgetvalue(rows, 0, 1), consistent_point))
        return LEAT_OK;
    return leat_error_set(error, LEAT_FAILED,
                          "the server answered CREATE_REPLICATION_SLOT with something else than a slot");
}

static leat_status create(const char *name, leat_postgres_session *replication, leat_lsn *consistent_point,
                          leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "CREATE_REPLICATION_SLOT ");
    leat_postgres_append_identifier(&sql, name);
    leat_buffer_append_string(&sql, leat_postgres_session_version(replication) >= 150000
                                        ? " LOGICAL pgoutput (SNAPSHOT 'use')"
                                        : " LOGICAL pgoutput USE_SNAPSHOT");
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(replication, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status == LEAT_OK)
        status = read_answer(rows, consistent_point, error);
    PQclear(rows);
    return status;
}

static leat_status begin_and_create(const char *name, leat_postgres_session *replication,
                                    leat_lsn *consistent_point, leat_error *error)
{
    leat_buffer limit = {0};
    leat_buffer_printf(&limit, "SET LOCAL lock_timeout = '%s'", slot_lock_timeout);
    leat_status status =
        leat_postgres_execute(replication, "BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ", error);
    if (status == LEAT_OK)
        status = leat_postgres_execute(replication, leat_buffer_string(&limit), error);
    if (status == LEAT_OK)
        status = create(name, replication, consistent_point, error);
    if (status == LEAT_OK)
        status = leat_postgres_execute(replication, "SET LOCAL lock_timeout = 0", error);
    leat_buffer_free(&limit);
    return status;
}

/* The server keeps nothing of an attempt that failed. A connection that is lost may have left a slot behind,
 * so then the intent stays. */
static leat_status after_failure(const leat_source_options *options, const char *name,
                                 leat_postgres_session *replication, leat_error *failure, leat_error *error)
{
    if (PQstatus(leat_postgres_session_connection(replication)) == CONNECTION_OK &&
        leat_postgres_execute(replication, "ROLLBACK", NULL) == LEAT_OK) {
        (void)note(options, LEAT_POSTGRES_INTENT_KEY, NULL, NULL);
        if (leat_error_has_code(failure, LEAT_POSTGRES_LOCK_NOT_AVAILABLE))
            waited_in_vain(replication, name, failure);
    }
    if (error != NULL)
        *error = *failure;
    return failure->status;
}

leat_status leat_postgres_slot_make(const leat_source_options *options, const leat_postgres_names *names,
                                    const char *record, leat_postgres_session *replication,
                                    leat_lsn *consistent_point, leat_error *error)
{
    leat_error failure;
    leat_status status = clear_the_way(options, names, replication, error);
    if (status == LEAT_OK)
        status = note(options, LEAT_POSTGRES_IDENTITY_KEY, NULL, error);
    if (status == LEAT_OK)
        status = note(options, LEAT_POSTGRES_INTENT_KEY, record, error);
    if (status != LEAT_OK)
        return status;
    leat_log_write(options->log, LEAT_LOG_INFO, "making slot \"%s\"", names->slot);
    if (begin_and_create(names->slot, replication, consistent_point, &failure) != LEAT_OK)
        return after_failure(options, names->slot, replication, &failure, error);
    return LEAT_OK;
}

/* ---- Taking what is given ---- */

static leat_status refuse_unfit(const leat_postgres_slot *slot, const char *name, leat_error *error)
{
    leat_findings findings = {0};
    leat_postgres_slot_judge(slot, name, &findings);
    leat_status status = LEAT_OK;
    if (findings.count > 0) {
        const char *mend = findings.items[0].mend;
        status =
            leat_error_fail(error, LEAT_OPERATOR, mend == NULL ? "" : mend, "%s", findings.items[0].message);
    }
    leat_findings_free(&findings);
    return status;
}

static leat_status refuse_missing(const char *name, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR,
                   "there is no slot \"%s\", and source.manage: false forbids to make it", name);
    leat_error_mend(error, "SELECT pg_create_logical_replication_slot('%s', 'pgoutput');", name);
    return LEAT_OPERATOR;
}

leat_status leat_postgres_slot_take(const leat_source_options *options, const leat_postgres_names *names,
                                    const char *record, leat_postgres_session *replication,
                                    leat_lsn *consistent_point, leat_error *error)
{
    leat_postgres_slot slot;
    leat_status status = leat_postgres_slot_read(replication, names->slot, &slot, error);
    if (status != LEAT_OK)
        return status;
    if (!slot.exists)
        return refuse_missing(names->slot, error);
    status = refuse_unfit(&slot, names->slot, error);
    if (status != LEAT_OK)
        return status;
    if (slot.active_pid != 0)
        return in_use(&slot, names->slot, error);
    *consistent_point = slot.confirmed;
    status = note(options, LEAT_POSTGRES_IDENTITY_KEY, NULL, error);
    return status == LEAT_OK ? note(options, LEAT_POSTGRES_INTENT_KEY, record, error) : status;
}
