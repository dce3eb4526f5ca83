#include "mysql/catalog/catalog.h"

#include <string.h>
#include <strings.h>

#include "mysql/catalog/facts.h"
#include "mysql/server/result.h"

/* One definition being read, by three statements that do not see one state of the server. */
typedef struct reading {
    leat_mysql_session *session;
    const leat_mysql_collations *collations;
    const char *database;
    const char *name;
    leat_mysql_definition *definition; /* NULL when there is no such table */
} reading;

/* "SELECT … WHERE table_schema = 'd' AND table_name = 'n'" and `rest`. */
static leat_status query(const reading *what, const char *columns, const char *from, const char *rest,
                         MYSQL_RES **rows, leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_printf(&sql, "SELECT %s FROM information_schema.%s WHERE table_schema = ", columns, from);
    leat_mysql_append_literal(&sql, what->database);
    leat_buffer_append_string(&sql, " AND table_name = ");
    leat_mysql_append_literal(&sql, what->name);
    leat_buffer_append_string(&sql, rest);
    leat_status status = leat_mysql_query(what->session, leat_buffer_string(&sql), rows, error);
    leat_buffer_free(&sql);
    return status;
}

/* ---- The table ---- */

enum { TABLE_TYPE, TABLE_ENGINE, TABLE_COLLATION, TABLE_COMMENT };

static void fill_table(reading *what, const char *const *row)
{
    leat_mysql_definition *definition = leat_mysql_definition_new(what->database, what->name);
    leat_arena *arena = &definition->arena;
    const char *comment = leat_mysql_row_text(row, TABLE_COMMENT);
    definition->kind = leat_mysql_catalog_kind(leat_mysql_row_text(row, TABLE_TYPE));
    definition->engine = leat_arena_string(arena, row[TABLE_ENGINE]);
    definition->collation = leat_arena_string(arena, row[TABLE_COLLATION]);
    definition->comment = comment[0] == '\0' ? NULL : leat_arena_string(arena, comment);
    what->definition = definition;
}

static leat_status read_table(reading *what, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    leat_status status =
        query(what, "table_type, engine, table_collation, table_comment", "tables", "", &rows, error);
    if (status != LEAT_OK)
        return status;
    const char *const *row = leat_mysql_next_row(rows);
    if (row != NULL)
        fill_table(what, row);
    mysql_free_result(rows);
    return LEAT_OK;
}

/* ---- Columns ---- */

static void keep_column(const reading *what, const char *const *row)
{
    leat_mysql_definition *definition = what->definition;
    bool mariadb = leat_mysql_session_server(what->session)->mariadb;
    leat_mysql_column *column = &definition->columns[definition->column_count++];
    leat_mysql_catalog_column(row, mariadb, what->collations, &definition->arena, column);
    if (definition->kind == LEAT_MYSQL_VERSIONED_TABLE && leat_mysql_catalog_is_row_end(row))
        definition->row_end = column->name;
}

static leat_status read_columns(const reading *what, leat_error *error)
{
    enum { ROOM_FOR_ROW_LIFE = 2 };
    MYSQL_RES *rows = NULL;
    const char *const *row = NULL;
    leat_mysql_definition *definition = what->definition;
    leat_status status =
        query(what, leat_mysql_catalog_column_list, "columns", " ORDER BY ordinal_position", &rows, error);
    if (status != LEAT_OK)
        return status;
    size_t room = (size_t)mysql_num_rows(rows) + ROOM_FOR_ROW_LIFE;
    definition->columns = leat_arena_allocate_array(&definition->arena, room, sizeof *definition->columns);
    while ((row = leat_mysql_next_row(rows)) != NULL)
        keep_column(what, row);
    if (definition->kind == LEAT_MYSQL_VERSIONED_TABLE && definition->row_end == NULL)
        leat_mysql_catalog_add_row_life(what->collations, definition);
    mysql_free_result(rows);
    return LEAT_OK;
}

/* ---- Unique indexes ---- */

enum { INDEX_NAME, INDEX_COLUMN };

static bool belongs(const leat_mysql_definition *definition, const char *index)
{
    return definition->index_count > 0 &&
           strcmp(definition->indexes[definition->index_count - 1].name, index) == 0;
}

/* Rows of an index stand together. An index part without a column is an expression. */
static void keep_part(leat_mysql_definition *definition, const char **names, size_t place,
                      const char *const *row)
{
    leat_arena *arena = &definition->arena;
    const char *name = leat_mysql_row_text(row, INDEX_NAME);
    if (!belongs(definition, name))
        definition->indexes[definition->index_count++] =
            (leat_mysql_index){.name = leat_arena_string(arena, name), .columns = &names[place]};
    leat_mysql_index *index = &definition->indexes[definition->index_count - 1];
    names[place] = leat_arena_string(arena, row[INDEX_COLUMN]);
    if (row[INDEX_COLUMN] == NULL)
        index->expression = true;
    index->column_count++;
}

/* Names of columns alone: the expressions among the parts are taken out. */
static void close_up(leat_mysql_index *index, leat_arena *arena)
{
    const char **names = leat_arena_allocate_array(arena, index->column_count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < index->column_count; i++)
        if (index->columns[i] != NULL)
            names[count++] = index->columns[i];
    index->columns = names;
    index->column_count = count;
}

static void keep_indexes(leat_mysql_definition *definition, MYSQL_RES *rows)
{
    const char *const *row = NULL;
    leat_arena *arena = &definition->arena;
    size_t room = (size_t)mysql_num_rows(rows) + 1;
    const char **names = leat_arena_allocate_array(arena, room, sizeof *names);
    definition->indexes = leat_arena_allocate_array(arena, room, sizeof *definition->indexes);
    for (size_t place = 0; (row = leat_mysql_next_row(rows)) != NULL; place++)
        keep_part(definition, names, place, row);
    for (size_t i = 0; i < definition->index_count; i++)
        if (definition->indexes[i].expression)
            close_up(&definition->indexes[i], arena);
}

static leat_status read_indexes(const reading *what, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    leat_status status =
        query(what, "index_name, column_name", "statistics",
              " AND non_unique = 0 ORDER BY index_name <> 'PRIMARY', CAST(index_name AS BINARY),"
              " seq_in_index",
              &rows, error);
    if (status != LEAT_OK)
        return status;
    keep_indexes(what->definition, rows);
    mysql_free_result(rows);
    return LEAT_OK;
}

/* ---- All together ---- */

/* Whether columns and indexes can be of one moment. */
static bool is_consistent(const leat_mysql_definition *definition)
{
    if (definition->column_count == 0)
        return false;
    for (size_t i = 0; i < definition->index_count; i++)
        for (size_t j = 0; j < definition->indexes[i].column_count; j++)
            if (leat_mysql_definition_column(definition, definition->indexes[i].columns[j]) == NULL)
                return false;
    return true;
}

static leat_status read_once(reading *what, leat_error *error)
{
    leat_status status = read_table(what, error);
    if (status == LEAT_OK && what->definition != NULL)
        status = read_columns(what, error);
    if (status == LEAT_OK && what->definition != NULL)
        status = read_indexes(what, error);
    return status;
}

static void forget(reading *what)
{
    leat_mysql_definition_free(what->definition);
    what->definition = NULL;
}

/* Between the statements the table may change: what does not go together is read again. */
static leat_status read_whole(reading *what, leat_error *error)
{
    enum { MOST_TRIES = 5 };
    for (int tries = 0; tries < MOST_TRIES; tries++) {
        leat_status status = read_once(what, error);
        if (status != LEAT_OK || what->definition == NULL || is_consistent(what->definition))
            return status;
        forget(what);
    }
    return leat_error_fail(error, LEAT_RETRY, "grant SELECT on the whole table, not on some of its columns",
                           "its columns and its indexes do not go together, as if its definition changed "
                           "while it is read, or not all of its columns could be seen");
}

leat_status leat_mysql_catalog_definition(leat_mysql_session *session,
                                          const leat_mysql_collations *collations, const char *database,
                                          const char *name, leat_mysql_definition **definition,
                                          leat_error *error)
{
    reading what = {.session = session, .collations = collations, .database = database, .name = name};
    leat_status status = read_whole(&what, error);
    if (status != LEAT_OK) {
        forget(&what);
        return leat_error_context(error, status, "cannot read the definition of %s.%s", database, name);
    }
    *definition = what.definition;
    return LEAT_OK;
}
