/* Positions: their text form is the whole of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "leat/position.h"

static void assert_same(const char *left, const char *right)
{
    assert_true((left == NULL) == (right == NULL));
    if (left != NULL)
        assert_string_equal(left, right);
}

static void assert_text(const char *log, const char *transaction, uint64_t ordinal, const char *expected)
{
    leat_position position = {0};
    leat_position_set(&position, log, transaction, ordinal);
    char *text = leat_position_format(&position);
    assert_string_equal(text, expected);
    leat_position parsed = {0};
    leat_error error;
    assert_int_equal(leat_position_parse(text, &parsed, &error), LEAT_OK);
    assert_same(parsed.log, log);
    assert_same(parsed.transaction, transaction);
    assert_true(parsed.ordinal == ordinal);
    assert_int_equal(leat_position_at_boundary(&parsed), transaction == NULL);
    leat_position_clear(&parsed);
    leat_position_clear(&position);
    leat_release(text);
}

static void text_form_goes_both_ways(void **state)
{
    (void)state;
    assert_text(NULL, NULL, 0, "");
    assert_text("0/16B3748", NULL, 0, "0/16B3748");
    assert_text("0/16B3748", "0/16B3999", 17, "0/16B3748+0/16B3999@17");
    assert_text(NULL, "742", 1, "+742@1"); /* cut before anything was ever durable */
    assert_text("x", "a@b", UINT64_MAX, "x+a@b@18446744073709551615");
}

static void refuses_other_texts(void **state)
{
    (void)state;
    static const char *const texts[] = {"0/1+",    "0/1+7",    "0/1+@5",   "0/1+7@",
                                        "0/1+7@x", "0/1+7@-1", "0/1+7@1x", "0/1+7@18446744073709551616"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        leat_position position = {0};
        leat_error error;
        assert_int_equal(leat_position_parse(texts[i], &position, &error), LEAT_FAILED);
        assert_null(position.log);
    }
}

static void parts_may_be_its_own(void **state)
{
    (void)state;
    leat_position position = {0};
    leat_position_set(&position, "0/1", "7", 3);
    leat_position_set(&position, position.transaction, position.log, 4);
    assert_string_equal(position.log, "7");
    assert_string_equal(position.transaction, "0/1");
    leat_position copy = {0};
    leat_position_copy(&copy, &position);
    leat_position_copy(&copy, &copy);
    assert_string_equal(copy.log, "7");
    assert_int_equal(copy.ordinal, 4);
    leat_position_clear(&position);
    leat_position_clear(&position);
    assert_null(position.log);
    assert_string_equal(copy.transaction, "0/1");
    leat_position_clear(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_form_goes_both_ways),
        cmocka_unit_test(refuses_other_texts),
        cmocka_unit_test(parts_may_be_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
