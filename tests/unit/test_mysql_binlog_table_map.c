/* TABLE_MAP events: a table's columns, as both servers tell them. */
#include "mysql/binlog/table_map.h"
#include "mysql_event_reader.h"

/* Collation ids are those of information_schema.collations. */
enum { LATIN1 = 8, UTF8MB4 = 45, BINARY = 63, UTF8MB4_0900 = 255 };

static leat_binlog_table_map map_of(event_reader *reader, const char *name)
{
    leat_binlog_table_map map;
    must(reader, leat_binlog_parse_table_map(opened(reader, name), &reader->arena, &map, &reader->error),
         name);
    return map;
}

/* The columns of `everything`, as its definition has them. */
static const struct {
    const char *name;
    leat_mysql_layout layout;
    bool is_unsigned;
    int charset; /* -1: none; 0: the table's */
} everything[] = {
    {"id", {LEAT_MYSQL_LONG, 0, 0, 0}, false, -1},
    {"ti", {LEAT_MYSQL_TINY, 0, 0, 0}, false, -1},
    {"tu", {LEAT_MYSQL_TINY, 0, 0, 0}, true, -1},
    {"si", {LEAT_MYSQL_SHORT, 0, 0, 0}, false, -1},
    {"mi", {LEAT_MYSQL_INT24, 0, 0, 0}, false, -1},
    {"bi", {LEAT_MYSQL_LONGLONG, 0, 0, 0}, true, -1},
    {"f", {LEAT_MYSQL_FLOAT, 0, 0, 0}, false, -1},
    {"d", {LEAT_MYSQL_DOUBLE, 0, 0, 0}, false, -1},
    {"dc", {LEAT_MYSQL_DECIMAL, 0, 10, 2}, false, -1},
    {"y", {LEAT_MYSQL_YEAR, 0, 0, 0}, true, -1},
    {"da", {LEAT_MYSQL_DATE, 0, 0, 0}, false, -1},
    {"t3", {LEAT_MYSQL_TIME2, 0, 0, 3}, false, -1},
    {"dt", {LEAT_MYSQL_DATETIME2, 0, 0, 6}, false, -1},
    {"ts", {LEAT_MYSQL_TIMESTAMP2, 0, 0, 0}, false, -1},
    {"bt", {LEAT_MYSQL_BIT, 10, 0, 0}, false, -1},
    {"vc", {LEAT_MYSQL_VARCHAR, 20, 0, 0}, false, LATIN1},
    {"vl", {LEAT_MYSQL_VARCHAR, 1200, 0, 0}, false, 0},
    {"ch", {LEAT_MYSQL_STRING, 20, 0, 0}, false, 0},
    {"lch", {LEAT_MYSQL_STRING, 400, 0, 0}, false, 0},
    {"bn", {LEAT_MYSQL_STRING, 4, 0, 0}, false, BINARY},
    {"vb", {LEAT_MYSQL_VARCHAR, 10, 0, 0}, false, BINARY},
    {"e", {LEAT_MYSQL_ENUM, 1, 0, 0}, false, LATIN1},
    {"s", {LEAT_MYSQL_SET, 1, 0, 0}, false, 0},
    {"tx", {LEAT_MYSQL_BLOB, 2, 0, 0}, false, 0},
    {"b", {LEAT_MYSQL_BLOB, 4, 0, 0}, false, BINARY},
    {"g", {LEAT_MYSQL_GEOMETRY, 4, 0, 0}, false, -1},
    {"ge", {LEAT_MYSQL_GEOMETRY, 4, 0, 0}, false, -1},
};
enum { COLUMNS = sizeof everything / sizeof *everything };

/* Everywhere, whatever else is said. */
static void assert_layouts(const leat_binlog_table_map *map)
{
    assert_string_equal(map->database, "shop");
    assert_string_equal(map->name, "everything");
    assert_int_equal(map->column_count, COLUMNS);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!leat_mysql_layout_equal(map->columns[i].layout, everything[i].layout))
            fail_msg("%s: %d, length %u, precision %u, scale %u", everything[i].name,
                     (int)map->columns[i].layout.type, map->columns[i].layout.length,
                     map->columns[i].layout.precision, map->columns[i].layout.scale);
        assert_int_equal(map->columns[i].nullable, i > 0);
    }
}

/* What is said from MINIMAL on; ENUM and SET are character columns of FULL only. */
static void assert_signs_and_charsets(const leat_binlog_table_map *map, unsigned usual)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        const leat_binlog_column *column = &map->columns[i];
        bool labelled = column->layout.type == LEAT_MYSQL_ENUM || column->layout.type == LEAT_MYSQL_SET;
        unsigned expected = everything[i].charset < 0    ? 0
                            : everything[i].charset == 0 ? usual
                                                         : (unsigned)everything[i].charset;
        if (labelled && map->metadata == LEAT_BINLOG_METADATA_MINIMAL)
            expected = 0;
        if (column->layout.type == LEAT_MYSQL_GEOMETRY && column->collation == BINARY)
            expected = BINARY; /* MariaDB's */
        if (column->is_unsigned != everything[i].is_unsigned || column->collation != expected)
            fail_msg("%s: unsigned %d, collation %u", everything[i].name, column->is_unsigned,
                     column->collation);
    }
}

static void assert_labels(const leat_binlog_column *column, const char *const *labels, size_t count)
{
    assert_int_equal(column->label_count, count);
    for (size_t i = 0; i < count; i++)
        assert_text(column->labels[i], labels[i]);
}

static void assert_names(const leat_binlog_table_map *map)
{
    static const char *const letters[] = {"a", "b", "\xe9"}; /* é in latin1 */
    static const char *const members[] = {"x", "y", "z"};
    for (size_t i = 0; i < COLUMNS; i++)
        assert_text(map->columns[i].name, everything[i].name);
    assert_labels(&map->columns[21], letters, 3);
    assert_labels(&map->columns[22], members, 3);
    assert_int_equal(map->primary_key_count, 1);
    assert_int_equal(map->primary_key[0], 0);
    assert_int_equal(map->columns[25].geometry, 1); /* POINT */
    assert_int_equal(map->columns[26].geometry, 0); /* GEOMETRY */
    assert_int_equal(map->columns[0].geometry, -1);
}

static void every_type_with_full_metadata(void **state)
{
    static const struct {
        const char *name;
        unsigned usual;
    } cases[] = {{"maria_map_everything", UTF8MB4}, {"mysql_map_everything", UTF8MB4_0900}};
    for (size_t i = 0; i < 2; i++) {
        leat_binlog_table_map map = map_of(*state, cases[i].name);
        assert_int_equal(map.metadata, LEAT_BINLOG_METADATA_FULL);
        assert_layouts(&map);
        assert_signs_and_charsets(&map, cases[i].usual);
        assert_names(&map);
    }
}

static void every_type_with_minimal_metadata(void **state)
{
    static const struct {
        const char *name;
        unsigned usual;
    } cases[] = {{"maria_map_everything_minimal", UTF8MB4}, {"mysql_map_everything_minimal", UTF8MB4_0900}};
    for (size_t i = 0; i < 2; i++) {
        leat_binlog_table_map map = map_of(*state, cases[i].name);
        assert_int_equal(map.metadata, LEAT_BINLOG_METADATA_MINIMAL);
        assert_layouts(&map);
        assert_signs_and_charsets(&map, cases[i].usual);
        assert_int_equal(map.columns[0].name.length, 0);
        assert_int_equal(map.primary_key_count, 0);
    }
}

static void every_type_without_metadata(void **state)
{
    leat_binlog_table_map map = map_of(*state, "maria_map_everything_none");
    assert_int_equal(map.metadata, LEAT_BINLOG_METADATA_NONE);
    assert_layouts(&map);
}

/* DEFAULT_CHARSET counts places among the character columns, of which MariaDB's GEOMETRY is one and MySQL's
 * not: the varchar is the third of four or the second of three. */
static void default_charset_of_either_vendor(void **state)
{
    static const struct {
        const char *name;
        unsigned collations[7]; /* geometry, blob, varchar, blob, enum latin1, set latin1, enum */
    } cases[] = {
        {"maria_map_mixed", {BINARY, BINARY, UTF8MB4, BINARY, LATIN1, LATIN1, UTF8MB4}},
        {"mysql_map_mixed", {0, BINARY, UTF8MB4_0900, BINARY, LATIN1, LATIN1, UTF8MB4_0900}},
    };
    for (size_t i = 0; i < 2; i++) {
        leat_binlog_table_map map = map_of(*state, cases[i].name);
        for (size_t j = 0; j < 7; j++)
            if (map.columns[j].collation != cases[i].collations[j])
                fail_msg("%s, column %zu: %u", cases[i].name, j, map.columns[j].collation);
    }
}

static void primary_key_with_prefix(void **state)
{
    static const char *const names[] = {"maria_map_prefixed", "mysql_map_prefixed"};
    for (size_t i = 0; i < 2; i++) {
        leat_binlog_table_map map = map_of(*state, names[i]);
        assert_int_equal(map.primary_key_count, 2);
        assert_int_equal(map.primary_key[0], 1);
        assert_int_equal(map.primary_key[1], 0);
        assert_false(map.columns[0].nullable);
    }
}

/* MySQL's VECTOR counts as a character column, its GEOMETRY does not; one column is invisible. */
static void vector_and_invisible_column(void **state)
{
    leat_binlog_table_map map = map_of(*state, "mysql_map_v");
    assert_int_equal(map.columns[1].layout.type, LEAT_MYSQL_VECTOR);
    assert_int_equal(map.columns[1].layout.length, 4);
    assert_int_equal(map.columns[1].dimensions, 3);
    assert_int_equal(map.columns[1].collation, BINARY);
    assert_int_equal(map.columns[2].collation, UTF8MB4_0900);
    for (size_t i = 0; i < map.column_count; i++)
        assert_int_equal(map.columns[i].invisible, i == 3);
    assert_text(map.columns[3].name, "i");
}

/* The header's byte is not part of what the definition says; varchar(100) of utf8mb4 has 400. */
static void compressed_columns(void **state)
{
    static const leat_mysql_layout layouts[] = {
        {LEAT_MYSQL_LONG, 0, 0, 0},
        {LEAT_MYSQL_COMPRESSED_VARCHAR, 400, 0, 0},
        {LEAT_MYSQL_COMPRESSED_BLOB, 2, 0, 0},
        {LEAT_MYSQL_COMPRESSED_BLOB, 3, 0, 0},
        {LEAT_MYSQL_COMPRESSED_VARCHAR, 255, 0, 0},
        {LEAT_MYSQL_COMPRESSED_VARCHAR, 254, 0, 0},
        {LEAT_MYSQL_COMPRESSED_VARCHAR, 300, 0, 0},
    };
    static const unsigned collations[] = {0, UTF8MB4, BINARY, LATIN1, LATIN1, LATIN1, BINARY};
    leat_binlog_table_map map = map_of(*state, "maria_map_c");
    for (size_t i = 0; i < 7; i++) {
        assert_true(leat_mysql_layout_equal(map.columns[i].layout, layouts[i]));
        assert_int_equal(map.columns[i].collation, collations[i]);
    }
}

static void old_temporal_types(void **state)
{
    leat_binlog_table_map map = map_of(*state, "maria_map_old");
    assert_int_equal(map.columns[0].layout.type, LEAT_MYSQL_OLD_TIMESTAMP);
    assert_int_equal(map.columns[1].layout.type, LEAT_MYSQL_OLD_TIME);
    assert_int_equal(map.columns[2].layout.type, LEAT_MYSQL_OLD_DATETIME);
}

static void map_outlives_its_event(void **state)
{
    event_reader *reader = *state;
    leat_binlog_table_map map = map_of(reader, "maria_map_a");
    uint64_t id = 0;
    must(reader, leat_binlog_peek_table_id(&reader->event, &id, &reader->error), "id");
    assert_true(map.table_id == id);
    assert_true(leat_slice_equal(map.bytes, reader->event.body));
    memset(reader->raw.data, 0xee, reader->raw.length);
    assert_string_equal(map.database, "shop");
    assert_string_equal(map.name, "a");
    assert_text(map.columns[1].name, "v");
    assert_false(leat_slice_equal(map.bytes, reader->event.body));
}

/* ---- Malformed ---- */

static leat_status parse_map(event_reader *reader, const leat_binlog_event *event)
{
    leat_binlog_table_map map;
    return leat_binlog_parse_table_map(event, &reader->arena, &map, &reader->error);
}

/* Optional metadata may end behind any of their fields. `fixed`: what stands before them, eight bytes of id
 * and flags, names with their lengths and NULs, then counted by hand. Each field has a byte for its kind and,
 * here, one for its length. */
static void cut_anywhere(void **state)
{
    event_reader *reader = *state;
    static const struct {
        const char *name;
        size_t fixed;
    } cases[] = {{"maria_map_everything", 88}, {"mysql_map_everything", 88}, {"mysql_map_v", 28},
                 {"maria_map_mixed", 42},      {"mysql_map_mixed", 42},      {"maria_map_prefixed", 31}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum { MOST_FIELDS = 16 };
        size_t allowed[MOST_FIELDS] = {0};
        leat_slice body = opened(reader, cases[i].name)->body;
        size_t at = cases[i].fixed;
        for (size_t field = 0; at < body.length && field < MOST_FIELDS - 1;
             at += 2 + (size_t)body.data[at + 1])
            allowed[field++] = at;
        assert_int_equal(at, body.length);
        refuses_shorter(reader, cases[i].name, parse_map, allowed);
    }
    refuses_longer(reader, "mysql_map_everything", parse_map);
}

/* Table shop.t, from its number of columns on. */
static leat_status parse_rest(event_reader *reader, const char *rest, leat_binlog_table_map *map)
{
    leat_buffer hex = {0};
    leat_buffer_printf(&hex, "0a000000000001000473686f7000017400%s", rest);
    const leat_binlog_event *event = made(reader, LEAT_BINLOG_TABLE_MAP, leat_buffer_string(&hex));
    leat_buffer_free(&hex);
    return leat_binlog_parse_table_map(event, &reader->arena, map, &reader->error);
}

static void malformed(void **state)
{
    event_reader *reader = *state;
    static const struct {
        const char *rest;
        bool fine;
    } cases[] = {
        {"01030000", true},
        {"0103010000", false}, /* metadata that no type asked for */
        {"010f011400", false}, /* metadata cut off */
        {"0104010400", true},  /* FLOAT of four bytes */
        {"0104010800", false},
        {"0105010400", false}, /* DOUBLE of four */
        {"01fc010000", false}, /* BLOB without a prefix */
        {"01fc010500", false},
        {"01f5010400", true}, /* JSON */
        {"0113010600", true}, /* TIME(6) */
        {"0113010700", false},
        {"01f602412600", true},  /* DECIMAL(65,38) */
        {"01f602422600", false}, /* 66 digits */
        {"01f602050600", false}, /* more behind the point than there are */
        {"01f602000000", false},
        {"011002000800", true},  /* BIT(64) */
        {"011002010800", false}, /* BIT(65) */
        {"011002080000", false}, /* eight bits that are no byte */
        {"011002000000", false},
        {"01fe02cefc00", true}, /* char(255) of utf8mb4 */
        {"01fe02f70200", true}, /* ENUM of two bytes */
        {"01fe02f70300", false},
        {"01fe02f80800", true}, /* SET of eight */
        {"01fe02f80500", false},
        {"01fe02f90100", false}, /* hides a TINYBLOB */
        {"018d02000000", false}, /* COMPRESSED without room for its header */
        {"0000", true},
        {"02030300", false}, /* no null bitmap */
        {"feffffffffffffffff", false},
        {"01030000010180", true}, /* SIGNEDNESS: unsigned */
        {"0103000001028000", false},
        {"010300000100", false},
        {"010a0000010180", false},     /* of a DATE */
        {"010300000404016100", false}, /* names: a byte too many */
        {"0103000004020161", true},
        {"0103000004020261", false},
        {"01030000080100", true}, /* a key of the first column */
        {"01030000080101", false},
        {"0103000008020000", false},      /* twice */
        {"01030000090100", false},        /* without its prefix */
        {"01fe02f701000603010161", true}, /* a label */
        {"01fe02f701000602ff61", false},
        {"01fe02f701000603fa0161", false}, /* 250 labels in two bytes */
        {"01fe02fe0400020408012d00", false},
        {"02fefe04fe04fe0400020308012d", true}, /* the second of two character columns differs */
        {"02fefe04fe04fe0400020308022d", false},
        {"02fefe04fe04fe04000302082d", true},
        {"02fefe04fe04fe0400030108", false},
        {"0103000063024142", true}, /* a kind of field that is unknown */
        {"010300006303", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        leat_binlog_table_map map;
        leat_status status = parse_rest(reader, cases[i].rest, &map);
        if ((status == LEAT_OK) != cases[i].fine)
            fail_msg("%s: %s", cases[i].rest, status == LEAT_OK ? "taken" : reader->error.message);
    }
}

/* The most that either server allows. */
static void as_many_columns_as_there_can_be(void **state)
{
    event_reader *reader = *state;
    for (unsigned count = 4095; count <= 4097; count++) {
        leat_binlog_table_map map;
        leat_buffer rest = {0};
        leat_buffer_printf(&rest, "fc%02x%02x", count & 0xff, count >> 8);
        for (unsigned i = 0; i < count; i++)
            leat_buffer_append_string(&rest, "01");
        leat_buffer_append_string(&rest, "00");
        for (unsigned i = 0; i < (count + 7) / 8; i++)
            leat_buffer_append_string(&rest, "ff");
        assert_int_equal(parse_rest(reader, leat_buffer_string(&rest), &map),
                         count <= 4096 ? LEAT_OK : LEAT_FAILED);
        leat_buffer_free(&rest);
    }
}

static void names_that_are_none(void **state)
{
    event_reader *reader = *state;
    static const char *const wrong[] = {
        "0a000000000001000473686f70036100740001030000", /* no NUL where it must be */
        "0a000000000001000573686f700001740001030000",   /* longer than it is */
        "0a0000000000010004736800700001740001030000",   /* a NUL inside */
        "0a00000000000100000001740001030000",           /* empty */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(parse_map(reader, made(reader, LEAT_BINLOG_TABLE_MAP, wrong[i])), LEAT_FAILED);
}

static void types_that_cannot_be_read_are_named(void **state)
{
    event_reader *reader = *state;
    leat_binlog_table_map map;
    assert_int_equal(parse_rest(reader, "02030e0000", &map), LEAT_FAILED);
    assert_non_null(strstr(reader->error.message, "column 2 of table shop.t has type 14"));

    assert_int_equal(parse_rest(reader, "0203000000", &map), LEAT_FAILED);
    assert_non_null(strstr(reader->error.message, "column 2 of table shop.t"));
    assert_non_null(strstr(reader->error.mend, "ALTER TABLE `shop`.`t` FORCE"));

    /* With its name. */
    assert_int_equal(parse_rest(reader, "02030000000406026964026463", &map), LEAT_FAILED);
    assert_non_null(strstr(reader->error.message, "column dc of table shop.t"));

    assert_int_equal(parse_rest(reader, "01060000", &map), LEAT_FAILED);
    assert_non_null(strstr(reader->error.mend, "FORCE"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_reader, tear_down_reader)
        TEST(every_type_with_full_metadata),
        TEST(every_type_with_minimal_metadata),
        TEST(every_type_without_metadata),
        TEST(default_charset_of_either_vendor),
        TEST(primary_key_with_prefix),
        TEST(vector_and_invisible_column),
        TEST(compressed_columns),
        TEST(old_temporal_types),
        TEST(map_outlives_its_event),
        TEST(cut_anywhere),
        TEST(malformed),
        TEST(as_many_columns_as_there_can_be),
        TEST(names_that_are_none),
        TEST(types_that_cannot_be_read_are_named),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
