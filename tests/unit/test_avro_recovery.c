/* Recovery: torn files, corrupt files, and files that are none. */
#include "avro_files.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_file_torn_anywhere_gives_its_whole_blocks, fresh_file),
        cmocka_unit_test_setup(a_torn_file_is_named_by_the_reader, fresh_file),
        cmocka_unit_test_setup(a_changed_byte_never_gives_more_than_there_is, fresh_file),
        cmocka_unit_test_setup(what_is_no_container_is_refused, fresh_file),
        cmocka_unit_test_setup(a_header_of_sized_map_blocks_is_read, fresh_file),
        cmocka_unit_test_setup(hostile_blocks_are_refused, fresh_file),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
