#include "mysql/catalog/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "leat/table.h"
#include "mysql/catalog/facts.h"
#include "mysql/server/result.h"

enum { LIST_DATABASE, LIST_NAME, LIST_TYPE, LIST_ENGINE, LIST_ROWS, LIST_BYTES };

static const char list_sql[] = "SELECT table_schema, table_name, table_type, engine, table_rows,"
                               " data_length + index_length FROM information_schema.tables";

/* A server looks into each table of a database that it lists, so its own are left out there where they can
 * be. */
static void append_condition(leat_buffer *sql, const char *const *patterns, size_t pattern_count)
{
    static const char *const own[] = {"mysql", "sys", "information_schema", "performance_schema"};
    leat_buffer_append_string(sql, " WHERE table_schema NOT IN (''");
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!leat_mysql_catalog_database_named(own[i], patterns, pattern_count))
            leat_buffer_printf(sql, ", '%s'", own[i]);
    leat_buffer_append_byte(sql, ')');
}

static leat_mysql_listed_table read_listed(const char *const *row, leat_arena *arena)
{
    leat_mysql_listed_table table = {
        .database = leat_arena_string(arena, leat_mysql_row_text(row, LIST_DATABASE)),
        .name = leat_arena_string(arena, leat_mysql_row_text(row, LIST_NAME)),
        .kind = leat_mysql_catalog_kind(leat_mysql_row_text(row, LIST_TYPE)),
        .engine = leat_arena_string(arena, leat_mysql_row_text(row, LIST_ENGINE)),
        .row_estimate = leat_mysql_row_number(row, LIST_ROWS, -1),
        .bytes = leat_mysql_row_number(row, LIST_BYTES, -1),
    };
    table.full_name = leat_table_name_join(table.database, table.name, arena);
    table.transactional = leat_mysql_catalog_engine_has_snapshots(table.engine);
    return table;
}

static int compare_listed(const void *left, const void *right)
{
    const leat_mysql_listed_table *a = left;
    const leat_mysql_listed_table *b = right;
    int order = strcmp(a->database, b->database);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static void keep_list(MYSQL_RES *rows, const char *const *patterns, size_t pattern_count,
                      leat_mysql_table_list *list)
{
    const char *const *row = NULL;
    leat_arena *arena = &list->arena;
    list->items = leat_arena_allocate_array(arena, (size_t)mysql_num_rows(rows) + 1, sizeof *list->items);
    list->count = 0;
    while ((row = leat_mysql_next_row(rows)) != NULL) {
        leat_mysql_listed_table table = read_listed(row, arena);
        if (leat_mysql_catalog_captures(patterns, pattern_count, table.database, table.full_name))
            list->items[list->count++] = table;
    }
    qsort(list->items, list->count, sizeof *list->items, compare_listed);
}

leat_status leat_mysql_catalog_list(leat_mysql_session *session, const char *const *patterns,
                                    size_t pattern_count, leat_mysql_table_list *list, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, list_sql);
    append_condition(&sql, patterns, pattern_count);
    leat_status status = leat_mysql_query(session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return leat_error_context(error, status, "cannot list the tables");
    keep_list(rows, patterns, pattern_count, list);
    mysql_free_result(rows);
    return LEAT_OK;
}

void leat_mysql_table_list_free(leat_mysql_table_list *list)
{
    leat_arena_free(&list->arena);
    *list = (leat_mysql_table_list){0};
}

bool leat_mysql_catalog_selects(const leat_source_options *options, const char *database, const char *name)
{
    leat_arena names = {0};
    bool selected = leat_mysql_catalog_captures(options->tables, options->table_count, database,
                                                leat_table_name_join(database, name, &names));
    leat_arena_free(&names);
    return selected;
}

/* ---- Discovery ---- */

static bool is_captured(const leat_mysql_listed_table *table)
{
    return table->kind == LEAT_MYSQL_BASE_TABLE || table->kind == LEAT_MYSQL_VERSIONED_TABLE;
}

static void keep_tables(const leat_mysql_table_list *list, leat_discovery *discovery)
{
    discovery->tables =
        leat_arena_allocate_array(&discovery->arena, list->count + 1, sizeof *discovery->tables);
    discovery->count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (is_captured(&list->items[i]))
            discovery->tables[discovery->count++] = (leat_discovered_table){
                .name = leat_arena_string(&discovery->arena, list->items[i].full_name),
                .row_estimate = list->items[i].row_estimate,
                .bytes = list->items[i].bytes,
            };
}

leat_status leat_mysql_discover(const leat_source_options *options, leat_discovery *discovery,
                                leat_error *error)
{
    leat_mysql_session *session = NULL;
    leat_mysql_table_list list = {0};
    leat_status status = leat_mysql_session_open(options, &session, error);
    if (status != LEAT_OK)
        return status;
    /* Tables are listed that somebody may be changing. */
    status = leat_mysql_execute(session, "SET SESSION lock_wait_timeout = 10", error);
    if (status == LEAT_OK)
        status = leat_mysql_catalog_list(session, options->tables, options->table_count, &list, error);
    if (status == LEAT_OK)
        keep_tables(&list, discovery);
    leat_mysql_table_list_free(&list);
    leat_mysql_session_close(session);
    return status;
}

/* ---- Questions over a session of their own ---- */

leat_status leat_mysql_catalog_ask_definition(const leat_source_options *options,
                                              const leat_mysql_collations *collations, const char *database,
                                              const char *name, leat_mysql_definition **definition,
                                              leat_error *error)
{
    leat_mysql_session *session = NULL;
    *definition = NULL;
    leat_status status = leat_mysql_session_open(options, &session, error);
    if (status == LEAT_OK)
        status = leat_mysql_catalog_definition(session, collations, database, name, definition, error);
    leat_mysql_session_close(session);
    return status;
}

static leat_status read_collation(leat_mysql_session *session, const char *database, char **collation,
                                  leat_error *error)
{
    leat_buffer sql = {0};
    MYSQL_RES *rows = NULL;
    leat_buffer_append_string(
        &sql, "SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = ");
    leat_mysql_append_literal(&sql, database);
    leat_status status = leat_mysql_query(session, leat_buffer_string(&sql), &rows, error);
    leat_buffer_free(&sql);
    if (status != LEAT_OK)
        return status;
    const char *const *row = leat_mysql_next_row(rows);
    if (row != NULL && row[0] != NULL)
        *collation = leat_duplicate_string(row[0]);
    mysql_free_result(rows);
    return LEAT_OK;
}

leat_status leat_mysql_catalog_ask_database(const leat_source_options *options, const char *database,
                                            char **collation, leat_error *error)
{
    leat_mysql_session *session = NULL;
    *collation = NULL;
    leat_status status = leat_mysql_session_open(options, &session, error);
    if (status == LEAT_OK)
        status = read_collation(session, database, collation, error);
    leat_mysql_session_close(session);
    return status;
}
