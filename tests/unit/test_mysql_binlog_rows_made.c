/* Rows events made by hand: bitmaps, widths and heads that servers seldom or never write. */
#include "mysql_row_reader.h"

/* Table shop.t with id 10, from its number of columns on. */
static void make_map(rows_reader *test, const char *rest)
{
    leat_buffer hex = {0};
    leat_buffer_printf(&hex, "0a000000000001000473686f7000017400%s", rest);
    know_map(test, made(&test->reader, LEAT_BINLOG_TABLE_MAP, leat_buffer_string(&hex)));
    leat_buffer_free(&hex);
}

/* Rows of that table, from behind its id and flags on. */
static const char *made_rows(rows_reader *test, uint8_t type, const char *rest)
{
    leat_buffer hex = {0};
    leat_buffer_printf(&hex, "0a0000000000%s%s", "0000", rest);
    const leat_binlog_event *event = made(&test->reader, type, leat_buffer_string(&hex));
    leat_buffer_free(&hex);
    return rows_text(test, event);
}

typedef struct made_case {
    const char *map;
    uint8_t type;
    const char *event;
    const char *rows; /* where it begins with "error", only that there is one */
} made_case;

static void assert_made(rows_reader *test, const made_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        make_map(test, cases[i].map);
        const char *text = made_rows(test, cases[i].type, cases[i].event);
        bool refused = strncmp(cases[i].rows, "error", 5) == 0;
        if (refused ? strstr(text, "error: ") == NULL : strcmp(text, cases[i].rows) != 0)
            fail_msg("case %zu: %s", i, text);
    }
}

/* Ten columns of one byte; those present are 1, 2, 9 and 10, the nulls the second and the fourth of them. */
static void null_bitmap_is_of_present_columns(void **state)
{
    static const char map[] = "0a01010101010101010101000000";
    static const made_case cases[] = {
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "0a03030a1109", "c: 11 null - - - - - - 09 null\n"},
        /* Every spare bit set. */
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "0a03fffa1109", "c: 11 null - - - - - - 09 null\n"},
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "0affff01fc020304050607080910",
         "c: null 02 03 04 05 06 07 08 09 10\n"},
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "0affff00fe010203040506070809",
         "c: 01 02 03 04 05 06 07 08 09 null\n"},
        /* Before and after have different columns. */
        {map, LEAT_BINLOG_UPDATE_ROWS_V1, "0a0100000200110022",
         "u: 11 - - - - - - - - - > - - - - - - - - - 22\n"},
        {map, LEAT_BINLOG_UPDATE_ROWS_V1, "0a010000020011", "error"},
    };
    assert_made(*state, cases, sizeof cases / sizeof *cases);
}

/* A row of each length prefix and width, the last value ending the event with fewer than four bytes behind
 * it. */
static void widths(void **state)
{
    static const made_case cases[] = {
        {"010f02ff0000", LEAT_BINLOG_WRITE_ROWS_V1, "0101000161", "c: 'a'\n"}, /* varchar of 255 bytes */
        {"010f02000100", LEAT_BINLOG_WRITE_ROWS_V1, "010100010061", "c: 'a'\n"},
        {"01fe02ceff00", LEAT_BINLOG_WRITE_ROWS_V1, "010100010061", "c: 'a'\n"}, /* char of 1023 */
        {"01fe02feff00", LEAT_BINLOG_WRITE_ROWS_V1, "0101000161", "c: 'a'\n"},
        {"01fc010100", LEAT_BINLOG_WRITE_ROWS_V1, "0101000161", "c: 'a'\n"},
        {"01fc010300", LEAT_BINLOG_WRITE_ROWS_V1, "01010001000061", "c: 'a'\n"},
        {"01fc010400", LEAT_BINLOG_WRITE_ROWS_V1, "0101000100000061", "c: 'a'\n"},
        {"01fc010400", LEAT_BINLOG_WRITE_ROWS_V1, "01010000000000", "c: ''\n"},
        {"01fc010400", LEAT_BINLOG_WRITE_ROWS_V1, "0101000000", "error"}, /* half a length of zeros */
        {"01fc010400", LEAT_BINLOG_WRITE_ROWS_V1, "010100ffffffff61", "error"},
        {"01f602412600", LEAT_BINLOG_WRITE_ROWS_V1,
         "010100800000000000000000000000" /* 27 digits */
         "0000000000000000000000000000000000",
         "c: 8000000000000000000000000000000000000000000000000000000000\n"},
        {"011002000800", LEAT_BINLOG_WRITE_ROWS_V1, "0101000102030405060708", "c: 0102030405060708\n"},
        {"011002010000", LEAT_BINLOG_WRITE_ROWS_V1, "01010001", "c: 01\n"},
        {"0113010500", LEAT_BINLOG_WRITE_ROWS_V1, "0101007ffffffffffe", "c: 7ffffffffffe\n"},
        {"0112010100", LEAT_BINLOG_WRITE_ROWS_V1, "01010099b2d4b5a101", "c: 99b2d4b5a101\n"},
        {"0111010400", LEAT_BINLOG_WRITE_ROWS_V1, "010100ffffffff0102", "c: ffffffff0102\n"},
        {"01fe02f70200", LEAT_BINLOG_WRITE_ROWS_V1, "0101000102", "c: 0102\n"},
        {"01fe02f80800", LEAT_BINLOG_WRITE_ROWS_V1, "0101000102030405060708", "c: 0102030405060708\n"},
    };
    assert_made(*state, cases, sizeof cases / sizeof *cases);
}

/* Bytes of the leftover digits, as sql/decimal.cc lists them: 1, 1, 2, 2, 3, 3, 4, 4, and 4 for a group of
 * nine. The fraction counts by itself. */
static void widths_of_decimals(void **state)
{
    rows_reader *test = *state;
    static const struct {
        unsigned precision;
        unsigned scale;
        size_t bytes;
    } cases[] = {{1, 0, 1}, {2, 0, 1},  {3, 0, 2},  {4, 0, 2},   {5, 0, 3},   {6, 0, 3},
                 {7, 0, 4}, {8, 0, 4},  {9, 0, 4},  {10, 0, 5},  {10, 2, 5},  {5, 5, 3},
                 {9, 1, 5}, {18, 9, 8}, {19, 9, 9}, {38, 0, 17}, {65, 0, 29}, {65, 30, 30}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_buffer hex = {0};
        leat_buffer_printf(&hex, "01f602%02x%02x00", cases[i].precision, cases[i].scale);
        make_map(test, leat_buffer_string(&hex));
        leat_buffer_reset(&hex);
        leat_buffer_append_string(&hex, "010100");
        for (size_t j = 0; j < cases[i].bytes; j++)
            leat_buffer_append_string(&hex, "80");
        const char *text = made_rows(test, LEAT_BINLOG_WRITE_ROWS_V1, leat_buffer_string(&hex));
        if (strlen(text) != strlen("c: \n") + 2 * cases[i].bytes)
            fail_msg("decimal(%u,%u): %s", cases[i].precision, cases[i].scale, text);
        leat_buffer_free(&hex);
    }
}

static void heads(void **state)
{
    static const char map[] = "01030000";
    static const made_case cases[] = {
        {map, LEAT_BINLOG_WRITE_ROWS, "020001010005000000", "c: 05000000\n"},
        {map, LEAT_BINLOG_DELETE_ROWS, "050001020301010005000000", "d: 05000000\n"}, /* extra information */
        {map, LEAT_BINLOG_WRITE_ROWS, "010001010005000000", "error"},
        {map, LEAT_BINLOG_WRITE_ROWS, "ffff01010005000000", "error"},
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "0203000500000005000000", "error"}, /* two columns */
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "0000", "error"},
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "0101", ""},        /* no rows */
        {map, LEAT_BINLOG_UPDATE_ROWS_V1, "0101", "error"},  /* one bitmap of two */
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "010000", "error"}, /* a byte, and no column that it could be of */
        {map, LEAT_BINLOG_DELETE_ROWS_V1, "0100", ""},
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "01010005000000000500", "error"}, /* the second row is cut */
        {map, LEAT_BINLOG_QUERY, "0101", "error"},
        {map, 0, "0101", "error"},
        {map, 255, "0101", "error"},
    };
    assert_made(*state, cases, sizeof cases / sizeof *cases);
}

static void column_count_that_differs_is_told(void **state)
{
    rows_reader *test = *state;
    make_map(test, "01030000");
    const char *text = made_rows(test, LEAT_BINLOG_WRITE_ROWS_V1, "0203000500000005000000");
    assert_non_null(strstr(text, "rows of 2 columns for table shop.t, and its TABLE_MAP 1"));
}

/* MariaDB 10.11 with mysql56_temporal_format = 0: a row of (timestamp, time, datetime, time(3), datetime(6),
 * timestamp(2)), whose TABLE_MAP says nothing of fractions. */
static void fractions_of_the_old_temporal_format(void **state)
{
    rows_reader *test = *state;
    make_map(test, "06070b0c0b0c07003f");
    const char *text = made_rows(test, LEAT_BINLOG_WRITE_ROWS_V1,
                                 "063fc0f997ed65c01dfee98f7e906812000000b15478eb01027bc1f48cd28065ed97f963");
    assert_non_null(strstr(text, "error: "));
    assert_non_null(strstr(test->reader.error.mend, "ALTER TABLE `shop`.`t` FORCE"));
}

/* Columns: int and two JSON. Options 1 and a bitmap, then nulls and values. */
static void partial_rows(void **state)
{
    static const char map[] = "0303f5f502040400";
#define HEAD "02000301060005000000"
    static const made_case cases[] = {
        /* A null is no diff, whatever its bit. */
        {map, LEAT_BINLOG_PARTIAL_UPDATE_ROWS, HEAD "0103010100000041", "u: 05000000 - - > - null ~41\n"},
        {map, LEAT_BINLOG_PARTIAL_UPDATE_ROWS, HEAD "01fe00010000004100000000", "u: 05000000 - - > - 41 =\n"},
        {map, LEAT_BINLOG_PARTIAL_UPDATE_ROWS, HEAD "0000010000004100000000", "u: 05000000 - - > - 41 \n"},
        {map, LEAT_BINLOG_PARTIAL_UPDATE_ROWS, HEAD "0200010000004100000000", "error"}, /* unknown options */
        {map, LEAT_BINLOG_PARTIAL_UPDATE_ROWS, HEAD "01", "error"},
        {map, LEAT_BINLOG_PARTIAL_UPDATE_ROWS, HEAD, "error"},
    };
#undef HEAD
    assert_made(*state, cases, sizeof cases / sizeof *cases);
}

/* Nine JSON columns have two bytes of bits; the ninth's is a diff. */
static void partial_rows_of_many_columns(void **state)
{
    static const made_case cases[] = {
        {"09f5f5f5f5f5f5f5f5f5090404040404040404040000", LEAT_BINLOG_PARTIAL_UPDATE_ROWS,
         "020009010000010000000000010001000100000041", "u:  - - - - - - - - > - - - - - - - - ~41\n"},
    };
    assert_made(*state, cases, sizeof cases / sizeof *cases);
}

/* zlib.compress of a null bitmap and 5 as int (00 05000000), by Python. */
static void compressed_rows(void **state)
{
    static const char map[] = "01030000";
#define ZLIB "789c6360656060000000190006"
    static const made_case cases[] = {
        {map, LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED, "020001018105" ZLIB, "c: 05000000\n"},
        {map, LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED_V1, "01018105" ZLIB, "d: 05000000\n"},
        {map, LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1, "01018106" ZLIB, "error"}, /* other lengths */
        {map, LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1, "01018104" ZLIB, "error"},
        {map, LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1, "0101847fffffff" ZLIB, "error"},
        {map, LEAT_BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1, "0101", "error"},
    };
#undef ZLIB
    assert_made(*state, cases, sizeof cases / sizeof *cases);
}

/* A column of COMPRESSED varchar(9): header 0, header 8 with a length, and what is neither. */
static void compressed_values(void **state)
{
    static const char map[] = "018d020a0000";
    static const made_case cases[] = {
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "010100020061", "c: 'a'\n"},
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "0101000100", "c: ''\n"},
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "01010000", "c: ''\n"},
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "0101000189", "error"},
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "01010003890500", "error"},
        /* repeat('w', 100) with column_compression_zlib_wrap, as MariaDB 10.11 wrote it. */
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "0101000e8164789c2b2fa73d00002c612e7d", "c: 'wwwwwwww'..100\n"},
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "01010003106161", "error"}, /* another algorithm */
        {map, LEAT_BINLOG_WRITE_ROWS_V1, "010100068cffffffff00", "error"},
    };
    assert_made(*state, cases, sizeof cases / sizeof *cases);
}

/* One value of 40 MB, in an event with a checksum; it is not copied. */
static void event_of_forty_megabytes(void **state)
{
    rows_reader *test = *state;
    event_reader *reader = &test->reader;
    enum { SIZE = 40 * 1000 * 1000, HEAD = 19 + 6 + 2 + 2 + 1 + 1 + 1 + 4, TAIL = 4 };
    know_format(reader, "mysql_format");
    make_map(test, "01fc010401"); /* LONGBLOB */
    leat_buffer whole = {0};
    leat_buffer hex = {0};
    leat_buffer_printf(&hex,
                       "000000001e61000000%s"
                       "0000000000000a000000000001000200010100005a6202",
                       "285a6202"); /* lengths of the event and of the value */
    leat_buffer_append_slice(&whole, bytes_of_hex(&reader->body, leat_buffer_string(&hex)));
    assert_int_equal(whole.length, HEAD);
    memset(leat_buffer_reserve(&whole, SIZE + TAIL), 0x77, SIZE);
    leat_buffer_commit(&whole, SIZE);
    uint32_t checksum = libdeflate_crc32(0, whole.data, whole.length);
    for (unsigned i = 0; i < TAIL; i++)
        leat_buffer_append_byte(&whole, (uint8_t)(checksum >> 8 * i));
    leat_binlog_event event;
    const leat_binlog_row *row;
    assert_int_equal(whole.length, HEAD + SIZE + TAIL);
    must(reader, leat_binlog_open(&reader->format, leat_buffer_slice(&whole), false, &event, &reader->error),
         "open");
    must(reader, begin_rows(test, &event), "rows");
    must(reader, leat_binlog_rows_next(test->rows, &row, &reader->error), "row");
    assert_int_equal(row->after[0].value.length, SIZE);
    assert_ptr_equal(row->after[0].value.data, whole.data + HEAD);
    must(reader, leat_binlog_rows_next(test->rows, &row, &reader->error), "end");
    assert_null(row);
    leat_buffer_free(&whole);
    leat_buffer_free(&hex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_rows, tear_down_rows)
        TEST(null_bitmap_is_of_present_columns),
        TEST(widths),
        TEST(widths_of_decimals),
        TEST(heads),
        TEST(column_count_that_differs_is_told),
        TEST(fractions_of_the_old_temporal_format),
        TEST(partial_rows),
        TEST(partial_rows_of_many_columns),
        TEST(compressed_rows),
        TEST(compressed_values),
        TEST(event_of_forty_megabytes),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
