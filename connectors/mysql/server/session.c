#include "mysql/server/session.h"

#include <errmsg.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "mysql/server/failure.h"
#include "mysql/server/session_internal.h"

const char *leat_mysql_product(const leat_source_options *options)
{
    return options->type != NULL && strcmp(options->type, "mariadb") == 0 ? "MariaDB" : "MySQL";
}

const leat_mysql_server *leat_mysql_session_server(const leat_mysql_session *session)
{
    return &session->server;
}

MYSQL *leat_mysql_session_connection(leat_mysql_session *session)
{
    return session->connection;
}

void leat_mysql_session_interrupt(leat_mysql_session *session)
{
    atomic_store(&session->interrupted, true);
    shutdown(session->socket, SHUT_RDWR);
}

/* The end of a session must not wait for anybody: what is left in the middle (a statement, a dump) is cut off
 * before the library says goodbye. */
void leat_mysql_session_close(leat_mysql_session *session)
{
    if (session == NULL)
        return;
    if (session->socket >= 0 && (session->left || session->dump_start != NULL))
        shutdown(session->socket, SHUT_RDWR);
    if (session->connection != NULL)
        mysql_close(session->connection);
    leat_arena_free(&session->arena);
    leat_release(session->dump_start);
    leat_release(session);
}

leat_status leat_mysql_session_failure(leat_mysql_session *session, const char *context, leat_error *error)
{
    const char *address = session->server.address == NULL ? "" : session->server.address;
    if (atomic_load(&session->interrupted))
        return leat_error_set(error, LEAT_RETRY, "%s: the session with %s was interrupted", context, address);
    unsigned number = mysql_errno(session->connection);
    if (number == CR_SSL_CONNECTION_ERROR) /* TLS was set up long ago: it is the connection that is lost */
        number = CR_SERVER_LOST;
    return leat_mysql_failure(number, mysql_error(session->connection), error, "%s on %s", context, address);
}
