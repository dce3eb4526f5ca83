/* Container files: round trips, other implementations, disks that fail. */
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>

#include <avro.h>

#include "avro_files.h"
#include "base/encode.h"

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

static int fresh_file_and_disk(void **state)
{
    mend_disk();
    return fresh_file(state);
}

/* ---- Round trips ---- */

static void every_codec_comes_back(void **state)
{
    for (size_t i = 0; i < 4; i++) {
        leat_buffer written = {0};
        leat_buffer read = {0};
        fresh_file_and_disk(state);
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
        fresh_file_and_disk(state);
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
    fresh_file_and_disk(state);
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
        fresh_file_and_disk(state);
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
        fresh_file_and_disk(state);
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
        fresh_file_and_disk(state);
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
        fresh_file_and_disk(state);
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
        fresh_file_and_disk(state);
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
        cmocka_unit_test_setup(every_codec_comes_back, fresh_file_and_disk),
        cmocka_unit_test_setup(the_header_holds_what_it_was_given, fresh_file_and_disk),
        cmocka_unit_test_setup(a_record_of_any_size_is_taken, fresh_file_and_disk),
        cmocka_unit_test_setup(what_was_not_flushed_is_not_there, fresh_file_and_disk),
        cmocka_unit_test_setup(two_files_have_different_sync_markers, fresh_file_and_disk),
        cmocka_unit_test_setup(avro_c_reads_our_files, fresh_file_and_disk),
        cmocka_unit_test_setup(we_read_the_files_of_avro_c, fresh_file_and_disk),
        cmocka_unit_test_setup(python_reads_our_files, fresh_file_and_disk),
        cmocka_unit_test_setup(we_read_the_files_of_python, fresh_file_and_disk),
        cmocka_unit_test_setup(an_existing_file_is_never_touched, fresh_file_and_disk),
        cmocka_unit_test_setup(a_file_without_room_for_its_header_is_not_left, fresh_file_and_disk),
        cmocka_unit_test_setup(a_full_disk_loses_nothing, fresh_file_and_disk),
        cmocka_unit_test_setup(a_record_is_taken_whole_or_not_at_all, fresh_file_and_disk),
        cmocka_unit_test_setup(short_and_interrupted_writes_are_finished, fresh_file_and_disk),
        cmocka_unit_test_setup(a_broken_disk_is_a_failure, fresh_file_and_disk),
        cmocka_unit_test_setup(a_failed_sync_gives_the_file_up, fresh_file_and_disk),
        cmocka_unit_test_setup(a_path_that_cannot_be_is_named, fresh_file_and_disk),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
