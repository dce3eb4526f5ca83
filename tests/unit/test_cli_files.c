/* Which files a path means, and in what order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "demo/scratch.h"
#include "reader/event_files.h"

static char *path_in(const char *folder, const char *name)
{
    leat_buffer path = {0};
    leat_buffer_printf(&path, "%s/%s", folder, name);
    return leat_buffer_detach_string(&path);
}

/* Makes the file and the folders above it. */
static void make_file(const char *folder, const char *name)
{
    char *path = path_in(folder, name);
    for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    leat_release(path);
}

static int make_folder(void **state)
{
    char *folder;
    leat_error error;
    if (leat_scratch_make("leat-test", &folder, &error) != LEAT_OK)
        return -1;
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    leat_scratch_remove(*state);
    int left = access(*state, F_OK) == 0 ? -1 : 0;
    leat_release(*state);
    return left;
}

static void a_folder_means_its_finished_files_in_log_order(void **state)
{
    const char *folder = *state;
    static const char *const names[] = {
        "public.b/v=1/dt=2026-03-10/0001-0002.avro", "public.a/v=10/dt=2026-03-11/0009-000A.avro",
        "public.a/v=2/dt=2026-03-10/0005-0008.avro", "public.a/v=2/dt=2026-03-10/0003-0004.avro",
        "public.a/v=2/dt=2026-03-11/0009-0009.avro", "public.a/v=2/dt=2026-03-11/.000B.avro",
        "public.a/v=2/dt=2026-03-11/0009-0009.crc",  "_schema/changes.jsonl",
        ".hidden/v=1/dt=2026-03-10/0001-0002.avro",
    };
    static const char *const expected[] = {
        "public.a/v=2/dt=2026-03-10/0003-0004.avro", "public.a/v=2/dt=2026-03-10/0005-0008.avro",
        "public.a/v=2/dt=2026-03-11/0009-0009.avro", "public.a/v=10/dt=2026-03-11/0009-000A.avro",
        "public.b/v=1/dt=2026-03-10/0001-0002.avro",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        make_file(folder, names[i]);
    leat_event_files files = {0};
    leat_error error;
    assert_int_equal(leat_event_files_add(&files, folder, &error), LEAT_OK);
    assert_int_equal(files.count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < files.count; i++)
        assert_string_equal(files.paths[i] + strlen(folder) + 1, expected[i]);
    leat_event_files_free(&files);
}

static void a_file_means_itself_whatever_its_name(void **state)
{
    const char *folder = *state;
    make_file(folder, ".growing");
    char *path = path_in(folder, ".growing");
    leat_event_files files = {0};
    leat_error error;
    assert_int_equal(leat_event_files_add(&files, path, &error), LEAT_OK);
    assert_int_equal(files.count, 1);
    assert_string_equal(files.paths[0], path);
    leat_event_files_free(&files);
    leat_release(path);
}

static void a_link_to_a_folder_is_followed(void **state)
{
    const char *folder = *state;
    make_file(folder, "lake/a.avro");
    char *lake = path_in(folder, "lake");
    char *link = path_in(folder, "link");
    assert_int_equal(symlink(lake, link), 0);
    leat_event_files files = {0};
    leat_error error;
    assert_int_equal(leat_event_files_add(&files, link, &error), LEAT_OK);
    assert_int_equal(files.count, 1);
    leat_event_files_free(&files);
    leat_release(lake);
    leat_release(link);
}

static void nothing_there_is_said(void **state)
{
    const char *folder = *state;
    leat_event_files files = {0};
    leat_error error;
    assert_int_equal(leat_event_files_add(&files, folder, &error), LEAT_FAILED);
    assert_non_null(strstr(error.message, folder));
    assert_string_not_equal(error.mend, "");
    char *path = path_in(folder, "missing.avro");
    assert_int_equal(leat_event_files_add(&files, path, &error), LEAT_FAILED);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(files.count, 0);
    leat_event_files_free(&files);
    leat_release(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_folder_means_its_finished_files_in_log_order, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(a_file_means_itself_whatever_its_name, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_link_to_a_folder_is_followed, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(nothing_there_is_said, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
