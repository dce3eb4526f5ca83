#include "leat/table.h"

#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

leat_table *leat_table_new(void)
{
    leat_table *table = leat_allocate(sizeof *table);
    table->holders = 1;
    return table;
}

leat_table *leat_table_hold(leat_table *table)
{
    if (table != NULL)
        table->holders++;
    return table;
}

void leat_table_release(leat_table *table)
{
    if (table == NULL || --table->holders > 0)
        return;
    leat_arena_free(&table->arena);
    leat_release(table);
}

void leat_table_set_key(leat_table *table, const size_t *key_columns, size_t key_count)
{
    for (size_t i = 0; i < table->column_count; i++)
        table->columns[i].key_ordinal = 0;
    size_t *copy = leat_arena_allocate_array(&table->arena, key_count, sizeof *copy);
    for (size_t i = 0; i < key_count; i++) {
        copy[i] = key_columns[i];
        table->columns[key_columns[i]].key_ordinal = (int)i + 1;
    }
    table->key_columns = copy;
    table->key_count = key_count;
}

/* A part that has the separator in it would make two names the same. */
static void append_part(leat_buffer *out, const char *part)
{
    bool quote = strpbrk(part, ".\"") != NULL;
    if (quote)
        leat_buffer_append_byte(out, '"');
    for (const char *at = part; *at != '\0'; at++) {
        if (*at == '"')
            leat_buffer_append_byte(out, '"');
        leat_buffer_append_byte(out, (uint8_t)*at);
    }
    if (quote)
        leat_buffer_append_byte(out, '"');
}

const char *leat_table_name_join(const char *qualifier, const char *name, leat_arena *arena)
{
    leat_buffer joined = {0};
    append_part(&joined, qualifier);
    leat_buffer_append_byte(&joined, '.');
    append_part(&joined, name);
    const char *kept = leat_arena_string(arena, leat_buffer_string(&joined));
    leat_buffer_free(&joined);
    return kept;
}

const char *leat_table_full_name(const leat_table *table, leat_arena *arena)
{
    return leat_table_name_join(table->schema != NULL ? table->schema : table->database, table->name, arena);
}
