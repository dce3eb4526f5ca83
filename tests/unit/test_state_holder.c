/* Who asks from outside whether a pipeline runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "demo/scratch.h"
#include "state/state.h"

static void a_store_names_the_process_that_writes_to_it(void **unused)
{
    (void)unused;
    char *folder;
    leat_error error;
    leat_state *writer;
    leat_state *reader;
    leat_arena arena = {0};
    assert_int_equal(leat_scratch_make("leat-test", &folder, &error), LEAT_OK);
    const char *path = leat_arena_printf(&arena, "%s/leat.db", folder);

    assert_int_equal(leat_state_open(path, "shop", false, &writer, &error), LEAT_OK);
    assert_int_equal(leat_state_open(path, "shop", true, &reader, &error), LEAT_OK);
    assert_int_equal(leat_state_holder(reader), getpid());
    /* Asking did not take the lock away, nor keep it. */
    assert_int_equal(leat_state_holder(reader), getpid());
    leat_state_close(writer);
    assert_int_equal(leat_state_holder(reader), 0);
    assert_int_equal(leat_state_open(path, "shop", false, &writer, &error), LEAT_OK);

    leat_state_close(writer);
    leat_state_close(reader);
    leat_scratch_remove(folder);
    leat_arena_free(&arena);
    leat_release(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_store_names_the_process_that_writes_to_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
