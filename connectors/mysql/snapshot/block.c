#include "mysql/snapshot/block.h"

#include <string.h>

#include "base/memory.h"

leat_mysql_snapshot_block *leat_mysql_snapshot_block_new(size_t bytes)
{
    leat_mysql_snapshot_block *block = leat_allocate(sizeof *block);
    block->byte_capacity = bytes < LEAT_MYSQL_SNAPSHOT_BLOCK_BYTES ? LEAT_MYSQL_SNAPSHOT_BLOCK_BYTES : bytes;
    block->bytes = leat_allocate(block->byte_capacity);
    block->lengths = leat_allocate_array(LEAT_MYSQL_SNAPSHOT_BLOCK_VALUES, sizeof *block->lengths);
    return block;
}

void leat_mysql_snapshot_block_free(leat_parcel *parcel)
{
    leat_mysql_snapshot_block *block = (leat_mysql_snapshot_block *)parcel;
    leat_release(block->bytes);
    leat_release(block->lengths);
    leat_release(block);
}

void leat_mysql_snapshot_block_return(leat_pool *pool, leat_parcel *parcel)
{
    const leat_mysql_snapshot_block *block = (const leat_mysql_snapshot_block *)parcel;
    leat_pool_return(pool, parcel, leat_mysql_snapshot_block_is_usual(block));
}

bool leat_mysql_snapshot_block_add(leat_mysql_snapshot_block *block, const char *const *values,
                                   const unsigned long *lengths, size_t count, size_t bytes)
{
    if (block->byte_capacity - block->byte_count < bytes ||
        LEAT_MYSQL_SNAPSHOT_BLOCK_VALUES - block->value_count < count)
        return false;
    uint32_t *kept = block->lengths + block->value_count;
    uint8_t *at = block->bytes + block->byte_count;
    for (size_t i = 0; i < count; i++) {
        if (values[i] == NULL) {
            kept[i] = LEAT_MYSQL_SNAPSHOT_NULL;
            continue;
        }
        memcpy(at, values[i], lengths[i]);
        at += lengths[i];
        kept[i] = (uint32_t)lengths[i];
    }
    block->value_count += count;
    block->byte_count = (size_t)(at - block->bytes);
    return true;
}

void leat_mysql_snapshot_rows_next(leat_mysql_snapshot_rows *rows, leat_datum *datums, size_t count)
{
    const uint32_t *lengths = rows->block->lengths + rows->value;
    const uint8_t *at = rows->block->bytes + rows->offset;
    for (size_t i = 0; i < count; i++) {
        bool null = lengths[i] == LEAT_MYSQL_SNAPSHOT_NULL;
        size_t length = null ? 0 : lengths[i];
        datums[i] = (leat_datum){.value = leat_slice_of(at, length),
                                 .kind = null ? LEAT_DATUM_NULL : LEAT_DATUM_VALUE};
        at += length;
    }
    rows->value += count;
    rows->offset = (size_t)(at - rows->block->bytes);
}
