/* The log: whole lines, nothing below its level, and no flood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/buffer.h"
#include "base/log.h"

/* A log into a file that has no name, and what was written to it. */
typedef struct captured {
    FILE *file;
    leat_log *log;
    leat_buffer text;
} captured;

static captured capture(leat_log_level level, leat_log_format format)
{
    captured capture = {.file = tmpfile()};
    assert_non_null(capture.file);
    capture.log = leat_log_open(fileno(capture.file), level, format);
    return capture;
}

/* Closes the log, when it is still open, and reads the file. */
static const char *written(captured *capture)
{
    leat_log_close(capture->log);
    capture->log = NULL;
    rewind(capture->file);
    leat_buffer_reset(&capture->text);
    size_t got;
    do {
        got = fread(leat_buffer_reserve(&capture->text, 4096), 1, 4096, capture->file);
        leat_buffer_commit(&capture->text, got);
    } while (got > 0);
    return leat_buffer_string(&capture->text);
}

static void end_capture(captured *capture)
{
    fclose(capture->file);
    leat_buffer_free(&capture->text);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

static void writes_text_lines(void **state)
{
    (void)state;
    captured capture_text = capture(LEAT_LOG_INFO, LEAT_LOG_TEXT);
    leat_log_write(capture_text.log, LEAT_LOG_DEBUG, "not this");
    leat_log_write(capture_text.log, LEAT_LOG_INFO, "table %s", "a.b");
    leat_error error;
    leat_error_set(&error, LEAT_FAILED, "it broke");
    leat_error_mend(&error, "Mend it");
    leat_log_error(capture_text.log, LEAT_LOG_WARNING, &error);
    const char *text = written(&capture_text);
    int year, month, day, hour, minute, second, fraction;
    assert_int_equal(sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%6dZ info    table a.b\n", &year, &month, &day,
                            &hour, &minute, &second, &fraction),
                     7);
    assert_non_null(strstr(text, "Z info    table a.b\n"));
    assert_non_null(strstr(text, "Z warning it broke. Mend it\n"));
    assert_null(strstr(text, "not this"));
    assert_int_equal(count_of(text, "\n"), 2);
    end_capture(&capture_text);
}

static void writes_json_lines(void **state)
{
    (void)state;
    captured capture_json = capture(LEAT_LOG_DEBUG, LEAT_LOG_JSON);
    leat_log_write(capture_json.log, LEAT_LOG_ERROR, "a \"quoted\"\nline, \xc3\xb6 and \xff");
    const char *text = written(&capture_json);
    assert_int_equal(count_of(text, "\n"), 1);
    json_t *line = json_loads(text, 0, NULL);
    assert_non_null(line);
    assert_string_equal(json_string_value(json_object_get(line, "level")), "error");
    /* The byte that is no UTF-8 becomes the replacement character; the rest stays. */
    assert_string_equal(json_string_value(json_object_get(line, "message")),
                        "a \"quoted\"\nline, \xc3\xb6 and \xef\xbf\xbd");
    assert_int_equal(strlen(json_string_value(json_object_get(line, "time"))), 27);
    json_decref(line);
    end_capture(&capture_json);
}

/* A message from a server must neither forge a second line nor talk to the terminal. */
static void keeps_a_message_on_its_line(void **state)
{
    (void)state;
    captured capture_text = capture(LEAT_LOG_INFO, LEAT_LOG_TEXT);
    leat_log_write(capture_text.log, LEAT_LOG_INFO, "first\nsecond\r\x1b[31mred\x7f");
    const char *text = written(&capture_text);
    assert_non_null(strstr(text, "info    first second  [31mred \n"));
    assert_int_equal(count_of(text, "\n"), 1);
    end_capture(&capture_text);
}

static void holds_repeats_back(void **state)
{
    (void)state;
    captured capture_text = capture(LEAT_LOG_INFO, LEAT_LOG_TEXT);
    for (int i = 0; i < 20; i++)
        leat_log_write(capture_text.log, LEAT_LOG_WARNING, "attempt %d failed", i);
    leat_log_write(capture_text.log, LEAT_LOG_INFO, "another kind");
    const char *text = written(&capture_text);
    assert_int_equal(count_of(text, "attempt 4 failed\n"), 1);
    assert_int_equal(count_of(text, "attempt 5 failed"), 0);
    assert_int_equal(count_of(text, "another kind\n"), 1);
    assert_int_equal(count_of(text, "warning 15 more lines like this were held back: attempt 0 failed\n"), 1);
    assert_int_equal(count_of(text, "\n"), 7);
    end_capture(&capture_text);
}

/* Errors all pass one format string; they are told apart by their message. */
static void tells_errors_apart(void **state)
{
    (void)state;
    captured capture_text = capture(LEAT_LOG_INFO, LEAT_LOG_TEXT);
    for (int i = 0; i < 12; i++) {
        leat_error error;
        leat_error_set(&error, LEAT_RETRY, i % 2 == 0 ? "the server is away" : "the disk is full");
        leat_log_error(capture_text.log, LEAT_LOG_WARNING, &error);
    }
    const char *text = written(&capture_text);
    assert_int_equal(count_of(text, "warning the server is away\n"), 5);
    assert_int_equal(count_of(text, "warning the disk is full\n"), 5);
    assert_int_equal(count_of(text, "1 more lines like this were held back"), 2);
    end_capture(&capture_text);
}

/* More kinds than are remembered: counts come out when a kind is forgotten, and no line is lost. */
static void forgets_the_oldest_kind(void **state)
{
    (void)state;
    captured capture_text = capture(LEAT_LOG_INFO, LEAT_LOG_TEXT);
    for (int i = 0; i < 8; i++)
        leat_log_write(capture_text.log, LEAT_LOG_INFO, "first kind");
    for (int i = 0; i < 100; i++) {
        leat_error error;
        leat_error_set(&error, LEAT_RETRY, "kind number %d", i);
        leat_log_error(capture_text.log, LEAT_LOG_INFO, &error);
    }
    const char *text = written(&capture_text);
    assert_int_equal(count_of(text, "kind number"), 100);
    assert_int_equal(count_of(text, "3 more lines like this were held back: first kind\n"), 1);
    const char *count = strstr(text, "held back");
    assert_non_null(strstr(count, "kind number 99\n")); /* not only at the end */
    end_capture(&capture_text);
}

static void *write_many(void *context)
{
    captured *capture_text = context;
    for (int i = 0; i < 200; i++) {
        leat_error error;
        leat_error_set(&error, LEAT_RETRY, "line %d of %p <>", i, (void *)&error);
        leat_log_error(capture_text->log, LEAT_LOG_INFO, &error);
    }
    return NULL;
}

static void threads_do_not_mix_lines(void **state)
{
    (void)state;
    captured capture_text = capture(LEAT_LOG_INFO, LEAT_LOG_TEXT);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &capture_text), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    const char *text = written(&capture_text);
    assert_int_equal(count_of(text, " <>\n"), 800);
    assert_int_equal(count_of(text, "\n"), 800);
    end_capture(&capture_text);
}

static void count_calls(void *context, bool before)
{
    int *calls = context;
    calls[before ? 0 : 1]++;
}

static void calls_its_hook_around_lines(void **state)
{
    (void)state;
    captured capture_text = capture(LEAT_LOG_INFO, LEAT_LOG_TEXT);
    int calls[2] = {0, 0};
    leat_log_set_hook(capture_text.log, count_calls, calls);
    leat_log_write(capture_text.log, LEAT_LOG_INFO, "one");
    leat_log_write(capture_text.log, LEAT_LOG_DEBUG, "none");
    assert_int_equal(calls[0], 1);
    assert_int_equal(calls[1], 1);
    written(&capture_text);
    end_capture(&capture_text);
}

static void does_without_a_log(void **state)
{
    (void)state;
    leat_error error;
    leat_error_set(&error, LEAT_FAILED, "x");
    leat_log_write(NULL, LEAT_LOG_ERROR, "x");
    leat_log_error(NULL, LEAT_LOG_ERROR, &error);
    leat_log_close(NULL);
}

static void reads_level_names(void **state)
{
    (void)state;
    leat_log_level level;
    assert_true(leat_log_level_parse("debug", &level));
    assert_int_equal(level, LEAT_LOG_DEBUG);
    assert_true(leat_log_level_parse("error", &level));
    assert_int_equal(level, LEAT_LOG_ERROR);
    assert_false(leat_log_level_parse("loud", &level));
    assert_false(leat_log_level_parse("", &level));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_text_lines),           cmocka_unit_test(writes_json_lines),
        cmocka_unit_test(keeps_a_message_on_its_line), cmocka_unit_test(holds_repeats_back),
        cmocka_unit_test(tells_errors_apart),          cmocka_unit_test(forgets_the_oldest_kind),
        cmocka_unit_test(threads_do_not_mix_lines),    cmocka_unit_test(calls_its_hook_around_lines),
        cmocka_unit_test(does_without_a_log),          cmocka_unit_test(reads_level_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
