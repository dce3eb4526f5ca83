/* The stdout sink's own ways: its lines, its buffer, a reader that goes away. What every sink must do is in
 * tests/conformance. */
#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sink/stdout/sink.h"
#include "sink_samples.h"
#include "temporary_folder.h"

typedef struct fixture {
    temporary_folder folder;
    int read_end;
    int write_end;
    leat_state *state;
    leat_sink *sink;
    leat_table_version *version;
    leat_sink_table *table;
    leat_error error;
} fixture;

static int set_up(void **context)
{
    fixture *test = leat_allocate(sizeof *test);
    char path[TEMPORARY_PATH_SIZE];
    int ends[2];
    temporary_folder_make(&test->folder);
    assert_int_equal(pipe(ends), 0);
    test->read_end = ends[0];
    test->write_end = ends[1];
    assert_int_equal(leat_state_open(temporary_path(&test->folder, "leat.db", path), "shop", false,
                                     &test->state, &test->error),
                     LEAT_OK);
    assert_int_equal(leat_sink_stdout_open(test->write_end, test->state, &test->sink, &test->error), LEAT_OK);
    test->version = sample_version("pub\"lic", "or\\ders\x01 é", 3);
    assert_int_equal(leat_sink_open_table(test->sink, test->version, &test->table, &test->error), LEAT_OK);
    *context = test;
    return 0;
}

static int tear_down(void **context)
{
    fixture *test = *context;
    leat_sink_close(test->sink);
    leat_state_close(test->state);
    if (test->read_end >= 0)
        close(test->read_end);
    close(test->write_end);
    sample_version_free(test->version);
    temporary_folder_remove(&test->folder);
    leat_release(test);
    return 0;
}

static leat_status append(fixture *test, int64_t id, const char *note)
{
    bool full;
    return sample_append(test->sink, test->table, test->version, id, note, sample_time, &full, &test->error);
}

static leat_status commit(fixture *test)
{
    leat_position position = {0};
    leat_position_set(&position, "0/1", NULL, 0);
    leat_status status = leat_sink_commit(test->sink, &position, &test->error);
    leat_position_clear(&position);
    return status;
}

static void a_line_is_json_whatever_the_names_are(void **context)
{
    fixture *test = *context;
    assert_int_equal(append(test, 42, "a \"note\"\n"), LEAT_OK);
    assert_int_equal(commit(test), LEAT_OK);
    char line[4096];
    ssize_t length = read(test->read_end, line, sizeof line);
    assert_true(length > 0);
    assert_int_equal(line[length - 1], '\n');
    assert_ptr_equal(memchr(line, '\n', (size_t)length), line + length - 1);
    json_t *object = json_loadb(line, (size_t)length, 0, NULL);
    assert_non_null(object);
    assert_string_equal(json_string_value(json_object_get(object, "table")), "\"pub\"\"lic\".or\\ders\x01 é");
    assert_int_equal(json_integer_value(json_object_get(object, "version")), 3);
    const json_t *event = json_object_get(object, "event");
    assert_int_equal(json_integer_value(json_object_get(event, "id")), 42);
    assert_string_equal(json_string_value(json_object_get(event, "note")), "a \"note\"\n");
    assert_int_equal(json_object_size(object), 3);
    json_decref(object);
}

/* Reads everything until the other end closes, in a process of its own; exits with the number of lines modulo
 * 251. */
static pid_t start_reader(fixture *test, unsigned pause)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    close(test->write_end);
    char bytes[4096];
    unsigned lines = 0;
    ssize_t length;
    while ((length = read(test->read_end, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < length; i++)
            lines += bytes[i] == '\n';
        usleep(pause);
    }
    _exit((int)(lines % 251));
}

static void append_many(fixture *test, int64_t count)
{
    char note[1001];
    memset(note, 'x', 1000);
    note[1000] = '\0';
    for (int64_t id = 0; id < count; id++)
        assert_int_equal(append(test, id, note), LEAT_OK);
}

static void expect_lines(fixture *test, pid_t reader, int lines)
{
    close(test->write_end);
    int status;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(WEXITSTATUS(status), lines % 251);
    test->write_end = open("/dev/null", O_WRONLY);
}

static void more_than_the_buffer_is_written_before_the_commit(void **context)
{
    fixture *test = *context;
    pid_t reader = start_reader(test, 0);
    append_many(test, 300);
    /* Not committed: the last part of it is still in the buffer and is forgotten. */
    close(test->write_end);
    int status;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_in_range(WEXITSTATUS(status), 1, 250);
    test->write_end = open("/dev/null", O_WRONLY);
}

static void a_slow_reader_on_a_non_blocking_pipe_gets_everything(void **context)
{
    fixture *test = *context;
    assert_int_equal(fcntl(test->write_end, F_SETFL, O_NONBLOCK), 0);
    pid_t reader = start_reader(test, 100);
    append_many(test, 1000);
    assert_int_equal(commit(test), LEAT_OK);
    expect_lines(test, reader, 1000);
}

static void a_reader_that_has_gone_stops_the_run(void **context)
{
    fixture *test = *context;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(append(test, 1, "x"), LEAT_OK);
    close(test->read_end);
    test->read_end = -1;
    assert_int_equal(commit(test), LEAT_STOPPED);
    /* The position did not move: nobody got the line. */
    leat_position position = {0};
    assert_int_equal(leat_state_position_get(test->state, &position, &test->error), LEAT_OK);
    assert_null(position.log);
    assert_int_equal(commit(test), LEAT_FAILED);
}

static void a_record_that_does_not_fit_its_schema_is_refused(void **context)
{
    fixture *test = *context;
    bool full;
    leat_record record = {.table = test->table,
                          .value = leat_slice_of_string("\x02\x02x\x0e more"),
                          .sequence = leat_slice_of_string("1")};
    assert_int_equal(leat_sink_append(test->sink, &record, &full, &test->error), LEAT_FAILED);
    assert_non_null(strstr(test->error.message, "or\\ders"));
    assert_int_equal(commit(test), LEAT_FAILED);
}

static void a_full_disk_may_pass(void **context)
{
    fixture *test = *context;
    leat_sink *sink;
    leat_sink_table *table;
    bool full;
    int device = open("/dev/full", O_WRONLY);
    assert_true(device >= 0);
    assert_int_equal(leat_sink_stdout_open(device, test->state, &sink, &test->error), LEAT_OK);
    assert_int_equal(leat_sink_open_table(sink, test->version, &table, &test->error), LEAT_OK);
    assert_int_equal(sample_append(sink, table, test->version, 1, "x", sample_time, &full, &test->error),
                     LEAT_OK);
    leat_position position = {0};
    leat_position_set(&position, "0/1", NULL, 0);
    assert_int_equal(leat_sink_commit(sink, &position, &test->error), LEAT_RETRY);
    assert_string_not_equal(test->error.mend, "");
    leat_position_clear(&position);
    leat_sink_close(sink);
    close(device);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_is_json_whatever_the_names_are),
        TEST(more_than_the_buffer_is_written_before_the_commit),
        TEST(a_slow_reader_on_a_non_blocking_pipe_gets_everything),
        TEST(a_reader_that_has_gone_stops_the_run),
        TEST(a_record_that_does_not_fit_its_schema_is_refused),
        TEST(a_full_disk_may_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
