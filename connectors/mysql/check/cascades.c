#include <string.h>

#include "mysql/catalog/foreign_keys.h"
#include "mysql/check/check_internal.h"
#include "mysql/server/result.h"

/* MySQL from 9.6 on changes a child's rows itself, by statements whose rows are logged. Everywhere else
 * InnoDB does, below the log. */
static bool logs_cascades(const leat_mysql_check_context *check)
{
    const char *native = leat_mysql_setting_text(&check->settings, "innodb_native_foreign_keys");
    return native[0] != '\0' && !leat_mysql_setting_on(&check->settings, "innodb_native_foreign_keys");
}

static bool can_log_cascades(const leat_mysql_check_context *check)
{
    return leat_mysql_setting_text(&check->settings, "innodb_native_foreign_keys")[0] != '\0';
}

static void append_mend(leat_mysql_check_context *check, const leat_mysql_listed_table *child,
                        const leat_mysql_foreign_key *key, leat_buffer *mend)
{
    if (can_log_cascades(check)) {
        leat_mysql_append_static_setting(mend, &check->settings, "innodb_native_foreign_keys", "OFF");
        return;
    }
    leat_buffer_append_string(mend, "ALTER TABLE ");
    leat_mysql_append_qualified(mend, child->database, child->name);
    leat_buffer_append_string(mend, " DROP FOREIGN KEY ");
    leat_mysql_append_identifier(mend, key->name);
    leat_buffer_append_string(mend,
                              "; -- and add it again with RESTRICT, the application changing the child's "
                              "rows itself");
}

static void report_cascade(leat_mysql_check_context *check, const leat_mysql_listed_table *child,
                           const leat_mysql_foreign_key *key, leat_arena *scratch)
{
    leat_buffer mend = {0};
    const char *database = key->parent_database == NULL ? child->database : key->parent_database;
    append_mend(check, child, key, &mend);
    leat_mysql_check_report_table(
        check, LEAT_FINDING_WARNING, "cascade", child->full_name, leat_buffer_string(&mend),
        "rows of %s that a change of %s takes along (foreign key %s, %s) are not in this "
        "server's log: no event tells of them",
        child->full_name, leat_table_name_join(database, key->parent, scratch), key->name, key->actions);
    leat_buffer_free(&mend);
}

static void judge(leat_mysql_check_context *check, const leat_mysql_listed_table *table,
                  const char *create_table)
{
    leat_arena scratch = {0};
    leat_mysql_foreign_keys keys;
    leat_mysql_foreign_keys_read(create_table, &scratch, &keys);
    for (size_t i = 0; i < keys.count; i++)
        if (keys.items[i].actions[0] != '\0')
            report_cascade(check, table, &keys.items[i], &scratch);
    leat_arena_free(&scratch);
}

/* A table that cannot be read has its finding already. */
static leat_status check_table(leat_mysql_check_context *check, const leat_mysql_listed_table *table,
                               leat_error *error)
{
    enum { CREATE_TABLE = 1 };
    MYSQL_RES *rows = NULL;
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "SHOW CREATE TABLE ");
    leat_mysql_append_qualified(&sql, table->database, table->name);
    leat_status status = leat_mysql_query(check->session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return leat_mysql_check_is_lost(check, status) ? status : LEAT_OK;
    const char *const *row = leat_mysql_next_row(rows);
    if (row != NULL)
        judge(check, table, leat_mysql_row_text(row, CREATE_TABLE));
    mysql_free_result(rows);
    return LEAT_OK;
}

leat_status leat_mysql_check_cascades(leat_mysql_check_context *check, leat_error *error)
{
    leat_status status = LEAT_OK;
    if (logs_cascades(check))
        return LEAT_OK;
    /* A server may be set to print names without backticks. */
    if (check->captured_count > 0)
        status = leat_mysql_execute(check->session, "SET SESSION sql_quote_show_create = 1", error);
    for (size_t i = 0; i < check->captured_count && status == LEAT_OK; i++)
        status = check_table(check, check->captured[i], error);
    return status;
}
