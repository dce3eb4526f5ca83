/* That a state file's position serves one sink only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "pipeline/destination.h"
#include "temporary_folder.h"

typedef struct fixture {
    temporary_folder folder;
    leat_state *state;
    leat_error error;
} fixture;

static int start(void **context)
{
    fixture *test = leat_allocate(sizeof *test);
    char path[TEMPORARY_PATH_SIZE];
    temporary_folder_make(&test->folder);
    temporary_path(&test->folder, "leat.db", path);
    assert_int_equal(leat_state_open(path, "shop", false, &test->state, &test->error), LEAT_OK);
    *context = test;
    return 0;
}

static int stop(void **context)
{
    fixture *test = *context;
    leat_state_close(test->state);
    temporary_folder_remove(&test->folder);
    leat_release(test);
    return 0;
}

static leat_status settle(fixture *test, const char *type, const char *prefix)
{
    leat_config config = {.sink = {.type = type, .kind = leat_sink_kind_find(type), .prefix = prefix}};
    return leat_destination_settle(&config, test->state, &test->error);
}

static void stand_at(fixture *test, const char *log)
{
    leat_position position = {0};
    leat_position_set(&position, log, NULL, 0);
    assert_int_equal(leat_state_position_put(test->state, &position, 0, 0, &test->error), LEAT_OK);
    assert_int_equal(leat_state_commit(test->state, &test->error), LEAT_OK);
    leat_position_clear(&position);
}

static void another_sink_is_refused_once_there_is_a_position(void **context)
{
    fixture *test = *context;
    static const struct {
        const char *type;
        const char *prefix;
        const char *named;
    } others[] = {{"kafka", "shop", "kafka with the prefix shop"}, {"stdout", "shop", "stdout"}};
    assert_int_equal(settle(test, "file", "shop"), LEAT_OK);
    stand_at(test, "0/1");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(settle(test, others[i].type, others[i].prefix), LEAT_OPERATOR);
        assert_non_null(strstr(test->error.message, others[i].named));
        assert_non_null(strstr(test->error.message, "file"));
        assert_non_null(strstr(test->error.message, "0/1"));
    }
    assert_int_equal(settle(test, "file", "other"), LEAT_OK);
}

static void topics_of_another_prefix_are_others(void **context)
{
    fixture *test = *context;
    assert_int_equal(settle(test, "kafka", "shop"), LEAT_OK);
    stand_at(test, "0/1");
    assert_int_equal(settle(test, "kafka", "shop"), LEAT_OK);
    assert_int_equal(settle(test, "kafka", "other"), LEAT_OPERATOR);
}

static void before_the_first_position_any_sink_will_do(void **context)
{
    fixture *test = *context;
    assert_int_equal(settle(test, "stdout", "shop"), LEAT_OK);
    assert_int_equal(settle(test, "kafka", "shop"), LEAT_OK);
    stand_at(test, "0/1");
    assert_int_equal(settle(test, "kafka", "shop"), LEAT_OK);
    assert_int_equal(settle(test, "stdout", "shop"), LEAT_OPERATOR);
}

/* As leat left it before it remembered sinks. */
static void a_position_of_an_unknown_sink_is_taken_for_the_present_ones(void **context)
{
    fixture *test = *context;
    stand_at(test, "0/1");
    assert_int_equal(settle(test, "file", "shop"), LEAT_OK);
    assert_int_equal(settle(test, "stdout", "shop"), LEAT_OPERATOR);
}

#define WITH_STATE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STATE(another_sink_is_refused_once_there_is_a_position),
        WITH_STATE(topics_of_another_prefix_are_others),
        WITH_STATE(before_the_first_position_any_sink_will_do),
        WITH_STATE(a_position_of_an_unknown_sink_is_taken_for_the_present_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
