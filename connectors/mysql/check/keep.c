#include <string.h>

#include "mysql/check/check_internal.h"
#include "mysql/server/result.h"

enum { HOUR = 3600, DAY = 24 * HOUR };

/* Below this a weekend without leat, or one large load, costs the log. */
static const int64_t small_log = INT64_C(4) << 30;

static const char week[] = "604800";

/* Seconds until a log file may go; 0: the server keeps them all. */
static int64_t seconds_kept(const leat_mysql_settings *settings)
{
    const char *purge = leat_mysql_setting_text(settings, "binlog_expire_logs_auto_purge");
    if (purge[0] != '\0' && !leat_mysql_setting_on(settings, "binlog_expire_logs_auto_purge"))
        return 0;
    int64_t seconds = leat_mysql_setting_number(settings, "binlog_expire_logs_seconds", 0);
    return seconds > 0 ? seconds : DAY * leat_mysql_setting_number(settings, "expire_logs_days", 0);
}

static void append_mend(leat_mysql_check_context *check, leat_buffer *mend)
{
    bool seconds = leat_mysql_setting_text(&check->settings, "binlog_expire_logs_seconds")[0] != '\0';
    leat_mysql_append_setting(mend, check->server, &check->settings,
                              seconds ? "binlog_expire_logs_seconds" : "expire_logs_days",
                              seconds ? week : "7");
}

static void check_time(leat_mysql_check_context *check)
{
    leat_buffer mend = {0};
    int64_t seconds = seconds_kept(&check->settings);
    append_mend(check, &mend);
    if (seconds == 0)
        leat_mysql_check_report_fine(
            check, "log_keep",
            "the server purges no log by time: no change is lost however long leat stands "
            "still, and the server's disk must hold the log");
    else if (seconds < DAY)
        leat_findings_add(check->findings, LEAT_FINDING_WARNING, "log_keep", "server",
                          leat_buffer_string(&mend),
                          "the server purges its log after %lld minutes: when leat stands still for longer, "
                          "changes are gone, and a new snapshot is needed",
                          (long long)(seconds / 60));
    else
        leat_mysql_check_report_fine(check, "log_keep", "the server keeps its log for %lld hours",
                                     (long long)(seconds / HOUR));
    leat_buffer_free(&mend);
}

/* MariaDB from 11.4 on, and Percona's MySQL by another name. */
static void check_size(leat_mysql_check_context *check)
{
    leat_buffer mend = {0};
    int64_t bytes = leat_mysql_setting_number(&check->settings, "max_binlog_total_size", 0);
    if (bytes <= 0 || bytes >= small_log)
        return;
    leat_mysql_append_setting(&mend, check->server, &check->settings, "max_binlog_total_size", "34359738368");
    leat_findings_add(check->findings, LEAT_FINDING_WARNING, "log_size", "server", leat_buffer_string(&mend),
                      "the server purges its log when it is over %lld MiB (max_binlog_total_size): when leat "
                      "falls that far behind, changes are gone, and a new snapshot is needed",
                      (long long)(bytes >> 20));
    leat_buffer_free(&mend);
}

/* Amazon's servers purge a log file as soon as their own backup has it, whatever the settings say. */
static leat_status check_amazon(leat_mysql_check_context *check, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    leat_status status = leat_mysql_check_try_query(
        check, "SELECT value FROM mysql.rds_configuration WHERE name = 'binlog retention hours'", &rows,
        error);
    if (status != LEAT_OK && leat_mysql_check_is_lost(check, status))
        return status;
    const char *const *row = rows == NULL ? NULL : leat_mysql_next_row(rows);
    int64_t hours = row == NULL ? 0 : leat_mysql_row_number(row, 0, 0);
    bool known = row != NULL;
    mysql_free_result(rows);
    if (known && hours * HOUR >= DAY)
        leat_mysql_check_report_fine(check, "log_keep", "the server keeps its log for %lld hours",
                                     (long long)hours);
    else
        leat_findings_add(check->findings, LEAT_FINDING_WARNING, "log_keep", "server",
                          "CALL mysql.rds_set_configuration('binlog retention hours', 168);",
                          "%s: when leat stands still, changes are gone, and a new snapshot is needed",
                          known ? "the server purges its log within a day"
                                : "Amazon's servers purge their log at once unless told otherwise, and "
                                  "CALL mysql.rds_show_configuration shows what this one was told");
    return LEAT_OK;
}

leat_status leat_mysql_check_keep(leat_mysql_check_context *check, leat_error *error)
{
    if (!leat_mysql_setting_on(&check->settings, "log_bin"))
        return LEAT_OK;
    if (leat_mysql_settings_amazon(&check->settings))
        return check_amazon(check, error);
    check_time(check);
    check_size(check);
    return LEAT_OK;
}
