#include <string.h>

#include "base/memory.h"
#include "mysql/server/hosts.h"
#include "mysql/setup/setup_internal.h"

static leat_status compare_position(const leat_mysql_verification *now, leat_error *error)
{
    const leat_mysql_position *position = now->position;
    if (now->server->mariadb ? position->set != NULL : position->state != NULL)
        return leat_error_set(error, LEAT_FAILED, "the position is one of %s, and %s is none",
                              now->server->mariadb ? "MySQL" : "MariaDB", now->server->address);
    if (position->set != NULL)
        return leat_mysql_verify_set(now, error);
    if (position->state != NULL)
        return leat_mysql_verify_state(now, error);
    if (position->file == NULL)
        return leat_error_set(error, LEAT_FAILED, "the position says nothing");
    return leat_mysql_verify_file(now, error);
}

static void tell_of_failover(const leat_mysql_verification *now, const leat_mysql_identity *before)
{
    leat_log_write(now->options->log, LEAT_LOG_WARNING,
                   "%s is another server (%s) than the one read before (%s); it has everything up to this "
                   "pipeline's position, so nothing is lost",
                   now->server->address, now->server->identity, before->server);
}

/* A server that is read from for the first time counts one more. */
static leat_status keep_identity(const leat_mysql_verification *now, const leat_mysql_identity *before,
                                 unsigned *epoch, leat_error *error)
{
    *epoch = before->epoch;
    if (before->server != NULL && !now->another)
        return LEAT_OK;
    if (now->another)
        tell_of_failover(now, before);
    *epoch = before->epoch + 1;
    return leat_mysql_identity_keep(now->options, now->server->identity, *epoch, error);
}

static leat_status verify_position(const leat_source_options *options, leat_mysql_session *session,
                                   const leat_mysql_position *position, unsigned *epoch, leat_error *error)
{
    leat_mysql_identity before;
    leat_mysql_verification now = {.options = options,
                                   .session = session,
                                   .server = leat_mysql_session_server(session),
                                   .position = position};
    leat_status status = leat_mysql_identity_load(options, &before, error);
    if (status != LEAT_OK)
        return status;
    now.another = before.server != NULL && strcmp(before.server, now.server->identity) != 0;
    status = compare_position(&now, error);
    if (status == LEAT_OK)
        status = keep_identity(&now, &before, epoch, error);
    leat_release(before.server);
    return status;
}

/* ---- Several hosts ---- */

typedef struct candidate {
    const leat_source_options *options;
    const leat_mysql_position *position;
    unsigned epoch;
} candidate;

static leat_status judge(void *context, leat_mysql_session *session, leat_error *error)
{
    candidate *wanted = context;
    return verify_position(wanted->options, session, wanted->position, &wanted->epoch, error);
}

leat_status leat_mysql_setup_session(const leat_source_options *options, const leat_mysql_position *position,
                                     leat_mysql_session **session, unsigned *epoch, leat_error *error)
{
    candidate wanted = {.options = options, .position = position};
    leat_status status = leat_mysql_hosts_try(options, judge, &wanted, session, error);
    *epoch = wanted.epoch;
    return status;
}
