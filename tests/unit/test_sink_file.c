/* The file sink: names, layout, rolling, and places that cannot be written. */
#include "sink_lake.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "sink/file/names.h"

#define FOLDER "public.orders/v=1/dt=2026-03-10/"
#define ID(n)  "00000000000000" #n ".0000000001"

static void files_and_schemas_lie_where_they_are_promised(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 32);
    lake_finish(lake, "0/1");
    lake_expect_paths(lake, "_schema/public.orders/v=1.avsc\n" FOLDER ID(10) "-" ID(20) ".avro\n");
    char path[1024];
    snprintf(path, sizeof path, "%s/_schema/public.orders/v=1.avsc", lake->path);
    char content[1024] = {0};
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(content, 1, sizeof content - 1, file) > 0);
    fclose(file);
    content[strcspn(content, "\n")] = '\0';
    assert_string_equal(content, sample_schema_1);
}

static void a_file_tells_where_it_comes_from(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 2);
    lake_append(lake, orders, 16, 16);
    lake_finish(lake, "0/1");
    char path[1024];
    snprintf(path, sizeof path, "%s/public.orders/v=2/dt=2026-03-10/%s-%s.avro", lake->path, ID(10), ID(10));
    leat_container_reader *reader;
    assert_int_equal(leat_container_open(path, &reader, &lake->error), LEAT_OK);
    assert_string_equal(leat_container_schema(reader), sample_schema_2);
    assert_true(leat_slice_equals_string(leat_container_metadata(reader, "leat.pipeline"), "shop"));
    assert_true(leat_slice_equals_string(leat_container_metadata(reader, "leat.table"), "public.orders"));
    assert_true(leat_slice_equals_string(leat_container_metadata(reader, "leat.version"), "2"));
    assert_true(leat_slice_equals_string(leat_container_metadata(reader, "leat.first"), ID(10)));
    leat_container_reader_close(reader);
}

static void expect_table_part(const char *schema, const char *name, const char *expected)
{
    leat_table table = {.database = "db", .schema = schema, .name = name};
    char *part = leat_file_name_of_table(&table);
    assert_string_equal(part, expected);
    leat_release(part);
}

static void names_are_made_safe(void **context)
{
    (void)context;
    expect_table_part("public", "orders", "public.orders");
    expect_table_part(NULL, "orders", "db.orders");
    expect_table_part("Größe", "Ñ 1", "Größe.Ñ 1");
    expect_table_part("a/b", "../c", "a%2Fb...%2Fc");
    expect_table_part("..", "..", "%2E%2E...");
    expect_table_part("_private", "_x", "%5Fprivate._x");
    expect_table_part("100%", "a\nb\x7f", "100%25.a%0Ab%7F");
    /* Two tables never share a folder. */
    expect_table_part("a.b", "c", "a%2Eb.c");
    expect_table_part("a", "b.c", "a.b.c");
}

static void names_that_are_too_long_are_cut_and_stay_apart(void **context)
{
    (void)context;
    char one[400];
    char other[400];
    memset(one, '/', sizeof one);
    one[90] = '\0';
    memcpy(other, one, sizeof one);
    other[89] = 'x';
    leat_table first = {.schema = "s", .name = one};
    leat_table second = {.schema = "s", .name = other};
    char *first_part = leat_file_name_of_table(&first);
    char *second_part = leat_file_name_of_table(&second);
    assert_true(strlen(first_part) <= 255);
    assert_true(strlen(second_part) <= 255);
    assert_string_not_equal(first_part, second_part);
    assert_non_null(strstr(first_part, "%~"));
    leat_release(first_part);
    leat_release(second_part);
}

static void tables_with_strange_names_work(void **context)
{
    lake *lake = *context;
    size_t strange = lake_add(lake, ".hidden/../..", "%/\x01", 1);
    lake_append(lake, strange, 16, 16);
    lake_finish(lake, "0/1");
    lake_expect_paths(lake, "%2Ehidden%2F%2E%2E%2F%2E%2E.%25%2F%01/v=1/dt=2026-03-10/" ID(10) "-" ID(
                                10) ".avro\n"
                                    "_schema/%2Ehidden%2F%2E%2E%2F%2E%2E.%25%2F%01/v=1.avsc\n");
}

static void only_files_at_work_of_this_store_count_as_such(void **context)
{
    (void)context;
    const char *identity = "0123456789abcdef";
    char *made = leat_file_name_working("a/v=1/dt=x", "first-1", identity);
    assert_memory_equal(made, "a/v=1/dt=x/.first-1-0123456789abcdef-", 37);
    assert_true(leat_file_name_is_working(made + strlen("a/v=1/dt=x/"), identity));
    leat_release(made);
    assert_true(leat_file_name_is_working(".x-0123456789abcdef-0000000000000000.leat", identity));
    assert_false(leat_file_name_is_working("x-0123456789abcdef-0000000000000000.leat", identity));
    assert_false(leat_file_name_is_working(".x-0123456789abcdee-0000000000000000.leat", identity));
    assert_false(leat_file_name_is_working(".x-0123456789abcdef-000000000000000.leat", identity));
    assert_false(leat_file_name_is_working(".x-0123456789abcdef-0000000000000000.avro", identity));
    assert_false(leat_file_name_is_working(".leat", identity));
}

/* ---- Rolling ---- */

static void a_file_ends_at_its_rows(void **context)
{
    lake *lake = *context;
    lake->options.roll_rows = 3;
    lake_reopen(lake);
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 22);
    assert_true(leat_sink_due(lake->sink, leat_clock_monotonic()));
    lake_commit(lake, "0/1", NULL, 0);
    assert_false(leat_sink_due(lake->sink, leat_clock_monotonic()));
    lake_expect_rows(lake, 16, 21);
    lake_finish(lake, "0/2");
    lake_expect_paths(lake, "_schema/public.orders/v=1.avsc\n" FOLDER ID(10) "-" ID(12) ".avro\n" FOLDER ID(
                                13) "-" ID(15) ".avro\n" FOLDER ID(16) "-" ID(16) ".avro\n");
}

static void a_file_ends_at_its_bytes(void **context)
{
    lake *lake = *context;
    lake->options.roll_bytes = 300000;
    lake->options.codec = LEAT_CODEC_NULL;
    lake_reopen(lake);
    size_t orders = lake_add(lake, "public", "orders", 1);
    char *note = leat_allocate(10001);
    memset(note, 'x', 10000);
    bool full;
    for (int64_t id = 0; id < 100; id++)
        assert_int_equal(sample_append(lake->sink, lake->tables[orders], lake->versions[orders], id, note,
                                       sample_time, &full, &lake->error),
                         LEAT_OK);
    leat_release(note);
    lake_finish(lake, "0/1");
    lake_expect_rows(lake, 0, 99);
    sample_paths paths = {0};
    sample_paths_list(lake->path, &paths);
    assert_int_equal(paths.count, 1 + 4);
    for (size_t i = 1; i < 4; i++) {
        char path[1024];
        struct stat facts;
        snprintf(path, sizeof path, "%s/%s", lake->path, paths.items[i]);
        assert_int_equal(stat(path, &facts), 0);
        assert_in_range(facts.st_size, 300000, 300000 + 10000 + 1000);
    }
    sample_paths_free(&paths);
}

static void a_file_ends_at_its_age(void **context)
{
    lake *lake = *context;
    lake->options.roll_every = 1;
    lake_reopen(lake);
    size_t orders = lake_add(lake, "public", "orders", 1);
    assert_false(leat_sink_due(lake->sink, leat_clock_monotonic() + 1000000));
    lake_append(lake, orders, 16, 17);
    assert_true(leat_sink_due(lake->sink, leat_clock_monotonic() + 1000000));
    leat_clock_sleep(1000);
    lake_commit(lake, "0/1", "tx", 2);
    /* Finished and saved: now it waits for the transaction's end, not for time. */
    assert_false(leat_sink_due(lake->sink, leat_clock_monotonic() + 1000000));
    lake_commit(lake, "0/2", NULL, 0);
    lake_expect_rows(lake, 16, 17);
    leat_sink_counters counters;
    counters = lake->sink->counters;
    assert_int_equal(counters.files, 1);
    assert_int_equal(counters.open_files, 0);
}

static void a_young_file_stays_open_over_commits(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    for (int64_t id = 16; id < 26; id++) {
        lake_append(lake, orders, id, id);
        lake_commit(lake, "0/1", NULL, 0);
    }
    leat_sink_counters counters;
    counters = lake->sink->counters;
    assert_int_equal(counters.files, 0);
    assert_int_equal(counters.open_files, 1);
    lake_finish(lake, "0/2");
    lake_expect_paths(lake, "_schema/public.orders/v=1.avsc\n" FOLDER ID(10) "-" ID(19) ".avro\n");
}

static void each_day_has_files_of_its_own(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    static const int64_t day = INT64_C(86400000000);
    static const int64_t midnight = INT64_C(1773187200) * 1000000; /* 2026-03-11 00:00 UTC */
    assert_int_equal(lake_try_append(lake, orders, 16, midnight - 1), LEAT_OK);
    assert_int_equal(lake_try_append(lake, orders, 17, midnight), LEAT_OK);
    assert_int_equal(lake_try_append(lake, orders, 18, midnight - 1), LEAT_OK); /* clocks are not monotone */
    assert_int_equal(lake_try_append(lake, orders, 19, midnight + day - 1), LEAT_OK);
    assert_int_equal(lake_try_append(lake, orders, 20, midnight + day), LEAT_OK);
    assert_int_equal(lake_try_append(lake, orders, 21, -1), LEAT_OK);
    lake_finish(lake, "0/1");
    lake_expect_paths(lake,
                      "_schema/public.orders/v=1.avsc\n"
                      "public.orders/v=1/dt=1969-12-31/" ID(15) "-" ID(
                          15) ".avro\n"
                              "public.orders/v=1/dt=2026-03-10/" ID(10) "-" ID(
                                  12) ".avro\n"
                                      "public.orders/v=1/dt=2026-03-11/" ID(11) "-" ID(
                                          13) ".avro\n"
                                              "public.orders/v=1/dt=2026-03-12/" ID(14) "-" ID(14) ".avro\n");
}

static void few_descriptors_are_enough_for_many_tables(void **context)
{
    lake *lake = *context;
    lake_close(lake);
    struct rlimit before;
    struct rlimit low = {.rlim_cur = 64, .rlim_max = 64};
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    pid_t child = fork();
    if (child == 0) {
        /* The hard limit cannot be raised again. */
        low.rlim_max = 64;
        int failed = setrlimit(RLIMIT_NOFILE, &low) != 0 || lake_try_open(lake) != LEAT_OK;
        char name[32];
        for (size_t i = 0; !failed && i < 60; i++) {
            snprintf(name, sizeof name, "t%zu", i);
            lake_add(lake, "public", name, 1);
        }
        for (int64_t id = 1; !failed && id <= 300; id++)
            failed = lake_try_append(lake, (size_t)id % 60, id, sample_time) != LEAT_OK;
        leat_sink_counters counters;
        counters = lake->sink->counters;
        failed = failed || counters.open_files > 32;
        leat_sink_finish(lake->sink);
        failed = failed || lake_try_commit(lake, "0/1", NULL, 0) != LEAT_OK;
        if (failed)
            fprintf(stderr, "%s\n", lake->error.message);
        _exit(failed);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(status, 0);
    sample_rows rows = {0};
    assert_true(sample_read_lake(lake->path, &rows));
    assert_int_equal(rows.count, 300);
    sample_rows_free(&rows);
}

static void what_waits_in_memory_is_bounded(void **context)
{
    lake *lake = *context;
    lake->options.codec = LEAT_CODEC_NULL;
    lake_reopen(lake);
    size_t orders = lake_add(lake, "public", "orders", 1);
    for (unsigned i = 1; i < LAKE_VERSIONS; i++) {
        char name[32];
        snprintf(name, sizeof name, "t%u", i);
        lake_add(lake, "public", name, 1);
    }
    /* 60,000 bytes a table fit no block of 64 KiB, and 64 times that is within bounds; many days of each are
     * not.
     */
    char *note = leat_allocate(60001);
    memset(note, 'x', 60000);
    bool full;
    for (int64_t day = 0; day < 6; day++)
        for (size_t i = orders; i < LAKE_VERSIONS; i++)
            assert_int_equal(sample_append(lake->sink, lake->tables[i], lake->versions[i],
                                           day * 100 + (int64_t)i, note, day * INT64_C(86400000000), &full,
                                           &lake->error),
                             LEAT_OK);
    leat_release(note);
    /* What was written out under pressure is in the files before any commit. */
    sample_paths paths = {0};
    sample_paths_list(lake->path, &paths);

    size_t grown = 0;
    for (size_t i = 0; i < paths.count; i++) {
        char path[1024];
        struct stat facts;
        snprintf(path, sizeof path, "%s/%s", lake->path, paths.items[i]);
        assert_int_equal(stat(path, &facts), 0);

        grown += facts.st_size > 600;
    }
    assert_int_equal(paths.count, 6 * LAKE_VERSIONS);
    assert_true(grown * 60000 >= 6 * LAKE_VERSIONS * 60000 - 16 * 1024 * 1024 - 60000);
    assert_true(grown < 6 * LAKE_VERSIONS);
    sample_paths_free(&paths);
    lake_finish(lake, "0/1");
    sample_rows rows = {0};
    assert_true(sample_read_lake(lake->path, &rows));
    assert_int_equal(rows.count, 6 * LAKE_VERSIONS);
    sample_rows_free(&rows);
}

/* ---- Places that cannot be written ---- */

static void a_path_that_is_a_file_is_named(void **context)
{
    lake *lake = *context;
    lake_close(lake);
    lake->options.path = lake->state_path;
    assert_int_equal(lake_open_sink(lake), LEAT_USAGE);
    assert_non_null(strstr(lake->error.message, lake->state_path));
    assert_string_not_equal(lake->error.mend, "");
    leat_state_close(lake->state);
    char below[2 * TEMPORARY_PATH_SIZE];
    snprintf(below, sizeof below, "%s/lake/deep", lake->state_path);
    lake->options.path = below;
    assert_int_equal(lake_open_sink(lake), LEAT_USAGE);
    assert_non_null(strstr(lake->error.message, lake->state_path));
    lake->sink = NULL;
}

static void a_folder_without_rights_is_named(void **context)
{
    lake *lake = *context;
    assert_int_equal(chmod(lake->folder.path, 0755), 0);
    assert_int_equal(chmod(lake->path, 0555), 0);
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    pid_t child = fork();
    if (child == 0) {
        leat_sink *sink;
        leat_error error = {0};
        if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
            _exit(98);
        leat_status status = leat_sink_file_open(&lake->options, &sink, &error);
        _exit(write(pipe_ends[1], &error, sizeof error) == sizeof error ? (int)status : 99);
    }
    assert_int_equal(read(pipe_ends[0], &lake->error, sizeof lake->error), sizeof lake->error);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    assert_int_equal(WEXITSTATUS(status), LEAT_OPERATOR);
    assert_non_null(strstr(lake->error.message, lake->path));
    assert_string_not_equal(lake->error.mend, "");
}

static void mount_small_disk(const lake *lake, const char *options)
{
    if (mount("tmpfs", lake->path, "tmpfs", 0, options) != 0) {
        print_message("skipped: mounting a small tmpfs is not allowed here\n");
        skip();
    }
}

static leat_status append_until_it_fails(lake *lake, size_t place, int64_t *id)
{
    char *note = leat_allocate(8001);
    for (size_t i = 0; i < 8000; i++)
        note[i] = (char)('a' + (i * i + (size_t)*id) % 26);
    bool full;
    leat_status status = LEAT_OK;
    for (; status == LEAT_OK && *id < 1000; (*id)++)
        status = sample_append(lake->sink, lake->tables[place], lake->versions[place], *id, note, sample_time,
                               &full, &lake->error);
    leat_release(note);
    return status;
}

static void a_full_disk_may_pass_and_loses_nothing(void **context)
{
    lake *lake = *context;
    lake_close(lake);
    mount_small_disk(lake, "size=1m");
    lake->options.codec = LEAT_CODEC_NULL;
    lake_open(lake);
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 1, 10);
    lake_commit(lake, "0/10", NULL, 0);
    int64_t id = 11;
    leat_status status = append_until_it_fails(lake, orders, &id);
    assert_int_equal(status, LEAT_RETRY);
    assert_non_null(strstr(lake->error.message, lake->path));
    assert_string_not_equal(lake->error.mend, "");
    /* Half of a batch must not be committed now. */
    assert_int_equal(lake_try_commit(lake, "0/20", NULL, 0), LEAT_FAILED);
    assert_int_equal(lake_try_append(lake, orders, 999, sample_time), LEAT_FAILED);
    lake_close(lake);
    assert_int_equal(mount("tmpfs", lake->path, "tmpfs", MS_REMOUNT, "size=16m"), 0);
    lake_open(lake);
    assert_string_equal(lake->position.log, "0/10");
    lake_append(lake, orders, 11, 20);
    lake_finish(lake, "0/20");
    lake_expect_rows(lake, 1, 20);
    lake_close(lake);
    assert_int_equal(umount(lake->path), 0);
}

static void a_read_only_disk_needs_the_operator(void **context)
{
    lake *lake = *context;
    lake_close(lake);
    mount_small_disk(lake, "size=1m,ro");
    assert_int_equal(lake_open_sink(lake), LEAT_OPERATOR);
    assert_non_null(strstr(lake->error.message, lake->path));
    assert_non_null(strstr(lake->error.message, "Read-only"));
    assert_string_not_equal(lake->error.mend, "");
    lake->sink = NULL;
    assert_int_equal(umount(lake->path), 0);
}

static int tear_down(void **context)
{
    lake *lake = *context;
    /* Still mounted only where a test failed half-way. */
    if (umount2(lake->path, MNT_DETACH) == 0)
        print_message("unmounted %s\n", lake->path);
    return lake_tear_down(context);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, lake_set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_and_schemas_lie_where_they_are_promised),
        TEST(a_file_tells_where_it_comes_from),
        cmocka_unit_test(names_are_made_safe),
        cmocka_unit_test(names_that_are_too_long_are_cut_and_stay_apart),
        TEST(tables_with_strange_names_work),
        cmocka_unit_test(only_files_at_work_of_this_store_count_as_such),
        TEST(a_file_ends_at_its_rows),
        TEST(a_file_ends_at_its_bytes),
        TEST(a_file_ends_at_its_age),
        TEST(a_young_file_stays_open_over_commits),
        TEST(each_day_has_files_of_its_own),
        TEST(few_descriptors_are_enough_for_many_tables),
        TEST(what_waits_in_memory_is_bounded),
        TEST(a_path_that_is_a_file_is_named),
        TEST(a_folder_without_rights_is_named),
        TEST(a_full_disk_may_pass_and_loses_nothing),
        TEST(a_read_only_disk_needs_the_operator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
