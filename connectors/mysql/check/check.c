#include "mysql/check/check.h"

#include "common/reach.h"
#include "mysql/check/check_internal.h"

static leat_status run_questions(leat_mysql_check_context *check, leat_error *error)
{
    typedef leat_status (*question)(leat_mysql_check_context * check, leat_error * error);
    static const question questions[] = {
        leat_mysql_check_keep,     leat_mysql_check_select, leat_mysql_check_tables,
        leat_mysql_check_cascades, leat_mysql_check_values, leat_mysql_check_prepared,
    };
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < sizeof questions / sizeof *questions && status == LEAT_OK; i++)
        status = questions[i](check, error);
    return status;
}

static leat_status run_parts(leat_mysql_check_context *check, leat_error *error)
{
    leat_mysql_check_log(check);
    leat_mysql_check_replication(check);
    leat_mysql_check_rights(check);
    leat_mysql_check_patterns(check);
    leat_mysql_check_filters(check);
    return run_questions(check, error);
}

static leat_status check_session(const leat_source_options *options, leat_mysql_session *session,
                                 leat_findings *findings, leat_error *error)
{
    leat_mysql_check_context check = {0};
    /* Tables are asked for that somebody may be changing. */
    leat_status status = leat_mysql_execute(session, "SET SESSION lock_wait_timeout = 10", error);
    if (status == LEAT_OK)
        status = leat_mysql_check_read(&check, options, session, findings, error);
    if (status == LEAT_OK)
        status = run_parts(&check, error);
    leat_mysql_check_close(&check);
    return status;
}

leat_status leat_mysql_check(const leat_source_options *options, leat_findings *findings, leat_error *error)
{
    leat_mysql_session *session = NULL;
    leat_error failure;
    if (leat_mysql_session_open(options, &session, &failure) != LEAT_OK)
        return leat_findings_add_unreachable(findings, &failure, error);
    const leat_mysql_server *server = leat_mysql_session_server(session);
    leat_findings_add(findings, LEAT_FINDING_FINE, "connection", "server", NULL, "%s %s can be reached at %s",
                      server->mariadb ? "MariaDB" : "MySQL", server->version_text, server->address);
    leat_status status = check_session(options, session, findings, error);
    leat_mysql_session_close(session);
    return status;
}
