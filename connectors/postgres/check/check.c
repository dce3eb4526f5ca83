#include "postgres/check/check.h"

#include <string.h>

#include "base/memory.h"
#include "common/reach.h"
#include "postgres/server/result.h"

static leat_status read_session(leat_postgres_checkup *checkup, leat_error *error)
{
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(
        checkup->session, "SELECT current_user, current_database(), pg_is_in_recovery()", &rows, error);
    if (status != LEAT_OK)
        return status;
    checkup->version = leat_postgres_session_version(checkup->session);
    checkup->role = leat_duplicate_string(leat_postgres_result_text(rows, 0, 0));
    checkup->database = leat_duplicate_string(leat_postgres_result_text(rows, 0, 1));
    checkup->recovery = leat_postgres_result_true(rows, 0, 2);
    PQclear(rows);
    return LEAT_OK;
}

leat_status leat_postgres_checkup_open(leat_postgres_checkup *checkup, const leat_source_options *options,
                                       const leat_postgres_names *names, leat_postgres_session *session,
                                       leat_findings *findings, leat_error *error)
{
    checkup->options = options;
    checkup->names = names;
    checkup->session = session;
    checkup->findings = findings;
    leat_status status = read_session(checkup, error);
    if (status == LEAT_OK)
        status = leat_postgres_tables_list(session, options, &checkup->tables, error);
    if (status == LEAT_OK)
        status = leat_postgres_publication_read(session, names->publication, &checkup->publication, error);
    if (status == LEAT_OK)
        status = leat_postgres_slot_read(session, names->slot, &checkup->slot, error);
    return status;
}

void leat_postgres_checkup_close(leat_postgres_checkup *checkup)
{
    leat_postgres_tables_free(&checkup->tables);
    leat_postgres_publication_free(&checkup->publication);
    leat_release(checkup->role);
    leat_release(checkup->database);
    *checkup = (leat_postgres_checkup){0};
}

leat_status leat_postgres_refuse_by_findings(const leat_findings *findings, leat_error *error)
{
    for (size_t i = 0; i < findings->count; i++) {
        const leat_finding *finding = &findings->items[i];
        if (finding->level != LEAT_FINDING_ERROR)
            continue;
        leat_error_set(error, LEAT_OPERATOR, "%s", finding->message);
        if (finding->mend == NULL)
            return LEAT_OPERATOR;
        /* Half a statement mends nothing. */
        if (error != NULL && strlen(finding->mend) >= sizeof error->mend) {
            leat_error_mend(error, "'leat check' with this config prints the statement that mends it");
            return LEAT_OPERATOR;
        }
        leat_error_mend(error, "%s", finding->mend);
        return LEAT_OPERATOR;
    }
    return LEAT_OK;
}

typedef leat_status (*check_part)(leat_postgres_checkup *checkup, leat_error *error);

static leat_status run_parts(leat_postgres_checkup *checkup, leat_error *error)
{
    static const check_part parts[] = {
        leat_postgres_check_server,
        leat_postgres_check_role,
        leat_postgres_check_patterns,
        leat_postgres_check_rights,
        leat_postgres_check_identity,
        leat_postgres_check_columns,
        leat_postgres_check_partitions,
        leat_postgres_check_publication,
        leat_postgres_check_publication_rights,
        leat_postgres_check_slot,
        leat_postgres_check_waiting,
        leat_postgres_check_retention,
    };
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == LEAT_OK; i++)
        status = parts[i](checkup, error);
    return status;
}

leat_status leat_postgres_check(const leat_source_options *options, const leat_postgres_names *names,
                                leat_findings *findings, leat_error *error)
{
    leat_postgres_session *session = NULL;
    leat_error failure;
    if (leat_postgres_session_open(options, LEAT_POSTGRES_SQL, &session, &failure) != LEAT_OK)
        return leat_findings_add_unreachable(findings, &failure, error);
    leat_findings_add(findings, LEAT_FINDING_FINE, "connection", "server", NULL,
                      "PostgreSQL %d.%d can be reached", leat_postgres_session_version(session) / 10000,
                      leat_postgres_session_version(session) % 10000);
    leat_postgres_checkup checkup = {0};
    /* Sizes are asked of tables that somebody may be holding. */
    leat_status status = leat_postgres_execute(session, "SET lock_timeout = '10s'", error);
    if (status == LEAT_OK)
        status = leat_postgres_checkup_open(&checkup, options, names, session, findings, error);
    if (status == LEAT_OK)
        status = run_parts(&checkup, error);
    leat_postgres_checkup_close(&checkup);
    leat_postgres_session_close(session);
    return status;
}
