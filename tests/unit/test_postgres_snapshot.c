#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the four headers it needs */
#include <cmocka.h>

#include "postgres/snapshot/plan.h"

static const leat_postgres_relation_column two_columns[] = {{.name = "id"}, {.name = "we\"ird"}};

static void assert_copy(leat_postgres_snapshot_table *table, leat_postgres_snapshot_range range,
                        const char *expected)
{
    const leat_postgres_snapshot_part part = {.schema = "S", .name = "t"};
    const leat_postgres_snapshot_plan plan = {.tables = table, .table_count = 1};
    leat_buffer sql = {0};
    range.part = &part;
    leat_postgres_snapshot_plan_append_copy(&sql, &plan, &range);
    assert_string_equal(leat_buffer_string(&sql), expected);
    leat_buffer_free(&sql);
}

static void a_whole_table_is_copied_plainly(void **state)
{
    (void)state;
    leat_postgres_snapshot_table table = {.relation = {.columns = two_columns, .column_count = 2}};
    assert_copy(&table, (leat_postgres_snapshot_range){.whole = true},
                "COPY \"S\".\"t\" (\"id\", \"we\"\"ird\") TO STDOUT");
}

/* Together the ranges leave no page out and name none twice, and the last goes as far as there is anything.
 */
static void ranges_follow_on_each_other(void **state)
{
    (void)state;
    leat_postgres_snapshot_table table = {.relation = {.columns = two_columns, .column_count = 1}};
    assert_copy(&table, (leat_postgres_snapshot_range){.end_page = 1024},
                "COPY (SELECT \"id\" FROM ONLY \"S\".\"t\" WHERE ctid < '(1024,0)'::tid) TO STDOUT");
    assert_copy(&table, (leat_postgres_snapshot_range){.first_page = 1024, .end_page = 2048},
                "COPY (SELECT \"id\" FROM ONLY \"S\".\"t\" WHERE ctid >= '(1024,0)'::tid AND ctid < "
                "'(2048,0)'::tid) TO STDOUT");
    assert_copy(&table, (leat_postgres_snapshot_range){.first_page = 4294967294u},
                "COPY (SELECT \"id\" FROM ONLY \"S\".\"t\" WHERE ctid >= '(4294967294,0)'::tid) TO STDOUT");
}

static void the_row_filter_holds_in_every_form(void **state)
{
    (void)state;
    leat_postgres_snapshot_table table = {.relation = {.columns = two_columns, .column_count = 1},
                                          .filter = "(id > 3) OR (id = 1)"};
    assert_copy(&table, (leat_postgres_snapshot_range){.whole = true},
                "COPY (SELECT \"id\" FROM ONLY \"S\".\"t\" WHERE ((id > 3) OR (id = 1))) TO STDOUT");
    assert_copy(&table, (leat_postgres_snapshot_range){.first_page = 7},
                "COPY (SELECT \"id\" FROM ONLY \"S\".\"t\" WHERE ctid >= '(7,0)'::tid AND ((id > 3) OR (id = "
                "1))) TO STDOUT");
}

/* COPY of a table refuses them: "Generated columns cannot be used in COPY". */
static void generated_columns_are_selected(void **state)
{
    (void)state;
    leat_postgres_snapshot_table table = {.relation = {.columns = two_columns, .column_count = 1},
                                          .has_generated = true};
    assert_copy(&table, (leat_postgres_snapshot_range){.whole = true},
                "COPY (SELECT \"id\" FROM ONLY \"S\".\"t\") TO STDOUT");
}

/* "COPY t ()" would be all columns or a syntax error, never none. */
static void rows_without_columns_are_rows(void **state)
{
    (void)state;
    leat_postgres_snapshot_table table = {.relation = {.column_count = 0}};
    assert_copy(&table, (leat_postgres_snapshot_range){.whole = true},
                "COPY (SELECT  FROM ONLY \"S\".\"t\") TO STDOUT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_table_is_copied_plainly),
        cmocka_unit_test(ranges_follow_on_each_other),
        cmocka_unit_test(the_row_filter_holds_in_every_form),
        cmocka_unit_test(generated_columns_are_selected),
        cmocka_unit_test(rows_without_columns_are_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
