/* Container files: round trips, other implementations, torn and corrupt files, disks that fail. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <avro.h>
#include <cmocka.h>

#include "avro/container.h"
#include "base/memory.h"
#include "leat/encode.h"

static const char schema_text[] =
    "{\"type\":\"record\",\"name\":\"Row\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"},"
    "{\"name\":\"day\",\"type\":{\"type\":\"int\",\"logicalType\":\"date\"}},"
    "{\"name\":\"text\",\"type\":[\"null\",\"string\"],\"default\":null,\"leat.type\":\"text\"}]}";

static const leat_codec_kind every_codec[] = {LEAT_CODEC_NULL, LEAT_CODEC_DEFLATE, LEAT_CODEC_SNAPPY,
                                              LEAT_CODEC_ZSTANDARD};

/* ---- A disk that does what a test says: these stand in for libc's ---- */

static struct {
    ssize_t room;      /* bytes that may still be written; negative: no limit */
    int number;        /* the error when the room is used up */
    size_t at_most;    /* bytes one call writes; 0: all */
    int interruptions; /* calls that end with EINTR first */
    int sync_number;   /* the error of the next fdatasync; 0: none */
} disk = {.room = -1};

static void mend_disk(void)
{
    memset(&disk, 0, sizeof disk);
    disk.room = -1;
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset);
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset)
{
    ssize_t written = 0;
    if (disk.interruptions > 0) {
        disk.interruptions--;
        errno = EINTR;
        return -1;
    }
    for (int i = 0; i < count; i++) {
        size_t length = parts[i].iov_len;
        if (disk.at_most > 0 && length > disk.at_most - (size_t)written)
            length = disk.at_most - (size_t)written;
        if (disk.room >= 0 && length > (size_t)disk.room)
            length = (size_t)disk.room;
        if (length > 0 && pwrite(descriptor, parts[i].iov_base, length, offset + written) != (ssize_t)length)
            return -1;
        if (disk.room >= 0)
            disk.room -= (ssize_t)length;
        written += (ssize_t)length;
        if (length < parts[i].iov_len)
            break;
    }
    if (written == 0 && disk.room == 0) {
        errno = disk.number;
        return -1;
    }
    return written;
}

int fdatasync(int descriptor)
{
    if (disk.sync_number == 0)
        return fsync(descriptor);
    errno = disk.sync_number;
    disk.sync_number = 0;
    return -1;
}

/* ---- Records and files ---- */

static char folder[] = "/tmp/leat-container-XXXXXX";
static char path[sizeof folder + 32];

static int make_folder(void **state)
{
    (void)state;
    mend_disk();
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/file.avro", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static int fresh_file(void **state)
{
    (void)state;
    mend_disk();
    unlink(path);
    srand(20260310);
    return 0;
}

static void append_row(leat_buffer *out, int64_t id, size_t text_length)
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

static void must(leat_status status, const leat_error *error)
{
    if (status != LEAT_OK)
        fail_msg("%s", error->message);
}

static leat_container_writer *create(leat_codec *codec)
{
    leat_error error = {0};
    leat_container_writer *writer = NULL;
    must(leat_container_create(path, schema_text, codec, NULL, 0, &writer, &error), &error);
    return writer;
}

static void append(leat_container_writer *writer, int64_t id, size_t text_length, leat_buffer *all)
{
    leat_error error = {0};
    leat_buffer row = {0};
    append_row(&row, id, text_length);
    must(leat_container_append(writer, leat_buffer_slice(&row), &error), &error);
    leat_buffer_append_slice(all, leat_buffer_slice(&row));
    leat_buffer_free(&row);
}

static void flush(leat_container_writer *writer)
{
    leat_error error = {0};
    must(leat_container_flush(writer, &error), &error);
}

static size_t random_length(void)
{
    return rand() % 3 == 0 ? 0 : (size_t)rand() % (rand() % 20 == 0 ? 3000 : 60);
}

/* Writes `count` rows with the codec; their bytes, one after the other, are added to `all`. */
static void write_rows(leat_codec_kind kind, int count, leat_buffer *all)
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
static uint64_t read_rows(leat_buffer *all)
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

static void assert_same(const leat_buffer *left, const leat_buffer *right)
{
    assert_int_equal(left->length, right->length);
    assert_memory_equal(left->data, right->data, left->length);
}

static leat_buffer file_bytes(void)
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

static void put_file(leat_slice bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.length, file), bytes.length);
    fclose(file);
}

/* ---- Round trips ---- */

static void every_codec_comes_back(void **state)
{
    for (size_t i = 0; i < 4; i++) {
        leat_buffer written = {0};
        leat_buffer read = {0};
        fresh_file(state);
        write_rows(every_codec[i], 20000, &written);
        assert_int_equal(read_rows(&read), 20000);
        assert_same(&written, &read);
        leat_buffer_free(&written);
        leat_buffer_free(&read);
    }
}

static void the_header_holds_what_it_was_given(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_buffer schema = {0};
    leat_buffer_append_string(&schema, "{\"type\":\"string\",\"doc\":\"");
    for (int i = 0; i < 300000; i++)
        leat_buffer_append_byte(&schema, (uint8_t)('a' + i % 26));
    leat_buffer_append_string(&schema, "\"}");
    leat_codec *codec = leat_codec_open(LEAT_CODEC_ZSTANDARD, 3);
    leat_container_meta meta[] = {{"leat.pipeline", leat_slice_of_string("shop")},
                                  {"leat.empty", leat_slice_of("", 0)}};
    leat_container_writer *writer = NULL;
    must(leat_container_create(path, leat_buffer_string(&schema), codec, meta, 2, &writer, &error), &error);
    uint64_t length = leat_container_length(writer);
    leat_container_close(writer);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_size, length);
    leat_container_reader *reader = NULL;
    must(leat_container_open(path, &reader, &error), &error);
    assert_string_equal(leat_container_schema(reader), leat_buffer_string(&schema));
    assert_true(leat_slice_equals_string(leat_container_metadata(reader, "leat.pipeline"), "shop"));
    assert_true(leat_slice_equals_string(leat_container_metadata(reader, "avro.codec"), "zstandard"));
    assert_int_equal(leat_container_metadata(reader, "leat.none").length, 0);
    leat_container_reader_close(reader);
    leat_codec_close(codec);
    leat_buffer_free(&schema);
}

static void a_record_of_any_size_is_taken(void **state)
{
    for (size_t i = 0; i < 4; i++) {
        leat_buffer written = {0};
        leat_buffer read = {0};
        fresh_file(state);
        leat_codec *codec = leat_codec_open(every_codec[i], 0);
        leat_container_writer *writer = create(codec);
        append(writer, 1, 10, &written);
        append(writer, 2, 5000000, &written);
        assert_int_equal(leat_container_pending(writer), 0); /* it was a whole block by itself */
        append(writer, 3, 65536, &written);
        append(writer, 4, 1, &written);
        flush(writer);
        leat_container_close(writer);
        leat_codec_close(codec);
        assert_int_equal(read_rows(&read), 4);
        assert_same(&written, &read);
        leat_buffer_free(&written);
        leat_buffer_free(&read);
    }
}

static void what_was_not_flushed_is_not_there(void **state)
{
    (void)state;
    leat_buffer written = {0};
    leat_buffer read = {0};
    leat_error error = {0};
    leat_codec *codec = leat_codec_open(LEAT_CODEC_NULL, 0);
    leat_container_writer *writer = create(codec);
    append(writer, 1, 100, &written);
    must(leat_container_sync(writer, &error), &error);
    leat_buffer ignored = {0};
    append(writer, 2, 100, &ignored);
    assert_int_equal(leat_container_pending(writer), ignored.length);
    leat_container_close(writer);
    assert_int_equal(read_rows(&read), 1);
    assert_same(&written, &read);
    leat_buffer_free(&written);
    leat_buffer_free(&ignored);
    leat_buffer_free(&read);
    leat_codec_close(codec);
}

static void two_files_have_different_sync_markers(void **state)
{
    leat_buffer first = {0};
    leat_buffer ignored = {0};
    write_rows(LEAT_CODEC_NULL, 1, &ignored);
    first = file_bytes();
    fresh_file(state);
    leat_buffer_reset(&ignored);
    write_rows(LEAT_CODEC_NULL, 1, &ignored);
    leat_buffer second = file_bytes();
    assert_int_equal(first.length, second.length);
    assert_memory_not_equal(first.data + first.length - 16, second.data + second.length - 16, 16);
    leat_buffer_free(&first);
    leat_buffer_free(&second);
    leat_buffer_free(&ignored);
}

/* ---- Avro C on the other side ---- */

static void read_with_avro_c(int count, leat_buffer *all)
{
    avro_file_reader_t reader;
    avro_value_t value;
    if (avro_file_reader(path, &reader) != 0)
        fail_msg("Avro C cannot open the file: %s", avro_strerror());
    avro_schema_t schema = avro_file_reader_get_writer_schema(reader);
    avro_value_iface_t *class = avro_generic_class_from_schema(schema);
    assert_int_equal(avro_generic_value_new(class, &value), 0);
    int read = 0;
    while (avro_file_reader_read_value(reader, &value) == 0) {
        char *bytes = malloc(100000);
        avro_writer_t writer = avro_writer_memory(bytes, 100000);
        assert_int_equal(avro_value_write(writer, &value), 0);
        leat_buffer_append(all, bytes, (size_t)avro_writer_tell(writer));
        avro_writer_free(writer);
        free(bytes);
        read++;
    }
    assert_int_equal(read, count);
    avro_value_decref(&value);
    avro_value_iface_decref(class);
    avro_schema_decref(schema);
    avro_file_reader_close(reader);
}

static void avro_c_reads_our_files(void **state)
{
    for (size_t i = 0; i < 3; i++) { /* it has no zstandard */
        leat_buffer written = {0};
        leat_buffer read = {0};
        fresh_file(state);
        write_rows(every_codec[i], 5000, &written);
        read_with_avro_c(5000, &read);
        assert_same(&written, &read);
        leat_buffer_free(&written);
        leat_buffer_free(&read);
    }
}

static void we_read_the_files_of_avro_c(void **state)
{
    static const char *const codecs[] = {"null", "deflate", "snappy"};
    for (size_t i = 0; i < 3; i++) {
        avro_schema_t schema;
        avro_file_writer_t writer;
        leat_buffer written = {0};
        leat_buffer read = {0};
        fresh_file(state);
        assert_int_equal(avro_schema_from_json_length(schema_text, strlen(schema_text), &schema), 0);
        assert_int_equal(avro_file_writer_create_with_codec(path, schema, &writer, codecs[i], 0), 0);
        for (int k = 0; k < 5000; k++) {
            leat_buffer row = {0};
            append_row(&row, k, random_length());
            assert_int_equal(avro_file_writer_append_encoded(writer, row.data, (int64_t)row.length), 0);
            leat_buffer_append_slice(&written, leat_buffer_slice(&row));
            leat_buffer_free(&row);
        }
        assert_int_equal(avro_file_writer_close(writer), 0);
        avro_schema_decref(schema);
        assert_int_equal(read_rows(&read), 5000);
        assert_same(&written, &read);
        leat_buffer_free(&written);
        leat_buffer_free(&read);
    }
}

/* ---- Python's avro on the other side ---- */

static bool python_has(const char *modules)
{
    char command[200];
    snprintf(command, sizeof command, "/usr/bin/python3 -c 'import %s' >/dev/null 2>&1", modules);
    return system(command) == 0;
}

static void python_reads_our_files(void **state)
{
    static const char program[] =
        "import sys\n"
        "from avro.datafile import DataFileReader\n"
        "from avro.io import DatumReader\n"
        "n = 0\n"
        "with DataFileReader(open(sys.argv[1], 'rb'), DatumReader()) as reader:\n"
        "    for n, row in enumerate(reader, 1):\n"
        "        assert row['id'] == n - 1, row\n"
        "        assert (row['day'].toordinal() - 719163) == row['id'] % 20000, row\n"
        "assert n == 2000, n\n";
    if (!python_has("avro, snappy, zstandard")) {
        print_message("needs Debian's python3-avro, python3-snappy and python3-zstandard\n");
        skip();
    }
    for (size_t i = 0; i < 4; i++) {
        char command[2000];
        leat_buffer written = {0};
        fresh_file(state);
        write_rows(every_codec[i], 2000, &written);
        snprintf(command, sizeof command, "/usr/bin/python3 -c \"%s\" %s", program, path);
        if (system(command) != 0)
            fail_msg("Python's avro does not read the codec %s", leat_codec_name(every_codec[i]));
        leat_buffer_free(&written);
    }
}

static void we_read_the_files_of_python(void **state)
{
    static const char program[] =
        "import sys, avro.schema\n"
        "from avro.datafile import DataFileWriter\n"
        "from avro.io import DatumWriter\n"
        "schema = avro.schema.parse('[\\\"null\\\", \\\"string\\\"]')\n"
        "with DataFileWriter(open(sys.argv[1], 'wb'), DatumWriter(), schema, codec=sys.argv[2]) as w:\n"
        "    for n in range(3000): w.append('text number %d' % n)\n";
    static const char *const codecs[] = {"null", "deflate", "snappy", "zstandard"};
    if (!python_has("avro, snappy, zstandard")) {
        print_message("needs Debian's python3-avro, python3-snappy and python3-zstandard\n");
        skip();
    }
    for (size_t i = 0; i < 4; i++) {
        char command[2000];
        leat_buffer wanted = {0};
        leat_buffer read = {0};
        fresh_file(state);
        snprintf(command, sizeof command, "/usr/bin/python3 -c \"%s\" %s %s", program, path, codecs[i]);
        assert_int_equal(system(command), 0);
        for (int k = 0; k < 3000; k++) {
            char text[40];
            int length = snprintf(text, sizeof text, "text number %d", k);
            leat_encode_long(&wanted, 1);
            leat_encode_bytes(&wanted, leat_slice_of(text, (size_t)length));
        }
        assert_int_equal(read_rows(&read), 3000);
        assert_same(&wanted, &read);
        leat_buffer_free(&wanted);
        leat_buffer_free(&read);
    }
}

/* ---- Torn and corrupt files ---- */

enum { BLOCKS = 6 };

/* Where the header and each block end, and how many records stand up to there. */
typedef struct boundaries {
    uint64_t ends[BLOCKS + 1];
    uint64_t records[BLOCKS + 1];
} boundaries;

static leat_buffer small_file(leat_codec_kind kind, boundaries *marks)
{
    leat_buffer ignored = {0};
    leat_codec *codec = leat_codec_open(kind, 0);
    leat_container_writer *writer = create(codec);
    marks->ends[0] = leat_container_length(writer);
    marks->records[0] = 0;
    for (int i = 0; i < BLOCKS; i++) {
        for (int k = 0; k <= i; k++)
            append(writer, i * 1000 + k, 40, &ignored);
        flush(writer);
        marks->ends[i + 1] = leat_container_length(writer);
        marks->records[i + 1] = leat_container_records(writer);
    }
    leat_container_close(writer);
    leat_codec_close(codec);
    leat_buffer_free(&ignored);
    return file_bytes();
}

/* What a scan of the first `length` bytes must say. */
static void expect_scan(const boundaries *marks, uint64_t length, uint64_t *whole, uint64_t *records)
{
    *whole = *records = 0;
    for (int i = 0; i <= BLOCKS; i++)
        if (marks->ends[i] <= length) {
            *whole = marks->ends[i];
            *records = marks->records[i];
        }
}

static void a_file_torn_anywhere_gives_its_whole_blocks(void **state)
{
    for (size_t i = 0; i < 4; i++) {
        boundaries marks;
        leat_error error = {0};
        fresh_file(state);
        leat_buffer bytes = small_file(every_codec[i], &marks);
        assert_int_equal(bytes.length, marks.ends[BLOCKS]);
        for (size_t length = bytes.length + 1; length-- > 0;) {
            uint64_t whole = 99;
            uint64_t records = 99;
            uint64_t wanted_whole;
            uint64_t wanted_records;
            expect_scan(&marks, length, &wanted_whole, &wanted_records);
            /* A copy of that size, so that a read beyond it is found out. */
            char *copy = leat_duplicate_bytes(bytes.data, length);
            copy = leat_reallocate(copy, length);
            leat_container_scan_bytes(leat_slice_of(copy, length), &whole, &records);
            leat_release(copy);
            assert_int_equal(whole, wanted_whole);
            assert_int_equal(records, wanted_records);
            assert_int_equal(truncate(path, (off_t)length), 0);
            whole = records = 99;
            must(leat_container_scan(path, &whole, &records, &error), &error);
            assert_int_equal(whole, wanted_whole);
            assert_int_equal(records, wanted_records);
        }
        leat_buffer_free(&bytes);
    }
}

/* The reader, unlike the scan, has to say that the end is not clean. */
static void a_torn_file_is_named_by_the_reader(void **state)
{
    boundaries marks;
    leat_error error = {0};
    fresh_file(state);
    leat_buffer bytes = small_file(LEAT_CODEC_DEFLATE, &marks);
    assert_int_equal(truncate(path, (off_t)marks.ends[3] + 5), 0);
    leat_container_reader *reader = NULL;
    must(leat_container_open(path, &reader, &error), &error);
    for (int i = 0; i < 4; i++) {
        uint64_t records;
        leat_slice plain;
        bool end = false;
        leat_status status = leat_container_next_block(reader, &records, &plain, &end, &error);
        assert_false(end);
        assert_int_equal(status, i < 3 ? LEAT_OK : LEAT_FAILED);
    }
    char offset[40];
    snprintf(offset, sizeof offset, "at byte %llu", (unsigned long long)marks.ends[3]);
    assert_non_null(strstr(error.message, path));
    assert_non_null(strstr(error.message, offset));
    leat_container_reader_close(reader);
    leat_buffer_free(&bytes);
}

/* The block that a byte belongs to, from 1; 0 for the header. */
static int block_of(const boundaries *marks, size_t place)
{
    int block = 0;
    while (marks->ends[block] <= place)
        block++;
    return block;
}

/* A changed byte is found where something guards it: sync markers always, snappy's data by its checksum. */
static void a_changed_byte_never_gives_more_than_there_is(void **state)
{
    for (size_t i = 0; i < 4; i++) {
        boundaries marks;
        fresh_file(state);
        leat_buffer bytes = small_file(every_codec[i], &marks);
        for (size_t place = 0; place < bytes.length; place++)
            for (int bit = 0; bit < 8; bit++) {
                uint64_t whole;
                uint64_t records;
                int block = block_of(&marks, place);
                bytes.data[place] ^= (uint8_t)(1 << bit);
                leat_container_scan_bytes(leat_buffer_slice(&bytes), &whole, &records);
                bytes.data[place] ^= (uint8_t)(1 << bit);
                assert_true(whole <= bytes.length);
                bool in_sync = block > 0 && place >= marks.ends[block] - 16;
                bool in_snappy =
                    every_codec[i] == LEAT_CODEC_SNAPPY && block > 0 && place >= marks.ends[block - 1] + 2;
                if (in_sync || in_snappy) {
                    assert_int_equal(whole, marks.ends[block - 1]);
                    assert_int_equal(records, marks.records[block - 1]);
                } else if (block > 0) {
                    assert_true(whole >= marks.ends[block - 1]);
                }
            }
        leat_buffer_free(&bytes);
    }
}

static void assert_not_opened(leat_slice bytes, const char *word)
{
    leat_error error = {0};
    leat_container_reader *reader = NULL;
    put_file(bytes);
    assert_int_equal(leat_container_open(path, &reader, &error), LEAT_FAILED);
    assert_null(reader);
    if (strstr(error.message, word) == NULL || strstr(error.message, path) == NULL)
        fail_msg("\"%s\" does not name %s and \"%s\"", error.message, path, word);
}

static void what_is_no_container_is_refused(void **state)
{
    (void)state;
    static const char huge_entry[] = "Obj\x01\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
    static const char many_entries[] = "Obj\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01";
    static const char negative[] = "Obj\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00";
    static const char bare[] = "Obj\x01\x00"
                               "0123456789abcdef";
    static const char bzip2[] = "Obj\x01\x04\x16"
                                "avro.schema\x0c\"long\"\x14"
                                "avro.codec\x0a"
                                "bzip2\x00"
                                "0123456789abcdef";
    assert_not_opened(leat_slice_of("", 0), "container");
    assert_not_opened(leat_slice_of_string("PAR1, and so on, and so on"), "container");
    assert_not_opened(leat_slice_of(huge_entry, sizeof huge_entry - 1), "header");
    assert_not_opened(leat_slice_of(many_entries, sizeof many_entries - 1), "header");
    assert_not_opened(leat_slice_of(negative, sizeof negative - 1), "header");
    assert_not_opened(leat_slice_of(bare, sizeof bare - 1), "avro.schema");
    assert_not_opened(leat_slice_of(bzip2, sizeof bzip2 - 1), "bzip2");
}

/* A header in the form the specification also allows: map blocks of negative count, with their size. */
static void a_header_of_sized_map_blocks_is_read(void **state)
{
    (void)state;
    static const char file[] = "Obj\x01\x01\x24\x16"
                               "avro.schema\x0c\"long\"\x01\x20\x14"
                               "avro.codec\x08"
                               "null\x00"
                               "0123456789abcdef"
                               "\x06\x06\x02\x04\x06"
                               "0123456789abcdef";
    leat_buffer read = {0};
    put_file(leat_slice_of(file, sizeof file - 1));
    assert_int_equal(read_rows(&read), 3);
    assert_int_equal(read.length, 3);
    assert_memory_equal(read.data, "\x02\x04\x06", 3);
    leat_buffer_free(&read);
}

static void hostile_blocks_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
    } blocks[] = {
        {"\x00\x00"
         "0123456789abcdef",
         18}, /* no records */
        {"\x01\x02\x02"
         "0123456789abcdef",
         19}, /* a negative count */
        {"\x02\x01"
         "0123456789abcdef",
         18}, /* a negative length */
        {"\x08\x06\x02\x04\x06"
         "0123456789abcdef",
         21}, /* more records than bytes */
        {"\x02\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"
         "0123456789abcdef",
         27},                                                 /* an endless length */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11}, /* an endless varint */
        {"\x06\x06\x02\x04\x06"
         "0123456789abcdeF",
         21}, /* another sync marker */
    };
    static const char header[] = "Obj\x01\x02\x16"
                                 "avro.schema\x0c\"long\"\x00"
                                 "0123456789abcdef";
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        leat_error error = {0};
        leat_buffer file = {0};
        leat_container_reader *reader = NULL;
        uint64_t records;
        leat_slice plain;
        bool end;
        leat_buffer_append(&file, header, sizeof header - 1);
        leat_buffer_append(&file, blocks[i].bytes, blocks[i].length);
        put_file(leat_buffer_slice(&file));
        must(leat_container_open(path, &reader, &error), &error);
        assert_int_equal(leat_container_next_block(reader, &records, &plain, &end, &error), LEAT_FAILED);
        leat_container_reader_close(reader);
        leat_buffer_free(&file);
    }
}

/* ---- Disks that fail ---- */

static void an_existing_file_is_never_touched(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_container_writer *writer = NULL;
    leat_codec *codec = leat_codec_open(LEAT_CODEC_NULL, 0);
    put_file(leat_slice_of_string("precious"));
    assert_int_equal(leat_container_create(path, schema_text, codec, NULL, 0, &writer, &error), LEAT_FAILED);
    assert_null(writer);
    assert_non_null(strstr(error.message, path));
    leat_buffer bytes = file_bytes();
    assert_string_equal(leat_buffer_string(&bytes), "precious");
    leat_buffer_free(&bytes);
    leat_codec_close(codec);
}

static void a_file_without_room_for_its_header_is_not_left(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_container_writer *writer = NULL;
    leat_codec *codec = leat_codec_open(LEAT_CODEC_NULL, 0);
    disk.room = 50;
    disk.number = ENOSPC;
    assert_int_equal(leat_container_create(path, schema_text, codec, NULL, 0, &writer, &error), LEAT_RETRY);
    assert_null(writer);
    assert_non_null(strstr(error.message, path));
    assert_true(error.mend[0] != '\0');
    assert_int_equal(access(path, F_OK), -1);
    leat_codec_close(codec);
}

/* The disk fills in the middle of a block: the file stays whole, the records stay, and they go out later. */
static void a_full_disk_loses_nothing(void **state)
{
    (void)state;
    static const int numbers[] = {ENOSPC, EDQUOT};
    for (size_t i = 0; i < 2; i++) {
        leat_error error = {0};
        leat_buffer written = {0};
        leat_buffer read = {0};
        fresh_file(state);
        leat_codec *codec = leat_codec_open(LEAT_CODEC_NULL, 0);
        leat_container_writer *writer = create(codec);
        append(writer, 1, 100, &written);
        flush(writer);
        append(writer, 2, 100, &written);
        uint64_t length = leat_container_length(writer);
        disk.room = 60;
        disk.number = numbers[i];
        assert_int_equal(leat_container_flush(writer, &error), LEAT_RETRY);
        assert_non_null(strstr(error.message, path));
        assert_true(error.mend[0] != '\0');
        assert_int_equal(leat_container_length(writer), length);
        struct stat about;
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_size, length);
        mend_disk();
        flush(writer);
        leat_container_close(writer);
        assert_int_equal(read_rows(&read), 2);
        assert_same(&written, &read);
        leat_buffer_free(&written);
        leat_buffer_free(&read);
        leat_codec_close(codec);
    }
}

/* A record whose block could not be written is not taken, so giving it again is right. */
static void a_record_is_taken_whole_or_not_at_all(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_buffer row = {0};
    leat_buffer written = {0};
    leat_buffer read = {0};
    leat_codec *codec = leat_codec_open(LEAT_CODEC_DEFLATE, 0);
    leat_container_writer *writer = create(codec);
    append(writer, 1, 100, &written);
    append_row(&row, 2, 70000);
    disk.room = 0;
    disk.number = ENOSPC;
    assert_int_equal(leat_container_append(writer, leat_buffer_slice(&row), &error), LEAT_RETRY);
    assert_int_equal(leat_container_records(writer), 1);
    mend_disk();
    must(leat_container_append(writer, leat_buffer_slice(&row), &error), &error);
    leat_buffer_append_slice(&written, leat_buffer_slice(&row));
    leat_container_close(writer);
    assert_int_equal(read_rows(&read), 2);
    assert_same(&written, &read);
    leat_buffer_free(&row);
    leat_buffer_free(&written);
    leat_buffer_free(&read);
    leat_codec_close(codec);
}

static void short_and_interrupted_writes_are_finished(void **state)
{
    (void)state;
    leat_buffer written = {0};
    leat_buffer read = {0};
    disk.at_most = 7;
    disk.interruptions = 3;
    write_rows(LEAT_CODEC_SNAPPY, 200, &written);
    assert_int_equal(read_rows(&read), 200);
    assert_same(&written, &read);
    leat_buffer_free(&written);
    leat_buffer_free(&read);
}

static void a_broken_disk_is_a_failure(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_buffer written = {0};
    leat_codec *codec = leat_codec_open(LEAT_CODEC_NULL, 0);
    leat_container_writer *writer = create(codec);
    append(writer, 1, 100, &written);
    disk.room = 0;
    disk.number = EIO;
    assert_int_equal(leat_container_flush(writer, &error), LEAT_FAILED);
    assert_non_null(strstr(error.message, path));
    leat_container_close(writer);
    leat_buffer_free(&written);
    leat_codec_close(codec);
}

/* After a failed fdatasync the kernel may have dropped the pages, and a second one would say all is well. */
static void a_failed_sync_gives_the_file_up(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_buffer written = {0};
    leat_codec *codec = leat_codec_open(LEAT_CODEC_NULL, 0);
    leat_container_writer *writer = create(codec);
    append(writer, 1, 100, &written);
    disk.sync_number = EIO;
    assert_int_equal(leat_container_sync(writer, &error), LEAT_FAILED);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(leat_container_sync(writer, &error), LEAT_FAILED);
    assert_int_equal(leat_container_append(writer, leat_buffer_slice(&written), &error), LEAT_FAILED);
    leat_container_close(writer);
    leat_buffer_free(&written);
    leat_codec_close(codec);
}

static void a_path_that_cannot_be_is_named(void **state)
{
    (void)state;
    leat_error error = {0};
    leat_container_writer *writer = NULL;
    leat_container_reader *reader = NULL;
    uint64_t whole;
    uint64_t records;
    leat_codec *codec = leat_codec_open(LEAT_CODEC_NULL, 0);
    const char *nowhere = "/tmp/leat-no-such-folder/x.avro";
    assert_int_equal(leat_container_create(nowhere, schema_text, codec, NULL, 0, &writer, &error),
                     LEAT_FAILED);
    assert_non_null(strstr(error.message, nowhere));
    assert_int_equal(leat_container_open(nowhere, &reader, &error), LEAT_FAILED);
    assert_non_null(strstr(error.message, nowhere));
    assert_int_equal(leat_container_scan(nowhere, &whole, &records, &error), LEAT_FAILED);
    assert_int_equal(leat_container_open("/tmp", &reader, &error), LEAT_FAILED);
    assert_non_null(strstr(error.message, "/tmp"));
    leat_codec_close(codec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_codec_comes_back, fresh_file),
        cmocka_unit_test_setup(the_header_holds_what_it_was_given, fresh_file),
        cmocka_unit_test_setup(a_record_of_any_size_is_taken, fresh_file),
        cmocka_unit_test_setup(what_was_not_flushed_is_not_there, fresh_file),
        cmocka_unit_test_setup(two_files_have_different_sync_markers, fresh_file),
        cmocka_unit_test_setup(avro_c_reads_our_files, fresh_file),
        cmocka_unit_test_setup(we_read_the_files_of_avro_c, fresh_file),
        cmocka_unit_test_setup(python_reads_our_files, fresh_file),
        cmocka_unit_test_setup(we_read_the_files_of_python, fresh_file),
        cmocka_unit_test_setup(a_file_torn_anywhere_gives_its_whole_blocks, fresh_file),
        cmocka_unit_test_setup(a_torn_file_is_named_by_the_reader, fresh_file),
        cmocka_unit_test_setup(a_changed_byte_never_gives_more_than_there_is, fresh_file),
        cmocka_unit_test_setup(what_is_no_container_is_refused, fresh_file),
        cmocka_unit_test_setup(a_header_of_sized_map_blocks_is_read, fresh_file),
        cmocka_unit_test_setup(hostile_blocks_are_refused, fresh_file),
        cmocka_unit_test_setup(an_existing_file_is_never_touched, fresh_file),
        cmocka_unit_test_setup(a_file_without_room_for_its_header_is_not_left, fresh_file),
        cmocka_unit_test_setup(a_full_disk_loses_nothing, fresh_file),
        cmocka_unit_test_setup(a_record_is_taken_whole_or_not_at_all, fresh_file),
        cmocka_unit_test_setup(short_and_interrupted_writes_are_finished, fresh_file),
        cmocka_unit_test_setup(a_broken_disk_is_a_failure, fresh_file),
        cmocka_unit_test_setup(a_failed_sync_gives_the_file_up, fresh_file),
        cmocka_unit_test_setup(a_path_that_cannot_be_is_named, fresh_file),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
