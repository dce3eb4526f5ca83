/* The parts of a container file as they are read, from a file or from memory. Reader and recovery share it.
 */
#ifndef LEAT_AVRO_CONTAINER_FORMAT_H
#define LEAT_AVRO_CONTAINER_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "avro/codec.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

enum { LEAT_CONTAINER_SYNC_BYTES = 16, LEAT_CONTAINER_BLOCK_BYTES = 64 * 1024 };

#define LEAT_CONTAINER_MAGIC "Obj\x01"

typedef struct leat_container_entry {
    leat_slice key;
    leat_slice value;
} leat_container_entry;

/* Where a file's bytes come from, and where in it we stand. Zero-initialise; leat_container_walk_close ends
 * it. */
typedef struct leat_container_walk {
    char *path;         /* NULL for memory */
    int descriptor;     /* of the path */
    leat_slice memory;  /* instead of a file */
    uint64_t size;      /* when it was opened; what is appended later is not seen */
    leat_buffer window; /* bytes of the file from window_offset on */
    uint64_t window_offset;

    leat_buffer header; /* a copy, which the entries point into */
    leat_container_entry *entries;
    size_t entry_count;
    size_t entry_capacity;
    uint8_t sync[LEAT_CONTAINER_SYNC_BYTES];
    leat_codec *codec;
    leat_buffer plain;
    uint64_t offset; /* of the next block */
} leat_container_walk;

typedef enum leat_container_find {
    LEAT_CONTAINER_WHOLE,      /* what was looked for is there */
    LEAT_CONTAINER_END,        /* the file ends before it, cleanly */
    LEAT_CONTAINER_TORN,       /* it is cut short, corrupt, or not what Avro says; `error` tells */
    LEAT_CONTAINER_UNREADABLE, /* the file could not be read, or its codec is none of ours; `error` tells */
} leat_container_find;

leat_status leat_container_walk_file(leat_container_walk *walk, const char *path, leat_error *error);
void leat_container_walk_memory(leat_container_walk *walk, leat_slice bytes);
void leat_container_walk_close(leat_container_walk *walk);

/* Reads the header; first of all, and once. Never END. */
leat_container_find leat_container_walk_header(leat_container_walk *walk, leat_error *error);

/* Reads and expands the next block and goes behind it. `plain` is valid until the next call. */
leat_container_find leat_container_walk_block(leat_container_walk *walk, uint64_t *records, leat_slice *plain,
                                              leat_error *error);

/* The header's entry; false where there is none. */
bool leat_container_walk_entry(const leat_container_walk *walk, const char *key, leat_slice *value);

#endif
