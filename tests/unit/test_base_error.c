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
    leat_error_mend(&error, "Make it again with %s", "SQL");
    assert_string_equal(error.mend, "Make it again with SQL");
    assert_int_equal(leat_error_context(&error, LEAT_OPERATOR, "table %s", "a.b"), LEAT_OPERATOR);
    assert_string_equal(error.message, "table a.b: slot leat_shop is gone");
    assert_string_equal(error.mend, "Make it again with SQL");
    assert_int_equal(leat_error_context(&error, LEAT_OK, "table %s", "c.d"), LEAT_OK);
    assert_string_equal(error.message, "table a.b: slot leat_shop is gone"); /* nothing failed */
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
    assert_int_equal(leat_error_fail(NULL, LEAT_OPERATOR, "mend", "x"), LEAT_OPERATOR);
    leat_error_mend(NULL, "x");
    assert_int_equal(leat_error_context(NULL, LEAT_RETRY, "x"), LEAT_RETRY);
    leat_error_set_code(NULL, "x");
    assert_false(leat_error_has_code(NULL, ""));
}

static void is_made_with_its_mend_in_one_step(void **state)
{
    (void)state;
    leat_error error;
    memset(&error, 'x', sizeof error);
    assert_int_equal(leat_error_fail(&error, LEAT_RETRY, "Free 5% of it", "disk %d is full", 7), LEAT_RETRY);
    assert_int_equal(error.status, LEAT_RETRY);
    assert_string_equal(error.message, "disk 7 is full");
    assert_string_equal(error.mend, "Free 5% of it");
    assert_string_equal(error.code, "");
}

static void carries_a_code_for_programs(void **state)
{
    (void)state;
    leat_error error;
    leat_error_set(&error, LEAT_RETRY, "the server says no");
    assert_string_equal(error.code, "");
    assert_false(leat_error_has_code(&error, "SQLSTATE 55P03"));
    leat_error_set_code(&error, "SQLSTATE %.5s", "55P03 and more");
    assert_true(leat_error_has_code(&error, "SQLSTATE 55P03"));
    assert_false(leat_error_has_code(&error, "SQLSTATE 55P0"));
    leat_error_mend(&error, "Ask again");
    leat_error_context(&error, LEAT_RETRY, "table a.b");
    assert_true(leat_error_has_code(&error, "SQLSTATE 55P03"));
    leat_error_set(&error, LEAT_RETRY, "another");
    assert_string_equal(error.code, ""); /* a code belongs to one error */
    leat_error_system(&error, LEAT_FAILED, ENOSPC, "cannot write");
    assert_true(leat_error_has_code(&error, "errno 28")); /* errno-base.h */
}

/* The server's text is cut, and its SQLSTATE with it; the code is not. */
static void keeps_its_code_when_the_message_is_cut(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'm', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    leat_error error;
    leat_error_set(&error, LEAT_RETRY, "%s [SQLSTATE 55P03]", text);
    leat_error_set_code(&error, "SQLSTATE 55P03");
    for (int i = 0; i < 100; i++)
        leat_error_context(&error, LEAT_RETRY, "copying public.orders");
    assert_null(strstr(error.message, "55P03"));
    assert_true(leat_error_has_code(&error, "SQLSTATE 55P03"));
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
        leat_error_context(&error, LEAT_FAILED, "%.*s", length, text);
        assert_true(strlen(error.message) < sizeof error.message);
    }
    leat_error error;
    leat_error_set(&error, LEAT_FAILED, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    leat_error_mend(&error, "%s", text);
    assert_int_equal(strlen(error.mend), sizeof error.mend - 1);
    leat_error_context(&error, LEAT_FAILED, "table");
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
        cmocka_unit_test(carries_status_sentence_and_mend),
        cmocka_unit_test(names_the_system_s_reason),
        cmocka_unit_test(takes_no_error_for_an_answer),
        cmocka_unit_test(cuts_what_is_too_long),
        cmocka_unit_test(gives_the_documented_exit_codes),
        cmocka_unit_test(is_made_with_its_mend_in_one_step),
        cmocka_unit_test(carries_a_code_for_programs),
        cmocka_unit_test(keeps_its_code_when_the_message_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
