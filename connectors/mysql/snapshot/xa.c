#include "mysql/snapshot/xa.h"

#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "base/number.h"

/* How many a sentence names; and bytes of either part of a name (MAXGTRIDSIZE, MAXBQUALSIZE). */
enum { NAMED_TRANSACTIONS = 3, LONGEST_PART = 64 };

static size_t read_length(const char *text)
{
    uint64_t length = 0;
    (void)leat_number_parse_digits(leat_slice_of_string(text), &length);
    return (size_t)length;
}

static bool is_plain(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] < ' ' || bytes[i] > '~' || bytes[i] == '\'' || bytes[i] == '\\')
            return false;
    return true;
}

/* A part of a name as people wrote it, where it can be seen. */
static void append_part(leat_slice digits, leat_buffer *out)
{
    uint8_t bytes[LONGEST_PART];
    size_t length = digits.length / 2;
    if (length <= LONGEST_PART && leat_hex_decode(digits, bytes) && is_plain(bytes, length)) {
        leat_buffer_append_byte(out, '\'');
        leat_buffer_append(out, bytes, length);
    } else {
        leat_buffer_append_string(out, "X'");
        leat_buffer_append_slice(out, digits);
    }
    leat_buffer_append_byte(out, '\'');
}

/* The name's two parts are one run of hex digits. */
static void append_hex_name(const char *const *row, leat_slice digits, leat_buffer *out)
{
    size_t global = read_length(row[LEAT_MYSQL_XA_GLOBAL_LENGTH]) * 2;
    size_t branch = read_length(row[LEAT_MYSQL_XA_BRANCH_LENGTH]) * 2;
    if (global > digits.length || branch != digits.length - global) {
        leat_buffer_append_slice(out, digits);
        return;
    }
    append_part(leat_slice_of(digits.data, global), out);
    leat_buffer_append_byte(out, ',');
    append_part(leat_slice_of(digits.data + global, branch), out);
    leat_buffer_printf(out, ",%s", row[LEAT_MYSQL_XA_FORMAT]);
}

void leat_mysql_xa_append_name(const char *const *row, leat_buffer *out)
{
    leat_slice data = leat_slice_of_string(row[LEAT_MYSQL_XA_DATA]);
    if (data.length >= 2 && memcmp(data.data, "0x", 2) == 0)
        append_hex_name(row, leat_slice_of(data.data + 2, data.length - 2), out);
    else
        leat_buffer_append_slice(out, data);
}

static void append_names(MYSQL_RES *rows, leat_buffer *out)
{
    MYSQL_ROW row;
    uint64_t count = mysql_num_rows(rows);
    for (int i = 0; i < NAMED_TRANSACTIONS && (row = mysql_fetch_row(rows)) != NULL; i++) {
        leat_buffer_append_string(out, i == 0 ? "" : "; ");
        leat_mysql_xa_append_name((const char *const *)row, out);
    }
    if (count > NAMED_TRANSACTIONS)
        leat_buffer_printf(out, "; and %" PRIu64 " more", count - NAMED_TRANSACTIONS);
}

static leat_status refuse(MYSQL_RES *rows, leat_error *error)
{
    leat_buffer names = {0};
    append_names(rows, &names);
    leat_error_set(error, LEAT_RETRY,
                   "XA transactions are prepared and not yet committed: %s; a snapshot taken now would miss "
                   "their rows for good",
                   leat_buffer_string(&names));
    leat_buffer_free(&names);
    leat_error_mend(error, "leat tries again; what nobody will complete any more is resolved by XA "
                           "COMMIT or XA ROLLBACK with that name");
    return LEAT_RETRY;
}

static bool is_refusal(leat_mysql_session *session, leat_status status)
{
    enum { RESOURCE_MANAGER_ERROR = 1401 }; /* what MySQL answers without XA_RECOVER_ADMIN */
    return status == LEAT_OPERATOR ||
           mysql_errno(leat_mysql_session_connection(session)) == RESOURCE_MANAGER_ERROR;
}

/* LEAT_RETRY when any are listed. `blind` when the server lists none to us. */
static leat_status require_none(leat_mysql_session *session, bool *blind, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    bool mariadb = leat_mysql_session_server(session)->mariadb;
    leat_status status = leat_mysql_query(
        session, mariadb ? "XA RECOVER FORMAT='SQL'" : "XA RECOVER CONVERT XID", &rows, error);
    if (status != LEAT_OK) {
        *blind = is_refusal(session, status);
        return *blind ? LEAT_OK : status;
    }
    if (rows != NULL && mysql_num_rows(rows) > 0 && mysql_num_fields(rows) == LEAT_MYSQL_XA_COLUMNS)
        status = refuse(rows, error);
    mysql_free_result(rows);
    return status;
}

static void tell_blind(leat_log *log)
{
    leat_log_write(log, LEAT_LOG_WARNING,
                   "the server does not tell us of prepared XA transactions: rows of one that is prepared "
                   "while the snapshot is taken would be missing. GRANT XA_RECOVER_ADMIN ON *.* lets leat "
                   "see them; where XA is not used there is nothing to do");
}

leat_status leat_mysql_xa_none(leat_mysql_session *session, leat_log *log, leat_error *error)
{
    bool blind = false;
    leat_status status = require_none(session, &blind, error);
    if (blind)
        tell_blind(log);
    return status;
}

/* ---- The watch ---- */

static leat_status count_commits(leat_mysql_session *session, uint64_t *commits, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    leat_status status = leat_mysql_query(session, "SHOW GLOBAL STATUS LIKE 'Com_xa_commit'", &rows, error);
    if (status != LEAT_OK)
        return status;
    MYSQL_ROW row = rows == NULL ? NULL : mysql_fetch_row(rows);
    if (row == NULL || !leat_number_parse_unsigned(leat_slice_of_string(row[1]), commits))
        status = leat_error_set(error, LEAT_FAILED,
                                "the server does not say how many XA transactions it has "
                                "committed (Com_xa_commit)");
    mysql_free_result(rows);
    return status;
}

leat_status leat_mysql_xa_watch_begin(leat_mysql_session *session, leat_log *log, leat_mysql_xa_watch *watch,
                                      leat_error *error)
{
    *watch = (leat_mysql_xa_watch){0};
    /* The count first: a commit that it has already, but that is not over yet, is still listed after it. */
    leat_status status = count_commits(session, &watch->commits, error);
    if (status == LEAT_OK)
        status = require_none(session, &watch->blind, error);
    if (watch->blind)
        tell_blind(log);
    return status;
}

leat_status leat_mysql_xa_watch_end(leat_mysql_session *session, const leat_mysql_xa_watch *watch,
                                    leat_error *error)
{
    bool blind = false;
    uint64_t commits = 0;
    if (watch->blind)
        return LEAT_OK;
    leat_status status = require_none(session, &blind, error);
    if (status == LEAT_OK)
        status = count_commits(session, &commits, error);
    if (status == LEAT_OK && commits != watch->commits)
        return leat_error_set(error, LEAT_RETRY,
                              "an XA transaction was committed in the very moment in which the snapshot was "
                              "taken: whether its rows are in it cannot be told");
    return status;
}
