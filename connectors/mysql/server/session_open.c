/* How a session comes about: hosts in turn, TLS as the url wants it, waiting that can be ended. */
#include <errmsg.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "mysql/server/client.h"
#include "mysql/server/failure.h"
#include "mysql/server/session_internal.h"

enum {
    LARGEST_PACKET = 1 << 30,
    /* A statement may take long before its first byte comes; a dead host is noticed by the keepalives
     * below. */
    READ_TIMEOUT_SECONDS = 3600,
    WRITE_TIMEOUT_SECONDS = 60,
};

/* A host that is gone is noticed in about a minute. */
static const struct {
    int level;
    int name;
    int value;
} socket_options[] = {
    {SOL_SOCKET, SO_KEEPALIVE, 1}, {IPPROTO_TCP, TCP_KEEPIDLE, 30},        {IPPROTO_TCP, TCP_KEEPINTVL, 10},
    {IPPROTO_TCP, TCP_KEEPCNT, 3}, {IPPROTO_TCP, TCP_USER_TIMEOUT, 60000},
};

static const leat_mysql_host *host_of(const leat_mysql_session *session, size_t place)
{
    return &session->url.hosts[place];
}

static void name_address(leat_mysql_session *session, const leat_mysql_host *host)
{
    bool wide = strchr(host->name, ':') != NULL; /* an IPv6 address */
    if (session->url.socket != NULL)
        session->server.address = session->url.socket;
    else
        session->server.address =
            leat_arena_printf(&session->arena, wide ? "[%s]:%u" : "%s:%u", host->name, host->port);
}

/* ---- Options ---- */

static void set_number(MYSQL *connection, enum mysql_option option, unsigned value)
{
    mysql_options(connection, option, &value);
}

/* A client must not let a server ask it for its files, nor read settings that are not ours. */
static void set_options(leat_mysql_session *session, leat_mysql_tls tls)
{
    MYSQL *connection = session->connection;
    unsigned long largest = LARGEST_PACKET;
    int64_t seconds = session->options->connect_timeout / 1000000 + 1;
    set_number(connection, MYSQL_OPT_CONNECT_TIMEOUT, (unsigned)seconds);
    set_number(connection, MYSQL_OPT_READ_TIMEOUT, READ_TIMEOUT_SECONDS);
    set_number(connection, MYSQL_OPT_WRITE_TIMEOUT, WRITE_TIMEOUT_SECONDS);
    set_number(connection, MYSQL_OPT_LOCAL_INFILE, 0);
    set_number(connection, MYSQL_OPT_PROTOCOL,
               session->url.socket != NULL ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP);
    mysql_options(connection, MYSQL_OPT_MAX_ALLOWED_PACKET, &largest);
    mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options4(connection, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "leat");
    if (session->options->pipeline != NULL)
        mysql_options4(connection, MYSQL_OPT_CONNECT_ATTR_ADD, "leat_pipeline", session->options->pipeline);
    leat_mysql_client_prepare(connection, &session->url, tls);
}

static void keep_alive(const leat_mysql_session *session)
{
    for (size_t i = 0; session->url.socket == NULL && i < sizeof socket_options / sizeof *socket_options; i++)
        (void)setsockopt(session->socket, socket_options[i].level, socket_options[i].name,
                         &socket_options[i].value, sizeof socket_options[i].value);
}

/* ---- Failures ---- */

/* Connector/C tells a refusal that comes before TLS (the server is full, the host is not let in) as a failure
 * of its own, whose text ends in the server's "NUMBER - TEXT". */
static const char *refusal_within(const char *text, unsigned *number)
{
    static const char before[] = "cannot be verified: ";
    static const char between[] = " - ";
    uint64_t parsed = 0;
    const char *found = strstr(text, before);
    if (found == NULL)
        return text;
    found += strlen(before);
    size_t digits = strspn(found, "0123456789");
    if (!leat_number_parse_digits(leat_slice_of(found, digits), &parsed) || parsed > UINT16_MAX ||
        strncmp(found + digits, between, strlen(between)) != 0)
        return text;
    *number = (unsigned)parsed;
    return found + digits + strlen(between);
}

static leat_status connect_refused(const leat_mysql_session *session, leat_error *error)
{
    unsigned number = mysql_errno(session->connection);
    const char *text = refusal_within(mysql_error(session->connection), &number);
    return leat_mysql_failure(number, text, error, "cannot connect to %s at %s as user \"%s\"",
                              leat_mysql_product(session->options), session->server.address,
                              session->url.user);
}

static leat_status connect_timed_out(const leat_mysql_session *session, leat_error *error)
{
    return leat_error_fail(error, LEAT_RETRY, "check host and port in source.url, and firewalls on the way",
                           "%s at %s did not answer within %lld ms", leat_mysql_product(session->options),
                           session->server.address, (long long)(session->options->connect_timeout / 1000));
}

static leat_status not_encrypted(const leat_mysql_session *session, leat_error *error)
{
    return leat_error_fail(error, LEAT_OPERATOR,
                           "set up TLS at the server (ssl_cert and ssl_key), or lower tls in source.url",
                           "%s at %s offers no TLS, which source.url demands",
                           leat_mysql_product(session->options), session->server.address);
}

/* ---- Connecting ---- */

static leat_status try_to_connect(leat_mysql_session *session, const leat_mysql_host *host,
                                  leat_mysql_tls tls, int64_t deadline, bool *refused, leat_error *error)
{
    leat_mysql_patience patience = {.deadline = deadline, .stop = session->options->stop};
    session->connection = mysql_init(NULL);
    if (session->connection == NULL)
        return leat_error_set(error, LEAT_FAILED, "the client library could not allocate a connection");
    set_options(session, tls);
    leat_mysql_wait wait =
        leat_mysql_client_connect(session->connection, &session->url, host, &patience, refused);
    if (wait == LEAT_MYSQL_WAIT_OVER)
        return LEAT_OK;
    session->left = true;
    if (wait == LEAT_MYSQL_WAIT_STOPPED)
        return leat_error_set(error, LEAT_STOPPED, "asked to stop");
    return connect_timed_out(session, error);
}

/* Where TLS is but preferred, a server without it is taken as it is. */
static leat_status connect_host(leat_mysql_session *session, const leat_mysql_host *host, leat_error *error)
{
    int64_t deadline = leat_clock_monotonic() + session->options->connect_timeout;
    leat_mysql_tls tls = session->url.tls;
    bool refused = false;
    leat_status status = try_to_connect(session, host, tls, deadline, &refused, error);
    if (status == LEAT_OK && refused && tls == LEAT_MYSQL_TLS_PREFERRED &&
        mysql_errno(session->connection) == CR_SSL_CONNECTION_ERROR &&
        !leat_mysql_client_is_offered_tls(session->connection)) {
        mysql_close(session->connection);
        status = try_to_connect(session, host, LEAT_MYSQL_TLS_OFF, deadline, &refused, error);
    }
    if (status != LEAT_OK)
        return status;
    if (refused)
        return connect_refused(session, error);
    bool demanded = tls == LEAT_MYSQL_TLS_REQUIRED || tls == LEAT_MYSQL_TLS_VERIFY;
    if (demanded && mysql_get_ssl_cipher(session->connection) == NULL)
        return not_encrypted(session, error);
    session->socket = leat_mysql_client_socket(session->connection);
    keep_alive(session);
    return LEAT_OK;
}

static leat_status make_session(leat_mysql_session *session, size_t place, leat_error *error)
{
    leat_status status = leat_mysql_url_parse(session->options->url, &session->arena, &session->url, error);
    if (status != LEAT_OK)
        return status;
    if (place >= session->url.host_count)
        return leat_error_set(error, LEAT_USAGE, "source.url has no host number %zu", place + 1);
    name_address(session, host_of(session, place));
    status = connect_host(session, host_of(session, place), error);
    return status == LEAT_OK ? leat_mysql_session_settle(session, error) : status;
}

leat_status leat_mysql_session_open_host(const leat_source_options *options, size_t place,
                                         leat_mysql_session **session, leat_error *error)
{
    leat_mysql_session *made = leat_allocate(sizeof *made);
    made->options = options;
    made->socket = -1;
    leat_status status = make_session(made, place, error);
    if (status != LEAT_OK) {
        leat_mysql_session_close(made);
        made = NULL;
    }
    *session = made;
    return status;
}

size_t leat_mysql_session_host_count(const leat_source_options *options)
{
    leat_arena arena = {0};
    leat_mysql_url url;
    leat_status status = leat_mysql_url_parse(options->url, &arena, &url, NULL);
    leat_arena_free(&arena);
    return status == LEAT_OK ? url.host_count : 0;
}
