#include "mysql/catalog/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "leat/table.h"
#include "mysql/catalog/facts.h"
#include "mysql/server/result.h"

enum { LIST_DATABASE, LIST_NAME, LIST_TYPE, LIST_ENGINE, LIST_ROWS, LIST_BYTES };

static const char list_sql[] = "SELECT table_schema, table_name, table_type, engine, table_rows,"
                               " data_length + index_length FROM information_schema.tables";

/* A server looks into each table of a database that it lists, so its own are left out there where they can
 * be.
 */
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
        return leat_error_context(error, "cannot list the tables");
    keep_list(rows, patterns, pattern_count, list);
    mysql_free_result(rows);
    return LEAT_OK;
}

void leat_mysql_table_list_free(leat_mysql_table_list *list)
{
    leat_arena_free(&list->arena);
    *list = (leat_mysql_table_list){0};
}
