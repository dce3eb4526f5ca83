/* What events carry of a definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mysql/definition/column_type.h"
#include "mysql/types/table_build.h"

static const char *const mood_labels[] = {"a", "\xc3\xa9"};
static const char *const life[] = {"b", "a", "row_end"};
static const char *const nullable[] = {"mood"};

static void add_column(leat_mysql_definition *definition, const leat_mysql_collations *collations,
                       leat_mysql_column column, const char *type)
{
    leat_mysql_column *to = &definition->columns[definition->column_count++];
    *to = column;
    assert_true(leat_mysql_column_type_read(type, collations, &definition->arena, to));
}

static leat_mysql_definition *make(const leat_mysql_collations *collations)
{
    enum { COLUMNS = 4, INDEXES = 2 };
    leat_mysql_definition *definition = leat_mysql_definition_new("sh.op", "t");
    definition->comment = "table";
    definition->columns = leat_arena_allocate_array(&definition->arena, COLUMNS, sizeof *definition->columns);
    add_column(definition, collations, (leat_mysql_column){.name = "a", .default_text = "5"},
               "int(10) unsigned");
    add_column(definition, collations, (leat_mysql_column){.name = "b", .comment = "column"}, "bigint(20)");
    add_column(definition, collations,
               (leat_mysql_column){.name = "mood", .nullable = true, .collation = "utf8mb4_general_ci"},
               "enum('a','\xc3\xa9')");
    add_column(definition, collations, (leat_mysql_column){.name = "row_end", .generated = true},
               "timestamp(6)");
    definition->indexes = leat_arena_allocate_array(&definition->arena, INDEXES, sizeof *definition->indexes);
    definition->indexes[0] = (leat_mysql_index){.name = "m", .columns = nullable, .column_count = 1};
    definition->indexes[1] = (leat_mysql_index){.name = "PRIMARY", .columns = life, .column_count = 3};
    definition->index_count = INDEXES;
    return definition;
}

static void table_has_all_of_its_definition(void **state)
{
    (void)state;
    static const leat_mysql_form forms[] = {LEAT_MYSQL_BINLOG, LEAT_MYSQL_TEXT};
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    for (size_t i = 0; i < 2; i++) {
        leat_mysql_definition *definition = make(collations);
        leat_table *table = leat_mysql_table_build(definition, collations, forms[i]);
        leat_mysql_definition_free(definition); /* the table stands by itself */
        assert_string_equal(table->database, "sh.op");
        assert_null(table->schema);
        assert_false(table->of_messages);
        assert_non_null(strstr(table->key_mend, "binlog_row_image")); /* no word of PostgreSQL's */
        assert_string_equal(table->name, "t");
        assert_string_equal(table->comment, "table");
        assert_string_equal(leat_table_full_name(table, &table->arena), "\"sh.op\".t");
        assert_int_equal(table->column_count, 4);
        assert_string_equal(table->columns[0].type_text, "int(10) unsigned");
        assert_string_equal(table->columns[0].default_text, "5");
        assert_null(table->columns[0].comment);
        assert_false(table->columns[0].nullable);
        assert_string_equal(table->columns[1].comment, "column");
        assert_null(table->columns[1].default_text);
        assert_true(table->columns[2].nullable);
        assert_int_equal(table->columns[2].label_count, 2);
        assert_string_equal(table->columns[2].labels[1], mood_labels[1]);
        for (size_t column = 0; column < table->column_count; column++) {
            assert_int_equal(table->columns[column].attribute, 0);
            assert_non_null(table->columns[column].encoder.encode);
            assert_non_null(table->columns[column].encoder.type);
        }
        leat_table_release(table);
    }
    leat_mysql_collations_free(collations);
}

static void expect_key(const leat_mysql_definition *definition, const leat_mysql_collations *collations,
                       const size_t *places, size_t count)
{
    leat_table *table = leat_mysql_table_build(definition, collations, LEAT_MYSQL_BINLOG);
    assert_int_equal(table->key_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(table->key_columns[i], places[i]);
        assert_int_equal(table->columns[places[i]].key_ordinal, i + 1);
    }
    leat_table_release(table);
}

static void key_is_in_its_indexs_order(void **state)
{
    (void)state;
    leat_mysql_collations *collations = leat_mysql_collations_usual();
    leat_mysql_definition *definition = make(collations);
    expect_key(definition, collations, (const size_t[]){1, 0, 3}, 3);
    /* What ends a row's life does not tell living rows apart. */
    definition->kind = LEAT_MYSQL_VERSIONED_TABLE;
    definition->row_end = "row_end";
    expect_key(definition, collations, (const size_t[]){1, 0}, 2);
    definition->index_count = 1;
    expect_key(definition, collations, NULL, 0);
    leat_mysql_definition_free(definition);
    leat_mysql_collations_free(collations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_has_all_of_its_definition),
        cmocka_unit_test(key_is_in_its_indexs_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
