#include "mysql/stream/maps.h"

#include <string.h>

#include "base/buffer.h"
#include "base/list.h"
#include "base/map.h"
#include "base/memory.h"
#include "mysql/types/table_build.h"

enum { FIRST_SLOTS = 64, MOST_BETWEEN_TRANSACTIONS = 4096 };

struct leat_mysql_maps {
    leat_mysql_bound_map **slots; /* open addressing; a power of two of them; maps stay where they are */
    size_t slot_count;
    size_t used;
    leat_mysql_known_table **tables;
    size_t table_count;
    size_t table_capacity;
    leat_map names;  /* of the tables: "database", NUL, "table" */
    leat_buffer key; /* a name being looked up */
};

leat_mysql_maps *leat_mysql_maps_new(void)
{
    leat_mysql_maps *maps = leat_allocate(sizeof *maps);
    maps->slot_count = FIRST_SLOTS;
    maps->slots = leat_allocate_array(maps->slot_count, sizeof *maps->slots);
    return maps;
}

static void free_table(leat_mysql_known_table *table)
{
    leat_release(table->database);
    leat_release(table->name);
    leat_mysql_definition_free(table->definition);
    leat_table_release(table->table);
    leat_release(table);
}

void leat_mysql_maps_free(leat_mysql_maps *maps)
{
    if (maps == NULL)
        return;
    leat_mysql_maps_forget(maps);
    for (size_t i = 0; i < maps->table_count; i++)
        free_table(maps->tables[i]);
    leat_release(maps->tables);
    leat_map_free(&maps->names);
    leat_buffer_free(&maps->key);
    leat_release(maps->slots);
    leat_release(maps);
}

/* ---- Maps ---- */

static void free_map(leat_mysql_bound_map *map)
{
    if (map != NULL)
        leat_arena_free(&map->arena);
    leat_release(map);
}

/* The slot of that id, or the free one where it would stand. Ids are small numbers in a row. */
static leat_mysql_bound_map **slot_of(leat_mysql_bound_map **slots, size_t count, uint64_t table_id)
{
    size_t at = (size_t)table_id & (count - 1);
    while (slots[at] != NULL && slots[at]->map.table_id != table_id)
        at = (at + 1) & (count - 1);
    return &slots[at];
}

leat_mysql_bound_map *leat_mysql_maps_find(leat_mysql_maps *maps, uint64_t table_id)
{
    return *slot_of(maps->slots, maps->slot_count, table_id);
}

static void grow_slots(leat_mysql_maps *maps)
{
    size_t count = 2 * maps->slot_count;
    leat_mysql_bound_map **slots = leat_allocate_array(count, sizeof *slots);
    for (size_t i = 0; i < maps->slot_count; i++)
        if (maps->slots[i] != NULL)
            *slot_of(slots, count, maps->slots[i]->map.table_id) = maps->slots[i];
    leat_release(maps->slots);
    maps->slots = slots;
    maps->slot_count = count;
}

leat_mysql_bound_map *leat_mysql_maps_put(leat_mysql_maps *maps, uint64_t table_id)
{
    if (2 * maps->used >= maps->slot_count)
        grow_slots(maps);
    leat_mysql_bound_map **slot = slot_of(maps->slots, maps->slot_count, table_id);
    maps->used += *slot == NULL;
    free_map(*slot);
    *slot = leat_allocate(sizeof **slot);
    (*slot)->map.table_id = table_id;
    return *slot;
}

void leat_mysql_maps_forget(leat_mysql_maps *maps)
{
    for (size_t i = 0; i < maps->slot_count; i++) {
        free_map(maps->slots[i]);
        maps->slots[i] = NULL;
    }
    maps->used = 0;
}

void leat_mysql_maps_trim(leat_mysql_maps *maps)
{
    if (maps->used > MOST_BETWEEN_TRANSACTIONS)
        leat_mysql_maps_forget(maps);
}

/* ---- Tables ---- */

static leat_mysql_known_table *add_table(leat_mysql_maps *maps, const char *database, const char *name)
{
    maps->tables =
        leat_list_room(maps->tables, maps->table_count, &maps->table_capacity, sizeof *maps->tables);
    leat_mysql_known_table *table = leat_allocate(sizeof *table);
    table->database = leat_duplicate_string(database);
    table->name = leat_duplicate_string(name);
    table->row_end = SIZE_MAX;
    maps->tables[maps->table_count++] = table;
    return table;
}

leat_mysql_known_table *leat_mysql_maps_table(leat_mysql_maps *maps, const char *database, const char *name)
{
    leat_buffer_reset(&maps->key);
    leat_buffer_append(&maps->key, database, strlen(database) + 1);
    leat_buffer_append_string(&maps->key, name);
    size_t place;
    bool fresh = leat_map_add(&maps->names, leat_buffer_slice(&maps->key), &place);
    return fresh ? add_table(maps, database, name) : maps->tables[place];
}

static size_t place_of_column(const leat_mysql_definition *definition, const char *name)
{
    if (name == NULL)
        return SIZE_MAX;
    const leat_mysql_column *column = leat_mysql_definition_column(definition, name);
    return column == NULL ? SIZE_MAX : (size_t)(column - definition->columns);
}

void leat_mysql_known_table_define(leat_mysql_known_table *table, const leat_mysql_definition *definition,
                                   const leat_mysql_collations *collations)
{
    if (table->definition != NULL && leat_mysql_definition_equal(table->definition, definition))
        return;
    leat_mysql_definition_free(table->definition);
    leat_table_release(table->table);
    table->definition = leat_mysql_definition_copy(definition);
    table->table = leat_mysql_table_build(table->definition, collations, LEAT_MYSQL_BINLOG);
    table->announced = false;
    table->row_end = definition->kind == LEAT_MYSQL_VERSIONED_TABLE
                         ? place_of_column(table->definition, table->definition->row_end)
                         : SIZE_MAX;
}
