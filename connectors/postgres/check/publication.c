#include <stddef.h>

#include "base/buffer.h"
#include "postgres/check/check.h"
#include "postgres/server/result.h"
#include "postgres/server/settings.h"

/* How many names a sentence gives before it says how many more there are. */
enum { NAMES_SHOWN = 5 };

static void add(leat_postgres_checkup *checkup, leat_finding_level level, const char *code, leat_buffer *mend,
                leat_buffer *message)
{
    leat_buffer object = {0};
    leat_buffer_printf(&object, "publication %s", checkup->names->publication);
    leat_findings_add(checkup->findings, level, code, leat_buffer_string(&object),
                      mend == NULL ? NULL : leat_buffer_string(mend), "%s", leat_buffer_string(message));
    leat_buffer_free(&object);
    if (mend != NULL)
        leat_buffer_free(mend);
    leat_buffer_free(message);
}

static void append_alter(leat_buffer *sql, const leat_postgres_checkup *checkup, const char *action)
{
    leat_buffer_append_string(sql, "ALTER PUBLICATION ");
    leat_postgres_append_identifier(sql, checkup->names->publication);
    leat_buffer_append_string(sql, action);
}

/* A list of names in a sentence, and of tables in a statement, that grow together. */
typedef struct table_list {
    leat_buffer sentence;
    leat_buffer statement;
    size_t count;
} table_list;

static void list_table(table_list *list, const char *schema, const char *name)
{
    if (list->count < NAMES_SHOWN)
        leat_buffer_printf(&list->sentence, "%s%s.%s", list->count == 0 ? "" : ", ", schema, name);
    leat_postgres_publication_append_table(&list->statement, schema, name, list->count == 0);
    list->count++;
}

static const char *listed_names(table_list *list)
{
    if (list->count > NAMES_SHOWN)
        leat_buffer_printf(&list->sentence, " and %zu more", list->count - NAMES_SHOWN);
    return leat_buffer_string(&list->sentence);
}

static void free_list(table_list *list)
{
    leat_buffer_free(&list->sentence);
    leat_buffer_free(&list->statement);
}

/* With publish_via_partition_root a partitioned table comes as itself, without as each of its partitions. */
static bool comes_as_partitions(const leat_postgres_checkup *checkup, const leat_postgres_table_entry *entry)
{
    return entry->kind == 'p' && !checkup->publication.via_root;
}

static void compare_missing(leat_postgres_checkup *checkup)
{
    table_list missing = {0};
    for (size_t i = 0; i < checkup->tables.captured_count; i++) {
        const leat_postgres_table_entry *entry = checkup->tables.captured[i];
        if (!comes_as_partitions(checkup, entry) &&
            leat_postgres_publication_find(&checkup->publication, entry->identifier) == NULL)
            list_table(&missing, entry->schema, entry->name);
    }
    if (missing.count > 0) {
        leat_buffer mend = {0};
        leat_buffer message = {0};
        append_alter(&mend, checkup, " ADD TABLE ");
        leat_buffer_printf(&mend, "%s;", leat_buffer_string(&missing.statement));
        leat_buffer_printf(
            &message,
            "publication \"%s\" does not publish %zu of the captured tables (%s): their changes "
            "would not come",
            checkup->names->publication, missing.count, listed_names(&missing));
        add(checkup, LEAT_FINDING_ERROR, "publication_tables", &mend, &message);
    }
    free_list(&missing);
}

static bool is_wanted(const leat_postgres_checkup *checkup, Oid identifier)
{
    for (size_t i = 0; i < checkup->tables.count; i++) {
        const leat_postgres_table_entry *entry = &checkup->tables.entries[i];
        if (entry->identifier == identifier)
            return entry->matched || entry->within;
    }
    return false;
}

static void report_extra(leat_postgres_checkup *checkup, table_list *extra)
{
    leat_buffer mend = {0};
    leat_buffer message = {0};
    bool managed = leat_postgres_settings_of(checkup->options)->manage;
    if (checkup->publication.all_tables) {
        leat_buffer_append_string(&mend, "DROP PUBLICATION ");
        leat_postgres_append_identifier(&mend, checkup->names->publication);
        leat_buffer_append_byte(&mend, ';');
    } else {
        append_alter(&mend, checkup, " DROP TABLE ");
        leat_buffer_printf(&mend, "%s;", leat_buffer_string(&extra->statement));
    }
    leat_buffer_printf(&message,
                       "publication \"%s\" publishes %zu tables that source.tables does not select (%s): the "
                       "server sends their changes for nothing%s",
                       checkup->names->publication, extra->count, listed_names(extra),
                       managed ? ", and those without replica identity cannot be updated" : "");
    add(checkup, managed ? LEAT_FINDING_ERROR : LEAT_FINDING_WARNING, "publication_extra", &mend, &message);
}

static void compare_extra(leat_postgres_checkup *checkup)
{
    table_list extra = {0};
    for (size_t i = 0; i < checkup->publication.count; i++) {
        const leat_postgres_published *table = &checkup->publication.tables[i];
        if (!is_wanted(checkup, table->identifier))
            list_table(&extra, table->schema, table->name);
    }
    if (extra.count > 0)
        report_extra(checkup, &extra);
    free_list(&extra);
}

static void compare_actions(leat_postgres_checkup *checkup)
{
    const leat_postgres_publication *publication = &checkup->publication;
    if (publication->inserts && publication->updates && publication->deletes && publication->truncates)
        return;
    leat_buffer mend = {0};
    leat_buffer message = {0};
    append_alter(&mend, checkup, " SET (publish = 'insert, update, delete, truncate');");
    leat_buffer_printf(&message, "publication \"%s\" does not publish%s%s%s%s: such changes would not come",
                       checkup->names->publication, publication->inserts ? "" : " INSERT",
                       publication->updates ? "" : " UPDATE", publication->deletes ? "" : " DELETE",
                       publication->truncates ? "" : " TRUNCATE");
    add(checkup,
        leat_postgres_settings_of(checkup->options)->manage ? LEAT_FINDING_ERROR : LEAT_FINDING_WARNING,
        "publication_actions", &mend, &message);
}

static size_t count_partitioned(const leat_postgres_checkup *checkup)
{
    size_t count = 0;
    for (size_t i = 0; i < checkup->tables.captured_count; i++)
        count += checkup->tables.captured[i]->kind == 'p';
    return count;
}

/* A partition that comes under its own name is taken when that name is selected, and is lost otherwise. */
static void compare_partition_names(leat_postgres_checkup *checkup)
{
    if (checkup->publication.via_root || count_partitioned(checkup) == 0)
        return;
    leat_buffer mend = {0};
    leat_buffer message = {0};
    append_alter(&mend, checkup, " SET (publish_via_partition_root = true);");
    leat_buffer_printf(
        &message,
        "publication \"%s\" publishes partitions under their own names (it has no "
        "publish_via_partition_root), but source.tables selects partitioned tables as a whole: "
        "exclude those with '!' and select their partitions, or",
        checkup->names->publication);
    leat_buffer_append_string(&message, " publish them through their root");
    add(checkup, LEAT_FINDING_ERROR, "publication_partitions", &mend, &message);
}

/* Somebody's own doing, as we make none: it works, and snapshot and stream agree on it. */
static void compare_restrictions(leat_postgres_checkup *checkup)
{
    table_list restricted = {0};
    for (size_t i = 0; i < checkup->publication.count; i++)
        if (checkup->publication.tables[i].restricted &&
            is_wanted(checkup, checkup->publication.tables[i].identifier))
            list_table(&restricted, checkup->publication.tables[i].schema,
                       checkup->publication.tables[i].name);
    if (restricted.count > 0) {
        leat_buffer mend = {0};
        leat_buffer message = {0};
        leat_buffer_append_string(&mend, "BEGIN; ");
        append_alter(&mend, checkup, " DROP TABLE ");
        leat_buffer_printf(&mend, "%s; ", leat_buffer_string(&restricted.statement));
        append_alter(&mend, checkup, " ADD TABLE ");
        leat_buffer_printf(&mend, "%s; COMMIT;", leat_buffer_string(&restricted.statement));
        leat_buffer_printf(&message,
                           "publication \"%s\" has row filters or column lists (%s): only what they let "
                           "through comes, in snapshot and stream",
                           checkup->names->publication, listed_names(&restricted));
        add(checkup,
            leat_postgres_settings_of(checkup->options)->manage ? LEAT_FINDING_WARNING : LEAT_FINDING_FINE,
            "publication_filter", leat_postgres_settings_of(checkup->options)->manage ? &mend : NULL,
            &message);
        leat_buffer_free(&mend);
    }
    free_list(&restricted);
}

static void report_missing(leat_postgres_checkup *checkup)
{
    leat_buffer mend = {0};
    leat_buffer message = {0};
    leat_postgres_publication_append_create(&mend, checkup->names->publication, &checkup->tables,
                                            checkup->version);
    leat_buffer_printf(&message,
                       "there is no publication \"%s\", and source.manage: false forbids to make it",
                       checkup->names->publication);
    add(checkup, LEAT_FINDING_ERROR, "publication", &mend, &message);
}

leat_status leat_postgres_check_publication(leat_postgres_checkup *checkup, leat_error *error)
{
    (void)error;
    if (!checkup->publication.exists) {
        if (!leat_postgres_settings_of(checkup->options)->manage && checkup->tables.captured_count > 0)
            report_missing(checkup);
        return LEAT_OK;
    }
    size_t before = leat_findings_count(checkup->findings, LEAT_FINDING_ERROR) +
                    leat_findings_count(checkup->findings, LEAT_FINDING_WARNING);
    compare_partition_names(checkup);
    compare_missing(checkup);
    compare_extra(checkup);
    compare_actions(checkup);
    compare_restrictions(checkup);
    if (leat_findings_count(checkup->findings, LEAT_FINDING_ERROR) +
            leat_findings_count(checkup->findings, LEAT_FINDING_WARNING) >
        before)
        return LEAT_OK;
    leat_buffer message = {0};
    leat_buffer_printf(&message, "publication \"%s\" publishes all changes of the captured tables",
                       checkup->names->publication);
    add(checkup, LEAT_FINDING_FINE, "publication", NULL, &message);
    return LEAT_OK;
}

/* ---- Rights to make it ---- */

static void report_unable(leat_postgres_checkup *checkup, const char *reason)
{
    leat_buffer mend = {0};
    leat_buffer message = {0};
    leat_postgres_publication_append_create(&mend, checkup->names->publication, &checkup->tables,
                                            checkup->version);
    leat_buffer_printf(&message, "publication \"%s\" is missing and role \"%s\" cannot make it: %s",
                       checkup->names->publication, checkup->role, reason);
    add(checkup, LEAT_FINDING_ERROR, "publication_rights", &mend, &message);
}

static leat_status count_unowned(leat_postgres_checkup *checkup, int64_t *unowned, bool *may_create,
                                 leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "SELECT has_database_privilege(current_database(), 'CREATE'),"
                                    " (SELECT count(*) FROM pg_class c WHERE c.oid = ANY(");
    leat_postgres_tables_append_array(&sql, &checkup->tables);
    leat_buffer_append_string(&sql, ") AND NOT pg_has_role(c.relowner, 'USAGE'))");
    PGresult *rows = NULL;
    leat_status status = leat_postgres_query(checkup->session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return status;
    *may_create = leat_postgres_result_true(rows, 0, 0);
    *unowned = leat_postgres_result_number(rows, 0, 1, 0);
    PQclear(rows);
    return LEAT_OK;
}

leat_status leat_postgres_check_publication_rights(leat_postgres_checkup *checkup, leat_error *error)
{
    if (checkup->publication.exists || !leat_postgres_settings_of(checkup->options)->manage ||
        checkup->tables.captured_count == 0)
        return LEAT_OK;
    if (checkup->recovery) {
        report_unable(checkup, "this server is a standby; make it on the primary");
        return LEAT_OK;
    }
    int64_t unowned = 0;
    bool may_create = false;
    leat_status status = count_unowned(checkup, &unowned, &may_create, error);
    if (status != LEAT_OK)
        return status;
    if (!may_create) {
        report_unable(checkup, "it may not CREATE in this database; have a role that may run the statement");
    } else if (unowned > 0) {
        report_unable(checkup, "it does not own all captured tables; have their owner run the statement");
    } else {
        leat_buffer message = {0};
        leat_buffer_printf(&message, "publication \"%s\" will be made at the first start (tables: %zu)",
                           checkup->names->publication, checkup->tables.captured_count);
        add(checkup, LEAT_FINDING_FINE, "publication_rights", NULL, &message);
    }
    return LEAT_OK;
}
