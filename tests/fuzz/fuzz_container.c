/* Any bytes as a container file: recovery and reader agree, and neither reads beyond them nor gets lost.
 *
 * The records of blocks are decoded too, by the schema that the file brings along. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "avro/container.h"
#include "avro/json.h"

static void require(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "fuzz_container: %s\n", what);
    abort();
}

/* The bytes as a file without a place in the file system; its path stays good while it is open. */
static int file_of(const uint8_t *data, size_t size, char *path, size_t path_size)
{
    int file = memfd_create("container", MFD_CLOEXEC);
    require(file >= 0 && write(file, data, size) == (ssize_t)size, "memfd");
    snprintf(path, path_size, "/proc/self/fd/%d", file);
    return file;
}

/* Decodes the records until one is malformed; a decoder may not go beyond the block. */
static void decode(leat_json_decoder *decoder, leat_slice plain, uint64_t records)
{
    leat_error error;
    leat_buffer out = {0};
    for (uint64_t i = 0; i < records; i++) {
        size_t before = plain.length;
        leat_buffer_reset(&out);
        if (leat_json_decoder_next(decoder, &plain, &out, &error) != LEAT_OK)
            break;
        require(plain.length <= before, "a decoder went backwards");
    }
    leat_buffer_free(&out);
}

static uint64_t read_blocks(leat_container_reader *reader, bool *clean)
{
    leat_error error;
    leat_json_decoder *decoder = NULL;
    uint64_t total = 0;
    bool end = false;
    (void)leat_json_decoder_open(leat_container_schema(reader), &decoder, &error);
    for (;;) {
        uint64_t records;
        leat_slice plain;
        *clean = leat_container_next_block(reader, &records, &plain, &end, &error) == LEAT_OK;
        if (!*clean || end)
            break;
        total += records;
        if (decoder != NULL)
            decode(decoder, plain, records);
    }
    leat_json_decoder_close(decoder);
    return total;
}

/* What the reader finds in the first `size` bytes. */
static uint64_t read_file(const uint8_t *data, size_t size, bool *opened, bool *clean)
{
    char path[64];
    leat_error error;
    leat_container_reader *reader = NULL;
    uint64_t total = 0;
    int file = file_of(data, size, path, sizeof path);
    *opened = leat_container_open(path, &reader, &error) == LEAT_OK;
    if (*opened)
        total = read_blocks(reader, clean);
    leat_container_reader_close(reader);
    close(file);
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t whole;
    uint64_t records;
    uint64_t again;
    uint64_t again_records;
    bool opened;
    bool clean = false;
    leat_container_scan_bytes(leat_slice_of(data, size), &whole, &records);
    require(whole <= size, "more is whole than there is");
    leat_container_scan_bytes(leat_slice_of(data, (size_t)whole), &again, &again_records);
    require(again == whole && again_records == records, "the whole part is not whole by itself");
    require(read_file(data, size, &opened, &clean) == records, "reader and recovery disagree");
    require(opened == (whole > 0), "reader and recovery disagree about the header");
    require(!opened || clean == (whole == size), "reader and recovery disagree about the end");
    return 0;
}
