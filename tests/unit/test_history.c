/* The schema history: which version a definition is, over repeats, changes, renames, restarts and rollbacks.
 */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "history/history.h"
#include "temporary_folder.h"

typedef struct fixture {
    temporary_folder folder;
    char path[TEMPORARY_PATH_SIZE];
    leat_state *state;
    leat_history *history;
    leat_schema_options options;
    leat_error error;
    bool replayed; /* what is settled was recorded before a restart, in a transaction that was cut */
} fixture;

static void open_all(fixture *test)
{
    assert_int_equal(leat_state_open(test->path, "shop", false, &test->state, &test->error), LEAT_OK);
    test->history = leat_history_open(test->state, &test->options, NULL);
}

static void close_all(fixture *test)
{
    leat_history_close(test->history);
    leat_state_close(test->state);
}

static void reopen_all(fixture *test)
{
    close_all(test);
    open_all(test);
}

static int set_up(void **context)
{
    fixture *test = leat_allocate(sizeof *test);
    temporary_folder_make(&test->folder);
    temporary_path(&test->folder, "leat.db", test->path);
    test->options = (leat_schema_options){.envelope = LEAT_ENVELOPE_FLAT, .prefix = "shop"};
    open_all(test);
    *context = test;
    return 0;
}

static int tear_down(void **context)
{
    fixture *test = *context;
    close_all(test);
    temporary_folder_remove(&test->folder);
    leat_release(test);
    return 0;
}

static const leat_avro_type long_type = {.kind = LEAT_AVRO_LONG};
static const leat_avro_type string_type = {.kind = LEAT_AVRO_STRING};

static leat_encoding encode_nothing(const leat_encoder *encoder, leat_slice native, leat_buffer *out)
{
    (void)encoder;
    (void)native;
    (void)out;
    return LEAT_MALFORMED;
}

/* A table with an id as its key and `texts` columns of text. A definition of its own each time. */
static leat_table *make_table(const char *name, unsigned texts)
{
    leat_table *table = leat_table_new();
    table->database = "db";
    table->schema = "public";
    table->name = leat_arena_string(&table->arena, name);
    table->column_count = texts + 1;
    table->columns = leat_arena_allocate_array(&table->arena, table->column_count, sizeof *table->columns);
    for (unsigned i = 0; i < table->column_count; i++)
        table->columns[i] = (leat_column){
            .name = i == 0 ? "id" : leat_arena_printf(&table->arena, "text_%u", i),
            .type_text = i == 0 ? "bigint" : "text",
            .attribute = (int)i + 1,
            .nullable = i > 0,
            .encoder = {.encode = encode_nothing, .type = i == 0 ? &long_type : &string_type},
        };
    leat_table_set_key(table, (const size_t[]){0}, 1);
    return table;
}

/* Settles a definition that nobody else holds. */
static const leat_table_version *settle_at(fixture *test, const char *name, unsigned texts,
                                           const char *position, bool expect_fresh)
{
    leat_table *table = make_table(name, texts);
    const leat_table_version *version;
    bool fresh;
    assert_int_equal(
        leat_history_settle(test->history, table, position, test->replayed, &version, &fresh, &test->error),
        LEAT_OK);
    assert_int_equal(fresh, expect_fresh);
    leat_table_release(table);
    return version;
}

static const leat_table_version *settle(fixture *test, const char *name, unsigned texts, bool expect_fresh)
{
    return settle_at(test, name, texts, "0/1", expect_fresh);
}

static void commit(fixture *test)
{
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
}

static size_t count_recorded(fixture *test, const char *table)
{
    leat_arena arena = {0};
    leat_state_version *versions;
    size_t count;
    assert_int_equal(leat_state_version_list(test->state, table, &arena, &versions, &count, &test->error),
                     LEAT_OK);
    leat_arena_free(&arena);
    return count;
}

static void a_replayed_definition_is_the_version_it_was(void **context)
{
    fixture *test = *context;
    settle(test, "orders", 1, true);
    settle(test, "orders", 2, true);
    commit(test);
    leat_history_close(test->history);
    test->history = leat_history_open(test->state, &test->options, NULL);
    test->replayed = true;
    assert_int_equal(settle(test, "orders", 1, false)->number, 1);
    assert_int_equal(settle(test, "orders", 2, false)->number, 2);
    test->replayed = false;
    assert_int_equal(settle(test, "orders", 1, true)->number, 3);
}

static void the_first_definition_is_version_1(void **context)
{
    fixture *test = *context;
    const leat_table_version *version = settle_at(test, "orders", 2, "0/16B3748+tx@3", true);
    assert_int_equal(version->number, 1);
    assert_string_equal(version->table->name, "orders");
    json_t *schema = json_loads(version->value_schema, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(schema, "type")), "record");
    json_decref(schema);
    assert_non_null(version->key_schema);
    assert_int_equal(strlen(version->fingerprint), 64);
    commit(test);
    leat_arena arena = {0};
    leat_state_version *recorded;
    size_t count;
    assert_int_equal(
        leat_state_version_list(test->state, "public.orders", &arena, &recorded, &count, &test->error),
        LEAT_OK);
    assert_int_equal(count, 1);
    assert_int_equal(recorded[0].number, 1);
    assert_string_equal(recorded[0].position, "0/16B3748+tx@3");
    assert_string_equal(recorded[0].value_schema, version->value_schema);
    assert_string_equal(recorded[0].fingerprint, version->fingerprint);
    assert_true(recorded[0].seen_at > INT64_C(1700000000) * 1000000);
    json_t *definition = json_loads(recorded[0].definition, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(definition, "columns")), 3);
    json_decref(definition);
    leat_arena_free(&arena);
}

static void repeats_are_the_same_object_and_keep_nothing(void **context)
{
    fixture *test = *context;
    const leat_table_version *first = settle(test, "orders", 2, true);
    const leat_table *kept = first->table;
    /* The sanitizers would tell if each repeat were held. */
    for (unsigned i = 0; i < 1000; i++)
        assert_ptr_equal(settle(test, "orders", 2, false), first);
    assert_ptr_equal(first->table, kept);
    assert_int_equal(first->table->holders, 1);
    commit(test);
    assert_int_equal(count_recorded(test, "public.orders"), 1);
}

static void a_change_is_the_next_version_and_the_old_one_lives_on(void **context)
{
    fixture *test = *context;
    const leat_table_version *first = settle(test, "orders", 1, true);
    const leat_table_version *second = settle(test, "orders", 2, true);
    assert_int_equal(second->number, 2);
    assert_string_not_equal(first->fingerprint, second->fingerprint);
    assert_int_equal(first->number, 1);
    assert_int_equal(first->table->column_count, 2);
    assert_int_equal(second->table->column_count, 3);
}

static void back_to_an_old_definition_is_a_new_version(void **context)
{
    fixture *test = *context;
    settle(test, "orders", 1, true);
    settle(test, "orders", 2, true);
    assert_int_equal(settle(test, "orders", 1, true)->number, 3);
    assert_int_equal(settle(test, "orders", 1, false)->number, 3);
}

static void tables_count_for_themselves(void **context)
{
    fixture *test = *context;
    settle(test, "orders", 1, true);
    settle(test, "orders", 2, true);
    assert_int_equal(settle(test, "customers", 2, true)->number, 1);
    assert_int_equal(settle(test, "orders", 2, false)->number, 2);
}

static void a_rename_swap_gives_both_names_new_versions(void **context)
{
    fixture *test = *context;
    assert_int_equal(settle(test, "a", 1, true)->number, 1);
    assert_int_equal(settle(test, "a_new", 2, true)->number, 1);
    /* a is now a_old, and a_new is a. */
    assert_int_equal(settle(test, "a", 2, true)->number, 2);
    assert_int_equal(settle(test, "a_old", 1, true)->number, 1);
}

static void a_restart_goes_on_where_it_stood(void **context)
{
    fixture *test = *context;
    settle(test, "orders", 1, true);
    settle(test, "orders", 2, true);
    commit(test);
    reopen_all(test);
    assert_int_equal(settle(test, "orders", 2, false)->number, 2);
    assert_int_equal(settle(test, "orders", 3, true)->number, 3);
}

static void what_was_not_committed_is_numbered_again(void **context)
{
    fixture *test = *context;
    settle(test, "orders", 1, true);
    commit(test);
    settle(test, "orders", 2, true);
    reopen_all(test);
    assert_int_equal(count_recorded(test, "public.orders"), 1);
    assert_int_equal(settle(test, "orders", 3, true)->number, 2);
}

static void another_envelope_is_a_new_version(void **context)
{
    fixture *test = *context;
    char *before = leat_duplicate_string(settle(test, "orders", 1, true)->value_schema);
    commit(test);
    test->options.envelope = LEAT_ENVELOPE_DEBEZIUM;
    reopen_all(test);
    const leat_table_version *version = settle(test, "orders", 1, true);
    assert_int_equal(version->number, 2);
    assert_string_not_equal(version->value_schema, before);
    leat_release(before);
    commit(test);
    reopen_all(test);
    assert_int_equal(settle(test, "orders", 1, false)->number, 2);
}

/* Its values are gone although it looks the same: only the attribute's number tells. */
static void a_column_dropped_and_added_again_is_a_new_version(void **context)
{
    fixture *test = *context;
    settle(test, "orders", 1, true);
    commit(test);
    reopen_all(test);
    leat_table *table = make_table("orders", 1);
    table->columns[1].attribute = 3;
    const leat_table_version *version;
    bool fresh;
    assert_int_equal(leat_history_settle(test->history, table, "0/2", false, &version, &fresh, &test->error),
                     LEAT_OK);
    assert_true(fresh);
    assert_int_equal(version->number, 2);
    leat_table_release(table);
}

static void a_failed_unit_is_told_of(void **context)
{
    fixture *test = *context;
    leat_state_version same = {.table = "public.x",
                               .number = 1,
                               .fingerprint = "",
                               .position = "",
                               .value_schema = "",
                               .definition = ""};
    assert_int_equal(leat_state_version_put(test->state, &same, &test->error), LEAT_OK);
    assert_int_equal(leat_state_version_put(test->state, &same, &test->error), LEAT_FAILED);
    leat_table *table = make_table("orders", 1);
    const leat_table_version *version;
    bool fresh;
    assert_int_equal(leat_history_settle(test->history, table, "0/1", false, &version, &fresh, &test->error),
                     LEAT_FAILED);
    assert_non_null(strstr(test->error.message, "public.orders"));
    leat_table_release(table);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_replayed_definition_is_the_version_it_was),
        TEST(the_first_definition_is_version_1),
        TEST(repeats_are_the_same_object_and_keep_nothing),
        TEST(a_change_is_the_next_version_and_the_old_one_lives_on),
        TEST(back_to_an_old_definition_is_a_new_version),
        TEST(tables_count_for_themselves),
        TEST(a_rename_swap_gives_both_names_new_versions),
        TEST(a_restart_goes_on_where_it_stood),
        TEST(what_was_not_committed_is_numbered_again),
        TEST(another_envelope_is_a_new_version),
        TEST(a_column_dropped_and_added_again_is_a_new_version),
        TEST(a_failed_unit_is_told_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
