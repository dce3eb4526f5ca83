#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>

#include "avro/container.h"
#include "avro/container_format.h"
#include "base/encode.h"
#include "base/memory.h"
#include "leat/encode.h"

/* A block buffer that one large record has swollen beyond this is given back. */
enum { KEPT_BLOCK_BYTES = 4 * LEAT_CONTAINER_BLOCK_BYTES };

/* The kernel is asked to begin writing this much out, so that the sync at the end finds little left to do. */
enum { WRITE_OUT_BYTES = 8 * 1024 * 1024 };

struct leat_container_writer {
    int descriptor;
    char *path;
    leat_codec *codec; /* borrowed */
    uint8_t sync[LEAT_CONTAINER_SYNC_BYTES];
    leat_buffer block;      /* records that wait to be written */
    uint64_t block_records; /* how many */
    uint64_t length;        /* of the file: header and whole blocks */
    uint64_t writing_out;   /* the part of it that the kernel was asked to write out, or has synced */
    uint64_t records;       /* appended in all */
    bool lost;              /* a sync failed: the kernel may have dropped what was written */
};

static leat_status disk_error(leat_container_writer *writer, int number, const char *what, leat_error *error)
{
    bool full = number == ENOSPC || number == EDQUOT;
    leat_status status =
        leat_error_system(error, full ? LEAT_RETRY : LEAT_FAILED, number, "cannot %s %s", what, writer->path);
    if (!full)
        return status;
    leat_error_mend(error,
                    "Make room on the file system of %s, or raise its quota; nothing is lost until then",
                    writer->path);
    return status;
}

/* ---- Writing at an offset, so that a write that failed in the middle can be done again ---- */

/* Takes `written` bytes off the front of the parts. */
static void advance(struct iovec **parts, int *count, size_t written)
{
    while (*count > 0 && written >= (*parts)->iov_len) {
        written -= (*parts)->iov_len;
        (*parts)++;
        (*count)--;
    }
    if (*count > 0) {
        (*parts)->iov_base = (uint8_t *)(*parts)->iov_base + written;
        (*parts)->iov_len -= written;
    }
}

static leat_status write_parts(leat_container_writer *writer, struct iovec *parts, int count,
                               leat_error *error)
{
    uint64_t offset = writer->length;
    while (count > 0) {
        ssize_t written = pwritev(writer->descriptor, parts, count, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            int number = errno;
            /* Best effort: the file then ends with a whole block, as `length` says. */
            int unused = ftruncate(writer->descriptor, (off_t)writer->length);
            (void)unused;
            return disk_error(writer, number, "write", error);
        }
        offset += (uint64_t)written;
        advance(&parts, &count, (size_t)written);
    }
    writer->length = offset;
    return LEAT_OK;
}

/* Only a hint, without a promise or an error: the sync does what counts. */
static void begin_writing_out(leat_container_writer *writer)
{
    uint64_t waiting = writer->length - writer->writing_out;
    if (waiting < WRITE_OUT_BYTES)
        return;
    (void)sync_file_range(writer->descriptor, (off_t)writer->writing_out, (off_t)waiting,
                          SYNC_FILE_RANGE_WRITE);
    writer->writing_out = writer->length;
}

static struct iovec part_of(leat_slice bytes)
{
    struct iovec part = {.iov_len = bytes.length};
    memcpy(&part.iov_base, &bytes.data, sizeof part.iov_base); /* it is written from, but not declared so */
    return part;
}

/* ---- Opening ---- */

static void append_entry(leat_buffer *header, const char *key, leat_slice value)
{
    leat_encode_bytes(header, leat_slice_of_string(key));
    leat_encode_bytes(header, value);
}

static leat_status write_header(leat_container_writer *writer, const char *schema_json,
                                const leat_container_meta *meta, size_t meta_count, leat_error *error)
{
    leat_buffer header = {0};
    const char *codec = leat_codec_name(leat_codec_kind_of(writer->codec));
    leat_buffer_append_string(&header, LEAT_CONTAINER_MAGIC);
    leat_encode_long(&header, (int64_t)meta_count + 2);
    append_entry(&header, "avro.schema", leat_slice_of_string(schema_json));
    append_entry(&header, "avro.codec", leat_slice_of_string(codec));
    for (size_t i = 0; i < meta_count; i++)
        append_entry(&header, meta[i].key, meta[i].value);
    leat_encode_long(&header, 0);
    leat_buffer_append(&header, writer->sync, sizeof writer->sync);
    struct iovec part = part_of(leat_buffer_slice(&header));
    leat_status status = write_parts(writer, &part, 1, error);
    leat_buffer_free(&header);
    return status;
}

static leat_status draw_sync(leat_container_writer *writer, leat_error *error)
{
    ssize_t drawn;
    do
        drawn = getrandom(writer->sync, sizeof writer->sync, 0);
    while (drawn < 0 && errno == EINTR);
    if (drawn != (ssize_t)sizeof writer->sync)
        return leat_error_system(error, LEAT_FAILED, errno, "cannot draw the sync marker of %s",
                                 writer->path);
    return LEAT_OK;
}

leat_status leat_container_create(const char *path, const char *schema_json, leat_codec *codec,
                                  const leat_container_meta *meta, size_t meta_count,
                                  leat_container_writer **writer, leat_error *error)
{
    *writer = NULL;
    leat_container_writer *made = leat_allocate(sizeof *made);
    made->codec = codec;
    made->path = leat_duplicate_string(path);
    made->descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    leat_status status = made->descriptor < 0 ? disk_error(made, errno, "create", error) : LEAT_OK;
    if (status == LEAT_OK) {
        status = draw_sync(made, error);
        if (status == LEAT_OK)
            status = write_header(made, schema_json, meta, meta_count, error);
        if (status != LEAT_OK)
            (void)unlink(path); /* we made it, and it is nothing yet */
    }
    if (status == LEAT_OK)
        *writer = made;
    else
        leat_container_close(made);
    return status;
}

void leat_container_close(leat_container_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->descriptor >= 0)
        close(writer->descriptor);
    leat_buffer_free(&writer->block);
    leat_release(writer->path);
    leat_release(writer);
}

/* ---- Blocks ---- */

static leat_status check_usable(const leat_container_writer *writer, leat_error *error)
{
    if (!writer->lost)
        return LEAT_OK;
    return leat_error_set(error, LEAT_FAILED, "%s is given up: a sync of it failed before", writer->path);
}

static leat_status write_block(leat_container_writer *writer, leat_slice packed, leat_error *error)
{
    leat_buffer head = {0};
    leat_encode_long(&head, (int64_t)writer->block_records);
    leat_encode_long(&head, (int64_t)packed.length);
    struct iovec parts[] = {part_of(leat_buffer_slice(&head)), part_of(packed),
                            part_of(leat_slice_of(writer->sync, sizeof writer->sync))};
    leat_status status = write_parts(writer, parts, 3, error);
    leat_buffer_free(&head);
    return status;
}

static void empty_block(leat_container_writer *writer)
{
    writer->block_records = 0;
    leat_buffer_reset_bounded(&writer->block);
    if (writer->block.capacity > KEPT_BLOCK_BYTES)
        leat_buffer_free(&writer->block);
}

leat_status leat_container_flush(leat_container_writer *writer, leat_error *error)
{
    leat_status status = check_usable(writer, error);
    if (status != LEAT_OK || writer->block_records == 0)
        return status;
    leat_slice plain = leat_buffer_slice(&writer->block);
    leat_buffer packed = {0};
    if (leat_codec_kind_of(writer->codec) == LEAT_CODEC_NULL) {
        status = write_block(writer, plain, error);
    } else {
        status = leat_codec_compress(writer->codec, plain, &packed, error);
        if (status == LEAT_OK)
            status = write_block(writer, leat_buffer_slice(&packed), error);
        else
            leat_error_context(error, status, "%s", writer->path);
    }
    leat_buffer_free(&packed);
    if (status == LEAT_OK) {
        empty_block(writer);
        begin_writing_out(writer);
    }
    return status;
}

leat_status leat_container_append(leat_container_writer *writer, leat_slice record, leat_error *error)
{
    leat_buffer_append_slice(&writer->block, record);
    writer->block_records++;
    writer->records++;
    if (writer->block.length < LEAT_CONTAINER_BLOCK_BYTES && !writer->lost)
        return LEAT_OK;
    leat_status status = leat_container_flush(writer, error);
    if (status == LEAT_OK)
        return LEAT_OK;
    /* Not taken: who tries again does not give it twice. */
    writer->block.length -= record.length;
    writer->block_records--;
    writer->records--;
    return status;
}

leat_status leat_container_sync(leat_container_writer *writer, leat_error *error)
{
    leat_status status = leat_container_flush(writer, error);
    if (status != LEAT_OK)
        return status;
    writer->writing_out = writer->length;
    if (fdatasync(writer->descriptor) == 0)
        return LEAT_OK;
    /* A second fdatasync would say yes to pages that the first one lost. */
    writer->lost = true;
    return disk_error(writer, errno, "sync", error);
}

void leat_container_trim(leat_container_writer *writer)
{
    if (writer->block.length == 0)
        leat_buffer_free(&writer->block);
}

uint64_t leat_container_length(const leat_container_writer *writer)
{
    return writer->length;
}

size_t leat_container_pending(const leat_container_writer *writer)
{
    return writer->block.length;
}

uint64_t leat_container_records(const leat_container_writer *writer)
{
    return writer->records;
}
