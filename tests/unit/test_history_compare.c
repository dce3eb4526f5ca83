/* What is said to be different between two definitions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "event/schema.h"
#include "history/compare.h"

/* Columns as JSON, for definitions that no connector of ours makes alone. */
#define COLUMN(name, attribute, rest)                                                                        \
    "{\"name\":\"" name "\",\"field\":\"" name "\",\"attribute\":" #attribute                                \
    ",\"avro\":\"int\",\"leat.type\":\"integer\",\"leat.nullable\":true" rest "}"
#define TABLE(columns) "{\"columns\":[" columns "],\"table\":\"t\"}"

typedef struct sample {
    const char *hazard;
    const char *older;
    const char *newer;
    const char *expected; /* "kind column from to\n" for each; '-' for NULL */
} sample;

static const sample samples[] = {
    {"nothing", TABLE(COLUMN("a", 1, "")), TABLE(COLUMN("a", 1, "")), ""},
    {"added_and_dropped", TABLE(COLUMN("a", 1, "") "," COLUMN("b", 2, "")),
     TABLE(COLUMN("a", 1, "") "," COLUMN("c", 3, "")), "added c - integer\ndropped b integer -\n"},
    {"moved_is_nothing", TABLE(COLUMN("a", 1, "") "," COLUMN("b", 2, "")),
     TABLE(COLUMN("b", 2, "") "," COLUMN("a", 1, "")), ""},
    {"renamed_by_number", TABLE(COLUMN("a", 1, "")), TABLE(COLUMN("z", 1, "")), "renamed z a z\n"},
    {"two_swap_their_names", TABLE(COLUMN("a", 1, "") "," COLUMN("b", 2, "")),
     TABLE(COLUMN("b", 1, "") "," COLUMN("a", 2, "")), "renamed b a b\nrenamed a b a\n"},
    {"dropped_and_added_again_under_its_name", TABLE(COLUMN("a", 1, "")), TABLE(COLUMN("a", 2, "")),
     "added a - integer\ndropped a integer -\n"},
    {"without_numbers_the_name_is_it", TABLE(COLUMN("a", 0, "")), TABLE(COLUMN("b", 0, "")),
     "added b - integer\ndropped a integer -\n"},
    {"one_side_without_numbers", TABLE(COLUMN("a", 0, "")), TABLE(COLUMN("a", 5, "")), ""},
    {"default_comes_and_goes", TABLE(COLUMN("a", 1, ",\"leat.default\":\"7\"")), TABLE(COLUMN("a", 1, "")),
     "default a 7 -\n"},
    {"comment_of_a_column", TABLE(COLUMN("a", 1, "")), TABLE(COLUMN("a", 1, ",\"leat.comment\":\"x\"")),
     "comment a - x\n"},
    {"comment_of_the_table", "{\"columns\":[],\"comment\":\"x\"}", "{\"columns\":[],\"comment\":\"y\"}",
     "comment - x y\n"},
    {"labels", TABLE(COLUMN("a", 1, ",\"leat.enum\":[\"x\",\"y\"]")),
     TABLE(COLUMN("a", 1, ",\"leat.enum\":[\"x\",\"z\",\"y\"]")), "labels a x,y x,z,y\n"},
    {"another_name_of_the_field", TABLE("{\"name\":\"a b\",\"field\":\"a_b\",\"avro\":\"int\"}"),
     TABLE("{\"name\":\"a b\",\"field\":\"a_b_2\",\"avro\":\"int\"}"), "encoding a b - -\n"},
    {"another_avro_type", TABLE("{\"name\":\"a\",\"field\":\"a\",\"avro\":\"int\"}"),
     TABLE("{\"name\":\"a\",\"field\":\"a\",\"avro\":\"string\"}"), "encoding a - -\n"},
    {"key_gone", TABLE(COLUMN("a", 1, ",\"key\":1")), TABLE(COLUMN("a", 1, "")), "key - a -\n"},
    {"key_in_another_order", TABLE(COLUMN("a", 1, ",\"key\":1") "," COLUMN("b", 2, ",\"key\":2")),
     TABLE(COLUMN("a", 1, ",\"key\":2") "," COLUMN("b", 2, ",\"key\":1")), "key - a,b b,a\n"},
    {"a_renamed_key_is_the_same_key", TABLE(COLUMN("a", 1, ",\"key\":1")),
     TABLE(COLUMN("b", 1, ",\"key\":1")), "renamed b a b\n"},
};

static const char *shown(const char *text)
{
    return text != NULL ? text : "-";
}

static void expect(const char *hazard, const char *older, const char *newer, const char *expected)
{
    leat_arena arena = {0};
    leat_buffer text = {0};
    leat_definition_change *changes;
    size_t count;
    leat_error error;
    assert_int_equal(leat_history_compare(older, newer, &arena, &changes, &count, &error), LEAT_OK);
    for (size_t i = 0; i < count; i++)
        leat_buffer_printf(&text, "%s %s %s %s\n", leat_change_kind_name(changes[i].kind),
                           shown(changes[i].column), shown(changes[i].from), shown(changes[i].to));
    if (strcmp(leat_buffer_string(&text), expected) != 0)
        fail_msg("%s:\n%sinstead of:\n%s", hazard, leat_buffer_string(&text), expected);
    leat_buffer_free(&text);
    leat_arena_free(&arena);
}

static void differences_are_what_they_are(void **context)
{
    (void)context;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        expect(samples[i].hazard, samples[i].older, samples[i].newer, samples[i].expected);
}

/* As a connector describes a table: the texts of leat_schema_definition are what is compared. */
static void real_definitions_are_understood(void **context)
{
    (void)context;
    static const leat_avro_type narrow = {.kind = LEAT_AVRO_INT};
    static const leat_avro_type wide = {.kind = LEAT_AVRO_LONG};
    leat_table *table = leat_table_new();
    table->database = "db";
    table->schema = "public";
    table->name = "orders";
    table->column_count = 1;
    table->columns = leat_arena_allocate_array(&table->arena, 1, sizeof *table->columns);
    table->columns[0] =
        (leat_column){.name = "id", .type_text = "integer", .attribute = 1, .encoder.type = &narrow};
    char *older = leat_schema_definition(table);
    table->columns[0].type_text = "bigint";
    table->columns[0].encoder.type = &wide;
    table->columns[0].nullable = true;
    char *newer = leat_schema_definition(table);
    expect("retyped", older, newer, "retyped id integer bigint\nnullability id not null null\n");
    expect("back", newer, older, "retyped id bigint integer\nnullability id null not null\n");
    leat_release(older);
    leat_release(newer);
    leat_table_release(table);
}

static void what_is_no_definition_is_refused(void **context)
{
    (void)context;
    static const char *const bad[] = {
        "", "[]", "{}", "{\"columns\":7}", "{\"columns\":[{}]}", "{\"columns\":[7]}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        leat_arena arena = {0};
        leat_definition_change *changes;
        size_t count;
        leat_error error;
        assert_int_equal(leat_history_compare(bad[i], TABLE(""), &arena, &changes, &count, &error),
                         LEAT_FAILED);
        assert_int_equal(leat_history_compare(TABLE(""), bad[i], &arena, &changes, &count, &error),
                         LEAT_FAILED);
        leat_arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_what_they_are),
        cmocka_unit_test(real_definitions_are_understood),
        cmocka_unit_test(what_is_no_definition_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
