#include "avro/container.h"

#include "avro/container_format.h"
#include "base/memory.h"

struct leat_container_reader {
    leat_container_walk walk;
    char *schema;
};

static leat_status open_walk(leat_container_walk *walk, const char *path, leat_error *error)
{
    leat_status status = leat_container_walk_file(walk, path, error);
    if (status != LEAT_OK)
        return status;
    return leat_container_walk_header(walk, error) == LEAT_CONTAINER_WHOLE ? LEAT_OK : LEAT_FAILED;
}

leat_status leat_container_open(const char *path, leat_container_reader **reader, leat_error *error)
{
    *reader = NULL;
    leat_container_reader *opened = leat_allocate(sizeof *opened);
    leat_status status = open_walk(&opened->walk, path, error);
    if (status != LEAT_OK) {
        leat_container_reader_close(opened);
        return status;
    }
    leat_slice schema = leat_container_metadata(opened, "avro.schema");
    opened->schema = leat_duplicate_bytes(schema.data, schema.length);
    *reader = opened;
    return LEAT_OK;
}

const char *leat_container_schema(const leat_container_reader *reader)
{
    return reader->schema;
}

leat_slice leat_container_metadata(const leat_container_reader *reader, const char *key)
{
    leat_slice value = {0};
    leat_container_walk_entry(&reader->walk, key, &value);
    return value;
}

leat_status leat_container_next_block(leat_container_reader *reader, uint64_t *records, leat_slice *plain,
                                      bool *end, leat_error *error)
{
    leat_container_find found = leat_container_walk_block(&reader->walk, records, plain, error);
    *end = found == LEAT_CONTAINER_END;
    return *end || found == LEAT_CONTAINER_WHOLE ? LEAT_OK : LEAT_FAILED;
}

void leat_container_reader_close(leat_container_reader *reader)
{
    if (reader == NULL)
        return;
    leat_container_walk_close(&reader->walk);
    leat_release(reader->schema);
    leat_release(reader);
}

/* ---- Recovery ---- */

/* Goes on from block to block while they are whole. */
static leat_container_find scan(leat_container_walk *walk, uint64_t *whole_length, uint64_t *records,
                                leat_error *error)
{
    *whole_length = 0;
    *records = 0;
    leat_container_find found = leat_container_walk_header(walk, error);
    while (found == LEAT_CONTAINER_WHOLE) {
        uint64_t more = 0;
        leat_slice plain;
        *whole_length = walk->offset;
        found = leat_container_walk_block(walk, &more, &plain, error);
        if (found == LEAT_CONTAINER_WHOLE)
            *records += more;
    }
    return found;
}

leat_status leat_container_scan(const char *path, uint64_t *whole_length, uint64_t *records,
                                leat_error *error)
{
    leat_container_walk walk = {0};
    leat_status status = leat_container_walk_file(&walk, path, error);
    leat_error unused;
    if (status == LEAT_OK &&
        scan(&walk, whole_length, records, error != NULL ? error : &unused) == LEAT_CONTAINER_UNREADABLE)
        status = LEAT_FAILED;
    leat_container_walk_close(&walk);
    return status;
}

void leat_container_scan_bytes(leat_slice file, uint64_t *whole_length, uint64_t *records)
{
    leat_container_walk walk = {0};
    leat_container_walk_memory(&walk, file);
    (void)scan(&walk, whole_length, records, NULL);
    leat_container_walk_close(&walk);
}
