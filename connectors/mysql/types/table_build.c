#include "mysql/types/table_build.h"

static void build_column(const leat_mysql_column *from, const leat_mysql_collations *collations,
                         leat_mysql_form form, leat_arena *arena, leat_column *column)
{
    *column = (leat_column){
        .name = leat_arena_string(arena, from->name),
        .default_text = leat_arena_string(arena, from->default_text),
        .comment = leat_arena_string(arena, from->comment),
        .nullable = from->nullable,
    };
    leat_mysql_type_resolve(from, collations, form, arena, column);
}

static void set_key(const leat_mysql_definition *definition, leat_table *table)
{
    leat_arena scratch = {0};
    size_t count = 0;
    const size_t *places = leat_mysql_definition_key(definition, &scratch, &count);
    leat_table_set_key(table, places, count);
    leat_arena_free(&scratch);
}

leat_table *leat_mysql_table_build(const leat_mysql_definition *definition,
                                   const leat_mysql_collations *collations, leat_mysql_form form)
{
    leat_table *table = leat_table_new();
    leat_arena *arena = &table->arena;
    table->database = leat_arena_string(arena, definition->database);
    table->name = leat_arena_string(arena, definition->name);
    table->comment = leat_arena_string(arena, definition->comment);
    table->key_mend =
        "Let the server log whole rows: binlog_row_image = FULL in its configuration, and SET GLOBAL "
        "binlog_row_image = FULL";
    table->column_count = definition->column_count;
    table->columns = leat_arena_allocate_array(arena, definition->column_count, sizeof *table->columns);
    for (size_t i = 0; i < definition->column_count; i++)
        build_column(&definition->columns[i], collations, form, arena, &table->columns[i]);
    set_key(definition, table);
    return table;
}
