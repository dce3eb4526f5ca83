/* The nearest right name: which slips are forgiven and which words are left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/nearest.h"

static const char *const commands[] = {"demo", "check", "run", "status", "cat"};
static const char *const options[] = {"until-current", "log-level", "log-format", "quiet", "help"};

static const char *command_for(const char *text)
{
    return leat_nearest(text, commands, sizeof commands / sizeof commands[0]);
}

static const char *option_for(const char *text)
{
    return leat_nearest(text, options, sizeof options / sizeof options[0]);
}

static void forgives_slips(void **state)
{
    (void)state;
    assert_string_equal(command_for("stats"), "status");  /* letters missing */
    assert_string_equal(command_for("runn"), "run");      /* one too many */
    assert_string_equal(command_for("chekc"), "check");   /* neighbours swapped */
    assert_string_equal(command_for("dema"), "demo");     /* a wrong one */
    assert_string_equal(command_for("STATUS"), "status"); /* case */
    assert_string_equal(option_for("untilcurrent"), "until-current");
    assert_string_equal(option_for("log_level"), "log-level");
}

static void completes_beginnings(void **state)
{
    (void)state;
    assert_string_equal(option_for("until"), "until-current");
    assert_string_equal(command_for("stat"), "status");
}

static void prefers_the_nearer(void **state)
{
    (void)state;
    static const char *const names[] = {"path", "paths", "bath"};
    assert_string_equal(leat_nearest("paths", names, 3), "paths");
    assert_string_equal(leat_nearest("bat", names + 1, 2), "bath");
}

static void leaves_strangers_alone(void **state)
{
    (void)state;
    assert_null(command_for("replicate"));
    assert_null(command_for("xyz"));
    assert_null(command_for(""));
    assert_null(command_for("q"));
    assert_null(leat_nearest("run", NULL, 0));
}

static void takes_texts_of_any_length(void **state)
{
    (void)state;
    char longest[5000];
    memset(longest, 'r', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_null(command_for(longest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forgives_slips),
        cmocka_unit_test(completes_beginnings),
        cmocka_unit_test(prefers_the_nearer),
        cmocka_unit_test(leaves_strangers_alone),
        cmocka_unit_test(takes_texts_of_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
