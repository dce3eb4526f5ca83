/* Whether a server can go on from a position of GTIDs: it has all of it, and the rest is not purged. */
#include <string.h>

#include "base/memory.h"
#include "mysql/setup/setup_internal.h"

/* ---- Sentences ---- */

static leat_status refuse_ahead(const leat_mysql_verification *now, const char *missing, leat_error *error)
{
    bool cut = strlen(missing) > LEAT_MYSQL_GTIDS_SHOWN;
    leat_error_set(error, LEAT_OPERATOR,
                   now->another
                       ? "%s is another server than the one read before and does not have %.*s%s, which "
                         "this pipeline has read: it was lost in a failover, or this is no copy of that "
                         "server"
                       : "%s does not have %.*s%s, which this pipeline has read: the server was set back "
                         "to an earlier state, or its logs were reset",
                   now->server->address, LEAT_MYSQL_GTIDS_SHOWN, missing, cut ? "..." : "");
    leat_error_mend(error,
                    "if this is the wrong server, point source.url at the right one; if it is a replica that "
                    "lags, wait until it has caught up; else what was delivered is not in its history: %s",
                    LEAT_MYSQL_BEGIN_ANEW);
    return LEAT_OPERATOR;
}

static leat_status refuse_purged(const leat_mysql_verification *now, const char *missing, leat_error *error)
{
    bool cut = strlen(missing) > LEAT_MYSQL_GTIDS_SHOWN;
    leat_error_set(error, LEAT_OPERATOR,
                   "%s has purged binary logs with %.*s%s, which this pipeline has not read",
                   now->server->address, LEAT_MYSQL_GTIDS_SHOWN, missing, cut ? "..." : "");
    leat_error_mend(
        error,
        "if another server still has them, point source.url at it; else %s; to keep logs longer raise "
        "binlog_expire_logs_seconds",
        LEAT_MYSQL_BEGIN_ANEW);
    return LEAT_OPERATOR;
}

static leat_status refuse_without_gtids(const leat_mysql_verification *now, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR,
                   "%s has no GTIDs (gtid_mode is not ON), and this pipeline goes by them",
                   now->server->address);
    leat_error_mend(error,
                    "set gtid_mode = ON and enforce_gtid_consistency = ON at the server again; if it was "
                    "written to without them, %s",
                    LEAT_MYSQL_BEGIN_ANEW);
    return LEAT_OPERATOR;
}

/* ---- What the server has ---- */

/* The first row: whether there is a log, and texts. Free with mysql_free_result. */
static leat_status ask(const leat_mysql_verification *now, const char *sql, unsigned columns,
                       MYSQL_RES **rows, MYSQL_ROW *row, leat_error *error)
{
    leat_status status = leat_mysql_query(now->session, sql, rows, error);
    if (status != LEAT_OK)
        return status;
    *row = *rows == NULL ? NULL : mysql_fetch_row(*rows);
    if (*row == NULL || mysql_num_fields(*rows) < columns) {
        leat_error_set(error, LEAT_FAILED, "%s does not say which transactions it has", now->server->address);
        return LEAT_FAILED;
    }
    if ((*row)[0] == NULL || strcmp((*row)[0], "1") != 0)
        return leat_mysql_refuse_without_log(now->server, error);
    return LEAT_OK;
}

static leat_slice text_of(const char *cell)
{
    return leat_slice_of_string(cell == NULL ? "" : cell);
}

/* ---- MySQL ---- */

/* The text of what is in `left` and not in `right`; heap. */
static char *difference(const leat_mysql_gtid_set *left, const leat_mysql_gtid_set *right)
{
    leat_buffer text = {0};
    leat_mysql_gtid_set *rest = leat_mysql_gtid_set_copy(left);
    leat_mysql_gtid_set_subtract(rest, right);
    leat_mysql_gtid_set_format(rest, &text);
    leat_mysql_gtid_set_free(rest);
    return leat_buffer_detach_string(&text);
}

static leat_status read_sets(const leat_mysql_verification *now, leat_mysql_gtid_set *executed,
                             leat_mysql_gtid_set *purged, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    MYSQL_ROW row = NULL;
    leat_status status = ask(now, "SELECT @@global.log_bin, @@global.gtid_executed, @@global.gtid_purged", 3,
                             &rows, &row, error);
    if (status == LEAT_OK)
        status = leat_mysql_gtid_set_parse(executed, text_of(row[1]), error);
    if (status == LEAT_OK)
        status = leat_mysql_gtid_set_parse(purged, text_of(row[2]), error);
    mysql_free_result(rows);
    return status;
}

/* A server that waits for a semi-synchronous replica has sent transactions that it does not yet count as
 * executed, and one that takes over may still be at the last ones: they get some time. */
static leat_status wait_for_set(const leat_mysql_verification *now, bool *executed, leat_error *error)
{
    enum { SECONDS = 12 };
    leat_buffer sql = {0};
    leat_buffer set = {0};
    char *timed_out = NULL;
    leat_mysql_gtid_set_format(now->position->set, &set);
    leat_buffer_append_string(&sql, "SELECT WAIT_FOR_EXECUTED_GTID_SET(");
    leat_mysql_append_literal(&sql, leat_buffer_string(&set));
    leat_buffer_printf(&sql, ", %d)", SECONDS);
    leat_status status = leat_mysql_value(now->session, leat_buffer_string(&sql), &timed_out, error);
    *executed = status == LEAT_OK && timed_out != NULL && strcmp(timed_out, "0") == 0;
    leat_release(timed_out);
    leat_buffer_free(&set);
    leat_buffer_free(&sql);
    return status;
}

static leat_status compare_sets(const leat_mysql_verification *now, const leat_mysql_gtid_set *executed,
                                const leat_mysql_gtid_set *purged, leat_error *error)
{
    const leat_mysql_gtid_set *position = now->position->set;
    bool has_all = leat_mysql_gtid_set_contains(executed, position);
    bool has_rest = leat_mysql_gtid_set_contains(position, purged);
    leat_status status = LEAT_OK;
    if (!has_all)
        status = wait_for_set(now, &has_all, error);
    if (status != LEAT_OK || (has_all && has_rest))
        return status;
    char *missing = has_all ? difference(purged, position) : difference(position, executed);
    status = has_all ? refuse_purged(now, missing, error) : refuse_ahead(now, missing, error);
    leat_release(missing);
    return status;
}

leat_status leat_mysql_verify_set(const leat_mysql_verification *now, leat_error *error)
{
    if (!now->server->gtid)
        return refuse_without_gtids(now, error);
    leat_mysql_gtid_set *executed = leat_mysql_gtid_set_new();
    leat_mysql_gtid_set *purged = leat_mysql_gtid_set_new();
    leat_status status = read_sets(now, executed, purged, error);
    if (status == LEAT_OK)
        status = compare_sets(now, executed, purged, error);
    if (status == LEAT_OK)
        status = leat_mysql_verify_no_anonymous(now, error);
    leat_mysql_gtid_set_free(executed);
    leat_mysql_gtid_set_free(purged);
    return status;
}

/* ---- MariaDB ---- */

/* A domain that the server's log has nothing of would be taken for somebody else's, and the dump would begin
 * with whatever there is: a server whose logs were reset is noticed here alone. What was purged, the dump
 * tells. */
leat_status leat_mysql_verify_state(const leat_mysql_verification *now, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    MYSQL_ROW row = NULL;
    leat_buffer missing = {0};
    leat_mariadb_gtid_state *binlog = leat_mariadb_gtid_state_new();
    leat_status status = ask(now, "SELECT @@global.log_bin, @@global.gtid_binlog_pos", 2, &rows, &row, error);
    if (status == LEAT_OK)
        status = leat_mariadb_gtid_state_parse(binlog, text_of(row[1]), error);
    if (status == LEAT_OK && !leat_mariadb_gtid_state_contains(binlog, now->position->state)) {
        leat_mariadb_gtid_state_format(now->position->state, &missing);
        leat_buffer_printf(&missing, " (its log ends at \"%s\")", row[1] == NULL ? "" : row[1]);
        status = refuse_ahead(now, leat_buffer_string(&missing), error);
    }
    leat_mariadb_gtid_state_free(binlog);
    leat_buffer_free(&missing);
    mysql_free_result(rows);
    return status;
}
