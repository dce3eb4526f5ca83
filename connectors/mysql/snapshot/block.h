/* Rows of a snapshot on their way from a worker to the pump's thread: packed by the one, and lent out as
 * datums by the other, without another copy. */
#ifndef LEAT_MYSQL_SNAPSHOT_BLOCK_H
#define LEAT_MYSQL_SNAPSHOT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/pool.h"
#include "leat/event.h"

enum {
    LEAT_MYSQL_SNAPSHOT_BLOCK_BYTES = 256 * 1024,
    /* Of values: narrow rows fill a block by these. More than the widest table has columns. */
    LEAT_MYSQL_SNAPSHOT_BLOCK_VALUES = 32 * 1024,
};

/* Stands for a length where the value is null; no value is as long. */
#define LEAT_MYSQL_SNAPSHOT_NULL UINT32_MAX

/* Some rows of one unit of work. Used by one thread at a time, which a queue hands it to. */
typedef struct leat_mysql_snapshot_block {
    leat_parcel parcel;
    uint32_t *lengths; /* of all values, row after row */
    size_t value_count;
    uint8_t *bytes; /* all values, without anything between */
    size_t byte_count;
    size_t byte_capacity;
} leat_mysql_snapshot_block;

/* Room for `bytes`, at least the usual. */
leat_mysql_snapshot_block *leat_mysql_snapshot_block_new(size_t bytes);
void leat_mysql_snapshot_block_free(leat_parcel *block);

/* Gives a block back to the pool that it came from. */
void leat_mysql_snapshot_block_return(leat_pool *pool, leat_parcel *block);

static inline bool leat_mysql_snapshot_block_is_usual(const leat_mysql_snapshot_block *block)
{
    return block->byte_capacity == LEAT_MYSQL_SNAPSHOT_BLOCK_BYTES;
}

/* What a block counts in a queue. */
static inline size_t leat_mysql_snapshot_block_size(const leat_mysql_snapshot_block *block)
{
    return block->byte_capacity + LEAT_MYSQL_SNAPSHOT_BLOCK_VALUES * sizeof *block->lengths;
}

/* Appends a row as the client library has it: a NULL value is null. False, with the block as it was, when
 * there is no room for its `bytes`, the sum of the lengths. */
bool leat_mysql_snapshot_block_add(leat_mysql_snapshot_block *block, const char *const *values,
                                   const unsigned long *lengths, size_t count, size_t bytes);

/* A reader of a block's rows. */
typedef struct leat_mysql_snapshot_rows {
    const leat_mysql_snapshot_block *block;
    size_t value;  /* the next */
    size_t offset; /* of its bytes */
} leat_mysql_snapshot_rows;

static inline bool leat_mysql_snapshot_rows_at_end(const leat_mysql_snapshot_rows *rows)
{
    return rows->value == rows->block->value_count;
}

/* Fills `datums` from the next row, which there is; its slices live as long as the block. */
void leat_mysql_snapshot_rows_next(leat_mysql_snapshot_rows *rows, leat_datum *datums, size_t count);

#endif
