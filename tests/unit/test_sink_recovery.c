/* What the file sink makes of what it finds at its start: of a crash, and of a state store that is not the
 * one that belongs to the files. */
#include "sink_lake.h"

#include <fcntl.h>
#include <sys/stat.h>

#define FOLDER "public.orders/v=1/dt=2026-03-10/"
#define ID(n)  "00000000000000" #n ".0000000001"
#define SCHEMA "_schema/public.orders/v=1.avsc\n"

static void write_file(const char *path, const char *bytes, size_t length, int flags)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | flags, 0600);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, length), length);
    close(descriptor);
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static const char *below(const lake *lake, const char *relative, char *path)
{
    snprintf(path, 1024, "%s/%s", lake->path, relative);
    return path;
}

/* ---- A crash ---- */

static void a_torn_file_is_cut_back_finished_and_published(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 18);
    lake_commit(lake, "0/1", NULL, 0);
    lake_append(lake, orders, 19, 40);
    lake_close(lake);
    char path[1024];
    lake_working_file(lake, path, sizeof path);
    write_file(path, "\x06\x40half of a block that was never committed", 42, O_APPEND);
    lake_open(lake);
    lake_expect_paths(lake, SCHEMA FOLDER ID(10) "-" ID(12) ".avro\n");
    lake_expect_rows(lake, 16, 18);
    leat_sink_counters counters;
    counters = lake->sink->counters;
    assert_int_equal(counters.files, 1);
    uint64_t totals[3];
    assert_int_equal(leat_state_file_totals(lake->state, &totals[0], &totals[1], &totals[2], &lake->error),
                     LEAT_OK);
    assert_int_equal(totals[0], 1);
    assert_int_equal(totals[1], 3);
}

static void whole_blocks_behind_the_commit_go_too(void **context)
{
    lake *lake = *context;
    lake->options.codec = LEAT_CODEC_NULL;
    lake_reopen(lake);
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 18);
    lake_commit(lake, "0/1", NULL, 0);
    char *note = leat_allocate(100001);
    memset(note, 'x', 100000);
    bool full;
    assert_int_equal(sample_append(lake->sink, lake->tables[orders], lake->versions[orders], 19, note,
                                   sample_time, &full, &lake->error),
                     LEAT_OK);
    leat_release(note);
    lake_close(lake);
    char path[1024];
    struct stat facts;
    lake_working_file(lake, path, sizeof path);
    assert_int_equal(stat(path, &facts), 0);
    assert_true(facts.st_size > 100000);
    lake_open(lake);
    lake_expect_rows(lake, 16, 18);
}

static void a_cut_transaction_waits_for_its_end_over_restarts(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 18);
    lake_commit(lake, "0/1", "tx", 3);
    lake_reopen(lake);
    lake_expect_rows(lake, 1, 0);
    lake_append(lake, orders, 19, 20);
    lake_commit(lake, "0/1", "tx", 5);
    lake_reopen(lake);
    lake_reopen(lake);
    lake_expect_rows(lake, 1, 0);
    lake_append(lake, orders, 21, 21);
    lake_finish(lake, "0/2");
    lake_expect_paths(lake, SCHEMA FOLDER ID(10) "-" ID(12) ".avro\n" FOLDER ID(13) "-" ID(
                                14) ".avro\n" FOLDER ID(15) "-" ID(15) ".avro\n");
    lake_expect_rows(lake, 16, 21);
}

/* A file that the state has as finished, in a transaction that has not ended. */
static void leave_a_finished_file(lake *lake, char *working, char *final)
{
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 18);
    lake_commit(lake, "0/1", "tx", 3);
    lake_reopen(lake);
    lake_close(lake);
    lake_working_file(lake, working, 1024);
    below(lake, FOLDER ID(10) "-" ID(12) ".avro", final);
    assert_false(exists(final));
}

static void a_rename_that_was_done_is_not_missed(void **context)
{
    lake *lake = *context;
    char working[1024];
    char final[1024];
    leave_a_finished_file(lake, working, final);
    assert_int_equal(rename(working, final), 0);
    lake_open(lake);
    lake_finish(lake, "0/2");
    lake_expect_rows(lake, 16, 18);
    leat_state_file *files;
    size_t count;
    leat_arena arena = {0};
    assert_int_equal(
        leat_state_file_list(lake->state, LEAT_FILE_PUBLISHED, &arena, &files, &count, &lake->error),
        LEAT_OK);
    assert_int_equal(count, 1);
    leat_arena_free(&arena);
}

/* As a file system without a rename that refuses to overwrite leaves it. */
static void two_names_of_one_file_become_one(void **context)
{
    lake *lake = *context;
    char working[1024];
    char final[1024];
    leave_a_finished_file(lake, working, final);
    assert_int_equal(link(working, final), 0);
    lake_open(lake);
    assert_false(exists(working));
    lake_finish(lake, "0/2");
    lake_expect_rows(lake, 16, 18);
}

static void a_name_that_is_taken_is_never_overwritten(void **context)
{
    lake *lake = *context;
    char working[1024];
    char final[1024];
    leave_a_finished_file(lake, working, final);
    write_file(final, "mine", 4, O_EXCL);
    lake_open(lake);
    leat_sink_finish(lake->sink);
    assert_int_equal(lake_try_commit(lake, "0/2", NULL, 0), LEAT_OPERATOR);
    assert_non_null(strstr(lake->error.message, final));
    assert_string_not_equal(lake->error.mend, "");
    struct stat facts;
    assert_int_equal(stat(final, &facts), 0);
    assert_int_equal(facts.st_size, 4);
    assert_true(exists(working));
    /* Out of the way, it goes on. */
    lake_close(lake);
    assert_int_equal(unlink(final), 0);
    lake_open(lake);
    lake_expect_rows(lake, 16, 18);
}

static void what_is_ours_and_unknown_is_removed_and_nothing_else(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 18);
    lake_commit(lake, "0/1", NULL, 0);
    char ours[1024];
    char schema[1024];
    char others[1024];
    char foreign[1024];
    char hidden[1024];
    char relative[512];
    snprintf(relative, sizeof relative, FOLDER ".x-%s-0000000000000001.leat",
             leat_state_identity(lake->state));
    write_file(below(lake, relative, ours), "x", 1, O_EXCL);
    write_file(below(lake, FOLDER ".x-ffffffffffffffff-0000000000000001.leat", others), "x", 1, O_EXCL);
    write_file(below(lake, FOLDER "notes.txt", foreign), "x", 1, O_EXCL);
    write_file(below(lake, FOLDER ".hidden", hidden), "x", 1, O_EXCL);
    assert_int_equal(mkdir(below(lake, "_schema", schema), 0755), 0);
    assert_int_equal(mkdir(below(lake, "_schema/public.orders", schema), 0755), 0);
    snprintf(relative, sizeof relative, "_schema/public.orders/.schema-%s-0000000000000001.leat",
             leat_state_identity(lake->state));
    write_file(below(lake, relative, schema), "x", 1, O_EXCL);
    lake_reopen(lake);
    assert_false(exists(ours));
    assert_false(exists(schema));
    assert_true(exists(others));
    assert_true(exists(foreign));
    assert_true(exists(hidden));
    lake_expect_rows(lake, 16, 18);
}

/* ---- Contradictions ---- */

static void expect_refusal(lake *lake, const char *name)
{
    assert_int_equal(lake_try_open(lake), LEAT_OPERATOR);
    assert_non_null(strstr(lake->error.message, name));
    assert_string_not_equal(lake->error.mend, "");
}

static void a_missing_file_at_work_needs_the_operator(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 18);
    lake_commit(lake, "0/1", NULL, 0);
    lake_close(lake);
    char path[1024];
    lake_working_file(lake, path, sizeof path);
    assert_int_equal(unlink(path), 0);
    expect_refusal(lake, path);
}

static void a_missing_finished_file_needs_the_operator(void **context)
{
    lake *lake = *context;
    char working[1024];
    char final[1024];
    leave_a_finished_file(lake, working, final);
    assert_int_equal(unlink(working), 0);
    expect_refusal(lake, working);
}

static void a_file_that_is_too_short_needs_the_operator(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 18);
    lake_commit(lake, "0/1", NULL, 0);
    lake_close(lake);
    char path[1024];
    struct stat facts;
    lake_working_file(lake, path, sizeof path);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(truncate(path, facts.st_size - 1), 0);
    expect_refusal(lake, path);
}

static void a_damaged_file_needs_the_operator(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 18);
    lake_commit(lake, "0/1", NULL, 0);
    lake_append(lake, orders, 19, 20);
    lake_commit(lake, "0/2", NULL, 0);
    lake_close(lake);
    char path[1024];
    struct stat facts;
    lake_working_file(lake, path, sizeof path);
    assert_int_equal(stat(path, &facts), 0);
    /* The last byte of a block's sync marker. */
    int descriptor = open(path, O_RDWR);
    char byte;
    assert_int_equal(pread(descriptor, &byte, 1, facts.st_size - 1), 1);
    byte ^= 1;
    assert_int_equal(pwrite(descriptor, &byte, 1, facts.st_size - 1), 1);
    close(descriptor);
    expect_refusal(lake, path);
}

/* ---- The wrong state store ---- */

static void forget_state(const lake *lake)
{
    assert_int_equal(unlink(lake->state_path), 0);
}

static void files_of_a_lost_state_are_not_written_twice(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 18);
    lake_finish(lake, "0/1");
    lake_close(lake);
    forget_state(lake);
    char final[1024];
    expect_refusal(lake, below(lake, FOLDER ID(10) "-" ID(12) ".avro", final));
    assert_non_null(strstr(lake->error.message, "\"shop\""));
}

static void files_of_others_do_not_matter(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    lake_append(lake, orders, 16, 18);
    lake_finish(lake, "0/1");
    lake_close(lake);
    forget_state(lake);
    char path[1024];
    assert_int_equal(mkdir(below(lake, "other.table", path), 0755), 0);
    assert_int_equal(mkdir(below(lake, "other.table/v=1", path), 0755), 0);
    assert_int_equal(mkdir(below(lake, "other.table/v=1/dt=2026-01-01", path), 0755), 0);
    write_file(below(lake, "other.table/v=1/dt=2026-01-01/x.avro", path), "no container", 12, O_EXCL);
    write_file(below(lake, "file.at-the-top", path), "x", 1, O_EXCL);
    lake->options.pipeline = "another";
    lake->version_count = 0;
    sample_version_free(lake->versions[orders]);
    assert_int_equal(leat_state_open(lake->state_path, "another", false, &lake->state, &lake->error),
                     LEAT_OK);
    lake->options.state = lake->state;
    assert_int_equal(leat_sink_file_open(&lake->options, &lake->sink, &lake->error), LEAT_OK);
    assert_int_equal(leat_sink_recover(lake->sink, &lake->position, &lake->error), LEAT_OK);
    assert_null(lake->position.log);
}

static void another_schema_under_the_same_number_is_refused_early(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 2);
    lake_append(lake, orders, 16, 18);
    lake_finish(lake, "0/1");
    lake->versions[orders]->value_schema = sample_schema_1;
    lake_close(lake);
    expect_refusal(lake, "_schema/public.orders/v=2.avsc");
}

static void after_a_proper_end_nothing_need_be_looked_for(void **context)
{
    lake *lake = *context;
    size_t orders = lake_add(lake, "public", "orders", 1);
    bool tidy;
    lake_append(lake, orders, 16, 18);
    lake_commit(lake, "0/1", NULL, 0);
    assert_int_equal(leat_state_tidy_get(lake->state, &tidy, &lake->error), LEAT_OK);
    assert_false(tidy);
    lake_finish(lake, "0/2");
    assert_int_equal(leat_state_tidy_get(lake->state, &tidy, &lake->error), LEAT_OK);
    assert_true(tidy);
    lake_reopen(lake);
    /* A run has begun, which may leave something. */
    assert_int_equal(leat_state_tidy_get(lake->state, &tidy, &lake->error), LEAT_OK);
    assert_false(tidy);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, lake_set_up, lake_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_torn_file_is_cut_back_finished_and_published),
        TEST(whole_blocks_behind_the_commit_go_too),
        TEST(a_cut_transaction_waits_for_its_end_over_restarts),
        TEST(a_rename_that_was_done_is_not_missed),
        TEST(two_names_of_one_file_become_one),
        TEST(a_name_that_is_taken_is_never_overwritten),
        TEST(what_is_ours_and_unknown_is_removed_and_nothing_else),
        TEST(a_missing_file_at_work_needs_the_operator),
        TEST(a_missing_finished_file_needs_the_operator),
        TEST(a_file_that_is_too_short_needs_the_operator),
        TEST(a_damaged_file_needs_the_operator),
        TEST(files_of_a_lost_state_are_not_written_twice),
        TEST(files_of_others_do_not_matter),
        TEST(another_schema_under_the_same_number_is_refused_early),
        TEST(after_a_proper_end_nothing_need_be_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
