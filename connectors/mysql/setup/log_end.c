/* Where the server's log ends, and how far that is. */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "mysql/setup/setup_internal.h"

leat_status leat_mysql_refuse_without_log(const leat_mysql_server *server, leat_error *error)
{
    return leat_error_fail(error, LEAT_OPERATOR,
                           "set log_bin and server_id in the server's configuration, with binlog_format = "
                           "ROW and binlog_row_metadata = FULL, and restart it",
                           "%s writes no binary log (log_bin is off)", server->address);
}

/* MySQL renamed it in 8.2 and knows the old name no more in 8.4. */
static const char *status_statement(const leat_mysql_server *server)
{
    enum { RENAMED = 80200 };
    return !server->mariadb && server->version >= RENAMED ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS";
}

static leat_slice cell(MYSQL_RES *rows, MYSQL_ROW row, unsigned column)
{
    if (row[column] == NULL)
        return leat_slice_of("", 0);
    return leat_slice_of(row[column], mysql_fetch_lengths(rows)[column]);
}

/* Columns: file, position, two filters, and MySQL's executed set. */
static leat_status read_row(const leat_mysql_server *server, MYSQL_RES *rows, MYSQL_ROW row,
                            leat_mysql_position *position, leat_error *error)
{
    enum { FILE_COLUMN, OFFSET_COLUMN, SET_COLUMN = 4 };
    uint64_t offset = 0;
    unsigned columns = mysql_num_fields(rows);
    bool with_set = server->gtid && !server->mariadb;
    if (columns <= (with_set ? SET_COLUMN : OFFSET_COLUMN) ||
        !leat_number_parse_digits(cell(rows, row, OFFSET_COLUMN), &offset))
        return leat_error_set(error, LEAT_FAILED, "%s does not say where its log ends", server->address);
    leat_mysql_position_set_file(position, cell(rows, row, FILE_COLUMN), offset);
    if (!with_set)
        return LEAT_OK;
    position->set = leat_mysql_gtid_set_new();
    return leat_mysql_gtid_set_parse(position->set, cell(rows, row, SET_COLUMN), error);
}

static leat_status read_status(leat_mysql_session *session, leat_mysql_position *position, leat_error *error)
{
    const leat_mysql_server *server = leat_mysql_session_server(session);
    MYSQL_RES *rows = NULL;
    leat_mysql_position_clear(position);
    leat_status status = leat_mysql_query(session, status_statement(server), &rows, error);
    if (status != LEAT_OK)
        return status;
    MYSQL_ROW row = rows == NULL ? NULL : mysql_fetch_row(rows);
    status = row == NULL ? leat_mysql_refuse_without_log(server, error)
                         : read_row(server, rows, row, position, error);
    mysql_free_result(rows);
    return status;
}

static leat_status read_state(leat_mysql_session *session, char **text, leat_error *error)
{
    leat_release(*text);
    leat_status status = leat_mysql_value(session, "SELECT @@global.gtid_binlog_pos", text, error);
    if (status == LEAT_OK && *text == NULL)
        *text = leat_duplicate_string("");
    return status;
}

/* MariaDB tells its GTIDs and its file apart, so that one is asked before and after the other until nothing
 * came between. A server that never rests is taken by the GTIDs from before, which then decide: the file is
 * for people. */
static leat_status read_mariadb(leat_mysql_session *session, leat_mysql_position *position, leat_error *error)
{
    enum { TRIES = 5 };
    char *before = NULL;
    char *after = NULL;
    bool same = false;
    leat_status status = LEAT_OK;
    for (int i = 0; i < TRIES && status == LEAT_OK && !same; i++) {
        status = read_state(session, &before, error);
        if (status == LEAT_OK)
            status = read_status(session, position, error);
        if (status == LEAT_OK)
            status = read_state(session, &after, error);
        same = status == LEAT_OK && strcmp(before, after) == 0;
    }
    if (status == LEAT_OK) {
        position->state = leat_mariadb_gtid_state_new();
        status = leat_mariadb_gtid_state_parse(position->state, leat_slice_of_string(before), error);
    }
    leat_release(before);
    leat_release(after);
    return status;
}

leat_status leat_mysql_log_end(leat_mysql_session *session, leat_mysql_position *position, leat_error *error)
{
    bool mariadb = leat_mysql_session_server(session)->mariadb;
    leat_status status =
        mariadb ? read_mariadb(session, position, error) : read_status(session, position, error);
    if (status != LEAT_OK)
        leat_mysql_position_clear(position);
    return status;
}

/* ---- How far behind it a position is ---- */

/* Adds up what lies behind the position: the rest of its file, and all later ones. */
static int64_t add_up(MYSQL_RES *logs, const leat_mysql_position *position)
{
    uint64_t behind = 0;
    bool found = false;
    for (MYSQL_ROW row; (row = mysql_fetch_row(logs)) != NULL;) {
        uint64_t size;
        if (row[0] == NULL || row[1] == NULL ||
            !leat_number_parse_unsigned(leat_slice_of_string(row[1]), &size))
            return -1;
        if (found)
            behind += size;
        if (strcmp(row[0], position->file) != 0)
            continue;
        found = true;
        behind = size > position->offset ? size - position->offset : 0;
    }
    return found ? (int64_t)behind : -1;
}

leat_status leat_mysql_bytes_behind(leat_mysql_session *session, const char *log, int64_t *bytes,
                                    leat_error *error)
{
    leat_mysql_position position = {0};
    leat_error refused;
    MYSQL_RES *logs;
    *bytes = -1;
    leat_status status =
        leat_mysql_position_parse(log, leat_mysql_session_server(session)->mariadb, &position, error);
    if (status == LEAT_OK && position.file != NULL &&
        leat_mysql_query(session, "SHOW BINARY LOGS", &logs, &refused) == LEAT_OK) {
        *bytes = add_up(logs, &position);
        mysql_free_result(logs);
    }
    leat_mysql_position_clear(&position);
    return status;
}
