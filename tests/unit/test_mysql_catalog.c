/* What words of information_schema become, without a server: rows are as MariaDB 10.11 and MySQL 9.7 gave
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mysql/catalog/catalog.h"
#include "mysql/catalog/facts.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- Which tables ---- */

static void servers_own_databases_only_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *patterns[3];
        size_t count;
        const char *database;
        const char *full_name;
        bool captured;
    } cases[] = {
        {{NULL}, 0, "shop", "shop.a", true},
        {{NULL}, 0, "mysql", "mysql.user", false},
        {{"*"}, 1, "sys", "sys.sys_config", false},
        {{"*.user"}, 1, "mysql", "mysql.user", false},
        {{"mysql.user"}, 1, "mysql", "mysql.user", true},
        {{"mysql.*"}, 1, "mysql", "mysql.user", true},
        {{"my*.user"}, 1, "mysql", "mysql.user", false},
        {{"!mysql.user"}, 1, "mysql", "mysql.db", false},
        {{"mysql.*", "!mysql.user"}, 2, "mysql", "mysql.user", false},
        {{"mysql.*", "!*.db"}, 2, "mysql", "mysql.db", false},
        {{"*.*", "mysql.user"}, 2, "mysql", "mysql.db", false},
        {{"*.*", "mysql.user"}, 2, "shop", "shop.a", true},
        {{"mysql.user"}, 1, "MySQL", "MySQL.user", false},
        {{"mysql2.*"}, 1, "mysql2", "mysql2.a", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(leat_mysql_catalog_captures(cases[i].patterns, cases[i].count, cases[i].database,
                                                     cases[i].full_name),
                         cases[i].captured);
}

static void kinds_of_tables(void **state)
{
    (void)state;
    assert_int_equal(leat_mysql_catalog_kind("BASE TABLE"), LEAT_MYSQL_BASE_TABLE);
    assert_int_equal(leat_mysql_catalog_kind("SYSTEM VERSIONED"), LEAT_MYSQL_VERSIONED_TABLE);
    assert_int_equal(leat_mysql_catalog_kind("SEQUENCE"), LEAT_MYSQL_SEQUENCE);
    assert_int_equal(leat_mysql_catalog_kind("VIEW"), LEAT_MYSQL_VIEW);
    assert_int_equal(leat_mysql_catalog_kind("SYSTEM VIEW"), LEAT_MYSQL_VIEW);
    assert_int_equal(leat_mysql_catalog_kind("TEMPORARY"), LEAT_MYSQL_VIEW);
}

static void engines_with_snapshots(void **state)
{
    (void)state;
    assert_true(leat_mysql_catalog_engine_has_snapshots("InnoDB"));
    assert_true(leat_mysql_catalog_engine_has_snapshots("ROCKSDB"));
    assert_false(leat_mysql_catalog_engine_has_snapshots("MyISAM"));
    assert_false(leat_mysql_catalog_engine_has_snapshots("Aria"));
    assert_false(leat_mysql_catalog_engine_has_snapshots("ndbcluster"));
    assert_false(leat_mysql_catalog_engine_has_snapshots(""));
}

/* ---- Columns ---- */

typedef struct column_case {
    const char *row[9]; /* in the order of leat_mysql_catalog_column_list */
    bool mariadb;
    leat_mysql_column expected;
} column_case;

static const column_case columns[] = {
    {{"id", "int", "int(10) unsigned", "NO", NULL, NULL, "auto_increment", "", NULL},
     true,
     {.name = "id", .type_text = "int(10) unsigned", .is_unsigned = true}},
    {{"v", "varchar", "varchar(20)", "YES", "latin1_swedish_ci", "'it''s'", "", "it's \"c\"", NULL},
     true,
     {.name = "v",
      .type_text = "varchar(20)",
      .nullable = true,
      .collation = "latin1_swedish_ci",
      .default_text = "'it''s'",
      .comment = "it's \"c\""}},
    /* MariaDB: no default, and the text NULL as one. */
    {{"n", "varchar", "varchar(20)", "YES", "latin1_swedish_ci", "NULL", "", "", NULL},
     true,
     {.name = "n", .type_text = "varchar(20)", .nullable = true, .collation = "latin1_swedish_ci"}},
    {{"n", "varchar", "varchar(20)", "YES", "latin1_swedish_ci", "'NULL'", "", "", NULL},
     true,
     {.name = "n",
      .type_text = "varchar(20)",
      .nullable = true,
      .collation = "latin1_swedish_ci",
      .default_text = "'NULL'"}},
    /* MySQL: the text NULL as a default; an expression; an empty text. */
    {{"n", "varchar", "varchar(20)", "YES", "latin1_swedish_ci", "NULL", "", "", ""},
     false,
     {.name = "n",
      .type_text = "varchar(20)",
      .nullable = true,
      .collation = "latin1_swedish_ci",
      .default_text = "NULL"}},
    {{"ex", "varchar", "varchar(36)", "YES", "utf8mb4_general_ci", "uuid()", "DEFAULT_GENERATED", "", ""},
     false,
     {.name = "ex",
      .type_text = "varchar(36)",
      .nullable = true,
      .collation = "utf8mb4_general_ci",
      .default_text = "uuid()"}},
    {{"e", "varchar", "varchar(3)", "NO", "utf8mb4_general_ci", "", "", "", ""},
     false,
     {.name = "e", .type_text = "varchar(3)", .collation = "utf8mb4_general_ci", .default_text = ""}},
    /* Generated; invisible; a comment that says INVISIBLE. */
    {{"g", "int", "int", "YES", NULL, NULL, "VIRTUAL GENERATED", "", "(`nodef` + 1)"},
     false,
     {.name = "g", .type_text = "int", .nullable = true, .generated = true}},
    {{"g", "int", "int(11)", "YES", NULL, NULL, "STORED GENERATED", "INVISIBLE", "`nodef` + 2"},
     true,
     {.name = "g", .type_text = "int(11)", .nullable = true, .generated = true, .comment = "INVISIBLE"}},
    {{"re", "timestamp", "timestamp(6)", "NO", NULL, NULL, "STORED GENERATED, INVISIBLE", "", "ROW END"},
     true,
     {.name = "re", .type_text = "timestamp(6)", .invisible = true, .generated = true}},
    {{"my_row_id", "bigint", "bigint unsigned", "NO", NULL, NULL, "auto_increment INVISIBLE", "", ""},
     false,
     {.name = "my_row_id", .type_text = "bigint unsigned", .is_unsigned = true, .invisible = true}},
    /* What is of charset binary has a collation in neither, but for MariaDB's ENUM. */
    {{"b", "binary", "binary(5)", "YES", NULL, "0x6162", "", "", ""},
     false,
     {.name = "b",
      .type_text = "binary(5)",
      .nullable = true,
      .collation = "binary",
      .default_text = "0x6162"}},
    {{"b", "mediumblob", "mediumblob", "YES", NULL, NULL, "", "", NULL},
     true,
     {.name = "b", .type_text = "mediumblob", .nullable = true, .collation = "binary"}},
    {{"p", "point", "point", "YES", NULL, NULL, "", "", NULL},
     true,
     {.name = "p", .type_text = "point", .nullable = true}},
    {{"u", "uuid", "uuid", "NO", NULL, NULL, "", "", NULL},
     true,
     {.name = "u", .type_text = "uuid", .special = LEAT_MYSQL_UUID}},
    {{"j", "json", "json", "YES", NULL, NULL, "", "", ""},
     false,
     {.name = "j", .type_text = "json", .nullable = true}},
    /* A type of tomorrow keeps its text. */
    {{"x", "hyperint", "hyperint(3)", "YES", NULL, NULL, "", "", ""},
     false,
     {.name = "x", .type_text = "hyperint(3)", .nullable = true}},
};

static void expect_text(const char *text, const char *expected)
{
    if (expected == NULL)
        assert_null(text);
    else
        assert_string_equal(text, expected);
}

static void columns_of_both_families(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    for (size_t i = 0; i < COUNT(columns); i++) {
        const leat_mysql_column *expected = &columns[i].expected;
        leat_arena arena = {0};
        leat_mysql_column column;
        leat_mysql_catalog_column(columns[i].row, columns[i].mariadb, collations, &arena, &column);
        assert_string_equal(column.name, expected->name);
        assert_string_equal(column.type_text, expected->type_text);
        expect_text(column.collation, expected->collation);
        expect_text(column.default_text, expected->default_text);
        expect_text(column.comment, expected->comment);
        assert_int_equal(column.nullable, expected->nullable);
        assert_int_equal(column.invisible, expected->invisible);
        assert_int_equal(column.generated, expected->generated);
        assert_int_equal(column.is_unsigned, expected->is_unsigned);
        assert_int_equal(column.special, expected->special);
        leat_arena_free(&arena);
    }
    leat_mysql_collations_free(collations);
}

static void enum_of_charset_binary_has_a_collation(void **state)
{
    (void)state;
    static const char *const mysql[] = {"e", "enum", "enum('a')", "YES", NULL, NULL, "", "", ""};
    static const char *const mariadb[] = {"e", "enum", "enum('a')", "YES", "binary", NULL, "", "", NULL};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_arena arena = {0};
    leat_mysql_column column;
    leat_mysql_catalog_column(mysql, false, collations, &arena, &column);
    assert_string_equal(column.collation, "binary");
    leat_mysql_catalog_column(mariadb, true, collations, &arena, &column);
    assert_string_equal(column.collation, "binary");
    assert_string_equal(column.labels[0], "a");
    leat_arena_free(&arena);
    leat_mysql_collations_free(collations);
}

static void unknown_type_has_a_layout_that_no_row_has(void **state)
{
    (void)state;
    static const char *const row[] = {"x", "hyperint", "hyperint(3)", "YES", NULL, NULL, "", "", ""};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_arena arena = {0};
    leat_mysql_column column;
    leat_mysql_catalog_column(row, false, collations, &arena, &column);
    assert_int_equal(column.layout.type, LEAT_MYSQL_OLD_DECIMAL);
    leat_arena_free(&arena);
    leat_mysql_collations_free(collations);
}

static void implicit_versioning_adds_what_the_log_has(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_mysql_definition *definition = leat_mysql_definition_new("d", "t");
    definition->columns = leat_arena_allocate_array(&definition->arena, 3, sizeof *definition->columns);
    definition->columns[0].name = "a";
    definition->column_count = 1;
    leat_mysql_catalog_add_row_life(collations, definition);
    assert_int_equal(definition->column_count, 3);
    assert_string_equal(definition->columns[1].name, "row_start");
    assert_string_equal(definition->columns[2].name, "row_end");
    assert_string_equal(definition->row_end, "row_end");
    assert_false(definition->columns[2].nullable);
    assert_int_equal(definition->columns[2].layout.type, LEAT_MYSQL_TIMESTAMP2);
    assert_int_equal(definition->columns[2].layout.scale, 6);
    leat_mysql_definition_free(definition);
    leat_mysql_collations_free(collations);
}

static void row_end_by_its_expression(void **state)
{
    (void)state;
    const char *row[9] = {"re", "timestamp", "timestamp(6)", "NO", NULL, NULL, "", "", "ROW END"};
    assert_true(leat_mysql_catalog_is_row_end(row));
    row[LEAT_MYSQL_CATALOG_GENERATION] = "ROW START";
    assert_false(leat_mysql_catalog_is_row_end(row));
    row[LEAT_MYSQL_CATALOG_GENERATION] = NULL;
    assert_false(leat_mysql_catalog_is_row_end(row));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_own_databases_only_by_name),
        cmocka_unit_test(kinds_of_tables),
        cmocka_unit_test(engines_with_snapshots),
        cmocka_unit_test(columns_of_both_families),
        cmocka_unit_test(enum_of_charset_binary_has_a_collation),
        cmocka_unit_test(unknown_type_has_a_layout_that_no_row_has),
        cmocka_unit_test(implicit_versioning_adds_what_the_log_has),
        cmocka_unit_test(row_end_by_its_expression),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
