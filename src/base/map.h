/* A map from names to places: finds in one step which element of a list has a name.
 *
 * The first name that is added gets place 0, the next one 1, and so on; at a name's place in a list of his own
 * the caller keeps what belongs to the name. So the order in which names came is kept, by the list, and
 * places stay what they are. Open addressing; a name is any bytes, so a pointer or an id can be one too.
 */
#ifndef LEAT_BASE_MAP_H
#define LEAT_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

struct leat_map_entry;

/* Zero-initialise ({0}) to start. Not shared between threads. */
typedef struct leat_map {
    struct leat_map_entry *entries; /* by place */
    size_t count;                   /* of names; the next one's place */
    size_t capacity;
    size_t *slots; /* places, each one up; 0 is a free slot */
    size_t slot_count;
    leat_arena names; /* the map's own copies */
} leat_map;

/* Whether the map has the name, and its place. `place` stays as it is when not. */
bool leat_map_find(const leat_map *map, leat_slice name, size_t *place);

/* The place of the name, which is copied when it is new. True when it is: then the caller's list has nothing
 * at that place yet. */
bool leat_map_add(leat_map *map, leat_slice name, size_t *place);

/* Takes back the name that was added last, of which there must be one. */
void leat_map_take_back(leat_map *map);

/* Gives all memory back; the map is empty again, and can be used. */
void leat_map_free(leat_map *map);

#endif
