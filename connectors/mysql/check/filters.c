#include <string.h>

#include "mysql/check/check_internal.h"

/* Whether `name` stands in a list with commas between. Names with a comma in them cannot be told apart there;
 * the server's own output has no other form. */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at = &at[*at == ','];
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

static bool is_left_out(const leat_mysql_log_status *log, const char *database)
{
    if (log->only[0] != '\0')
        return !is_listed(log->only, database);
    return is_listed(log->ignore, database);
}

static void report_left_out(leat_mysql_check_context *check, const char *database)
{
    bool only = check->log.only[0] != '\0';
    leat_buffer mend = {0};
    leat_buffer object = {0};
    leat_buffer_printf(&object, "database %s", database);
    if (only)
        leat_buffer_printf(&mend, "in my.cnf, under [mysqld], then restart the server: binlog_do_db = %s",
                           database);
    else
        leat_buffer_printf(&mend, "take binlog_ignore_db = %s out of my.cnf, then restart the server",
                           database);
    leat_findings_add(check->findings, LEAT_FINDING_ERROR, "binlog_filter", leat_buffer_string(&object),
                      leat_buffer_string(&mend), "the server's log leaves out changes in %s (%s)", database,
                      only ? "binlog_do_db does not name it" : "binlog_ignore_db names it");
    leat_buffer_free(&object);
    leat_buffer_free(&mend);
}

/* Rows are filtered by their table's database, statements by the session's. */
static void report_statements(leat_mysql_check_context *check)
{
    leat_findings_add(
        check->findings, LEAT_FINDING_WARNING, "binlog_filter", "server",
        "take binlog_do_db and binlog_ignore_db out of my.cnf, then restart the server",
        "the server filters its log by database: DDL that is run with another database selected "
        "than the table's (ALTER TABLE shop.orders after USE scratch) can be missing from it, and "
        "the pipeline stops when it meets rows that do not fit");
}

void leat_mysql_check_filters(leat_mysql_check_context *check)
{
    const char *last = NULL;
    bool any = false;
    if (check->log.only[0] == '\0' && check->log.ignore[0] == '\0')
        return;
    for (size_t i = 0; i < check->captured_count; i++) {
        const char *database = check->captured[i]->database;
        if (last != NULL && strcmp(last, database) == 0)
            continue;
        last = database;
        if (is_left_out(&check->log, database)) {
            report_left_out(check, database);
            any = true;
        }
    }
    if (!any)
        report_statements(check);
}
