#include "postgres/setup/setup.h"

#include <string.h>

#include "base/memory.h"
#include "postgres/check/check.h"
#include "postgres/objects/identity.h"
#include "postgres/server/settings.h"
#include "postgres/setup/slot_make.h"

/* What works and will surprise somebody is said once, when it begins. */
static void log_warnings(const leat_source_options *options, const leat_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].level == LEAT_FINDING_WARNING)
            leat_log_write(options->log, LEAT_LOG_WARNING, "%s", findings->items[i].message);
}

static leat_status create_publication(leat_postgres_checkup *checkup, leat_error *error)
{
    leat_buffer sql = {0};
    leat_postgres_publication_append_create(&sql, checkup->names->publication, &checkup->tables,
                                            checkup->version);
    leat_log_write(checkup->options->log, LEAT_LOG_INFO, "making publication \"%s\" (tables: %zu)",
                   checkup->names->publication, checkup->tables.captured_count);
    leat_status status = leat_postgres_execute(checkup->session, leat_buffer_string(&sql), error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "cannot make publication \"%s\"",
                                  checkup->names->publication);
    leat_postgres_publication_free(&checkup->publication);
    return leat_postgres_publication_read(checkup->session, checkup->names->publication,
                                          &checkup->publication, error);
}

/* Identity comes first: a table without one that entered a publication could not be updated any more by
 * anybody. */
static leat_status prepare_managed(leat_postgres_checkup *checkup, leat_error *error)
{
    leat_status status = leat_postgres_check_identity(checkup, error);
    if (status == LEAT_OK)
        status = leat_postgres_check_publication(checkup, error);
    if (status == LEAT_OK)
        status = leat_postgres_check_publication_rights(checkup, error);
    if (status == LEAT_OK)
        status = leat_postgres_refuse_by_findings(checkup->findings, error);
    if (status == LEAT_OK && !checkup->publication.exists)
        status = create_publication(checkup, error);
    return status;
}

static leat_status prepare_given(leat_postgres_checkup *checkup, leat_error *error)
{
    leat_status status = leat_postgres_check_publication(checkup, error);
    return status == LEAT_OK ? leat_postgres_refuse_by_findings(checkup->findings, error) : status;
}

static leat_status prepare(leat_postgres_checkup *checkup, leat_error *error)
{
    leat_status status = leat_postgres_tables_require(&checkup->tables, checkup->options, error);
    if (status == LEAT_OK)
        status = leat_postgres_check_partitions(checkup, error);
    if (status == LEAT_OK)
        status = leat_postgres_settings_of(checkup->options)->manage ? prepare_managed(checkup, error)
                                                                     : prepare_given(checkup, error);
    if (status == LEAT_OK)
        log_warnings(checkup->options, checkup->findings);
    return status;
}

static leat_status make_slot(leat_postgres_checkup *checkup, leat_lsn *consistent_point, leat_error *error)
{
    leat_postgres_identity identity = {0};
    leat_status status = leat_postgres_identity_gather(checkup->session, checkup->names,
                                                       &checkup->publication, &identity, error);
    if (status == LEAT_OK) {
        char *record = leat_postgres_identity_format(&identity);
        status = (leat_postgres_settings_of(checkup->options)->manage ? leat_postgres_slot_make
                                                                      : leat_postgres_slot_take)(
            checkup->options, checkup->names, record, checkup->session, consistent_point, error);
        leat_release(record);
    }
    leat_postgres_identity_free(&identity);
    return status;
}

leat_status leat_postgres_setup_create(const leat_source_options *options, const leat_postgres_names *names,
                                       leat_postgres_session *replication, leat_lsn *consistent_point,
                                       leat_error *error)
{
    leat_findings findings = {0};
    leat_postgres_checkup checkup = {0};
    leat_status status = leat_postgres_checkup_open(&checkup, options, names, replication, &findings, error);
    if (status == LEAT_OK)
        status = prepare(&checkup, error);
    if (status == LEAT_OK)
        status = make_slot(&checkup, consistent_point, error);
    leat_postgres_checkup_close(&checkup);
    leat_findings_free(&findings);
    return status;
}

/* ---- The end of the first start ---- */

static leat_status compare_with_intent(const leat_postgres_identity *intent,
                                       const leat_postgres_identity *now, leat_error *error)
{
    const char *changed = NULL;
    if (strcmp(intent->system, now->system) != 0)
        changed = "server";
    else if (intent->database != now->database)
        changed = "database";
    else if (intent->publication != now->publication)
        changed = "publication";
    else if (strcmp(intent->slot, now->slot) != 0)
        changed = "slot's name";
    if (changed == NULL)
        return LEAT_OK;
    leat_error_set(error, LEAT_OPERATOR,
                   "the %s changed while the first start was under way: what it copied and what the stream "
                   "would give do not belong together",
                   changed);
    leat_error_mend(error,
                    "move this pipeline's state and output away, drop slot \"%s\" where it was "
                    "made, and start anew with a snapshot",
                    intent->slot);
    return LEAT_OPERATOR;
}

static leat_status keep_identity(const leat_source_options *options, const leat_postgres_identity *intent,
                                 leat_error *error)
{
    if (options->notebook == NULL)
        return LEAT_OK;
    char *text = leat_postgres_identity_format(intent);
    leat_status status =
        options->notebook->put(options->notebook->context, LEAT_POSTGRES_IDENTITY_KEY, text, error);
    leat_release(text);
    if (status != LEAT_OK)
        return status;
    return options->notebook->put(options->notebook->context, LEAT_POSTGRES_INTENT_KEY, NULL, error);
}

static leat_status settle_intent(const leat_source_options *options, const leat_postgres_names *names,
                                 leat_postgres_session *sql, const leat_postgres_identity *intent,
                                 leat_error *error)
{
    leat_postgres_publication publication = {0};
    leat_postgres_identity now = {0};
    leat_status status = leat_postgres_publication_read(sql, names->publication, &publication, error);
    if (status == LEAT_OK)
        status = leat_postgres_identity_gather(sql, names, &publication, &now, error);
    if (status == LEAT_OK)
        status = compare_with_intent(intent, &now, error);
    if (status == LEAT_OK)
        status = keep_identity(options, intent, error);
    leat_postgres_identity_free(&now);
    leat_postgres_publication_free(&publication);
    return status;
}

leat_status leat_postgres_setup_complete(const leat_source_options *options, const leat_postgres_names *names,
                                         leat_postgres_session *sql, leat_error *error)
{
    bool found = false;
    leat_postgres_identity intent = {0};
    leat_status status =
        leat_postgres_identity_load(options, LEAT_POSTGRES_INTENT_KEY, &found, &intent, error);
    /* Without one the first start is over already. */
    if (status == LEAT_OK && found)
        status = settle_intent(options, names, sql, &intent, error);
    leat_postgres_identity_free(&intent);
    return status;
}
