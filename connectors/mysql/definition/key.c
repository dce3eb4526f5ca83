/* The key that events of a table have. */
#include <strings.h>

#include "mysql/definition/definition.h"

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
