/* Avro object container files: writing, reading, and recovery of a torn one.
 *
 * Layout: Avro 1.11 specification, "Object Container Files". One schema a file. The header holds our own
 * schema JSON verbatim, so that logical types and leat.* facts survive.
 */
#ifndef LEAT_AVRO_CONTAINER_H
#define LEAT_AVRO_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "avro/codec.h"
#include "base/buffer.h"
#include "base/error.h"

/* ---- Writing. One thread. Opaque. ---- */
typedef struct leat_container_writer leat_container_writer;

/* One more header entry ("leat.pipeline", …). Borrowed for the call. */
typedef struct leat_container_meta {
    const char *key;
    leat_slice value;
} leat_container_meta;

/* Creates `path` (which must not exist) with a header of `schema_json`. `codec` is borrowed, may be shared by
 * writers of one thread. LEAT_RETRY when the disk is full (and so for all writes below), else LEAT_FAILED. */
leat_status leat_container_create(const char *path, const char *schema_json, leat_codec *codec,
                                  const leat_container_meta *meta, size_t meta_count,
                                  leat_container_writer **writer, leat_error *error);

/* Adds one encoded record to the block; a block that has reached its size (64 KiB of plain bytes) is
 * compressed and written. A record of any size is taken. */
leat_status leat_container_append(leat_container_writer *writer, leat_slice record, leat_error *error);

/* Writes the block at hand, so that everything appended stands in whole blocks in the file (not yet synced).
 */
leat_status leat_container_flush(leat_container_writer *writer, leat_error *error);

/* leat_container_flush and fdatasync. */
leat_status leat_container_sync(leat_container_writer *writer, leat_error *error);

/* Bytes in the file so far (whole blocks), plain bytes waiting in the block, and records in all. */
uint64_t leat_container_length(const leat_container_writer *writer);
size_t leat_container_pending(const leat_container_writer *writer);
uint64_t leat_container_records(const leat_container_writer *writer);

/* Gives the memory of an empty block back, for whoever keeps many writers that are seldom used. */
void leat_container_trim(leat_container_writer *writer);

/* Closes the file; a block at hand that was not flushed is dropped. NULL is fine. */
void leat_container_close(leat_container_writer *writer);

/* ---- Reading. Treats every file as hostile. ---- */
typedef struct leat_container_reader leat_container_reader;

leat_status leat_container_open(const char *path, leat_container_reader **reader, leat_error *error);

/* The schema JSON of the header; lives as long as the reader. A header entry, or an empty slice. */
const char *leat_container_schema(const leat_container_reader *reader);
leat_slice leat_container_metadata(const leat_container_reader *reader, const char *key);

/* The next block: its record count and plain bytes (valid until the next call). `end` is set instead at a
 * clean end of file. A torn or corrupt block is LEAT_FAILED and names file and offset. */
leat_status leat_container_next_block(leat_container_reader *reader, uint64_t *records, leat_slice *plain,
                                      bool *end, leat_error *error);
void leat_container_reader_close(leat_container_reader *reader);

/* ---- Recovery. ---- */

/* Walks the blocks of the file and says how long its whole part is (0 when not even the header is whole), and
 * how many records that holds. Does not change the file. */
leat_status leat_container_scan(const char *path, uint64_t *whole_length, uint64_t *records,
                                leat_error *error);

/* The same over bytes in memory: the fuzzer's way in. */
void leat_container_scan_bytes(leat_slice file, uint64_t *whole_length, uint64_t *records);

#endif
