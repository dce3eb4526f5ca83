/* Errors: their sentences, and that none of them writes past its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

static void carries_status_sentence_and_mend(void **state)
{
    (void)state;
    leat_error error;
    memset(&error, 'x', sizeof error);
    assert_int_equal(leat_error_set(&error, LEAT_OPERATOR, "slot %s is gone", "leat_shop"), LEAT_OPERATOR);
    assert_int_equal(error.status, LEAT_OPERATOR);
    assert_string_equal(error.message, "slot leat_shop is gone");
    assert_string_equal(error.mend, "");
    assert_int_equal(leat_error_mend(&error, "Make it again with %s", "SQL"), LEAT_OPERATOR);
    assert_string_equal(error.mend, "Make it again with SQL");
    assert_int_equal(leat_error_context(&error, "table %s", "a.b"), LEAT_OPERATOR);
    assert_string_equal(error.message, "table a.b: slot leat_shop is gone");
    assert_string_equal(error.mend, "Make it again with SQL");
    leat_error_set(&error, LEAT_FAILED, "another");
    assert_string_equal(error.mend, ""); /* a mend belongs to one error */
}

static void names_the_system_s_reason(void **state)
{
    (void)state;
    leat_error error;
    assert_int_equal(leat_error_system(&error, LEAT_FAILED, ENOENT, "cannot open %s", "x"), LEAT_FAILED);
    assert_string_equal(error.message, "cannot open x: No such file or directory");
}

static void takes_no_error_for_an_answer(void **state)
{
    (void)state;
    assert_int_equal(leat_error_set(NULL, LEAT_RETRY, "x"), LEAT_RETRY);
    assert_int_equal(leat_error_system(NULL, LEAT_USAGE, ENOENT, "x"), LEAT_USAGE);
    leat_error_mend(NULL, "x");
    leat_error_context(NULL, "x");
}

/* Long texts are cut; the sanitizers and the guard behind the error see every byte too many. */
static void cuts_what_is_too_long(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'm', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int length = 1000; length < 1040; length++) {
        leat_error error;
        leat_error_system(&error, LEAT_FAILED, ENOENT, "%.*s", length, text);
        assert_true(strlen(error.message) < sizeof error.message);
        assert_memory_equal(error.message, text, 1000);
        leat_error_set(&error, LEAT_FAILED, "inner");
        leat_error_context(&error, "%.*s", length, text);
        assert_true(strlen(error.message) < sizeof error.message);
    }
    leat_error error;
    leat_error_set(&error, LEAT_FAILED, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    leat_error_mend(&error, "%s", text);
    assert_int_equal(strlen(error.mend), sizeof error.mend - 1);
    leat_error_context(&error, "table");
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    assert_memory_equal(error.message, "table: mmm", 10);
}

static void gives_the_documented_exit_codes(void **state)
{
    (void)state;
    assert_int_equal(leat_status_exit_code(LEAT_OK), 0);
    assert_int_equal(leat_status_exit_code(LEAT_STOPPED), 0);
    assert_int_equal(leat_status_exit_code(LEAT_RETRY), 1);
    assert_int_equal(leat_status_exit_code(LEAT_FAILED), 1);
    assert_int_equal(leat_status_exit_code(LEAT_USAGE), 2);
    assert_int_equal(leat_status_exit_code(LEAT_OPERATOR), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carries_status_sentence_and_mend), cmocka_unit_test(names_the_system_s_reason),
        cmocka_unit_test(takes_no_error_for_an_answer),     cmocka_unit_test(cuts_what_is_too_long),
        cmocka_unit_test(gives_the_documented_exit_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
