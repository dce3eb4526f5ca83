/* Tables' definitions: copies, comparison, keys, and what the notebook keeps of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mysql/definition/definition.h"

#define INT                                                                                                  \
    {                                                                                                        \
        .type = LEAT_MYSQL_LONG                                                                              \
    }

static void set_columns(leat_mysql_definition *definition, const leat_mysql_column *columns, size_t count)
{
    definition->columns = leat_arena_allocate_array(&definition->arena, count, sizeof *columns);
    memcpy(definition->columns, columns, count * sizeof *columns);
    definition->column_count = count;
}

static void set_indexes(leat_mysql_definition *definition, const leat_mysql_index *indexes, size_t count)
{
    definition->indexes = leat_arena_allocate_array(&definition->arena, count, sizeof *indexes);
    memcpy(definition->indexes, indexes, count * sizeof *indexes);
    definition->index_count = count;
}

/* One with something in every field. */
static leat_mysql_definition *rich(void)
{
    static const char *const labels[] = {"a", "it's", "\"quoted\", \xc3\xa9"};
    static const char *const primary[] = {"id", "row_end"};
    static const char *const unique[] = {"price"};
    static const leat_mysql_column columns[] = {
        {.name = "id",
         .type_text = "bigint(20) unsigned",
         .layout = {.type = LEAT_MYSQL_LONGLONG},
         .is_unsigned = true,
         .comment = "line\nend, tab\t and \x01"},
        {.name = "price",
         .type_text = "decimal(10,2)",
         .layout = {.type = LEAT_MYSQL_DECIMAL, .precision = 10, .scale = 2},
         .nullable = true,
         .default_text = "0.00"},
        {.name = "mood",
         .type_text = "enum('a','it''s','\"quoted\", \xc3\xa9')",
         .layout = {.type = LEAT_MYSQL_ENUM, .length = 1},
         .collation = "utf8mb4_general_ci",
         .labels = labels,
         .label_count = 3,
         .default_text = ""},
        {.name = "back\\slash",
         .type_text = "uuid",
         .layout = {.type = LEAT_MYSQL_STRING, .length = 16},
         .special = LEAT_MYSQL_UUID,
         .invisible = true,
         .collation = "binary"},
        {.name = "row_end",
         .type_text = "timestamp(6)",
         .layout = {.type = LEAT_MYSQL_TIMESTAMP2, .scale = 6},
         .generated = true},
    };
    static const leat_mysql_index indexes[] = {
        {.name = "PRIMARY", .columns = primary, .column_count = 2},
        {.name = "by price", .columns = unique, .column_count = 1, .expression = true},
    };
    leat_mysql_definition *definition = leat_mysql_definition_new("shop", "orders");
    definition->kind = LEAT_MYSQL_VERSIONED_TABLE;
    definition->collation = "utf8mb4_general_ci";
    definition->engine = "InnoDB";
    definition->comment = "what was ordered";
    definition->row_end = "row_end";
    set_columns(definition, columns, 5);
    set_indexes(definition, indexes, 2);
    return definition;
}

static const char rich_text[] =
    "{\"database\":\"shop\",\"name\":\"orders\",\"kind\":\"versioned\",\"collation\":\"utf8mb4_general_ci\","
    "\"engine\":\"InnoDB\",\"comment\":\"what was ordered\",\"row_end\":\"row_end\",\"columns\":["
    "{\"name\":\"id\",\"type\":\"bigint(20) unsigned\",\"layout\":[8,0,0,0],\"unsigned\":true,"
    "\"comment\":\"line\\u000aend, tab\\u0009 and \\u0001\"},"
    "{\"name\":\"price\",\"type\":\"decimal(10,2)\",\"layout\":[246,0,10,2],\"nullable\":true,"
    "\"default\":\"0.00\"},"
    "{\"name\":\"mood\",\"type\":\"enum('a','it''s','\\\"quoted\\\", \xc3\xa9')\",\"layout\":[247,1,0,0],"
    "\"collation\":\"utf8mb4_general_ci\",\"labels\":[\"a\",\"it's\",\"\\\"quoted\\\", \xc3\xa9\"],"
    "\"default\":\"\"},"
    "{\"name\":\"back\\\\slash\",\"type\":\"uuid\",\"layout\":[254,16,0,0],\"special\":\"uuid\","
    "\"invisible\":true,\"collation\":\"binary\"},"
    "{\"name\":\"row_end\",\"type\":\"timestamp(6)\",\"layout\":[17,0,0,6],\"generated\":true}],"
    "\"indexes\":[{\"name\":\"PRIMARY\",\"columns\":[\"id\",\"row_end\"]},"
    "{\"name\":\"by price\",\"columns\":[\"price\"],\"expression\":true}]}";

static void goes_into_the_notebook_and_back(void **state)
{
    (void)state;
    leat_mysql_definition *definition = rich();
    leat_buffer text = {0};
    leat_mysql_definition_write(definition, &text);
    assert_string_equal(leat_buffer_string(&text), rich_text);
    leat_mysql_definition *read = NULL;
    leat_error error;
    assert_int_equal(leat_mysql_definition_read(leat_buffer_slice(&text), &read, &error), LEAT_OK);
    assert_true(leat_mysql_definition_equal(read, definition));
    leat_mysql_definition_free(read);
    leat_mysql_definition_free(definition);
    leat_buffer_free(&text);
}

static void a_table_without_columns_goes_both_ways(void **state)
{
    (void)state;
    leat_mysql_definition *definition = leat_mysql_definition_new("d", "t");
    leat_buffer text = {0};
    leat_mysql_definition_write(definition, &text);
    leat_mysql_definition *read = NULL;
    leat_error error;
    assert_int_equal(leat_mysql_definition_read(leat_buffer_slice(&text), &read, &error), LEAT_OK);
    assert_true(leat_mysql_definition_equal(read, definition));
    leat_mysql_definition_free(read);
    leat_mysql_definition_free(definition);
    leat_buffer_free(&text);
}

static void other_texts_are_no_definitions(void **state)
{
    (void)state;
#define TABLE "\"database\":\"d\",\"name\":\"t\""
    static const char *const wrong[] = {
        "",
        "null",
        "[]",
        "{}",
        "{" TABLE ",\"columns\":[]}",
        "{" TABLE ",\"columns\":{},\"indexes\":[]}",
        "{" TABLE ",\"columns\":[],\"indexes\":[],\"more\":1}",
        "{" TABLE ",\"name\":\"t\",\"columns\":[],\"indexes\":[]}",
        "{" TABLE ",\"kind\":\"heap\",\"columns\":[],\"indexes\":[]}",
        "{" TABLE ",\"engine\":null,\"columns\":[],\"indexes\":[]}",
        "{" TABLE ",\"columns\":[{}],\"indexes\":[]}",
        "{" TABLE ",\"columns\":[{\"name\":\"a\",\"type\":\"int\"}],\"indexes\":[]}",
        "{" TABLE ",\"columns\":[{\"name\":\"a\",\"type\":\"int\",\"layout\":[3,0,0]}],\"indexes\":[]}",
        "{" TABLE ",\"columns\":[{\"name\":\"a\",\"type\":\"int\",\"layout\":[256,0,0,0]}],\"indexes\":[]}",
        "{" TABLE ",\"columns\":[{\"name\":\"a\",\"type\":\"int\",\"layout\":[3,-1,0,0]}],\"indexes\":[]}",
        "{" TABLE ",\"columns\":[{\"name\":\"a\",\"type\":\"int\",\"layout\":[3,4294967296,0,0]}],"
        "\"indexes\":[]}",
        "{" TABLE ",\"columns\":[{\"name\":\"a\",\"type\":\"int\",\"layout\":[3,0,0,0.5]}],\"indexes\":[]}",
        "{" TABLE ",\"columns\":[{\"name\":\"a\",\"type\":\"int\",\"layout\":[3,0,0,0],\"nullable\":false}],"
        "\"indexes\":[]}",
        "{" TABLE ",\"columns\":[{\"name\":\"a\",\"type\":\"int\",\"layout\":[3,0,0,0],\"labels\":[1]}],"
        "\"indexes\":[]}",
        "{" TABLE ",\"columns\":[],\"indexes\":[{\"name\":\"PRIMARY\"}]}",
        "{" TABLE ",\"columns\":[],\"indexes\":[{\"columns\":[]}]}",
        "{" TABLE ",\"columns\":[],\"indexes\":[]} more",
        "{\"database\":\"d\\u0000\",\"name\":\"t\",\"columns\":[],\"indexes\":[]}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        leat_mysql_definition *read = NULL;
        leat_error error = {0};
        assert_int_equal(leat_mysql_definition_read(leat_slice_of_string(wrong[i]), &read, &error),
                         LEAT_FAILED);
        assert_null(read);
        assert_true(strlen(error.message) > 0);
    }
}

static void a_copy_stands_alone(void **state)
{
    (void)state;
    leat_mysql_definition *definition = rich();
    leat_mysql_definition *copy = leat_mysql_definition_copy(definition);
    assert_true(leat_mysql_definition_equal(copy, definition));
    leat_mysql_definition_free(definition);
    leat_buffer text = {0};
    leat_mysql_definition_write(copy, &text);
    assert_string_equal(leat_buffer_string(&text), rich_text);
    leat_buffer_free(&text);
    leat_mysql_definition_free(copy);
}

/* Each changes one thing. */
static void change_name(leat_mysql_definition *it)
{
    it->name = "Orders";
}
static void change_kind(leat_mysql_definition *it)
{
    it->kind = LEAT_MYSQL_BASE_TABLE;
}
static void change_engine(leat_mysql_definition *it)
{
    it->engine = NULL;
}
static void change_row_end(leat_mysql_definition *it)
{
    it->row_end = NULL;
}
static void change_column_count(leat_mysql_definition *it)
{
    it->column_count--;
}
static void change_column_name(leat_mysql_definition *it)
{
    it->columns[0].name = "ID";
}
static void change_type(leat_mysql_definition *it)
{
    it->columns[1].type_text = "decimal(10,3)";
}
static void change_layout(leat_mysql_definition *it)
{
    it->columns[1].layout.scale = 3;
}
static void change_sign(leat_mysql_definition *it)
{
    it->columns[0].is_unsigned = false;
}
static void change_nullable(leat_mysql_definition *it)
{
    it->columns[1].nullable = false;
}
static void change_invisible(leat_mysql_definition *it)
{
    it->columns[3].invisible = false;
}
static void change_generated(leat_mysql_definition *it)
{
    it->columns[4].generated = false;
}
static void change_special(leat_mysql_definition *it)
{
    it->columns[3].special = LEAT_MYSQL_INET6;
}
static void change_label(leat_mysql_definition *it)
{
    static const char *const labels[] = {"a", "it's", "c"};
    it->columns[2].labels = labels;
}
static void change_label_count(leat_mysql_definition *it)
{
    it->columns[2].label_count = 2;
}
static void change_default(leat_mysql_definition *it)
{
    it->columns[2].default_text = NULL;
}
static void change_column_comment(leat_mysql_definition *it)
{
    it->columns[2].comment = "new";
}
static void change_column_collation(leat_mysql_definition *it)
{
    it->columns[2].collation = "latin1_swedish_ci";
}
static void change_collation(leat_mysql_definition *it)
{
    it->collation = "latin1_swedish_ci";
}
static void change_index_columns(leat_mysql_definition *it)
{
    it->indexes[0].column_count = 1;
}
static void change_expression(leat_mysql_definition *it)
{
    it->indexes[1].expression = false;
}
static void change_index_count(leat_mysql_definition *it)
{
    it->index_count = 1;
}

static void every_difference_is_seen(void **state)
{
    (void)state;
    static void (*const changes[])(leat_mysql_definition *) = {
        change_name,
        change_kind,
        change_engine,
        change_row_end,
        change_column_count,
        change_column_name,
        change_type,
        change_layout,
        change_sign,
        change_nullable,
        change_invisible,
        change_generated,
        change_special,
        change_label,
        change_label_count,
        change_default,
        change_column_comment,
        change_collation,
        change_column_collation,
        change_index_columns,
        change_expression,
        change_index_count,
    };
    leat_mysql_definition *original = rich();
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        leat_mysql_definition *copy = leat_mysql_definition_copy(original);
        changes[i](copy);
        assert_false(leat_mysql_definition_equal(copy, original));
        assert_false(leat_mysql_definition_equal(original, copy));
        leat_mysql_definition_free(copy);
    }
    leat_mysql_definition_free(original);
}

static void columns_are_found_in_any_case(void **state)
{
    (void)state;
    leat_mysql_definition *definition = rich();
    assert_ptr_equal(leat_mysql_definition_column(definition, "PRICE"), &definition->columns[1]);
    assert_ptr_equal(leat_mysql_definition_column(definition, "id"), &definition->columns[0]);
    assert_null(leat_mysql_definition_column(definition, "pric"));
    leat_mysql_definition_free(definition);
}

/* ---- Keys ---- */

enum { MOST = 3 };

typedef struct index_case {
    const char *name;
    const char *columns[MOST];
    bool expression;
} index_case;

/* Columns: id, a, b NOT NULL; n nullable; row_end of a versioned table. */
static const struct {
    leat_mysql_table_kind kind;
    index_case indexes[MOST];
    size_t key[MOST];
    size_t count;
} key_cases[] = {
    {LEAT_MYSQL_BASE_TABLE, {{NULL, {NULL}, false}}, {0}, 0},
    {LEAT_MYSQL_BASE_TABLE, {{"PRIMARY", {"b", "id"}, false}}, {2, 0}, 2},
    {LEAT_MYSQL_BASE_TABLE, {{"u", {"a"}, false}, {"PRIMARY", {"ID"}, false}}, {0}, 1},
    {LEAT_MYSQL_BASE_TABLE,
     {{"u1", {"n"}, false}, {"u2", {"a", "b"}, false}, {"u3", {"id"}, false}},
     {1, 2},
     2},
    {LEAT_MYSQL_BASE_TABLE, {{"u1", {"a", "n"}, false}}, {0}, 0},
    {LEAT_MYSQL_BASE_TABLE, {{"u1", {"a"}, true}, {"u2", {"b"}, false}}, {2}, 1},
    {LEAT_MYSQL_BASE_TABLE, {{"u1", {"gone"}, false}}, {0}, 0},
    {LEAT_MYSQL_BASE_TABLE, {{"PRIMARY", {"n"}, false}}, {3}, 1},
    {LEAT_MYSQL_VERSIONED_TABLE, {{"PRIMARY", {"id", "row_end"}, false}}, {0}, 1},
    {LEAT_MYSQL_VERSIONED_TABLE, {{"u", {"row_end", "b"}, false}}, {2}, 1},
    {LEAT_MYSQL_BASE_TABLE, {{"PRIMARY", {"id", "row_end"}, false}}, {0, 4}, 2},
};

static void fill_indexes(leat_mysql_definition *definition, const index_case *cases)
{
    leat_mysql_index *indexes = leat_arena_allocate_array(&definition->arena, MOST, sizeof *indexes);
    size_t count = 0;
    for (; count < MOST && cases[count].name != NULL; count++) {
        size_t columns = 0;
        while (columns < MOST && cases[count].columns[columns] != NULL)
            columns++;
        indexes[count] = (leat_mysql_index){.name = cases[count].name,
                                            .columns = cases[count].columns,
                                            .column_count = columns,
                                            .expression = cases[count].expression};
    }
    definition->indexes = indexes;
    definition->index_count = count;
}

static void the_key_is_what_tells_living_rows_apart(void **state)
{
    (void)state;
    static const leat_mysql_column columns[] = {
        {.name = "id", .type_text = "int", .layout = INT},
        {.name = "a", .type_text = "int", .layout = INT},
        {.name = "b", .type_text = "int", .layout = INT},
        {.name = "n", .type_text = "int", .layout = INT, .nullable = true},
        {.name = "row_end",
         .type_text = "timestamp(6)",
         .layout = {.type = LEAT_MYSQL_TIMESTAMP2, .scale = 6}},
    };
    for (size_t i = 0; i < sizeof key_cases / sizeof *key_cases; i++) {
        leat_mysql_definition *definition = leat_mysql_definition_new("d", "t");
        definition->kind = key_cases[i].kind;
        definition->row_end = definition->kind == LEAT_MYSQL_VERSIONED_TABLE ? "ROW_END" : NULL;
        set_columns(definition, columns, sizeof columns / sizeof *columns);
        fill_indexes(definition, key_cases[i].indexes);
        leat_arena arena = {0};
        size_t count = 42;
        const size_t *key = leat_mysql_definition_key(definition, &arena, &count);
        assert_int_equal(count, key_cases[i].count);
        for (size_t j = 0; j < count; j++)
            assert_int_equal(key[j], key_cases[i].key[j]);
        leat_arena_free(&arena);
        leat_mysql_definition_free(definition);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_into_the_notebook_and_back),
        cmocka_unit_test(a_table_without_columns_goes_both_ways),
        cmocka_unit_test(other_texts_are_no_definitions),
        cmocka_unit_test(a_copy_stands_alone),
        cmocka_unit_test(every_difference_is_seen),
        cmocka_unit_test(columns_are_found_in_any_case),
        cmocka_unit_test(the_key_is_what_tells_living_rows_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
