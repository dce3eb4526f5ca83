/* libleat's public header, as a program that embeds it uses it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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
    assert_int_equal(leat_run("/no/such/shop.yaml", true, NULL, message, sizeof message), 2);
    assert_non_null(strstr(message, "/no/such/shop.yaml"));
    /* Nobody needs to listen. */
    assert_int_equal(leat_run("/no/such/shop.yaml", true, NULL, NULL, 0), 2);
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
    assert_int_equal(leat_run(path, true, NULL, message, sizeof message), 2);
    assert_true(strncmp(message, path, strlen(path)) == 0);
    assert_null(strchr(message, '\n'));
    char small[8] = "xxxxxxx";
    assert_int_equal(leat_run(path, true, NULL, small, sizeof small), 2);
    assert_int_equal(strlen(small), sizeof small - 1);

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
        cmocka_unit_test(the_version_is_three_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
