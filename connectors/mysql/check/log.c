#include <string.h>
#include <strings.h>

#include "mysql/check/check_internal.h"

/* A setting that can be changed while the server runs. */
static void report(leat_mysql_check_context *check, leat_finding_level level, const char *name,
                   const char *value, const char *message)
{
    leat_buffer mend = {0};
    leat_mysql_append_setting(&mend, check->server, &check->settings, name, value);
    leat_findings_add(check->findings, level, name, "server", leat_buffer_string(&mend), "%s is %s: %s", name,
                      leat_mysql_setting_text(&check->settings, name), message);
    leat_buffer_free(&mend);
}

static bool is_value(const leat_mysql_check_context *check, const char *name, const char *value)
{
    return strcasecmp(leat_mysql_setting_text(&check->settings, name), value) == 0;
}

static bool has_setting(const leat_mysql_check_context *check, const char *name)
{
    return leat_mysql_setting_text(&check->settings, name)[0] != '\0';
}

static void check_version(leat_mysql_check_context *check)
{
    enum { FIRST_MYSQL = 50700, FIRST_MARIADB = 100300 };
    const leat_mysql_server *server = check->server;
    if (server->version < (server->mariadb ? FIRST_MARIADB : FIRST_MYSQL))
        leat_findings_add(check->findings, LEAT_FINDING_ERROR, "version", "server", NULL,
                          "this server is %s; leat reads MySQL from 5.7 and MariaDB from 10.3 on",
                          server->version_text);
}

static bool check_log_bin(leat_mysql_check_context *check)
{
    leat_buffer mend = {0};
    if (leat_mysql_setting_on(&check->settings, "log_bin")) {
        leat_mysql_check_report_fine(check, "log_bin", "the binary log is on");
        return true;
    }
    if (leat_mysql_settings_amazon(&check->settings))
        leat_buffer_append_string(&mend, "switch automated backups on: retention of one day or more");
    else
        leat_mysql_append_static_setting(&mend, &check->settings, "log_bin", "binlog");
    leat_findings_add(check->findings, LEAT_FINDING_ERROR, "log_bin", "server", leat_buffer_string(&mend),
                      "log_bin is OFF: the server keeps no log of its changes");
    leat_buffer_free(&mend);
    return false;
}

static void check_server_id(leat_mysql_check_context *check)
{
    if (leat_mysql_setting_number(&check->settings, "server_id", 1) == 0)
        report(check, LEAT_FINDING_ERROR, "server_id", "1",
               "such a server gives its log to nobody; any number that no other server of yours has will do");
}

static void check_format(leat_mysql_check_context *check)
{
    if (has_setting(check, "binlog_format") && !is_value(check, "binlog_format", "ROW"))
        report(
            check, LEAT_FINDING_ERROR, "binlog_format", "ROW",
            "the log has statements instead of rows; sessions that are open keep the old format until they "
            "connect again");
    else
        leat_mysql_check_report_fine(check, "binlog_format", "the log has rows");
}

/* FULL_NODUP (MariaDB) leaves out of an update's new image what stands in the old one: nothing is missing. */
static bool has_whole_rows(const leat_mysql_check_context *check)
{
    return !has_setting(check, "binlog_row_image") || is_value(check, "binlog_row_image", "FULL") ||
           is_value(check, "binlog_row_image", "FULL_NODUP");
}

static void check_image(leat_mysql_check_context *check)
{
    if (has_whole_rows(check))
        leat_mysql_check_report_fine(check, "binlog_row_image", "the log has all columns of each row");
    else
        report(check, LEAT_FINDING_WARNING, "binlog_row_image", "FULL",
               "columns that a change leaves alone are not in the log; they come as null with the note "
               "\"absent\"");
    if (!has_whole_rows(check) &&
        strstr(leat_mysql_setting_text(&check->settings, "binlog_row_value_options"), "PARTIAL_JSON") != NULL)
        report(check, LEAT_FINDING_WARNING, "binlog_row_value_options", "",
               "of a JSON value that was changed in part the log has neither the old nor the new one, as "
               "binlog_row_image is not FULL either; it comes as null with the note \"absent\"");
}

static void check_metadata(leat_mysql_check_context *check)
{
    if (!has_setting(check, "binlog_row_metadata"))
        leat_findings_add(
            check->findings, LEAT_FINDING_WARNING, "binlog_row_metadata", "server", NULL,
            "this server's log has no names of columns (MySQL from 8.0, MariaDB from 10.5 on has): leat "
            "follows "
            "definitions by reading the log's DDL, and stops with a sentence where one cannot be followed");
    else if (is_value(check, "binlog_row_metadata", "FULL"))
        leat_mysql_check_report_fine(check, "binlog_row_metadata", "the log has the names of columns");
    else
        report(
            check, LEAT_FINDING_WARNING, "binlog_row_metadata", "FULL",
            "the log has no names of columns; leat follows definitions by reading the log's DDL, and stops "
            "with a sentence where one cannot be followed. With FULL each change says itself what it is, "
            "at the cost of some bytes for each statement");
}

static void check_error_action(leat_mysql_check_context *check)
{
    if (is_value(check, "binlog_error_action", "IGNORE_ERROR"))
        report(check, LEAT_FINDING_WARNING, "binlog_error_action", "ABORT_SERVER",
               "when the log cannot be written (a full disk), the server goes on without it, and no event "
               "tells of its changes from then on");
}

void leat_mysql_check_log(leat_mysql_check_context *check)
{
    check_version(check);
    if (!check_log_bin(check))
        return;
    check_server_id(check);
    check_format(check);
    check_image(check);
    check_metadata(check);
    check_error_action(check);
}
