#include "base/map.h"

#include "base/list.h"
#include "base/memory.h"

enum { FIRST_SLOTS = 32 };

struct leat_map_entry {
    leat_slice name;
    uint64_t hash;
};

/* FNV-1a, with its high half folded in: the slots are chosen by the low bits. */
static uint64_t hash_of(leat_slice name)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ name.data[i]) * 1099511628211u;
    return hash ^ hash >> 32;
}

/* The slot of that name, or the free one where it would stand. At most half of the slots are taken. */
static size_t *slot_of(const leat_map *map, leat_slice name, uint64_t hash)
{
    size_t at = (size_t)hash & (map->slot_count - 1);
    for (;; at = (at + 1) & (map->slot_count - 1)) {
        if (map->slots[at] == 0)
            return &map->slots[at];
        const struct leat_map_entry *entry = &map->entries[map->slots[at] - 1];
        if (entry->hash == hash && leat_slice_equal(entry->name, name))
            return &map->slots[at];
    }
}

bool leat_map_find(const leat_map *map, leat_slice name, size_t *place)
{
    if (map->count == 0)
        return false;
    size_t slot = *slot_of(map, name, hash_of(name));
    if (slot > 0)
        *place = slot - 1;
    return slot > 0;
}

/* In the order of places, so that the last name is the last of its chain: see leat_map_take_back. */
static void grow(leat_map *map)
{
    leat_release(map->slots);
    map->slot_count = map->slot_count == 0 ? FIRST_SLOTS : 2 * map->slot_count;
    map->slots = leat_allocate_array(map->slot_count, sizeof *map->slots);
    for (size_t i = 0; i < map->count; i++)
        *slot_of(map, map->entries[i].name, map->entries[i].hash) = i + 1;
}

static leat_slice copy_of(leat_map *map, leat_slice name)
{
    return leat_slice_of(leat_arena_slice_string(&map->names, name), name.length);
}

bool leat_map_add(leat_map *map, leat_slice name, size_t *place)
{
    if (2 * map->count >= map->slot_count)
        grow(map);
    uint64_t hash = hash_of(name);
    size_t *slot = slot_of(map, name, hash);
    bool fresh = *slot == 0;
    if (fresh) {
        map->entries = leat_list_room(map->entries, map->count, &map->capacity, sizeof *map->entries);
        map->entries[map->count++] = (struct leat_map_entry){.name = copy_of(map, name), .hash = hash};
        *slot = map->count;
    }
    *place = *slot - 1;
    return fresh;
}

/* No other name was pushed on by the last one, so its slot can be freed as it is. Its bytes stay in the arena. */
void leat_map_take_back(leat_map *map)
{
    const struct leat_map_entry *last = &map->entries[map->count - 1];
    *slot_of(map, last->name, last->hash) = 0;
    map->count--;
}

void leat_map_free(leat_map *map)
{
    leat_release(map->entries);
    leat_release(map->slots);
    leat_arena_free(&map->names);
    *map = (leat_map){0};
}
