/* Values that the brokers do not take: they go to files, and their messages say where.
 *
 * The file holds exactly what the message would have had as its value. Its name follows from topic and
 * sequence, so a batch that comes again replaces its files with the same. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/folder.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "leat/encode.h"
#include "sink/kafka/client.h"
#include "sink/kafka/sink_internal.h"

const char leat_kafka_spilled_schema[] =
    "{\"type\":\"record\",\"name\":\"Spilled\",\"namespace\":\"leat\","
    "\"doc\":\"Stands for a value that was too large for a message: it is in a file.\",\"fields\":["
    "{\"name\":\"path\",\"type\":\"string\",\"doc\":\"The file, whose content is what the message would have "
    "had as its value.\"},"
    "{\"name\":\"bytes\",\"type\":\"long\",\"doc\":\"Its length.\"},"
    "{\"name\":\"sha256\",\"type\":\"string\",\"doc\":\"Its digest, in hex.\"}]}";

/* ---- The file ---- */

static leat_status write_all(int descriptor, leat_slice bytes)
{
    for (size_t at = 0; at < bytes.length;) {
        ssize_t written = write(descriptor, bytes.data + at, bytes.length - at);
        if (written < 0 && errno != EINTR)
            return LEAT_FAILED;
        at += written > 0 ? (size_t)written : 0;
    }
    return fsync(descriptor) == 0 ? LEAT_OK : LEAT_FAILED;
}

static leat_status write_working(const char *path, leat_slice bytes, leat_error *error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return leat_folder_error(error, errno, "cannot create", path);
    leat_status status = LEAT_OK;
    if (write_all(descriptor, bytes) != LEAT_OK)
        status = leat_folder_error(error, errno, "cannot write", path);
    close(descriptor);
    return status;
}

static leat_status write_file(const char *folder, const char *path, leat_slice bytes, leat_error *error)
{
    leat_arena scratch = {0};
    const char *working = leat_arena_printf(&scratch, "%s.part", path);
    leat_status status = leat_folder_make(folder, error);
    if (status == LEAT_OK)
        status = write_working(working, bytes, error);
    if (status == LEAT_OK && rename(working, path) != 0)
        status = leat_folder_error(error, errno, "cannot give its final name to", working);
    if (status == LEAT_OK)
        status = leat_folder_sync(folder, error);
    leat_arena_free(&scratch);
    return status;
}

/* "<folder>/<topic>-<sequence>.value"; what a sequence may have besides letters, digits and dots becomes '_'.
 */
static const char *path_of(const leat_kafka_sink *sink, const leat_record *record, leat_arena *arena)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
    char *sequence = leat_arena_slice_string(arena, record->sequence);
    for (char *at = sequence; *at != '\0'; at++)
        if (strchr(safe, *at) == NULL)
            *at = '_';
    return leat_arena_printf(arena, "%s/%s-%s.value", sink->options.spill_path,
                             leat_kafka_table_of(record->table)->topic, sequence);
}

/* ---- The message ---- */

static void encode(leat_buffer *out, const leat_kafka_frame *frame, const char *path, uint64_t bytes,
                   const char *sha256)
{
    leat_buffer_reset_bounded(out);
    leat_buffer_append_slice(out, leat_kafka_frame_slice(frame));
    leat_encode_bytes(out, leat_slice_of_string(path));
    leat_encode_long(out, (int64_t)bytes);
    leat_encode_bytes(out, leat_slice_of_string(sha256));
}

static leat_status add_headers(const leat_kafka_sink *sink, leat_kafka_message *message, const char *path,
                               uint64_t bytes, leat_error *error)
{
    char number[24];
    int length = snprintf(number, sizeof number, "%" PRIu64, bytes);
    if (message->headers == NULL)
        message->headers = rd_kafka_headers_new(2);
    rd_kafka_resp_err_t code = rd_kafka_header_add(message->headers, "leat.spilled", -1, path, -1);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = rd_kafka_header_add(message->headers, "leat.spilled.bytes", -1, number, length);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
               ? LEAT_OK
               : leat_kafka_failure(&sink->options, code, NULL, error, "cannot make a header");
}

leat_status leat_kafka_spill(leat_kafka_sink *sink, const leat_record *record, leat_kafka_message *message,
                             leat_buffer *framed, leat_error *error)
{
    leat_kafka_table *table = leat_kafka_table_of(record->table);
    leat_arena scratch = {0};
    const char *path = path_of(sink, record, &scratch);
    uint64_t bytes = message->value.length;
    char sha256[LEAT_SHA256_TEXT_SIZE];
    leat_sha256_hex(message->value, sha256);
    leat_status status = LEAT_OK;
    if (table->spilled.length == 0)
        status = leat_kafka_schema_frame(sink, table->topic, "-spilled", leat_kafka_spilled_schema,
                                         &table->spilled, error);
    if (status == LEAT_OK)
        status = write_file(sink->options.spill_path, path, message->value, error);
    if (status == LEAT_OK)
        status = add_headers(sink, message, path, bytes, error);
    if (status == LEAT_OK) {
        encode(framed, &table->spilled, path, bytes, sha256);
        message->value = leat_buffer_slice(framed);
        leat_log_write(sink->options.log, LEAT_LOG_WARNING,
                       "a record of table %s has %" PRIu64 " bytes, which topic %s does not take: %s",
                       table->base.name, bytes, table->topic, path);
    }
    leat_arena_free(&scratch);
    return status;
}
