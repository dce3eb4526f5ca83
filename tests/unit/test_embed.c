/* libleat's public header, as a program that embeds it uses it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/memory.h"
#include "demo/scratch.h"
#include "leat/leat.h"

enum { MESSAGE_SIZE = 256 };

static void a_config_that_is_not_there_is_named(void **state)
{
    (void)state;
    char message[MESSAGE_SIZE];
    assert_int_equal(leat_run("/no/such/shop.yaml", true, (leat_stop){0}, message, sizeof message), 2);
    assert_non_null(strstr(message, "/no/such/shop.yaml"));
    /* Nobody needs to listen. */
    assert_int_equal(leat_run("/no/such/shop.yaml", true, (leat_stop){0}, NULL, 0), 2);
}

static void the_first_mistake_is_said_and_cut_to_fit(void **state)
{
    (void)state;
    char *folder;
    leat_error error;
    leat_arena arena = {0};
    assert_int_equal(leat_scratch_make("leat-test", &folder, &error), LEAT_OK);
    const char *path = leat_arena_printf(&arena, "%s/shop.yaml", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("name: shop\nsorce: {type: postgres}\n", file);
    fclose(file);

    char message[MESSAGE_SIZE];
    assert_int_equal(leat_run(path, true, (leat_stop){0}, message, sizeof message), 2);
    assert_true(strncmp(message, path, strlen(path)) == 0);
    assert_null(strchr(message, '\n'));
    char small[8] = "xxxxxxx";
    assert_int_equal(leat_run(path, true, (leat_stop){0}, small, sizeof small), 2);
    assert_int_equal(strlen(small), sizeof small - 1);

    leat_scratch_remove(folder);
    leat_arena_free(&arena);
    leat_release(folder);
}

/* ---- Two pipelines in one program ---- */

/* A pipeline in a thread of its own, whose database nobody listens for: it tries until it is stopped. */
typedef struct embedded {
    const char *config;
    atomic_bool stop;
    atomic_uint asked; /* how often it has asked whether to stop */
    atomic_bool ended;
    int exit_code;
    pthread_t thread;
} embedded;

static bool is_to_stop(void *context)
{
    embedded *pipeline = context;
    atomic_fetch_add(&pipeline->asked, 1);
    return atomic_load(&pipeline->stop);
}

static void *run_pipeline(void *context)
{
    embedded *pipeline = context;
    leat_stop stop = {.requested = is_to_stop, .context = pipeline};
    pipeline->exit_code = leat_run(pipeline->config, false, stop, NULL, 0);
    atomic_store(&pipeline->ended, true);
    return NULL;
}

static void start_pipeline(embedded *pipeline, const char *folder, const char *name, leat_arena *arena)
{
    pipeline->config = leat_arena_printf(arena, "%s/%s.yaml", folder, name);
    FILE *file = fopen(pipeline->config, "w");
    assert_non_null(file);
    fprintf(
        file,
        "name: %s\nsource: {type: postgres, url: \"host=127.0.0.1 port=1 dbname=shop\", tables: [public.*]}\n"
        "sink: {type: stdout}\nlog: {level: error}\n",
        name);
    fclose(file);
    assert_int_equal(pthread_create(&pipeline->thread, NULL, run_pipeline, pipeline), 0);
}

/* Until it has asked once more than now, or has ended. */
static void await_question(embedded *pipeline)
{
    unsigned before = atomic_load(&pipeline->asked);
    while (atomic_load(&pipeline->asked) == before && !atomic_load(&pipeline->ended))
        sched_yield();
}

static void one_of_two_pipelines_is_stopped(void **state)
{
    (void)state;
    char *folder;
    leat_error error;
    leat_arena arena = {0};
    assert_int_equal(leat_scratch_make("leat-test", &folder, &error), LEAT_OK);
    embedded first = {.exit_code = -1};
    embedded second = {.exit_code = -1};
    start_pipeline(&first, folder, "first", &arena);
    start_pipeline(&second, folder, "second", &arena);
    await_question(&first);
    await_question(&second);

    atomic_store(&first.stop, true);
    pthread_join(first.thread, NULL);
    assert_int_equal(first.exit_code, 0);
    await_question(&second); /* which the first one's end has not touched */
    assert_false(atomic_load(&second.ended));

    atomic_store(&second.stop, true);
    pthread_join(second.thread, NULL);
    assert_int_equal(second.exit_code, 0);
    leat_scratch_remove(folder);
    leat_arena_free(&arena);
    leat_release(folder);
}

static void the_version_is_three_numbers(void **state)
{
    (void)state;
    unsigned major, minor, patch;
    char rest;
    assert_int_equal(sscanf(leat_version(), "%u.%u.%u%c", &major, &minor, &patch, &rest), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_config_that_is_not_there_is_named),
        cmocka_unit_test(the_first_mistake_is_said_and_cut_to_fit),
        cmocka_unit_test(one_of_two_pipelines_is_stopped),
        cmocka_unit_test(the_version_is_three_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
