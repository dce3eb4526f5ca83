/* The dump over MariaDB Connector/C. Its own replication functions misread what MySQL 8 and later send, so
 * that the command is sent and packets are taken one level below. */
#include <errmsg.h>
#include <mysql.h>

#include <ma_pvio.h>

#include "base/memory.h"
#include "mysql/dump/transport_internal.h"

enum {
    /* A packet of more than this has the library's buffer shrunk afterwards, which never does so itself. */
    MOST_KEPT = 2 << 20,
    KEPT = 64 << 10,
    BUFFER_SLACK = 64, /* the library has a few bytes more than it says, for headers */
};

/* ---- The command ---- */

static void append_number(leat_buffer *out, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        leat_buffer_append_byte(out, (uint8_t)(value >> (8 * i)));
}

/* COM_BINLOG_DUMP_GTID: flags 2, server_id 4, name's length 4, name, offset 8, set's length 4, set. */
static void append_gtid_dump(leat_buffer *out, const leat_mysql_dump *dump)
{
    append_number(out, 0, 2);
    append_number(out, dump->server_id, 4);
    append_number(out, 0, 4);
    append_number(out, LEAT_MYSQL_LOG_START, 8);
    append_number(out, dump->gtid_set.length, 4);
    leat_buffer_append_slice(out, dump->gtid_set);
}

/* COM_BINLOG_DUMP: offset 4, flags 2, server_id 4, name to the end; MariaDB's GTID start has no name. */
static void append_file_dump(leat_buffer *out, const leat_mysql_dump *dump, bool mariadb)
{
    bool by_gtid = dump->gtids != NULL;
    append_number(out, by_gtid ? LEAT_MYSQL_LOG_START : dump->offset, 4);
    append_number(out, mariadb ? LEAT_MARIADB_SEND_ANNOTATE_ROWS : 0, 2);
    append_number(out, dump->server_id, 4);
    if (!by_gtid)
        leat_buffer_append_string(out, dump->file);
}

static leat_status send_command(leat_mysql_session *session, const leat_mysql_dump *dump, leat_error *error)
{
    MYSQL *connection = session->connection;
    leat_buffer payload = {0};
    bool by_gtid = leat_mysql_dump_by_gtid(session, dump);
    if (by_gtid)
        append_gtid_dump(&payload, dump);
    else
        append_file_dump(&payload, dump, session->server.mariadb);
    enum enum_server_command command =
        (enum enum_server_command)(by_gtid ? LEAT_MYSQL_DUMP_BY_GTID : LEAT_MYSQL_DUMP_BY_FILE);
    int failed = connection->methods->db_command(connection, command, (const char *)payload.data,
                                                 payload.length, 1, NULL);
    leat_buffer_free(&payload);
    return failed != 0 ? leat_mysql_transport_failure(session, error) : LEAT_OK;
}

/* The option alone is looked at when connecting, and by TLS once the socket's own timeout is over. */
static void set_read_timeout(MYSQL *connection, unsigned seconds)
{
    MARIADB_PVIO *io = connection->net.pvio;
    mysql_optionsv(connection, MYSQL_OPT_READ_TIMEOUT, &seconds);
    io->methods->set_timeout(io, PVIO_READ_TIMEOUT, (int)seconds);
}

leat_status leat_mysql_transport_open(leat_mysql_session *session, const leat_mysql_dump *dump,
                                      leat_error *error)
{
    leat_status status = leat_mysql_transport_prepare(session, dump, error);
    if (status != LEAT_OK)
        return status;
    set_read_timeout(session->connection, leat_mysql_transport_patience(dump));
    return send_command(session, dump, error);
}

/* ---- Packets ---- */

/* The last packet is used up by now, and nothing else is in the library's buffer: what it has read ahead lies
 * in another. */
static void give_back_memory(NET *net)
{
    if (net->max_packet <= MOST_KEPT || net->where_b != 0)
        return;
    net->buff = leat_reallocate(net->buff, KEPT + BUFFER_SLACK);
    net->max_packet = KEPT;
    net->buff_end = net->buff + KEPT;
    net->write_pos = net->buff;
    net->read_pos = net->buff;
}

leat_status leat_mysql_transport_next(leat_mysql_session *session, leat_slice *event, leat_error *error)
{
    MYSQL *connection = session->connection;
    give_back_memory(&connection->net);
    unsigned long length = mysql_net_read_packet(connection);
    /* An unsigned int's -1, although the type is wider. */
    if (length == packet_error)
        return leat_mysql_transport_failure(session, error);
    return leat_mysql_transport_unwrap(session, leat_slice_of(connection->net.read_pos, length), event,
                                       error);
}
