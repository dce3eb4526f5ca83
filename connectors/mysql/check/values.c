#include <string.h>

#include "mysql/check/check_internal.h"
#include "mysql/server/result.h"

/* ---- Dates that are none ---- */

static bool allows_zero_dates(const leat_mysql_check_context *check)
{
    const char *mode = leat_mysql_setting_text(&check->settings, "sql_mode");
    return strstr(mode, "NO_ZERO_DATE") == NULL || strstr(mode, "NO_ZERO_IN_DATE") == NULL ||
           strstr(mode, "ALLOW_INVALID_DATES") != NULL;
}

static leat_status query_dates(leat_mysql_check_context *check, MYSQL_RES **rows, leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql,
                              "SELECT table_schema, table_name, COUNT(*) FROM information_schema.columns"
                              " WHERE data_type IN ('date', 'datetime', 'timestamp') AND ");
    leat_mysql_check_append_databases(check, "table_schema", &sql);
    leat_buffer_append_string(&sql, " GROUP BY table_schema, table_name");
    leat_status status = leat_mysql_query(check->session, leat_buffer_string(&sql), rows, error);
    leat_buffer_free(&sql);
    return status;
}

static int64_t count_dates(const leat_mysql_check_context *check, MYSQL_RES *rows)
{
    int64_t count = 0;
    const char *const *row = NULL;
    while ((row = leat_mysql_next_row(rows)) != NULL)
        if (leat_mysql_check_captured(check, leat_mysql_row_text(row, 0), leat_mysql_row_text(row, 1)) !=
            NULL)
            count += leat_mysql_row_number(row, 2, 0);
    return count;
}

leat_status leat_mysql_check_values(leat_mysql_check_context *check, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    if (check->captured_count == 0 || !allows_zero_dates(check))
        return LEAT_OK;
    leat_status status = query_dates(check, &rows, error);
    if (status != LEAT_OK)
        return status;
    int64_t count = count_dates(check, rows);
    mysql_free_result(rows);
    if (count > 0)
        leat_mysql_check_report_fine(
            check, "zero_dates",
            "sql_mode lets dates be stored that are none (0000-00-00, 2024-02-00): in "
            "the %lld captured columns "
            "of dates they come as null with a note that has their text",
            (long long)count);
    return LEAT_OK;
}

/* ---- Distributed transactions ---- */

static leat_status count_prepares(leat_mysql_check_context *check, int64_t *count, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    leat_status status =
        leat_mysql_query(check->session, "SHOW GLOBAL STATUS LIKE 'Com_xa_prepare'", &rows, error);
    if (status != LEAT_OK)
        return status;
    const char *const *row = leat_mysql_next_row(rows);
    *count = row == NULL ? 0 : leat_mysql_row_number(row, 1, 0);
    mysql_free_result(rows);
    return LEAT_OK;
}

static void report_blind(leat_mysql_check_context *check)
{
    leat_buffer mend = {0};
    leat_buffer_printf(&mend, "GRANT XA_RECOVER_ADMIN ON *.* TO %s;", check->account);
    leat_findings_add(check->findings, LEAT_FINDING_WARNING, "xa_rights", "account",
                      leat_buffer_string(&mend),
                      "distributed transactions (XA) are in use here, and account %s may not see which are "
                      "prepared: rows of one that is prepared while the snapshot is taken would be missing",
                      check->account);
    leat_buffer_free(&mend);
}

/* What MySQL answers without XA_RECOVER_ADMIN is no refusal like others. */
static bool is_blind(const leat_mysql_check_context *check)
{
    enum { RESOURCE_MANAGER_ERROR = 1401 };
    return mysql_errno(leat_mysql_session_connection(check->session)) == RESOURCE_MANAGER_ERROR;
}

static void report_prepared(leat_mysql_check_context *check, uint64_t count)
{
    leat_findings_add(
        check->findings, LEAT_FINDING_WARNING, "xa_prepared", "server",
        check->server->mariadb ? "XA RECOVER FORMAT='SQL';" : "XA RECOVER CONVERT XID;",
        "distributed transactions that are prepared and not completed: %llu; the initial snapshot "
        "waits for their XA COMMIT or XA ROLLBACK",
        (unsigned long long)count);
}

leat_status leat_mysql_check_prepared(leat_mysql_check_context *check, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    int64_t used = 0;
    leat_status status = count_prepares(check, &used, error);
    if (status != LEAT_OK)
        return status;
    status = leat_mysql_check_try_query(check, "XA RECOVER", &rows, error);
    if (rows != NULL && mysql_num_rows(rows) > 0)
        report_prepared(check, mysql_num_rows(rows));
    bool blind = status == LEAT_OK ? rows == NULL : is_blind(check);
    mysql_free_result(rows);
    if (blind && used > 0)
        report_blind(check);
    return blind ? LEAT_OK : status;
}
