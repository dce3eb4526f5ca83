#include "mysql/server/hosts.h"

#include "mysql/server/url.h"

/* A url that makes no sense has no hosts; the first attempt then says so. */
static leat_status try_host(const leat_source_options *options, size_t place, leat_mysql_host_judge judge,
                            void *context, leat_mysql_session **session, leat_error *error)
{
    leat_status status = leat_mysql_session_open_host(options, place, session, error);
    if (status != LEAT_OK || judge == NULL)
        return status;
    status = judge(context, *session, error);
    if (status == LEAT_OK)
        return LEAT_OK;
    leat_mysql_session_close(*session);
    *session = NULL;
    return status;
}

/* One that may pass by itself comes before one that will not, the first before later ones of its kind. */
static bool is_more_telling(const leat_error *error, const leat_error *than)
{
    return than->status == LEAT_OK || (error->status == LEAT_RETRY && than->status != LEAT_RETRY);
}

static void tell(const leat_source_options *options, const leat_error *error)
{
    if (error->status != LEAT_OK)
        leat_log_write(options->log, LEAT_LOG_WARNING, "another host of source.url: %s", error->message);
}

leat_status leat_mysql_hosts_try(const leat_source_options *options, leat_mysql_host_judge judge,
                                 void *context, leat_mysql_session **session, leat_error *error)
{
    size_t count = leat_mysql_session_host_count(options);
    leat_error best = {.status = LEAT_OK};
    for (size_t place = 0; place == 0 || place < count; place++) {
        leat_error failure = {.status = LEAT_OK};
        leat_status status = try_host(options, place, judge, context, session, &failure);
        if (status == LEAT_OK)
            tell(options, &best);
        if (status == LEAT_OK || status == LEAT_STOPPED)
            return status == LEAT_OK ? LEAT_OK : leat_error_set(error, status, "%s", failure.message);
        failure.status = status;
        bool better = is_more_telling(&failure, &best);
        tell(options, better ? &best : &failure);
        if (better)
            best = failure;
    }
    if (error != NULL)
        *error = best;
    return best.status;
}

leat_status leat_mysql_session_open(const leat_source_options *options, leat_mysql_session **session,
                                    leat_error *error)
{
    return leat_mysql_hosts_try(options, NULL, NULL, session, error);
}
