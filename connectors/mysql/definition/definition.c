#include "mysql/definition/definition.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"

leat_mysql_definition *leat_mysql_definition_new(const char *database, const char *name)
{
    leat_mysql_definition *definition = leat_allocate(sizeof *definition);
    definition->database = leat_arena_string(&definition->arena, database);
    definition->name = leat_arena_string(&definition->arena, name);
    return definition;
}

void leat_mysql_definition_free(leat_mysql_definition *definition)
{
    if (definition == NULL)
        return;
    leat_arena_free(&definition->arena);
    leat_release(definition);
}

/* ---- Copies ---- */

static const char *const *copy_texts(leat_arena *arena, const char *const *texts, size_t count)
{
    const char **copies = leat_arena_allocate_array(arena, count, sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = leat_arena_string(arena, texts[i]);
    return copies;
}

static void copy_column(leat_arena *arena, leat_mysql_column *to, const leat_mysql_column *from)
{
    *to = *from;
    to->name = leat_arena_string(arena, from->name);
    to->type_text = leat_arena_string(arena, from->type_text);
    to->collation = leat_arena_string(arena, from->collation);
    to->labels = from->label_count == 0 ? NULL : copy_texts(arena, from->labels, from->label_count);
    to->default_text = leat_arena_string(arena, from->default_text);
    to->comment = leat_arena_string(arena, from->comment);
}

static void copy_index(leat_arena *arena, leat_mysql_index *to, const leat_mysql_index *from)
{
    *to = *from;
    to->name = leat_arena_string(arena, from->name);
    to->columns = copy_texts(arena, from->columns, from->column_count);
}

leat_mysql_definition *leat_mysql_definition_copy(const leat_mysql_definition *definition)
{
    leat_mysql_definition *copy = leat_mysql_definition_new(definition->database, definition->name);
    leat_arena *arena = &copy->arena;
    copy->kind = definition->kind;
    copy->collation = leat_arena_string(arena, definition->collation);
    copy->engine = leat_arena_string(arena, definition->engine);
    copy->comment = leat_arena_string(arena, definition->comment);
    copy->row_end = leat_arena_string(arena, definition->row_end);
    copy->column_count = definition->column_count;
    copy->columns = leat_arena_allocate_array(arena, definition->column_count, sizeof *copy->columns);
    for (size_t i = 0; i < definition->column_count; i++)
        copy_column(arena, &copy->columns[i], &definition->columns[i]);
    copy->index_count = definition->index_count;
    copy->indexes = leat_arena_allocate_array(arena, definition->index_count, sizeof *copy->indexes);
    for (size_t i = 0; i < definition->index_count; i++)
        copy_index(arena, &copy->indexes[i], &definition->indexes[i]);
    return copy;
}

/* ---- Comparison ---- */

static bool same_text(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

static bool same_texts(const char *const *left, size_t left_count, const char *const *right,
                       size_t right_count)
{
    bool same = left_count == right_count;
    for (size_t i = 0; same && i < left_count; i++)
        same = same_text(left[i], right[i]);
    return same;
}

static bool same_column(const leat_mysql_column *left, const leat_mysql_column *right)
{
    return same_text(left->name, right->name) && same_text(left->type_text, right->type_text) &&
           leat_mysql_layout_equal(left->layout, right->layout) && left->special == right->special &&
           left->is_unsigned == right->is_unsigned && left->nullable == right->nullable &&
           left->invisible == right->invisible && left->generated == right->generated &&
           same_text(left->collation, right->collation) &&
           same_texts(left->labels, left->label_count, right->labels, right->label_count) &&
           same_text(left->default_text, right->default_text) && same_text(left->comment, right->comment);
}

static bool same_index(const leat_mysql_index *left, const leat_mysql_index *right)
{
    return same_text(left->name, right->name) && left->expression == right->expression &&
           same_texts(left->columns, left->column_count, right->columns, right->column_count);
}

static bool same_parts(const leat_mysql_definition *left, const leat_mysql_definition *right)
{
    bool same = left->column_count == right->column_count && left->index_count == right->index_count;
    for (size_t i = 0; same && i < left->column_count; i++)
        same = same_column(&left->columns[i], &right->columns[i]);
    for (size_t i = 0; same && i < left->index_count; i++)
        same = same_index(&left->indexes[i], &right->indexes[i]);
    return same;
}

bool leat_mysql_definition_equal(const leat_mysql_definition *left, const leat_mysql_definition *right)
{
    return same_text(left->database, right->database) && same_text(left->name, right->name) &&
           left->kind == right->kind && same_text(left->collation, right->collation) &&
           same_text(left->engine, right->engine) && same_text(left->comment, right->comment) &&
           same_text(left->row_end, right->row_end) && same_parts(left, right);
}

leat_mysql_column *leat_mysql_definition_column(const leat_mysql_definition *definition, const char *name)
{
    for (size_t i = 0; i < definition->column_count; i++)
        if (strcasecmp(definition->columns[i].name, name) == 0)
            return &definition->columns[i];
    return NULL;
}

/* ---- The key that events of a table have ---- */

static bool is_primary(const leat_mysql_index *index)
{
    return strcasecmp(index->name, "PRIMARY") == 0;
}

/* Of a versioned table the server puts the end of a row's life into every unique index; events tell of rows
 * that live, of which there is one for each value of the rest. */
static bool ends_row(const leat_mysql_definition *definition, const char *column)
{
    return definition->kind == LEAT_MYSQL_VERSIONED_TABLE && definition->row_end != NULL &&
           strcasecmp(definition->row_end, column) == 0;
}

/* The places of an index's columns; 0 of them where it can be no key: a part of it is no column, or may be
 * null, so that it does not tell rows apart. */
static size_t places_of(const leat_mysql_definition *definition, const leat_mysql_index *index,
                        size_t *places)
{
    size_t count = 0;
    if (index->expression)
        return 0;
    for (size_t i = 0; i < index->column_count; i++) {
        if (ends_row(definition, index->columns[i]))
            continue;
        const leat_mysql_column *column = leat_mysql_definition_column(definition, index->columns[i]);
        /* What the catalog says of a primary key's columns is no matter: they are never null. */
        if (column == NULL || (column->nullable && !is_primary(index)))
            return 0;
        places[count++] = (size_t)(column - definition->columns);
    }
    return count;
}

static const leat_mysql_index *primary_of(const leat_mysql_definition *definition)
{
    for (size_t i = 0; i < definition->index_count; i++)
        if (is_primary(&definition->indexes[i]))
            return &definition->indexes[i];
    return NULL;
}

static size_t most_columns(const leat_mysql_definition *definition)
{
    size_t most = 0;
    for (size_t i = 0; i < definition->index_count; i++)
        if (definition->indexes[i].column_count > most)
            most = definition->indexes[i].column_count;
    return most;
}

const size_t *leat_mysql_definition_key(const leat_mysql_definition *definition, leat_arena *arena,
                                        size_t *count)
{
    size_t *places = leat_arena_allocate_array(arena, most_columns(definition), sizeof *places);
    const leat_mysql_index *primary = primary_of(definition);
    *count = primary == NULL ? 0 : places_of(definition, primary, places);
    for (size_t i = 0; *count == 0 && i < definition->index_count; i++)
        *count = places_of(definition, &definition->indexes[i], places);
    return places;
}
