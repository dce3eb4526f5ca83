#include "mysql/check/variables.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mysql/server/result.h"

/* No server has all of them. */
static const char *const names[] = {
    "aurora_version",
    "basedir",
    "binlog_error_action",
    "binlog_expire_logs_auto_purge",
    "binlog_expire_logs_seconds",
    "binlog_format",
    "binlog_row_image",
    "binlog_row_metadata",
    "binlog_row_value_options",
    "expire_logs_days",
    "gtid_mode",
    "gtid_slave_pos",
    "gtid_strict_mode",
    "innodb_native_foreign_keys",
    "log_bin",
    "log_replica_updates",
    "log_slave_updates",
    "max_binlog_total_size",
    "server_id",
    "sql_mode",
};

static void append_statement(leat_buffer *sql)
{
    leat_buffer_append_string(sql, "SHOW GLOBAL VARIABLES WHERE Variable_name IN (");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        leat_buffer_printf(sql, "%s'%s'", i == 0 ? "" : ", ", names[i]);
    leat_buffer_append_byte(sql, ')');
}

static void keep_settings(MYSQL_RES *rows, leat_arena *arena, leat_mysql_settings *settings)
{
    const char *const *row = NULL;
    leat_mysql_setting *items =
        leat_arena_allocate_array(arena, (size_t)mysql_num_rows(rows) + 1, sizeof *items);
    settings->items = items;
    settings->count = 0;
    while ((row = leat_mysql_next_row(rows)) != NULL)
        items[settings->count++] = (leat_mysql_setting){
            .name = leat_arena_string(arena, leat_mysql_row_text(row, 0)),
            .value = leat_arena_string(arena, leat_mysql_row_text(row, 1)),
        };
}

leat_status leat_mysql_settings_read(leat_mysql_session *session, leat_arena *arena,
                                     leat_mysql_settings *settings, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    leat_buffer sql = {0};
    append_statement(&sql);
    leat_status status = leat_mysql_query(session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "cannot read the server's settings");
    keep_settings(rows, arena, settings);
    mysql_free_result(rows);
    return LEAT_OK;
}

const char *leat_mysql_setting_text(const leat_mysql_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcasecmp(settings->items[i].name, name) == 0)
            return settings->items[i].value;
    return "";
}

bool leat_mysql_setting_on(const leat_mysql_settings *settings, const char *name)
{
    const char *value = leat_mysql_setting_text(settings, name);
    return strcasecmp(value, "ON") == 0 || strcmp(value, "1") == 0;
}

int64_t leat_mysql_setting_number(const leat_mysql_settings *settings, const char *name, int64_t otherwise)
{
    const char *value = leat_mysql_setting_text(settings, name);
    char *end = NULL;
    int64_t number = strtoll(value, &end, 10);
    return end == value ? otherwise : number;
}

bool leat_mysql_settings_amazon(const leat_mysql_settings *settings)
{
    return leat_mysql_setting_text(settings, "aurora_version")[0] != '\0' ||
           strstr(leat_mysql_setting_text(settings, "basedir"), "/rdsdbbin") != NULL;
}

/* ---- Mends ---- */

static bool append_for_amazon(leat_buffer *mend, const leat_mysql_settings *settings, const char *name,
                              const char *value)
{
    if (!leat_mysql_settings_amazon(settings))
        return false;
    bool aurora = leat_mysql_setting_text(settings, "aurora_version")[0] != '\0';
    leat_buffer_printf(mend, "in the %s parameter group: %s = %s", aurora ? "DB cluster" : "DB", name, value);
    return true;
}

void leat_mysql_append_setting(leat_buffer *mend, const leat_mysql_server *server,
                               const leat_mysql_settings *settings, const char *name, const char *value)
{
    bool number = value[0] != '\0' && strspn(value, "0123456789") == strlen(value);
    const char *quote = number ? "" : "'";
    if (append_for_amazon(mend, settings, name, value))
        return;
    if (!server->mariadb && server->version >= 80000)
        leat_buffer_printf(mend, "SET PERSIST %s = %s%s%s;", name, quote, value, quote);
    else
        leat_buffer_printf(
            mend,
            "SET GLOBAL %s = %s%s%s; -- and for the next start in my.cnf, under [mysqld]: %s = "
            "%s",
            name, quote, value, quote, name, value);
}

void leat_mysql_append_static_setting(leat_buffer *mend, const leat_mysql_settings *settings,
                                      const char *name, const char *value)
{
    if (!append_for_amazon(mend, settings, name, value))
        leat_buffer_printf(mend, "in my.cnf, under [mysqld], then restart the server: %s = %s", name, value);
}
