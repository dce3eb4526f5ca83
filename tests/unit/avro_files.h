/* Container files in a folder of their own: what the tests of writing, reading and recovery share. */
#ifndef LEAT_TESTS_AVRO_FILES_H
#define LEAT_TESTS_AVRO_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "avro/container.h"
#include "base/encode.h"
#include "base/memory.h"
#include "leat/encode.h"

static const char schema_text[] =
    "{\"type\":\"record\",\"name\":\"Row\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"},"
    "{\"name\":\"day\",\"type\":{\"type\":\"int\",\"logicalType\":\"date\"}},"
    "{\"name\":\"text\",\"type\":[\"null\",\"string\"],\"default\":null,\"leat.type\":\"text\"}]}";

static const leat_codec_kind every_codec[] = {LEAT_CODEC_NULL, LEAT_CODEC_DEFLATE, LEAT_CODEC_SNAPPY,
                                              LEAT_CODEC_ZSTANDARD};

static char folder[] = "/tmp/leat-container-XXXXXX";
static char path[sizeof folder + 32];

static inline int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/file.avro", folder);
    return 0;
}

static inline int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static inline int fresh_file(void **state)
{
    (void)state;
    unlink(path);
    srand(20260310);
    return 0;
}

static inline void append_row(leat_buffer *out, int64_t id, size_t text_length)
{
    leat_encode_long(out, id);
    leat_encode_long(out, id % 20000);
    leat_encode_long(out, text_length == 0 ? 0 : 1);
    if (text_length == 0)
        return;
    leat_encode_long(out, (int64_t)text_length);
    for (size_t i = 0; i < text_length; i++)
        leat_buffer_append_byte(out, (uint8_t)('a' + (id + (int64_t)i * i / 7) % 26));
}

static inline void must(leat_status status, const leat_error *error)
{
    if (status != LEAT_OK)
        fail_msg("%s", error->message);
}

static inline leat_container_writer *create(leat_codec *codec)
{
    leat_error error = {0};
    leat_container_writer *writer = NULL;
    must(leat_container_create(path, schema_text, codec, NULL, 0, &writer, &error), &error);
    return writer;
}

static inline void append(leat_container_writer *writer, int64_t id, size_t text_length, leat_buffer *all)
{
    leat_error error = {0};
    leat_buffer row = {0};
    append_row(&row, id, text_length);
    must(leat_container_append(writer, leat_buffer_slice(&row), &error), &error);
    leat_buffer_append_slice(all, leat_buffer_slice(&row));
    leat_buffer_free(&row);
}

static inline void flush(leat_container_writer *writer)
{
    leat_error error = {0};
    must(leat_container_flush(writer, &error), &error);
}

static inline size_t random_length(void)
{
    return rand() % 3 == 0 ? 0 : (size_t)rand() % (rand() % 20 == 0 ? 3000 : 60);
}

/* Writes `count` rows with the codec; their bytes, one after the other, are added to `all`. */
static inline void write_rows(leat_codec_kind kind, int count, leat_buffer *all)
{
    leat_codec *codec = leat_codec_open(kind, 0);
    leat_container_writer *writer = create(codec);
    for (int i = 0; i < count; i++)
        append(writer, i, random_length(), all);
    assert_int_equal(leat_container_records(writer), count);
    flush(writer);
    assert_int_equal(leat_container_pending(writer), 0);
    leat_container_close(writer);
    leat_codec_close(codec);
}

/* Reads the whole file with our reader: the plain bytes of all blocks, and how many records they say. */
static inline uint64_t read_rows(leat_buffer *all)
{
    leat_error error = {0};
    leat_container_reader *reader = NULL;
    uint64_t total = 0;
    bool end = false;
    must(leat_container_open(path, &reader, &error), &error);
    while (!end) {
        uint64_t records = 0;
        leat_slice plain = {0};
        must(leat_container_next_block(reader, &records, &plain, &end, &error), &error);
        if (end)
            break;
        total += records;
        leat_buffer_append_slice(all, plain);
    }
    leat_container_reader_close(reader);
    return total;
}

static inline void assert_same(const leat_buffer *left, const leat_buffer *right)
{
    assert_int_equal(left->length, right->length);
    assert_memory_equal(left->data, right->data, left->length);
}

static inline leat_buffer file_bytes(void)
{
    leat_buffer bytes = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (;;) {
        size_t got = fread(leat_buffer_reserve(&bytes, 65536), 1, 65536, file);
        leat_buffer_commit(&bytes, got);
        if (got == 0)
            break;
    }
    fclose(file);
    return bytes;
}

static inline void put_file(leat_slice bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.length, file), bytes.length);
    fclose(file);
}

#endif
