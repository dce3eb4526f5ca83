/* The relation cache, and rows made with it from messages that a server sent. The catalog is the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "pgoutput_messages.h"
#include "postgres/stream/relation.h"
#include "postgres/stream/row.h"
#include "postgres/wire/pgoutput.h"

/* Stands in for the catalog: a definition with the first column as its key, or a failure on demand. */
struct leat_postgres_catalog {
    unsigned described;
    leat_status answer;
};

leat_status leat_postgres_catalog_describe(leat_postgres_catalog *catalog,
                                           const leat_postgres_relation *relation, leat_table **table,
                                           leat_error *error)
{
    static const size_t first_column[] = {0};
    catalog->described++;
    if (catalog->answer != LEAT_OK)
        return leat_error_set(error, catalog->answer, "the server is away");
    *table = leat_table_new();
    (*table)->schema = leat_arena_string(&(*table)->arena, relation->schema);
    (*table)->name = leat_arena_string(&(*table)->arena, relation->name);
    (*table)->column_count = relation->column_count;
    (*table)->columns =
        leat_arena_allocate_array(&(*table)->arena, relation->column_count, sizeof *(*table)->columns);
    leat_table_set_key(*table, first_column, 1);
    return LEAT_OK;
}

typedef struct fixture {
    leat_postgres_catalog catalog;
    leat_postgres_relations *relations;
    leat_arena arena;
    leat_buffer bytes;
    leat_pgoutput_message message;
    leat_event event;
    leat_error error;
} fixture;

static const char *const patterns[] = {"public.*", "!public.child"};

static int set_up(void **state)
{
    fixture *test = leat_allocate(sizeof *test);
    test->relations =
        leat_postgres_relations_open(&test->catalog, patterns, sizeof patterns / sizeof patterns[0]);
    *state = test;
    return 0;
}

static int tear_down(void **state)
{
    fixture *test = *state;
    leat_postgres_relations_close(test->relations);
    leat_arena_free(&test->arena);
    leat_buffer_free(&test->bytes);
    leat_release(test);
    return 0;
}

static leat_pgoutput_message *message(fixture *test, const char *name)
{
    leat_buffer_reset(&test->bytes);
    append_message(&test->bytes, name);
    leat_arena_reset(&test->arena);
    assert_int_equal(
        leat_pgoutput_decode(leat_buffer_slice(&test->bytes), &test->arena, &test->message, &test->error),
        LEAT_OK);
    return &test->message;
}

static leat_table *learn(fixture *test, const char *name)
{
    leat_table *table = NULL;
    assert_int_equal(leat_postgres_relations_learn(test->relations, &message(test, name)->definition, &table,
                                                   &test->error),
                     LEAT_OK);
    return table;
}

static const leat_postgres_known_relation *find(fixture *test, Oid identifier)
{
    const leat_postgres_known_relation *known = NULL;
    assert_int_equal(leat_postgres_relations_find(test->relations, identifier, &known, &test->error),
                     LEAT_OK);
    return known;
}

/* ---- The cache ---- */

static void a_relation_never_announced_is_an_error(void **state)
{
    fixture *test = *state;
    const leat_postgres_known_relation *known;
    assert_int_equal(leat_postgres_relations_find(test->relations, 16397, &known, &test->error), LEAT_FAILED);
    assert_non_null(strstr(test->error.message, "16397"));
    learn(test, "relation_plain");
    assert_int_equal(leat_postgres_relations_find(test->relations, 16398, &known, &test->error), LEAT_FAILED);
}

static void an_excluded_relation_is_known_and_not_described(void **state)
{
    fixture *test = *state;
    assert_null(learn(test, "relation_child"));
    assert_null(find(test, 16418)->table);
    assert_int_equal(test->catalog.described, 0);
}

static void an_announcement_replaces_the_last_one(void **state)
{
    fixture *test = *state;
    leat_table *first = leat_table_hold(learn(test, "relation_plain"));
    leat_postgres_relation changed = {
        .identifier = 16397, .schema = "public", .name = "renamed", .replica_identity = 'f'};
    leat_table *second = NULL;
    assert_int_equal(leat_postgres_relations_learn(test->relations, &changed, &second, &test->error),
                     LEAT_OK);
    assert_ptr_not_equal(first, second);
    assert_int_equal(first->holders, 1); /* ours alone */
    assert_string_equal(find(test, 16397)->table->name, "renamed");
    assert_int_equal(find(test, 16397)->replica_identity, 'f');
    assert_int_equal(find(test, 16397)->column_count, 0);
    leat_table_release(first);
}

static void a_server_that_cannot_be_asked_is_passed_on(void **state)
{
    fixture *test = *state;
    test->catalog.answer = LEAT_RETRY;
    leat_table *table = NULL;
    assert_int_equal(leat_postgres_relations_learn(
                         test->relations, &message(test, "relation_plain")->definition, &table, &test->error),
                     LEAT_RETRY);
    assert_non_null(strstr(test->error.message, "public.plain"));
}

static void thousands_of_relations_are_told_apart(void **state)
{
    fixture *test = *state;
    enum { COUNT = 5000 };
    for (Oid i = 0; i < COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "t%u", i);
        leat_postgres_relation relation = {
            .identifier = 16384 + i * 64, .schema = "public", .name = name, .replica_identity = 'd'};
        leat_table *table;
        assert_int_equal(leat_postgres_relations_learn(test->relations, &relation, &table, &test->error),
                         LEAT_OK);
    }
    for (Oid i = COUNT; i > 0; i--) {
        char name[32];
        snprintf(name, sizeof name, "t%u", i - 1);
        assert_string_equal(find(test, 16384 + (i - 1) * 64)->table->name, name);
    }
}

/* ---- Rows ---- */

static const leat_event *row(fixture *test, const char *relation, const char *name)
{
    learn(test, relation);
    leat_pgoutput_message *change = message(test, name);
    test->event = (leat_event){0};
    assert_int_equal(leat_postgres_row_fill(find(test, change->relation), change, &test->event, &test->error),
                     LEAT_OK);
    return &test->event;
}

static bool is_value(const leat_datum *datum, const char *text)
{
    return datum->kind == LEAT_DATUM_VALUE && leat_slice_equals_string(datum->value, text);
}

static bool is_repeated(const leat_datum *datum, char byte, size_t length)
{
    if (datum->kind != LEAT_DATUM_VALUE || datum->value.length != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (datum->value.data[i] != (uint8_t)byte)
            return false;
    return true;
}

static void an_insert_has_only_a_new_row(void **state)
{
    const leat_event *event = row(*state, "relation_plain", "insert");
    assert_int_equal(event->operation, LEAT_CREATE);
    assert_null(event->before);
    assert_true(is_value(&event->after[1], "one"));
    assert_int_equal(event->after[3].kind, LEAT_DATUM_NULL);
    assert_false(event->key_changed);
}

static void an_update_without_old_tuple_has_only_a_new_row(void **state)
{
    const leat_event *event = row(*state, "relation_plain", "update_same_key");
    assert_int_equal(event->operation, LEAT_UPDATE);
    assert_null(event->before);
    assert_true(is_value(&event->after[1], "uno"));
    assert_false(event->key_changed);
}

static void a_new_key_comes_with_the_old_one_and_nothing_else(void **state)
{
    const leat_event *event = row(*state, "relation_plain", "update_new_key");
    assert_true(event->key_changed);
    assert_true(is_value(&event->before[0], "1"));
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(event->before[i].kind, LEAT_DATUM_NO_KEY);
    assert_true(is_value(&event->after[0], "2"));
    assert_int_equal(event->after[3].kind, LEAT_DATUM_NULL);
}

/* The server sends the old key because it is stored out of line, and leaves it out of the new row. */
static void a_key_stored_out_of_line_is_no_new_key(void **state)
{
    const leat_event *event = row(*state, "relation_toasted", "update_toasted_same_key");
    assert_false(event->key_changed);
    assert_null(event->before);
    assert_true(is_repeated(&event->after[0], 'k', 2500));
    assert_true(is_value(&event->after[1], "2"));

    event = row(*state, "relation_toasted", "update_toasted_new_key");
    assert_true(event->key_changed);
    assert_true(is_repeated(&event->before[0], 'k', 2500));
    assert_true(is_repeated(&event->after[0], 'z', 2500));
}

static void a_full_old_row_fills_what_was_left_out(void **state)
{
    const leat_event *event = row(*state, "relation_whole", "update_full");
    assert_true(event->key_changed);
    assert_true(is_value(&event->before[0], "1"));
    assert_true(is_repeated(&event->before[1], 'x', 3000));
    assert_true(is_value(&event->after[0], "2"));
    assert_true(is_repeated(&event->after[1], 'x', 3000));
}

static void a_delete_tells_the_key_or_the_whole_row(void **state)
{
    const leat_event *event = row(*state, "relation_plain", "delete_key");
    assert_int_equal(event->operation, LEAT_DELETE);
    assert_null(event->after);
    assert_true(is_value(&event->before[0], "2"));
    assert_int_equal(event->before[1].kind, LEAT_DATUM_NO_KEY);

    event = row(*state, "relation_whole", "delete_full");
    assert_true(is_value(&event->before[0], "2"));
    assert_true(is_repeated(&event->before[1], 'x', 3000));
}

/* A full old row may hold nulls, and these are values of the row like any other. */
static void nulls_of_a_full_old_row_stay_nulls(void **state)
{
    fixture *test = *state;
    learn(test, "relation_whole");
    leat_buffer_reset(&test->bytes);
    append_hex(&test->bytes, "55000040144f000274000000013"
                             "16e4e0002740000000131"
                             "7400000003616263");
    leat_arena_reset(&test->arena);
    assert_int_equal(
        leat_pgoutput_decode(leat_buffer_slice(&test->bytes), &test->arena, &test->message, &test->error),
        LEAT_OK);
    assert_int_equal(leat_postgres_row_fill(find(test, 16404), &test->message, &test->event, &test->error),
                     LEAT_OK);
    assert_false(test->event.key_changed);
    assert_int_equal(test->event.before[1].kind, LEAT_DATUM_NULL);
    assert_true(is_value(&test->event.after[1], "abc"));
}

static void a_row_of_another_width_is_refused(void **state)
{
    fixture *test = *state;
    learn(test, "relation_child"); /* not captured, but of two columns */
    learn(test, "relation_plain");
    leat_pgoutput_message *change = message(test, "insert");
    change->new_tuple.count = 3;
    assert_int_equal(leat_postgres_row_fill(find(test, 16397), change, &test->event, &test->error),
                     LEAT_FAILED);
    assert_non_null(strstr(test->error.message, "public.plain has 3 columns, but 4 were announced"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_relation_never_announced_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_excluded_relation_is_known_and_not_described, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_announcement_replaces_the_last_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_server_that_cannot_be_asked_is_passed_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(thousands_of_relations_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_insert_has_only_a_new_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_update_without_old_tuple_has_only_a_new_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_key_comes_with_the_old_one_and_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_stored_out_of_line_is_no_new_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_old_row_fills_what_was_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_delete_tells_the_key_or_the_whole_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nulls_of_a_full_old_row_stay_nulls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_row_of_another_width_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
