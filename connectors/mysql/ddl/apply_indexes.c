/* The new list of unique indexes: what is left of those that are there, then the new ones, under the names
 * that the servers give where none was written. */
#include <stdlib.h>
#include <strings.h>

#include "mysql/ddl/apply.h"

typedef struct building {
    leat_ddl_applying *applying;
    leat_mysql_index *indexes;
    size_t count;
    leat_ddl_list names; /* const char *: of all indexes that are known, unique or not */
} building;

static const leat_ddl_item *item_at(const leat_ddl_applying *applying, size_t place)
{
    return applying->change->items.items[place];
}

static bool has_name(const building *into, const char *name)
{
    for (size_t i = 0; i < into->names.count; i++)
        if (strcasecmp(into->names.items[i], name) == 0)
            return true;
    return false;
}

static void note_name(building *into, const char *name)
{
    leat_ddl_list_add(&into->names, &into->applying->definition->arena, name);
}

/* ---- What is there ---- */

/* The new name of a column that an index has; NULL for one that is gone. As the servers look for it: a new
 * column with the name of one that is dropped takes its place in the index. */
static const char *follow(const leat_ddl_applying *applying, const char *name)
{
    for (size_t i = 0; i < applying->column_count; i++)
        if (strcasecmp(applying->columns[i].origin, name) == 0)
            return applying->columns[i].column.name;
    return NULL;
}

static bool is_dropped(const leat_ddl_applying *applying, const char *name)
{
    for (size_t i = 0; i < applying->change->items.count; i++) {
        const leat_ddl_item *item = item_at(applying, i);
        bool replaced = item->kind == LEAT_DDL_ADD_INDEX && item->or_replace && item->index->name != NULL &&
                        strcasecmp(item->index->name, name) == 0;
        if (replaced || (item->kind == LEAT_DDL_DROP_INDEX && strcasecmp(item->name, name) == 0))
            return true;
    }
    return false;
}

static const char *renamed(leat_ddl_applying *applying, const char *name)
{
    for (size_t i = 0; i < applying->change->items.count; i++) {
        const leat_ddl_item *item = item_at(applying, i);
        if (item->kind == LEAT_DDL_RENAME_INDEX && strcasecmp(item->name, name) == 0)
            return leat_ddl_keep(applying, item->new_name);
    }
    return name;
}

/* An index loses columns that are dropped, and goes with the last of them. */
static void keep_index(building *into, const leat_mysql_index *index)
{
    leat_ddl_applying *applying = into->applying;
    leat_arena *arena = &applying->definition->arena;
    const char **names = leat_arena_allocate_array(arena, index->column_count + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < index->column_count; i++) {
        names[count] = follow(applying, index->columns[i]);
        count += names[count] != NULL;
    }
    if (count == 0 && !index->expression)
        return;
    into->indexes[into->count++] = (leat_mysql_index){.name = renamed(applying, index->name),
                                                      .columns = names,
                                                      .column_count = count,
                                                      .expression = index->expression};
    note_name(into, into->indexes[into->count - 1].name);
}

static void keep_indexes(building *into)
{
    const leat_mysql_definition *definition = into->applying->definition;
    for (size_t i = 0; i < definition->index_count; i++)
        if (!is_dropped(into->applying, definition->indexes[i].name))
            keep_index(into, &definition->indexes[i]);
}

/* ---- What is new ---- */

/* The first column's name, or that name with _2, _3… (make_unique_key_name of both servers). A definition
 * does not have the indexes that are not unique: where an earlier statement made one whose name is taken from
 * the same column, the server's name has another number than this one. */
static const char *make_name(const building *into, const leat_ddl_index *index)
{
    const char *part = index->parts.count == 0 ? NULL : index->parts.items[0];
    const leat_mysql_column *column = part == NULL ? NULL : leat_ddl_column_named(into->applying, part);
    const char *first = column == NULL ? "functional_index" : column->name;
    leat_arena *arena = &into->applying->definition->arena;
    enum { MOST_TRIES = 100 };
    if (!has_name(into, first) && strcasecmp(first, "PRIMARY") != 0)
        return leat_arena_string(arena, first);
    for (unsigned i = 2; i < MOST_TRIES; i++) {
        const char *name = leat_arena_printf(arena, "%s_%u", first, i);
        if (!has_name(into, name))
            return name;
    }
    return leat_arena_string(arena, first);
}

/* Whether the parts of `shorter` are the first ones of `longer`. */
static bool starts_with(const leat_ddl_index *longer, const leat_ddl_index *shorter)
{
    if (longer->parts.count < shorter->parts.count)
        return false;
    for (size_t i = 0; i < shorter->parts.count; i++) {
        const char *left = longer->parts.items[i];
        const char *right = shorter->parts.items[i];
        if (left == NULL || right == NULL || strcasecmp(left, right) != 0)
            return false;
    }
    return true;
}

/* A foreign key has an index of its own only where no other one serves. */
static bool is_served(const leat_ddl_applying *applying, const leat_ddl_index *foreign)
{
    for (size_t i = 0; i < applying->change->items.count; i++) {
        const leat_ddl_item *item = item_at(applying, i);
        if (item->kind == LEAT_DDL_ADD_INDEX && item->index->kind != LEAT_DDL_INDEX_FOREIGN &&
            starts_with(item->index, foreign))
            return true;
    }
    return false;
}

/* The columns of the period that the index keeps from overlapping: its end, then its start. */
static bool add_period(building *into, const char *period, leat_mysql_index *index, const char **names)
{
    leat_ddl_applying *applying = into->applying;
    for (size_t i = 0; i < applying->change->items.count; i++) {
        const leat_ddl_item *item = item_at(applying, i);
        if (item->kind == LEAT_DDL_ADD_PERIOD && strcasecmp(item->name, period) == 0) {
            names[index->column_count++] = leat_ddl_keep(applying, item->after);
            names[index->column_count++] = leat_ddl_keep(applying, item->new_name);
            return true;
        }
    }
    return leat_ddl_misfit(applying, "an index is about a period that is not known");
}

/* The columns, by their names as the table has them. */
static bool fill_index(building *into, const leat_ddl_index *from, leat_mysql_index *index)
{
    leat_ddl_applying *applying = into->applying;
    const char **names =
        leat_arena_allocate_array(&applying->definition->arena, from->parts.count + 2, sizeof *names);
    index->columns = names;
    for (size_t i = 0; i < from->parts.count; i++) {
        const char *part = from->parts.items[i];
        const leat_mysql_column *column = part == NULL ? NULL : leat_ddl_column_named(applying, part);
        if (part == NULL)
            index->expression = true;
        else if (column == NULL)
            return leat_ddl_misfit(applying, "an index has column %s, which is not there", part);
        else
            names[index->column_count++] = column->name;
    }
    return from->overlaps == NULL || add_period(into, from->overlaps, index, names);
}

static bool add_index(building *into, const leat_ddl_index *from)
{
    leat_ddl_applying *applying = into->applying;
    const char *name = from->name == NULL ? make_name(into, from) : leat_ddl_keep(applying, from->name);
    note_name(into, name);
    if (from->kind != LEAT_DDL_INDEX_PRIMARY && from->kind != LEAT_DDL_INDEX_UNIQUE)
        return true;
    leat_mysql_index *index = &into->indexes[into->count++];
    *index = (leat_mysql_index){.name = name};
    return fill_index(into, from, index);
}

static bool add_indexes(building *into)
{
    const leat_ddl_applying *applying = into->applying;
    for (size_t i = 0; i < applying->change->items.count; i++) {
        const leat_ddl_item *item = item_at(applying, i);
        if (item->kind != LEAT_DDL_ADD_INDEX)
            continue;
        const leat_ddl_index *index = item->index;
        bool there = item->conditional && index->name != NULL && has_name(into, index->name);
        bool served = index->kind == LEAT_DDL_INDEX_FOREIGN && is_served(applying, index);
        if (!there && !served && !add_index(into, index))
            return false;
    }
    return true;
}

/* ---- All together ---- */

/* The primary key first, the others by the bytes of their names, as the catalog lists them. */
static int compare(const void *left, const void *right)
{
    const char *names[] = {((const leat_mysql_index *)left)->name, ((const leat_mysql_index *)right)->name};
    int first = strcmp(names[0], "PRIMARY") != 0;
    int second = strcmp(names[1], "PRIMARY") != 0;
    return first != second ? first - second : strcmp(names[0], names[1]);
}

/* A primary key's columns are never null. */
static void settle_primary(const building *into)
{
    if (into->count == 0 || strcmp(into->indexes[0].name, "PRIMARY") != 0)
        return;
    for (size_t i = 0; i < into->indexes[0].column_count; i++)
        leat_ddl_column_named(into->applying, into->indexes[0].columns[i])->nullable = false;
}

/* Nor are those of a period. */
static bool settle_periods(leat_ddl_applying *applying)
{
    for (size_t i = 0; i < applying->change->items.count; i++) {
        const leat_ddl_item *item = item_at(applying, i);
        if (item->kind != LEAT_DDL_ADD_PERIOD)
            continue;
        leat_mysql_column *start = leat_ddl_column_named(applying, item->new_name);
        leat_mysql_column *end = leat_ddl_column_named(applying, item->after);
        if (start == NULL || end == NULL)
            return leat_ddl_misfit(applying, "a period has a column that is not there");
        start->nullable = end->nullable = false;
    }
    return true;
}

/* Of a versioned table whose columns of a row's life are its own, every unique index has the end of it. */
static bool add_row_end(building *into)
{
    leat_ddl_applying *applying = into->applying;
    const leat_mysql_definition *definition = applying->definition;
    if (definition->kind != LEAT_MYSQL_VERSIONED_TABLE || applying->hidden)
        return true;
    if (leat_ddl_column_named(applying, definition->row_end) == NULL)
        return leat_ddl_misfit(applying, "it leaves a versioned table without the end of its rows' life");
    for (size_t i = 0; i < into->count; i++) {
        leat_mysql_index *index = &into->indexes[i];
        const char **names =
            leat_arena_allocate_array(&applying->definition->arena, index->column_count + 1, sizeof *names);
        bool there = false;
        for (size_t j = 0; j < index->column_count; j++) {
            names[j] = index->columns[j];
            there |= strcasecmp(names[j], definition->row_end) == 0;
        }
        if (!there)
            names[index->column_count++] = definition->row_end;
        index->columns = names;
    }
    return true;
}

/* A statement that drops a primary key was not about a table without one. */
static bool check_primary(leat_ddl_applying *applying)
{
    const leat_mysql_definition *definition = applying->definition;
    bool has_primary = definition->index_count > 0 && strcmp(definition->indexes[0].name, "PRIMARY") == 0;
    for (size_t i = 0; i < applying->change->items.count; i++) {
        const leat_ddl_item *item = item_at(applying, i);
        if (item->kind == LEAT_DDL_DROP_INDEX && !item->conditional && !has_primary &&
            strcasecmp(item->name, "PRIMARY") == 0)
            return leat_ddl_misfit(applying, "it drops a primary key, and there is none");
    }
    return true;
}

bool leat_ddl_apply_indexes(leat_ddl_applying *applying)
{
    leat_mysql_definition *definition = applying->definition;
    size_t room = definition->index_count + applying->change->items.count + 1;
    building into = {.applying = applying};
    into.indexes = leat_arena_allocate_array(&definition->arena, room, sizeof *into.indexes);
    if (!check_primary(applying) || !settle_periods(applying))
        return false;
    keep_indexes(&into);
    if (!add_indexes(&into) || !add_row_end(&into))
        return false;
    if (into.count > 1)
        qsort(into.indexes, into.count, sizeof *into.indexes, compare);
    settle_primary(&into);
    definition->indexes = into.indexes;
    definition->index_count = into.count;
    return true;
}
