#include "postgres/server/session.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "postgres/server/failure.h"

/* How long a wait goes without asking whether to stop. */
enum { STOP_QUESTION_MILLISECONDS = 100 };

struct leat_postgres_session {
    PGconn *connection;
    const leat_source_options *options;
    int version;
};

/* What must not depend on the role's, the database's or the server's settings: everything that shapes text
 * output or the meaning of our SQL, and every timeout that would end a quiet or a long statement. They come
 * last in `options`, so they win over the user's own. row_security off makes a read that a policy would
 * filter an error instead of a silently smaller table. */
static const char pinned_settings[] =
    " -c datestyle=ISO,YMD -c intervalstyle=iso_8601 -c extra_float_digits=3 -c timezone=UTC"
    " -c bytea_output=hex -c lc_monetary=C -c lc_numeric=C -c search_path= -c quote_all_identifiers=off"
    " -c standard_conforming_strings=on -c row_security=off -c default_transaction_isolation=read\\ committed"
    " -c default_transaction_read_only=off -c default_transaction_deferrable=off -c "
    "client_min_messages=warning"
    " -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
    " -c idle_session_timeout=0 -c jit=off";

/* A dead peer is noticed in about a minute; each holds only where the user gave none. */
static const struct {
    const char *keyword;
    const char *value;
} connection_defaults[] = {
    {"keepalives", "1"},       {"keepalives_idle", "30"},     {"keepalives_interval", "10"},
    {"keepalives_count", "3"}, {"tcp_user_timeout", "60000"},
};

enum { ADDED_PARAMETERS = 16 };

/* libpq's keywords and values, NULL-terminated; texts borrowed. */
typedef struct parameters {
    const char **keywords;
    const char **values;
    size_t count;
} parameters;

static const char *parameter_value(const parameters *list, const char *keyword)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->keywords[i], keyword) == 0)
            return list->values[i];
    return NULL;
}

static void set_parameter(parameters *list, const char *keyword, const char *value)
{
    size_t place = 0;
    while (place < list->count && strcmp(list->keywords[place], keyword) != 0)
        place++;
    list->keywords[place] = keyword;
    list->values[place] = value;
    if (place == list->count)
        list->count++;
}

static void take_given_parameters(parameters *list, const PQconninfoOption *given)
{
    size_t room = ADDED_PARAMETERS;
    for (const PQconninfoOption *option = given; option->keyword != NULL; option++)
        room++;
    list->keywords = leat_allocate_array(room, sizeof *list->keywords);
    list->values = leat_allocate_array(room, sizeof *list->values);
    for (const PQconninfoOption *option = given; option->keyword != NULL; option++)
        if (option->val != NULL)
            set_parameter(list, option->keyword, option->val);
}

static void free_parameters(parameters *list)
{
    leat_release(list->keywords);
    leat_release(list->values);
}

/* The user's own settings (PGOPTIONS where the url has none, as libpq would), then ours. */
static void append_session_settings(leat_buffer *text, const parameters *list)
{
    const char *given = parameter_value(list, "options");
    if (given == NULL)
        given = getenv("PGOPTIONS"); /* NOLINT(concurrency-mt-unsafe): nobody here changes the environment */
    if (given != NULL)
        leat_buffer_append_string(text, given);
    leat_buffer_append_string(text, pinned_settings);
}

static void add_own_parameters(parameters *list, leat_postgres_session_kind kind, const char *settings,
                               const char *application)
{
    for (size_t i = 0; i < sizeof connection_defaults / sizeof *connection_defaults; i++)
        if (parameter_value(list, connection_defaults[i].keyword) == NULL)
            set_parameter(list, connection_defaults[i].keyword, connection_defaults[i].value);
    set_parameter(list, "fallback_application_name", application);
    set_parameter(list, "client_encoding", "UTF8");
    set_parameter(list, "options", settings);
    if (kind == LEAT_POSTGRES_REPLICATION)
        set_parameter(list, "replication", "database");
    else if (parameter_value(list, "replication") != NULL)
        set_parameter(list, "replication", "false");
}

/* libpq quotes the offending part of the url, which may be the password: its text is cut at the first quote.
 */
static void refuse_url(const char *reason, leat_error *error)
{
    int length = reason == NULL ? 0 : (int)strcspn(reason, "\"\n");
    while (length > 0 && strchr(" :", reason[length - 1]) != NULL)
        length--;
    leat_error_fail(error, LEAT_USAGE,
                    "write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with special characters "
                    "percent-encoded, or as libpq's KEYWORD=VALUE pairs",
                    "source.url is not a PostgreSQL connection string%s%.*s", length > 0 ? ": " : "", length,
                    length > 0 ? reason : "");
}

/* What follows "://" in a url; NULL when `url` is none. */
static const char *url_body(const char *url)
{
    static const char *const schemes[] = {"postgresql://", "postgres://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
            return url + strlen(schemes[i]);
    return NULL;
}

/* A password that holds an @ or a / as it stands: libpq ends it there, and takes the rest for host, port or
 * database, which messages show. Like libpq, this ends the user's part at the first @ unless a / comes
 * before. */
static bool is_cut_in_its_password(const char *url)
{
    const char *body = url_body(url);
    if (body == NULL)
        return false;
    size_t user = strcspn(body, "@/");
    const char *rest = body[user] == '@' ? body + user + 1 : body;
    return memchr(rest, '@', strcspn(rest, "?")) != NULL;
}

/* A port that is no number is likely to be the beginning of a password too. */
static bool has_odd_port(const PQconninfoOption *given)
{
    for (; given->keyword != NULL; given++)
        if (strcmp(given->keyword, "port") == 0 && given->val != NULL)
            return given->val[strspn(given->val, "0123456789, ")] != '\0';
    return false;
}

static leat_status parse_url(const char *url, PQconninfoOption **given, leat_error *error)
{
    char *reason = NULL;
    *given = NULL;
    if (url != NULL && is_cut_in_its_password(url)) {
        refuse_url("an @ or a / in its password must be written as %40 or %2F", error);
        return LEAT_USAGE;
    }
    *given = PQconninfoParse(url == NULL ? "" : url, &reason);
    bool odd_port = *given != NULL && has_odd_port(*given);
    if (*given != NULL && !odd_port)
        return LEAT_OK;
    PQconninfoFree(*given);
    *given = NULL;
    refuse_url(odd_port ? "its port is not a number" : reason, error);
    PQfreemem(reason);
    return LEAT_USAGE;
}

leat_status leat_postgres_check_url(const char *url, leat_error *error)
{
    PQconninfoOption *given;
    leat_status status = parse_url(url, &given, error);
    PQconninfoFree(given);
    return status;
}

static leat_status start_connecting(const leat_source_options *options, leat_postgres_session_kind kind,
                                    PGconn **connection, leat_error *error)
{
    PQconninfoOption *given;
    leat_status status = parse_url(options->url, &given, error);
    if (status != LEAT_OK)
        return status;
    parameters list = {0};
    leat_buffer settings = {0};
    leat_buffer application = {0};
    take_given_parameters(&list, given);
    append_session_settings(&settings, &list);
    leat_buffer_printf(&application, "leat/%s", options->pipeline);
    add_own_parameters(&list, kind, leat_buffer_string(&settings), leat_buffer_string(&application));
    *connection = PQconnectStartParams(list.keywords, list.values, 0);
    leat_buffer_free(&application);
    leat_buffer_free(&settings);
    free_parameters(&list);
    PQconninfoFree(given);
    if (*connection == NULL)
        return leat_error_set(error, LEAT_FAILED, "libpq could not allocate a connection");
    return LEAT_OK;
}

/* Waits a moment for the socket and says whether it is ready; LEAT_STOPPED when asked to stop. */
static leat_status wait_for_socket(const leat_source_options *options, PGconn *connection, short events,
                                   bool *ready, leat_error *error)
{
    struct pollfd socket = {.fd = PQsocket(connection), .events = events};
    if (leat_stop_requested(options->stop))
        return leat_error_set(error, LEAT_STOPPED, "asked to stop");
    int count = poll(&socket, 1, STOP_QUESTION_MILLISECONDS);
    if (count < 0 && errno != EINTR)
        return leat_error_system(error, LEAT_RETRY, errno, "cannot wait for PostgreSQL at %s:%s",
                                 PQhost(connection), PQport(connection));
    *ready = count > 0;
    return LEAT_OK;
}

static leat_status connect_timed_out(const leat_source_options *options, const PGconn *connection,
                                     leat_error *error)
{
    return leat_error_fail(error, LEAT_RETRY, "check host and port in source.url, and firewalls on the way",
                           "PostgreSQL at %s:%s did not answer within %lld ms", PQhost(connection),
                           PQport(connection), (long long)(options->connect_timeout / 1000));
}

/* Drives libpq until the connection is made. PQconnectPoll must only be called on a ready socket. The verbose
 * form of errors is the only one that carries a refusal's SQLSTATE. */
static leat_status finish_connecting(const leat_source_options *options, PGconn *connection,
                                     leat_error *error)
{
    int64_t deadline = leat_clock_monotonic() + options->connect_timeout;
    PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
    if (PQstatus(connection) == CONNECTION_BAD)
        wanted = PGRES_POLLING_FAILED;
    while (wanted == PGRES_POLLING_READING || wanted == PGRES_POLLING_WRITING) {
        bool ready = false;
        short events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        leat_status status = wait_for_socket(options, connection, events, &ready, error);
        if (status != LEAT_OK)
            return status;
        if (ready)
            wanted = PQconnectPoll(connection);
        else if (leat_clock_monotonic() > deadline)
            return connect_timed_out(options, connection, error);
    }
    if (wanted != PGRES_POLLING_OK)
        return leat_postgres_connect_failure(connection, error);
    PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
    return LEAT_OK;
}

static void log_notice(void *context, const PGresult *notice)
{
    const leat_postgres_session *session = context;
    const char *text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    bool warning = severity != NULL && strcmp(severity, "WARNING") == 0;
    leat_log_write(session->options->log, warning ? LEAT_LOG_WARNING : LEAT_LOG_DEBUG, "PostgreSQL says: %s",
                   text == NULL ? "(nothing)" : text);
}

/* libpq makes start-up parameters of its own of some environment variables, which win over `options`. */
static const struct {
    const char *variable;
    const char *statement;
} pinned_against_environment[] = {
    {"PGDATESTYLE", "SET datestyle = 'ISO, YMD'"},
    {"PGTZ", "SET timezone = 'UTC'"},
};

static leat_status pin_against_environment(leat_postgres_session *session, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; i < sizeof pinned_against_environment / sizeof *pinned_against_environment; i++)
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody here changes the environment */
        if (status == LEAT_OK && getenv(pinned_against_environment[i].variable) != NULL)
            status = leat_postgres_execute(session, pinned_against_environment[i].statement, error);
    return status;
}

/* What can only be asked of, or set on, a connection whose server version is known. */
static leat_status settle(leat_postgres_session *session, leat_error *error)
{
    session->version = PQserverVersion(session->connection);
    if (session->version < 140000) {
        return leat_error_fail(error, LEAT_OPERATOR, "upgrade the server to PostgreSQL 14 or newer",
                               "PostgreSQL at %s:%s has version %s; leat reads 14 and newer",
                               PQhost(session->connection), PQport(session->connection),
                               PQparameterStatus(session->connection, "server_version"));
    }
    PQsetNoticeReceiver(session->connection, log_notice, session);
    leat_status status = pin_against_environment(session, error);
    if (status == LEAT_OK && session->version >= 170000)
        status = leat_postgres_execute(session, "SET transaction_timeout = 0", error);
    return status;
}

leat_status leat_postgres_session_open(const leat_source_options *options, leat_postgres_session_kind kind,
                                       leat_postgres_session **session, leat_error *error)
{
    leat_postgres_session *made = leat_allocate(sizeof *made);
    made->options = options;
    leat_status status = start_connecting(options, kind, &made->connection, error);
    if (status == LEAT_OK)
        status = finish_connecting(options, made->connection, error);
    if (status == LEAT_OK)
        status = settle(made, error);
    if (status != LEAT_OK) {
        leat_postgres_session_close(made);
        return status;
    }
    *session = made;
    return LEAT_OK;
}

void leat_postgres_session_close(leat_postgres_session *session)
{
    if (session == NULL)
        return;
    PQfinish(session->connection);
    leat_release(session);
}

PGconn *leat_postgres_session_connection(leat_postgres_session *session)
{
    return session->connection;
}

int leat_postgres_session_version(const leat_postgres_session *session)
{
    return session->version;
}

/* The server does not notice a client that left while it waits for a lock, so it is told. */
static void cancel_running(leat_postgres_session *session)
{
    char ignored[256];
    PGcancel *cancel = PQgetCancel(session->connection);
    if (cancel == NULL)
        return;
    (void)PQcancel(cancel, ignored, sizeof ignored);
    PQfreeCancel(cancel);
}

/* Waits until PQgetResult would not block. */
static leat_status wait_for_result(leat_postgres_session *session, leat_error *error)
{
    while (PQisBusy(session->connection)) {
        bool ready = false;
        leat_status status = wait_for_socket(session->options, session->connection, POLLIN, &ready, error);
        if (status == LEAT_STOPPED)
            cancel_running(session);
        if (status != LEAT_OK)
            return status;
        if (ready && !PQconsumeInput(session->connection))
            return leat_postgres_failure(session->connection, NULL, error, "the connection was lost");
    }
    return LEAT_OK;
}

static bool is_copy(ExecStatusType status)
{
    return status == PGRES_COPY_OUT || status == PGRES_COPY_IN || status == PGRES_COPY_BOTH;
}

static bool is_failure(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && !is_copy(status);
}

/* Sends one statement and collects its result: the first failure, else the last result; in a COPY the rest
 * stays on the connection. */
static leat_status run(leat_postgres_session *session, const char *sql, PGresult **result, leat_error *error)
{
    *result = NULL;
    if (!PQsendQuery(session->connection, sql))
        return leat_postgres_failure(session->connection, NULL, error, "cannot send a statement");
    while (*result == NULL || !is_copy(PQresultStatus(*result))) {
        leat_status status = wait_for_result(session, error);
        if (status != LEAT_OK) {
            PQclear(*result);
            *result = NULL;
            return status;
        }
        PGresult *next = PQgetResult(session->connection);
        if (next == NULL)
            break;
        PGresult *dropped = *result != NULL && is_failure(*result) ? next : *result;
        *result = dropped == next ? *result : next;
        PQclear(dropped);
    }
    return LEAT_OK;
}

/* As much of a statement as an error needs to show which one it was. */
enum { STATEMENT_SHOWN = 120 };

static leat_status statement_failure(leat_postgres_session *session, PGresult *result, const char *sql,
                                     leat_error *error)
{
    leat_status status =
        leat_postgres_failure(session->connection, result, error, "\"%.*s%s\" failed", STATEMENT_SHOWN, sql,
                              strlen(sql) > STATEMENT_SHOWN ? "..." : "");
    PQclear(result);
    return status;
}

leat_status leat_postgres_query(leat_postgres_session *session, const char *sql, PGresult **result,
                                leat_error *error)
{
    PGresult *got = NULL;
    leat_status status = run(session, sql, &got, error);
    if (status != LEAT_OK)
        return status;
    if (PQresultStatus(got) != PGRES_TUPLES_OK && PQresultStatus(got) != PGRES_COMMAND_OK)
        return statement_failure(session, got, sql, error);
    *result = got;
    return LEAT_OK;
}

leat_status leat_postgres_execute(leat_postgres_session *session, const char *sql, leat_error *error)
{
    PGresult *result = NULL;
    leat_status status = leat_postgres_query(session, sql, &result, error);
    PQclear(result);
    return status;
}

leat_status leat_postgres_start_copy(leat_postgres_session *session, const char *sql, leat_error *error)
{
    PGresult *result = NULL;
    leat_status status = run(session, sql, &result, error);
    if (status != LEAT_OK)
        return status;
    if (!is_copy(PQresultStatus(result)))
        return statement_failure(session, result, sql, error);
    PQclear(result);
    return LEAT_OK;
}
