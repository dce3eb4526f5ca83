/* Whether a log that is read by GTIDs has transactions without, behind the position.
 *
 * A dump by GTIDs begins with the first file that has one which we lack: files that were written while
 * gtid_mode was not ON, and ended when it was set, are passed over without a word. Setting it begins a new
 * file, so that a file's first transaction tells of all in it; where others follow in it, the dump fails. */
#include <string.h>

#include "base/memory.h"
#include "mysql/server/result.h"
#include "mysql/setup/setup_internal.h"

static leat_status refuse_anonymous(const leat_mysql_verification *now, const char *file, leat_error *error)
{
    return leat_error_fail(error, LEAT_OPERATOR, LEAT_MYSQL_BEGIN_ANEW,
                           "%s has transactions without GTIDs in %s, which this pipeline has not read and, "
                           "as it goes by GTIDs, will not be sent: gtid_mode was not ON meanwhile",
                           now->server->address, file);
}

/* FORMAT_DESCRIPTION and PREVIOUS_GTIDS come first, then a transaction or the file's end. */
static leat_status look_into(const leat_mysql_verification *now, const char *file, bool *anonymous,
                             leat_error *error)
{
    enum { TYPE_COLUMN = 2 };
    MYSQL_RES *rows = NULL;
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "SHOW BINLOG EVENTS IN ");
    leat_mysql_append_literal(&sql, file);
    leat_buffer_append_string(&sql, " LIMIT 4");
    leat_status status = leat_mysql_query(now->session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return status;
    const char *const *row;
    while (rows != NULL && mysql_num_fields(rows) > TYPE_COLUMN && (row = leat_mysql_next_row(rows)) != NULL)
        if (strcmp(leat_mysql_row_text(row, TYPE_COLUMN), "Anonymous_Gtid") == 0)
            *anonymous = true;
    mysql_free_result(rows);
    return LEAT_OK;
}

static leat_status look_into_later(const leat_mysql_verification *now, MYSQL_RES *logs, uint64_t from,
                                   leat_error *error)
{
    leat_status status = LEAT_OK;
    const char *const *row;
    while (status == LEAT_OK && (row = leat_mysql_next_row(logs)) != NULL) {
        uint64_t number;
        bool anonymous = false;
        const char *file = leat_mysql_row_text(row, 0);
        if (!leat_mysql_file_number(leat_slice_of_string(file), &number) || number <= from)
            continue;
        status = look_into(now, file, &anonymous, error);
        if (status == LEAT_OK && anonymous)
            status = refuse_anonymous(now, file, error);
    }
    return status;
}

leat_status leat_mysql_verify_no_anonymous(const leat_mysql_verification *now, leat_error *error)
{
    const char *file = now->position->file;
    MYSQL_RES *logs = NULL;
    uint64_t number;
    if (now->another || file == NULL || !leat_mysql_file_number(leat_slice_of_string(file), &number))
        return LEAT_OK;
    leat_status status = leat_mysql_query(now->session, "SHOW BINARY LOGS", &logs, error);
    if (status == LEAT_OK && logs != NULL)
        status = look_into_later(now, logs, number, error);
    mysql_free_result(logs);
    return status;
}
