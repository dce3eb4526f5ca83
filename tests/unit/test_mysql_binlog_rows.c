/* Rows events, on what servers sent and on what breaks them. */
#include "mysql_row_reader.h"

/* ---- What servers send ---- */

typedef struct row_case {
    const char *map;
    const char *event;
    const char *rows;
} row_case;

static void assert_cases(rows_reader *test, const row_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_rows(test, cases[i].map, cases[i].event, cases[i].rows);
}

/* MySQL fills the spare bits of the bitmap of columns, MariaDB those of the bitmap of nulls. */
static void both_vendors_and_versions(void **state)
{
    static const row_case cases[] = {
        {"maria_map_a", "maria_write_a", "c: 01000000 'x'\nc: 02000000 null\n"},
        {"mysql_map_a", "mysql_write_a", "c: 01000000 'x'\nc: 02000000 null\n"},
        {"maria_map_a", "maria_update_a",
         "u: 01000000 'x' > 01000000 'y'\nu: 02000000 null > 02000000 'y'\n"},
        {"mysql_map_a", "mysql_update_a",
         "u: 01000000 'x' > 01000000 'y'\nu: 02000000 null > 02000000 'y'\n"},
        {"maria_map_a", "maria_delete_a", "d: 01000000 'y'\n"},
        {"mysql_map_a", "mysql_delete_a", "d: 01000000 'y'\n"},
        {"maria11_map_a", "maria11_write_a",
         "c: 01000000 74c8a195e71811f1983e02fc00000001 0000803f00000040\n"},
    };
    assert_cases(*state, cases, sizeof cases / sizeof *cases);
}

/* Values in the forms that the servers' sources give them: 0x18 is three bytes little-endian of -70000 and so
 * on. DECIMAL -12345.67, YEAR 2024, DATE 2024-02-29, TIME -00:00:01.5, DATETIME and TIMESTAMP 2024-03-10
 * 11:22:33. */
#define EVERYTHING                                                                                           \
    "c: 01000000 fb fa d4fe 90eefe ffffffffffffffff 0000c03f 00000000000002c0 7fffcfc6bc 7c 5dd00f "         \
    "7ffffeec78 99b2d4b5a101e240 65ed97f9 0201 e9 'long text' 'ab' 'xyz' 'a' 'bin' 03 05 'some text' "       \
    "'blob' "                                                                                                \
    "000000000101000000000000000000f03f0000000000000040 0000000001020000..45\n"
#define NULLS                                                                                                \
    "c: 02000000 null null null null null null null null null null null null null null null null null null " \
    "null null null null null null null null\n"

static void every_type(void **state)
{
    static const row_case cases[] = {
        {"maria_map_everything", "maria_write_everything", EVERYTHING},
        {"mysql_map_everything", "mysql_write_everything", EVERYTHING},
        {"maria_map_everything", "maria_write_nulls", NULLS},
        {"mysql_map_everything", "mysql_write_nulls", NULLS},
        {"maria_map_everything_none", "maria_write_everything", EVERYTHING},
        {"mysql_map_v", "mysql_write_v", "c: 01000000 0000803f0000004000004040 null null null\n"},
        {"maria_map_old", "maria_write_old", "c: f997ed65 c01dfe e98f7e9068120000\n"},
    };
    assert_cases(*state, cases, sizeof cases / sizeof *cases);
}

/* binlog_row_image = minimal: the null bitmap has bits for present columns only. A default is not a null;
 * MariaDB 10.11 writes the columns that a statement names, as MySQL does. */
static void minimal_images(void **state)
{
    static const row_case cases[] = {
        {"maria_map_m", "maria_write_minimal", "c: 01000000 - 'one' -\n"},
        {"mysql_map_m", "mysql_write_minimal", "c: 01000000 - 'one' -\n"},
        {"maria_map_m", "maria_update_minimal", "u: 01000000 - - - > - 08000000 - -\n"},
        {"mysql_map_m", "mysql_update_minimal", "u: 01000000 - - - > - 08000000 - -\n"},
        {"maria_map_m", "maria_delete_minimal", "d: 01000000 - - -\n"},
        {"mysql_map_m", "mysql_delete_minimal", "d: 01000000 - - -\n"},
    };
    assert_cases(*state, cases, sizeof cases / sizeof *cases);
}

static void row_of_defaults_has_no_bytes(void **state)
{
    assert_rows(*state, "mysql_map_z", "mysql_write_empty", "c: - -\n");
}

static void statement_of_two_tables(void **state)
{
    rows_reader *test = *state;
    static const char *const vendors[] = {"maria", "mysql"};
    for (size_t i = 0; i < 2; i++) {
        leat_buffer names[4] = {{0}};
        static const char *const parts[] = {"map_left", "map_right", "update_left", "update_right"};
        for (size_t j = 0; j < 4; j++)
            leat_buffer_printf(&names[j], "%s_%s", vendors[i], parts[j]);
        assert_rows(test, leat_buffer_string(&names[0]), leat_buffer_string(&names[2]),
                    "u: 01000000 01000000 > 01000000 05000000\n");
        assert_rows(test, leat_buffer_string(&names[1]), leat_buffer_string(&names[3]),
                    "u: 01000000 01 > 01000000 06\n");
        for (size_t j = 0; j < 4; j++)
            leat_buffer_free(&names[j]);
    }
}

static void table_ids_lead_to_their_maps(void **state)
{
    rows_reader *test = *state;
    event_reader *reader = &test->reader;
    uint64_t left = 0;
    uint64_t right = 0;
    must(reader, leat_binlog_peek_table_id(opened(reader, "mysql_map_right"), &right, &reader->error), "id");
    must(reader, leat_binlog_rows_table_id(opened(reader, "mysql_update_left"), &left, &reader->error), "id");
    assert_true(left + 1 == right);
    assert_int_equal(
        leat_binlog_rows_table_id(made(reader, LEAT_BINLOG_WRITE_ROWS, "0100"), &left, &reader->error),
        LEAT_FAILED);

    know_map(test, opened(reader, "mysql_map_right"));
    assert_int_equal(begin_rows(test, opened(reader, "mysql_update_left")), LEAT_FAILED);
    assert_non_null(strstr(reader->error.message, "table id"));
}

/* log_bin_compress. */
static void compressed_events(void **state)
{
    static const row_case cases[] = {
        {"maria_map_packed", "maria_write_packed",
         "c: 01000000 'abababab'..200\nc: 02000000 'cdcdcdcd'..200\n"},
        {"maria_map_packed", "maria_update_packed",
         "u: 01000000 'abababab'..200 > 01000000 'zzzzzzzz'..200\n"
         "u: 02000000 'cdcdcdcd'..200 > 02000000 'zzzzzzzz'..200\n"},
        {"maria_map_packed", "maria_delete_packed",
         "d: 01000000 'zzzzzzzz'..200\nd: 02000000 'zzzzzzzz'..200\n"},
    };
    assert_cases(*state, cases, sizeof cases / sizeof *cases);
}

/* Short values are stored with a header, empty ones without; varchar(255) has a prefix of two bytes, as the
 * header counts. */
static void compressed_columns(void **state)
{
    assert_rows(*state, "maria_map_c", "maria_write_c",
                "c: 01000000 'abababab'..80 'xxxxxxxx'..900 'short' '' 's' 'y'\n"
                "c: 02000000 '' null 'lorem lo'..3000 'qqqqqqqq'..255 'rrrrrrrr'..254 ''\n");
}

static void inflated_values_are_whole(void **state)
{
    rows_reader *test = *state;
    const leat_binlog_row *row;
    know_map(test, opened(&test->reader, "maria_map_c"));
    must(&test->reader, begin_rows(test, opened(&test->reader, "maria_write_c")), "open");
    must(&test->reader, leat_binlog_rows_next(test->rows, &row, &test->reader.error), "row");
    must(&test->reader, leat_binlog_rows_next(test->rows, &row, &test->reader.error), "row");
    for (size_t i = 0; i < row->after[3].value.length; i++)
        assert_int_equal(row->after[3].value.data[i], "lorem "[i % 6]);
}

/* A diff is the operation (0 REPLACE), the path behind its length and the value behind its length. Where no
 * value is a diff there is no bitmap at all; the minimal image's has a bit for the JSON column that is left
 * out, too. */
#define BEGINNING "0002001e001200010013000100050"
#define X_IS_1    " 0001000c000b00010005010078 "
static void partial_updates(void **state)
{
    static const row_case cases[] = {
        {"mysql_map_j", "mysql_write_j",
         "c: 01000000 " BEGINNING "100021400616202000a00050100050200" X_IS_1 "05000000\n"},
        {"mysql_map_j", "mysql_partial_one",
         "u: 01000000 " BEGINNING "100021400616202000a00050100050200" X_IS_1 "05000000 > "
         "01000000 ~0003242e6103050500 = 06000000\n"},
        {"mysql_map_j", "mysql_partial_unchanged",
         "u: 01000000 " BEGINNING "500021400616202000a00050100050200" X_IS_1
         "06000000 > 01000000 = = 07000000\n"},
        {"mysql_map_j", "mysql_partial_none",
         "u: 01000000 " BEGINNING "500021400616202000a00050100050200" X_IS_1 "07000000 > 01000000 "
         "00010019000b000100020c006203000d00050900050100050200 0200000400 07000000\n"},
        {"mysql_map_j", "mysql_partial_null",
         "u: 01000000 00010019000b000100020c006203000d00050900050100050200 0200000400 07000000 > "
         "01000000 ~0003242e6203050300 null 07000000\n"},
        {"mysql_map_j", "mysql_partial_minimal", "u: 01000000 - - - > - ~0003242e6203050500 - -\n"},
    };
    assert_cases(*state, cases, sizeof cases / sizeof *cases);
}

/* ---- Cut and large ---- */

/* Between rows an event may end: behind its head, and where the rows' bytes, counted by hand, do. */
static void cut_anywhere(void **state)
{
    rows_reader *test = *state;
    static const struct {
        const char *map;
        const char *event;
        size_t allowed[3];
    } cases[] = {
        {"mysql_map_everything", "mysql_write_everything", {15}},
        {"maria_map_everything", "maria_write_everything", {13}},
        {"mysql_map_a", "mysql_update_a", {13, 27}},
        {"maria_map_a", "maria_write_a", {10, 17}},
        {"maria_map_packed", "maria_write_packed", {0}},
        {"maria_map_packed", "maria_update_packed", {0}},
        {"maria_map_c", "maria_write_c", {10, 132}},
        {"mysql_map_j", "mysql_partial_one", {13}},
        {"mysql_map_j", "mysql_partial_minimal", {13}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        know_map(test, opened(&test->reader, cases[i].map));
        refuses_shorter(&test->reader, cases[i].event, read_all, cases[i].allowed);
        if (strstr(cases[i].event, "packed") == NULL)
            refuses_longer(&test->reader, cases[i].event, read_all);
    }
}

static void reader_goes_from_wide_to_narrow_tables_and_back(void **state)
{
    rows_reader *test = *state;
    for (int i = 0; i < 3; i++) {
        assert_rows(test, "maria_map_everything", "maria_write_everything", EVERYTHING);
        assert_rows(test, "maria_map_packed", "maria_delete_packed",
                    "d: 01000000 'zzzzzzzz'..200\nd: 02000000 'zzzzzzzz'..200\n");
        assert_rows(test, "mysql_map_a", "mysql_update_a",
                    "u: 01000000 'x' > 01000000 'y'\nu: 02000000 null > 02000000 'y'\n");
    }
}

static void which_types_are_rows(void **state)
{
    (void)state;
    unsigned count = 0;
    for (unsigned type = 0; type < 256; type++)
        count += leat_binlog_is_rows((uint8_t)type) ? 1 : 0;
    assert_int_equal(count, 3 + 3 + 1 + 3 + 3);
    assert_true(leat_binlog_is_rows(LEAT_BINLOG_PARTIAL_UPDATE_ROWS));
    assert_true(leat_binlog_is_rows(LEAT_BINLOG_MARIADB_DELETE_ROWS_COMPRESSED));
    assert_false(leat_binlog_is_rows(LEAT_BINLOG_TABLE_MAP));
    assert_false(leat_binlog_is_rows(LEAT_BINLOG_ROWS_QUERY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_rows, tear_down_rows)
        TEST(both_vendors_and_versions),
        TEST(every_type),
        TEST(minimal_images),
        TEST(row_of_defaults_has_no_bytes),
        TEST(statement_of_two_tables),
        TEST(table_ids_lead_to_their_maps),
        TEST(compressed_events),
        TEST(compressed_columns),
        TEST(inflated_values_are_whole),
        TEST(partial_updates),
        TEST(cut_anywhere),
        TEST(reader_goes_from_wide_to_narrow_tables_and_back),
        TEST(which_types_are_rows),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
