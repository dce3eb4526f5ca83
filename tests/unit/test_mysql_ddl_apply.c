/* Applying statements where no recording helps: servers of before, settings that the event tells, and changes
 * that do not fit the definition at hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

#include "mysql/charset/collations.h"
#include "mysql/ddl/ddl.h"

static const leat_mysql_ddl_context mysql_57 = {.database = "d", .version = 50744};
static const leat_mysql_ddl_context mysql_80 = {.database = "d", .version = 80045};
static const leat_mysql_ddl_context mariadb_106 = {.database = "d", .mariadb = true, .version = 100600};

/* Applies every change of a statement; false, with a reason, when one does not fit. */
static bool apply_one(const char *sql, const leat_mysql_ddl_context *context, const char *database_collation,
                      leat_mysql_definition *definition, leat_buffer *reason)
{
    leat_arena arena = {0};
    leat_mysql_statement statement;
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_mysql_ddl_read(leat_slice_of_string(sql), context, &arena, &statement);
    assert_int_equal(statement.effect_count, 1);
    bool applied = leat_mysql_change_apply(statement.effects[0].change, collations, database_collation,
                                           context->mariadb, definition, reason);
    leat_mysql_collations_free(collations);
    leat_arena_free(&arena);
    return applied;
}

/* "a int(11) null, b text latin1_bin; PRIMARY (a)" */
static void describe(const leat_mysql_definition *definition, leat_buffer *text)
{
    for (size_t i = 0; i < definition->column_count; i++) {
        const leat_mysql_column *column = &definition->columns[i];
        leat_buffer_printf(text, "%s%s %s%s%s%s", i == 0 ? "" : ", ", column->name, column->type_text,
                           column->nullable ? " null" : "", column->collation != NULL ? " " : "",
                           column->collation != NULL ? column->collation : "");
    }
    for (size_t i = 0; i < definition->index_count; i++) {
        const leat_mysql_index *index = &definition->indexes[i];
        leat_buffer_printf(text, "; %s (", index->name);
        for (size_t j = 0; j < index->column_count; j++)
            leat_buffer_printf(text, "%s%s", j == 0 ? "" : ", ", index->columns[j]);
        leat_buffer_append_string(text, ")");
    }
}

/* The statements, NULL behind the last, one after the other on one table. */
static void check_table(const leat_mysql_ddl_context *context, const char *const *statements,
                        const char *expected)
{
    leat_buffer text = {0};
    leat_mysql_definition *definition = leat_mysql_definition_new("d", "t");
    for (size_t i = 0; statements[i] != NULL; i++)
        assert_true(apply_one(statements[i], context, "latin1_swedish_ci", definition, &text));
    describe(definition, &text);
    assert_string_equal(leat_buffer_string(&text), expected);
    leat_mysql_definition_free(definition);
    leat_buffer_free(&text);
}

#define STATEMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void display_widths_before_mysql_8_0_19(void **state)
{
    (void)state;
    check_table(
        &mysql_57,
        STATEMENTS(
            "create table t (a int, b bigint unsigned, c tinyint(1) unsigned, d year, e int(3) zerofill,"
            " f geometrycollection, g bool, h smallint unsigned)"),
        "a int(11) null, b bigint(20) unsigned null, c tinyint(1) unsigned null, d year(4) null,"
        " e int(3) unsigned zerofill null, f geometrycollection null, g tinyint(1) null,"
        " h smallint(5) unsigned null");
    check_table(
        &mysql_80,
        STATEMENTS(
            "create table t (a int(5), b tinyint(1), c tinyint(1) unsigned, d year(4), e int(3) zerofill,"
            " f geometrycollection)"),
        "a int null, b tinyint(1) null, c tinyint unsigned null, d year null, e int(3) unsigned zerofill "
        "null,"
        " f geomcollection null");
}

static void timestamps_without_nulls_where_they_are_not_explicit(void **state)
{
    static const char sql[] = "create table t (a timestamp, b timestamp null, c datetime)";
    static const char implicit[] = "a timestamp, b timestamp null, c datetime null";
    static const char explicit[] = "a timestamp null, b timestamp null, c datetime null";
    leat_mysql_ddl_context said = mysql_57;
    (void)state;
    check_table(&mysql_57, STATEMENTS(sql), implicit);
    check_table(&mariadb_106, STATEMENTS(sql), implicit);
    check_table(&mysql_80, STATEMENTS(sql), explicit);
    said.explicit_timestamps = LEAT_MYSQL_SETTING_ON;
    check_table(&said, STATEMENTS(sql), explicit);
    said = mysql_80;
    said.explicit_timestamps = LEAT_MYSQL_SETTING_OFF;
    check_table(&said, STATEMENTS(sql), implicit);
}

static void a_charset_comes_from_column_then_table_then_database(void **state)
{
    (void)state;
    check_table(&mysql_80, STATEMENTS("create table t (a char(1), b char(1) collate utf8mb4_bin)"),
                "a char(1) null latin1_swedish_ci, b char(1) null utf8mb4_bin");
    check_table(
        &mysql_80,
        STATEMENTS("create table t (a char(1), b char(1) charset latin1) charset utf8mb4",
                   "alter table t add c char(1), collate latin1_bin", "alter table t add d char(1) binary"),
        "a char(1) null utf8mb4_0900_ai_ci, b char(1) null latin1_swedish_ci, c char(1) null latin1_bin,"
        " d char(1) null latin1_bin");
}

static void clauses_of_one_statement_see_the_table_before_it(void **state)
{
    (void)state;
    check_table(
        &mysql_80,
        STATEMENTS("create table t (a int primary key, b int, c int)",
                   "alter table t rename column a to b, rename column b to a, add d int after b, drop c"),
        "b int, d int null, a int null; PRIMARY (b)");
}

static void check_misfit(const char *first, const char *second, const char *expected)
{
    leat_buffer reason = {0};
    leat_mysql_definition *definition = leat_mysql_definition_new("d", "t");
    assert_true(apply_one(first, &mysql_80, "latin1_swedish_ci", definition, &reason));
    assert_false(apply_one(second, &mysql_80, "latin1_swedish_ci", definition, &reason));
    assert_string_equal(leat_buffer_string(&reason), expected);
    leat_mysql_definition_free(definition);
    leat_buffer_free(&reason);
}

static void what_does_not_fit_is_refused_with_a_reason(void **state)
{
    static const struct {
        const char *sql;
        const char *expected;
    } misfits[] = {
        {"alter table t drop x", "it is about column x, which is not there"},
        {"alter table t change x a int", "it is about column x, which is not there"},
        {"alter table t modify x int", "it is about column x, which is not there"},
        {"alter table t rename column x to y", "it is about column x, which is not there"},
        {"alter table t alter x set default 1", "it is about column x, which is not there"},
        {"alter table t add B int", "it adds column B, which is there already"},
        {"alter table t add c int after x", "it places a column after x, which is not there"},
        {"alter table t rename column a to b", "it leaves two columns with the name b"},
        {"alter table t drop a, drop b", "it leaves no column"},
        {"alter table t add unique (x)", "an index has column x, which is not there"},
        {"alter table t drop primary key", "it drops a primary key, and there is none"},
        {"alter table t add c frobnicate", "the type of column c is not known"},
        {"alter table t add c varchar", "the type of column c is not known"},
        {"alter table t add c datetime(7)", "the type of column c is not known"},
        {"alter table t add c char(1) charset klingon", "a charset or a collation of it is not known"},
        {"alter table t collate klingon_ci", "a charset or a collation of it is not known"},
        {"alter table t add unique (a, p without overlaps)", "an index is about a period that is not known"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof misfits / sizeof *misfits; i++)
        check_misfit("create table t (a int, b varchar(5))", misfits[i].sql, misfits[i].expected);
}

static void a_table_of_a_database_without_a_known_collation(void **state)
{
    leat_buffer reason = {0};
    leat_mysql_definition *definition = leat_mysql_definition_new("d", "t");
    (void)state;
    assert_false(apply_one("create table t (a int)", &mysql_80, NULL, definition, &reason));
    leat_buffer_reset(&reason);
    assert_true(apply_one("create table t (a char(1)) charset latin1", &mysql_80, NULL, definition, &reason));
    leat_mysql_definition_free(definition);
    leat_buffer_free(&reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(display_widths_before_mysql_8_0_19),
        cmocka_unit_test(timestamps_without_nulls_where_they_are_not_explicit),
        cmocka_unit_test(a_charset_comes_from_column_then_table_then_database),
        cmocka_unit_test(clauses_of_one_statement_see_the_table_before_it),
        cmocka_unit_test(what_does_not_fit_is_refused_with_a_reason),
        cmocka_unit_test(a_table_of_a_database_without_a_known_collation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
