#include <string.h>

#include "mysql/check.h"
#include "mysql/result.h"

enum { CHILD_DATABASE, CHILD, CONSTRAINT, PARENT_DATABASE, PARENT, ON_UPDATE, ON_DELETE };

/* MySQL from 9.6 on changes a child's rows itself, by statements whose rows are logged. Everywhere else
 * InnoDB does, below the log. */
static bool logs_cascades(const leat_mysql_checkup *checkup)
{
    const char *native = leat_mysql_setting_text(&checkup->settings, "innodb_native_foreign_keys");
    return native[0] != '\0' && !leat_mysql_setting_on(&checkup->settings, "innodb_native_foreign_keys");
}

static bool can_log_cascades(const leat_mysql_checkup *checkup)
{
    return leat_mysql_setting_text(&checkup->settings, "innodb_native_foreign_keys")[0] != '\0';
}

static leat_status query_cascades(leat_mysql_checkup *checkup, MYSQL_RES **rows, leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(
        &sql, "SELECT constraint_schema, table_name, constraint_name, unique_constraint_schema,"
              " referenced_table_name, update_rule, delete_rule"
              " FROM information_schema.referential_constraints"
              " WHERE (update_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT')"
              " OR delete_rule IN ('CASCADE', 'SET NULL', 'SET DEFAULT')) AND ");
    leat_mysql_checkup_append_databases(checkup, "constraint_schema", &sql);
    leat_buffer_append_string(&sql, " ORDER BY constraint_schema, table_name, constraint_name");
    leat_status status = leat_mysql_query(checkup->session, leat_buffer_string(&sql), rows, error);
    leat_buffer_free(&sql);
    return status;
}

static bool acts(const char *rule)
{
    return strcmp(rule, "RESTRICT") != 0 && strcmp(rule, "NO ACTION") != 0;
}

static void append_actions(leat_buffer *text, const char *const *row)
{
    const char *on_delete = leat_mysql_row_text(row, ON_DELETE);
    const char *on_update = leat_mysql_row_text(row, ON_UPDATE);
    if (acts(on_delete))
        leat_buffer_printf(text, "ON DELETE %s", on_delete);
    if (acts(on_update))
        leat_buffer_printf(text, "%sON UPDATE %s", acts(on_delete) ? ", " : "", on_update);
}

static void append_mend(leat_mysql_checkup *checkup, leat_buffer *mend, const char *const *row)
{
    if (can_log_cascades(checkup)) {
        leat_mysql_append_static_setting(mend, &checkup->settings, "innodb_native_foreign_keys", "OFF");
        return;
    }
    leat_buffer_append_string(mend, "ALTER TABLE ");
    leat_mysql_append_qualified(mend, leat_mysql_row_text(row, CHILD_DATABASE),
                                leat_mysql_row_text(row, CHILD));
    leat_buffer_append_string(mend, " DROP FOREIGN KEY ");
    leat_mysql_append_identifier(mend, leat_mysql_row_text(row, CONSTRAINT));
    leat_buffer_append_string(mend,
                              "; -- and add it again with RESTRICT, the application changing the child's "
                              "rows itself");
}

static void report_cascade(leat_mysql_checkup *checkup, const leat_mysql_listed_table *child,
                           const char *const *row)
{
    leat_buffer mend = {0};
    leat_buffer actions = {0};
    leat_arena names = {0};
    const char *parent = leat_table_name_join(leat_mysql_row_text(row, PARENT_DATABASE),
                                              leat_mysql_row_text(row, PARENT), &names);
    append_mend(checkup, &mend, row);
    append_actions(&actions, row);
    leat_mysql_checkup_table(
        checkup, LEAT_FINDING_WARNING, "cascade", child->full_name, leat_buffer_string(&mend),
        "rows of %s that a change of %s takes along (foreign key %s, %s) are not in this "
        "server's log: no event tells of them",
        child->full_name, parent, leat_mysql_row_text(row, CONSTRAINT), leat_buffer_string(&actions));
    leat_buffer_free(&actions);
    leat_buffer_free(&mend);
    leat_arena_free(&names);
}

leat_status leat_mysql_check_cascades(leat_mysql_checkup *checkup, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    const char *const *row = NULL;
    if (checkup->captured_count == 0 || logs_cascades(checkup))
        return LEAT_OK;
    leat_status status = query_cascades(checkup, &rows, error);
    if (status != LEAT_OK)
        return status;
    while ((row = leat_mysql_next_row(rows)) != NULL) {
        const leat_mysql_listed_table *child = leat_mysql_checkup_captured(
            checkup, leat_mysql_row_text(row, CHILD_DATABASE), leat_mysql_row_text(row, CHILD));
        if (child != NULL)
            report_cascade(checkup, child, row);
    }
    mysql_free_result(rows);
    return LEAT_OK;
}
