#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postgres/check/check.h"
#include "postgres/objects/identity.h"
#include "postgres/server/result.h"
#include "postgres/setup/setup.h"

/* What a later start holds against each other. */
typedef struct verification {
    const leat_source_options *options;
    leat_postgres_checkup checkup;
    leat_postgres_identity recorded;
    leat_postgres_identity present;
    leat_lsn position;
    char position_text[LEAT_LSN_TEXT_SIZE];
} verification;

static const char start_anew[] =
    "point source.url back at the right one; or, to begin anew with a snapshot, move this pipeline's state "
    "and output away";

/* ---- Server and database ---- */

static leat_status compare_server(const verification *now, leat_error *error)
{
    if (strcmp(now->recorded.system, now->present.system) != 0) {
        return leat_error_fail(error, LEAT_OPERATOR, start_anew,
                               "this is another database cluster (system identifier %s) than the one this "
                               "pipeline reads (%s): position %s means nothing here",
                               now->present.system, now->recorded.system, now->position_text);
    }
    if (now->recorded.database != now->present.database) {
        return leat_error_fail(error, LEAT_OPERATOR, start_anew,
                               "database \"%s\" is not the one this pipeline reads (OID %u, then %u): it is "
                               "another, or was dropped and made again",
                               now->checkup.database, now->present.database, now->recorded.database);
    }
    return LEAT_OK;
}

/* The place where `timeline` was left, from the lines "TIMELINE<tab>LSN<tab>reason" of a history file. */
static bool find_fork(const char *history, int64_t timeline, leat_lsn *fork)
{
    for (const char *line = history; *line != '\0';) {
        char *end = NULL;
        int64_t number = strtoll(line, &end, 10);
        size_t length = strcspn(line, "\n");
        if (end != line && *end == '\t' && number == timeline) {
            char text[LEAT_LSN_TEXT_SIZE] = "";
            size_t wide = strcspn(end + 1, "\t\n");
            if (wide < sizeof text)
                memcpy(text, end + 1, wide);
            return leat_lsn_parse(text, fork);
        }
        line += line[length] == '\0' ? length : length + 1;
    }
    return false;
}

static leat_status read_fork(const verification *now, bool *known, leat_lsn *fork, leat_error *error)
{
    leat_postgres_session *replication = NULL;
    leat_status status =
        leat_postgres_session_open(now->options, LEAT_POSTGRES_REPLICATION, &replication, error);
    if (status != LEAT_OK)
        return status;
    leat_buffer command = {0};
    PGresult *rows = NULL;
    leat_buffer_printf(&command, "TIMELINE_HISTORY %" PRId64, now->present.timeline);
    status = leat_postgres_query(replication, leat_buffer_string(&command), &rows, error);
    *known = status == LEAT_OK && PQntuples(rows) == 1 && PQnfields(rows) == 2 &&
             find_fork(PQgetvalue(rows, 0, 1), now->recorded.timeline, fork);
    PQclear(rows);
    leat_buffer_free(&command);
    leat_postgres_session_close(replication);
    return status;
}

/* After a promotion the log up to the fork is common; a position beyond it names other data now. */
static leat_status compare_timeline(const verification *now, leat_error *error)
{
    if (now->recorded.timeline == now->present.timeline)
        return LEAT_OK;
    bool known = false;
    leat_lsn fork = 0;
    char text[LEAT_LSN_TEXT_SIZE];
    if (now->present.timeline > now->recorded.timeline) {
        leat_status status = read_fork(now, &known, &fork, error);
        if (status != LEAT_OK)
            return leat_error_context(error, status, "cannot tell where timeline %" PRId64 " began",
                                      now->present.timeline);
    }
    if (known && now->position <= fork) {
        leat_log_write(now->options->log, LEAT_LOG_WARNING,
                       "the server was promoted (timeline %" PRId64 ", then %" PRId64
                       "); position %s is not past the fork at %s, so nothing is lost",
                       now->present.timeline, now->recorded.timeline, now->position_text,
                       leat_lsn_format(fork, text));
        return LEAT_OK;
    }
    return leat_error_fail(error, LEAT_OPERATOR, start_anew,
                           "the server is on timeline %" PRId64
                           ", this pipeline's position %s on timeline %" PRId64
                           "%s%s: what was read after the fork is not in this server's history",
                           now->present.timeline, now->position_text, now->recorded.timeline,
                           known ? ", which forked at " : "", known ? leat_lsn_format(fork, text) : "");
}

static leat_status compare_log_end(const verification *now, leat_error *error)
{
    PGresult *rows = NULL;
    leat_lsn end = 0;
    leat_status status =
        leat_postgres_query(now->checkup.session,
                            "SELECT CASE WHEN pg_is_in_recovery() THEN GREATEST(pg_last_wal_receive_lsn(), "
                            "pg_last_wal_replay_lsn()) ELSE pg_current_wal_insert_lsn() END",
                            &rows, error);
    if (status != LEAT_OK)
        return status;
    bool read = leat_lsn_parse(leat_postgres_result_text(rows, 0, 0), &end);
    PQclear(rows);
    if (!read || now->position <= end)
        return LEAT_OK;
    char text[LEAT_LSN_TEXT_SIZE];
    return leat_error_fail(error, LEAT_OPERATOR, start_anew,
                           "the server's log ends at %s, before this pipeline's position %s: the server was "
                           "set back to an earlier state",
                           leat_lsn_format(end, text), now->position_text);
}

/* ---- Publication ---- */

static leat_status refuse_publication(const verification *now, const char *what, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR,
                   "publication \"%s\" %s: changes that were made meanwhile are not in the stream",
                   now->checkup.names->publication, what);
    leat_error_mend(error,
                    "to be sure of every change begin anew with a snapshot: SELECT "
                    "pg_drop_replication_slot('%s'); and move this pipeline's state and output "
                    "away",
                    now->checkup.names->slot);
    return LEAT_OPERATOR;
}

/* NULL when the table did not come through the publication then. */
static const leat_postgres_recorded_table *find_recorded(const verification *now, Oid identifier)
{
    for (size_t i = 0; i < now->recorded.table_count; i++)
        if (now->recorded.tables[i].identifier == identifier)
            return &now->recorded.tables[i];
    return NULL;
}

static bool was_recorded_by_name(const verification *now, const char *name)
{
    for (size_t i = 0; i < now->recorded.table_count; i++)
        if (strcmp(now->recorded.tables[i].name, name) == 0)
            return true;
    return false;
}

static leat_status refuse_unpublished(const verification *now, const leat_postgres_table_entry *entry,
                                      leat_error *error)
{
    leat_buffer what = {0};
    leat_buffer_printf(&what, "does not publish table %s any more", entry->full_name);
    leat_status status = refuse_publication(now, leat_buffer_string(&what), error);
    leat_buffer_free(&what);
    return status;
}

/* The name is one that this pipeline captured, the table is another, and nobody would notice that it stands
 * still. */
static leat_status refuse_replaced(const verification *now, const leat_postgres_table_entry *entry,
                                   leat_error *error)
{
    leat_buffer statement = {0};
    leat_buffer_append_string(&statement, "ALTER PUBLICATION ");
    leat_postgres_append_identifier(&statement, now->checkup.names->publication);
    leat_buffer_append_string(&statement, " ADD TABLE ");
    leat_postgres_publication_append_table(&statement, entry->schema, entry->name, true);
    leat_error_set(error, LEAT_OPERATOR,
                   "table %s, which this pipeline captured, was dropped and made again (or another took its "
                   "name), and publication \"%s\" does not publish the new one: what was written to it up to "
                   "now is not in the log for this pipeline",
                   entry->full_name, now->checkup.names->publication);
    leat_error_mend(
        error,
        "to capture its changes from now on, without the rows that it has: %s; to have those too begin anew "
        "with a snapshot: run that, SELECT pg_drop_replication_slot('%s'); and move this pipeline's state "
        "and output away; to leave it out: \"!%s\" in source.tables",
        leat_buffer_string(&statement), now->checkup.names->slot, entry->full_name);
    leat_buffer_free(&statement);
    return LEAT_OPERATOR;
}

static void tell_of_new_table(const verification *now, const leat_postgres_table_entry *entry, bool replaced)
{
    if (replaced)
        leat_log_write(now->options->log, LEAT_LOG_WARNING,
                       "table %s is another than the one captured before under this name: its changes come "
                       "from when it came into publication \"%s\"; rows from before are not copied, and no "
                       "event takes back those of the earlier table",
                       entry->full_name, now->checkup.names->publication);
    else
        leat_log_write(now->options->log, LEAT_LOG_INFO,
                       "table %s is new in publication \"%s\": its changes come from when it was added; rows "
                       "from before are not copied",
                       entry->full_name, now->checkup.names->publication);
}

/* A table that was taken out and put back, perhaps to give it another filter: nobody can say whether it was
 * written to meanwhile, so a person has to be told, and nothing more can be done. */
static void tell_of_gap(const verification *now, const leat_postgres_table_entry *entry)
{
    leat_log_write(
        now->options->log, LEAT_LOG_WARNING,
        "table %s was taken out of publication \"%s\" and put back since this pipeline last started: "
        "what was written to it in between is not in the stream",
        entry->full_name, now->checkup.names->publication);
}

/* Whether a captured table that came through the publication does so no more. */
static leat_status compare_table(const verification *now, const leat_postgres_table_entry *entry,
                                 leat_error *error)
{
    const leat_postgres_recorded_table *recorded = find_recorded(now, entry->identifier);
    bool replaced = recorded == NULL && was_recorded_by_name(now, entry->full_name);
    const leat_postgres_published *published =
        leat_postgres_publication_find(&now->checkup.publication, entry->identifier);
    if (published != NULL) {
        if (recorded == NULL)
            tell_of_new_table(now, entry, replaced);
        else if (recorded->membership != published->membership)
            tell_of_gap(now, entry);
        return LEAT_OK;
    }
    if (recorded != NULL)
        return refuse_unpublished(now, entry, error);
    if (replaced && entry->kind != 'p')
        return refuse_replaced(now, entry, error);
    if (entry->kind != 'p')
        leat_log_write(now->options->log, LEAT_LOG_WARNING,
                       "table %s is selected by source.tables but not published, so its changes do not come; "
                       "'leat check' prints the statement that adds it",
                       entry->full_name);
    return LEAT_OK;
}

static leat_status compare_tables(const verification *now, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < now->checkup.tables.captured_count && status == LEAT_OK; i++)
        status = compare_table(now, now->checkup.tables.captured[i], error);
    return status;
}

/* Faults that the publication has now. Which tables it has was compared with the record, and what comes for
 * nothing does no harm to a stream that runs. */
static leat_status compare_faults(verification *now, leat_error *error)
{
    leat_findings *findings = now->checkup.findings;
    leat_status status = leat_postgres_check_publication(&now->checkup, error);
    if (status != LEAT_OK)
        return status;
    for (size_t i = 0; i < findings->count; i++) {
        leat_finding *finding = &findings->items[i];
        if (finding->level == LEAT_FINDING_WARNING)
            leat_log_write(now->options->log, LEAT_LOG_WARNING, "%s", finding->message);
        if (strcmp(finding->code, "publication_tables") == 0 ||
            strcmp(finding->code, "publication_extra") == 0)
            finding->level = LEAT_FINDING_WARNING;
    }
    return leat_postgres_refuse_by_findings(findings, error);
}

static leat_status compare_publication(verification *now, leat_error *error)
{
    if (strcmp(now->recorded.publication_name, now->checkup.names->publication) != 0)
        return refuse_publication(now, "is not the one that this pipeline reads through", error);
    if (!now->checkup.publication.exists)
        return refuse_publication(now, "is gone", error);
    if (now->recorded.publication != now->present.publication)
        return refuse_publication(now, "was dropped and made again", error);
    leat_status status = compare_tables(now, error);
    return status == LEAT_OK ? compare_faults(now, error) : status;
}

/* ---- Slot ---- */

static leat_status refuse_renamed_slot(const verification *now, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR, "this pipeline reads slot \"%s\", the config now names \"%s\"",
                   now->recorded.slot, now->checkup.names->slot);
    leat_error_mend(error,
                    "set source.slot: %s; or, to begin anew with a snapshot, move this pipeline's state "
                    "and output away and SELECT pg_drop_replication_slot('%s');",
                    now->recorded.slot, now->recorded.slot);
    return LEAT_OPERATOR;
}

static leat_status refuse_missing_slot(const verification *now, leat_error *error)
{
    return leat_error_fail(
        error, LEAT_OPERATOR,
        "begin anew with a snapshot: move this pipeline's state and output away and run again",
        "slot \"%s\" is gone (dropped, or not carried over a failover): the changes after %s cannot be had "
        "any more",
        now->checkup.names->slot, now->position_text);
}

static leat_status refuse_advanced_slot(const verification *now, leat_error *error)
{
    char confirmed[LEAT_LSN_TEXT_SIZE];
    leat_error_set(error, LEAT_OPERATOR,
                   "slot \"%s\" was confirmed up to %s, past this pipeline's position %s: somebody else read "
                   "or advanced it, and the changes between are lost to this pipeline",
                   now->checkup.names->slot, leat_lsn_format(now->checkup.slot.confirmed, confirmed),
                   now->position_text);
    leat_error_mend(error,
                    "if the state is an old copy, bring back the newest; else begin anew with a "
                    "snapshot: SELECT pg_drop_replication_slot('%s'); and move state and output away",
                    now->checkup.names->slot);
    return LEAT_OPERATOR;
}

static leat_status wait_for_slot(const verification *now, leat_error *error)
{
    leat_error_set(error, LEAT_RETRY, "slot \"%s\" is in use by the server process %d",
                   now->checkup.names->slot, now->checkup.slot.active_pid);
    leat_error_mend(error,
                    "leat tries again (the server may not have noticed yet that an earlier run "
                    "ended); if it stays so: SELECT pg_terminate_backend(%d);",
                    now->checkup.slot.active_pid);
    return LEAT_RETRY;
}

static leat_status compare_slot(verification *now, leat_error *error)
{
    const leat_postgres_slot *slot = &now->checkup.slot;
    if (strcmp(now->recorded.slot, now->checkup.names->slot) != 0)
        return refuse_renamed_slot(now, error);
    if (!slot->exists)
        return refuse_missing_slot(now, error);
    leat_findings findings = {0};
    leat_postgres_slot_judge(slot, now->checkup.names->slot, &findings);
    leat_status status = leat_postgres_refuse_by_findings(&findings, error);
    leat_findings_free(&findings);
    if (status != LEAT_OK)
        return status;
    if (slot->confirmed > now->position)
        return refuse_advanced_slot(now, error);
    return slot->active_pid != 0 ? wait_for_slot(now, error) : LEAT_OK;
}

/* ---- All of it ---- */

/* Whatever is found changed and harmless is what the next start compares with. */
static leat_status keep_present(verification *now, leat_error *error)
{
    leat_postgres_identity_remember(&now->present, &now->recorded);
    char *before = leat_postgres_identity_format(&now->recorded);
    char *after = leat_postgres_identity_format(&now->present);
    leat_status status = LEAT_OK;
    if (strcmp(before, after) != 0)
        status = now->options->notebook->put(now->options->notebook->context, LEAT_POSTGRES_IDENTITY_KEY,
                                             after, error);
    leat_release(before);
    leat_release(after);
    return status;
}

static leat_status compare_all(verification *now, leat_error *error)
{
    leat_status status = compare_server(now, error);
    if (status == LEAT_OK)
        status = compare_timeline(now, error);
    if (status == LEAT_OK)
        status = compare_log_end(now, error);
    if (status == LEAT_OK)
        status = compare_slot(now, error);
    if (status == LEAT_OK)
        status = compare_publication(now, error);
    return status == LEAT_OK ? keep_present(now, error) : status;
}

/* A run that ended between the snapshot's commit and the record of it is completed now. */
static leat_status load_record(verification *now, const leat_postgres_names *names,
                               leat_postgres_session *sql, leat_error *error)
{
    bool found = false;
    leat_status status = leat_postgres_setup_complete(now->options, names, sql, error);
    if (status == LEAT_OK)
        status = leat_postgres_identity_load(now->options, LEAT_POSTGRES_IDENTITY_KEY, &found, &now->recorded,
                                             error);
    if (status != LEAT_OK || found)
        return status;
    return leat_error_fail(
        error, LEAT_OPERATOR,
        "bring back the state that belongs to this output; or, to begin anew with a snapshot, move both away",
        "the output stands at %s, but the state does not know which server, publication and slot that was "
        "read from",
        now->position_text);
}

leat_status leat_postgres_setup_verify(const leat_source_options *options, const leat_postgres_names *names,
                                       leat_postgres_session *sql, leat_lsn position, leat_error *error)
{
    leat_findings findings = {0};
    verification now = {.options = options, .position = position};
    leat_lsn_format(position, now.position_text);
    leat_status status = load_record(&now, names, sql, error);
    if (status == LEAT_OK)
        status = leat_postgres_checkup_open(&now.checkup, options, names, sql, &findings, error);
    if (status == LEAT_OK)
        status = leat_postgres_identity_gather(sql, names, &now.checkup.publication, &now.present, error);
    if (status == LEAT_OK)
        status = compare_all(&now, error);
    leat_postgres_identity_free(&now.recorded);
    leat_postgres_identity_free(&now.present);
    leat_postgres_checkup_close(&now.checkup);
    leat_findings_free(&findings);
    return status;
}
