/* The dump over Oracle's libmysqlclient.
 *
 * Its read timeout is what it was when the session was opened: a server that hangs while its host lives is
 * noticed late; one that is gone, by the session's keepalives. */
#include <string.h>

#include "base/memory.h"
#include "mysql/dump/transport_internal.h"

/* The library asks for the set through a callback, as its own writer may make it on the way. */
static void copy_set(MYSQL_RPL *rpl, unsigned char *packet)
{
    memcpy(packet, rpl->gtid_set_arg, rpl->gtid_set_encoded_size);
}

/* The library reads the file's name again when it closes, so that the session keeps it. */
static void describe(leat_mysql_session *session, const leat_mysql_dump *dump, void *set, MYSQL_RPL *rpl)
{
    bool by_file = dump->gtids == NULL;
    *rpl = (MYSQL_RPL){
        .file_name = by_file ? leat_arena_string(&session->arena, dump->file) : NULL,
        .file_name_length = by_file ? strlen(dump->file) : 0,
        .start_position = by_file ? dump->offset : LEAT_MYSQL_LOG_START,
        .server_id = dump->server_id,
        .flags = session->server.mariadb ? LEAT_MARIADB_SEND_ANNOTATE_ROWS : 0,
    };
    if (!leat_mysql_dump_by_gtid(session, dump))
        return;
    rpl->flags |= MYSQL_RPL_GTID;
    rpl->gtid_set_encoded_size = dump->gtid_set.length;
    rpl->gtid_set_arg = set;
    rpl->fix_gtid_set = copy_set;
}

leat_status leat_mysql_transport_open(leat_mysql_session *session, const leat_mysql_dump *dump,
                                      leat_error *error)
{
    MYSQL_RPL rpl;
    leat_status status = leat_mysql_transport_prepare(session, dump, error);
    if (status != LEAT_OK)
        return status;
    char *set = leat_duplicate_bytes(dump->gtid_set.data, dump->gtid_set.length);
    describe(session, dump, set, &rpl);
    int failed = mysql_binlog_open(session->connection, &rpl);
    leat_release(set);
    return failed != 0 ? leat_mysql_transport_failure(session, error) : LEAT_OK;
}

/* Of what it was opened with the library only looks at the flags, to skip heartbeats or not. */
leat_status leat_mysql_transport_next(leat_mysql_session *session, leat_slice *event, leat_error *error)
{
    MYSQL_RPL rpl = {0};
    if (mysql_binlog_fetch(session->connection, &rpl) != 0)
        return leat_mysql_transport_failure(session, error);
    if (rpl.size == 0)
        return leat_error_set(error, LEAT_RETRY, "%s ended the stream of its log", session->server.address);
    return leat_mysql_transport_unwrap(session, leat_slice_of(rpl.buffer, rpl.size), event, error);
}
