/* Command lines: what is read, what is refused, and what the refusal says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/commands.h"
#include "cli/options.h"

typedef struct settings {
    bool loud;
    uint64_t limit;
    int colour;
    const char *varnish;
} settings;

static const char *const colours[] = {"red", "green", "blue", NULL};

static const leat_option options[] = {
    {.name = "loud", .kind = LEAT_OPTION_FLAG, .offset = offsetof(settings, loud), .help = "say it loudly"},
    {.name = "limit",
     .kind = LEAT_OPTION_NUMBER,
     .offset = offsetof(settings, limit),
     .argument = "N",
     .least = 2,
     .most = 100,
     .help = "how many"},
    {.name = "colour",
     .kind = LEAT_OPTION_CHOICE,
     .offset = offsetof(settings, colour),
     .argument = "COLOUR",
     .choices = colours,
     .help = "which"},
    {.name = "varnish",
     .kind = LEAT_OPTION_TEXT,
     .offset = offsetof(settings, varnish),
     .argument = "NAME",
     .help = "with what"},
};

static const leat_command command = {
    .name = "paint",
    .operands = "WALL",
    .least_operands = 1,
    .most_operands = 2,
    .about = "Paints walls.",
    .example = "  leat paint north",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
};

enum { MOST_WORDS = 8 };

typedef struct parsed {
    leat_status status;
    settings settings;
    leat_arguments arguments;
    leat_error error;
} parsed;

/* Parses the words up to the NULL. */
static parsed parse(const char *const *words)
{
    parsed outcome = {.settings = {.limit = 7, .colour = -1}};
    char *copies[MOST_WORDS];
    int count = 0;
    for (; words[count] != NULL; count++)
        copies[count] = (char *)words[count];
    outcome.status =
        leat_options_parse(&command, count, copies, &outcome.settings, &outcome.arguments, &outcome.error);
    return outcome;
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void assert_refused(parsed outcome, const char *message, const char *mend)
{
    assert_int_equal(outcome.status, LEAT_USAGE);
    assert_string_equal(outcome.error.message, message);
    assert_string_equal(outcome.error.mend, mend);
    leat_arguments_free(&outcome.arguments);
}

static void reads_options_between_operands(void **state)
{
    (void)state;
    parsed outcome = PARSE("--loud", "north", "--limit", "9", "south", "--colour=blue");
    assert_int_equal(outcome.status, LEAT_OK);
    assert_true(outcome.settings.loud);
    assert_int_equal(outcome.settings.limit, 9);
    assert_int_equal(outcome.settings.colour, 2);
    assert_int_equal(outcome.arguments.operand_count, 2);
    assert_string_equal(outcome.arguments.operands[0], "north");
    assert_string_equal(outcome.arguments.operands[1], "south");
    leat_arguments_free(&outcome.arguments);
}

static void leaves_defaults_alone(void **state)
{
    (void)state;
    parsed outcome = PARSE("north");
    assert_int_equal(outcome.status, LEAT_OK);
    assert_false(outcome.settings.loud);
    assert_int_equal(outcome.settings.limit, 7);
    assert_int_equal(outcome.settings.colour, -1);
    leat_arguments_free(&outcome.arguments);
}

static void texts_are_taken_as_they_are(void **state)
{
    (void)state;
    static const char *const written[][3] = {{"--varnish", "a=b"}, {"--varnish=a=b", NULL}};
    for (size_t i = 0; i < 2; i++) {
        parsed outcome = PARSE("north", written[i][0], written[i][1]);
        assert_int_equal(outcome.status, LEAT_OK);
        assert_string_equal(outcome.settings.varnish, "a=b");
        assert_int_equal(outcome.arguments.operand_count, 1);
        leat_arguments_free(&outcome.arguments);
    }
    assert_refused(PARSE("north", "--varnish"), "--varnish needs a value: --varnish NAME", "");
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    parsed outcome = PARSE("--", "--loud", "-");
    assert_int_equal(outcome.status, LEAT_OK);
    assert_false(outcome.settings.loud);
    assert_string_equal(outcome.arguments.operands[0], "--loud");
    assert_string_equal(outcome.arguments.operands[1], "-");
    leat_arguments_free(&outcome.arguments);
}

static void help_comes_before_everything_else(void **state)
{
    (void)state;
    parsed asked[] = {PARSE("--help"), PARSE("-h"), PARSE("a", "b", "c", "--help")};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(asked[i].status, LEAT_OK);
        assert_true(asked[i].arguments.help);
        leat_arguments_free(&asked[i].arguments);
    }
}

static void names_the_nearest_option(void **state)
{
    (void)state;
    assert_refused(PARSE("--color", "red", "north"), "leat paint has no option --color",
                   "Did you mean --colour?");
    assert_refused(PARSE("--hlep"), "leat paint has no option --hlep", "Did you mean --help?");
    assert_refused(PARSE("--brush=3", "north"), "leat paint has no option --brush", "See leat paint --help");
}

static void refuses_values_that_make_no_sense(void **state)
{
    (void)state;
    const char *numbers = "It is a whole number from 2 to 100";
    assert_refused(PARSE("--limit", "1"), "--limit cannot be \"1\"", numbers);
    assert_refused(PARSE("--limit=101"), "--limit cannot be \"101\"", numbers);
    assert_refused(PARSE("--limit", "-3"), "--limit cannot be \"-3\"", numbers);
    assert_refused(PARSE("--limit", "5x"), "--limit cannot be \"5x\"", numbers);
    assert_refused(PARSE("--limit", ""), "--limit cannot be \"\"", numbers);
    assert_refused(PARSE("--limit", " 5"), "--limit cannot be \" 5\"", numbers);
    assert_refused(PARSE("--limit", "18446744073709551621"), "--limit cannot be \"18446744073709551621\"",
                   numbers);
    assert_refused(PARSE("--colour", "re"), "--colour cannot be \"re\"", "It is red, green or blue");
    assert_refused(PARSE("--loud=yes", "x"), "--loud takes no value, but was given \"yes\"", "");
    assert_refused(PARSE("north", "--limit"), "--limit needs a value: --limit N", "");
}

static void refuses_single_letters(void **state)
{
    (void)state;
    assert_refused(PARSE("-l", "north"), "leat paint has no option -l",
                   "Options have two dashes and whole names; see leat paint --help");
}

static void counts_operands(void **state)
{
    (void)state;
    assert_refused(PARSE("--loud"), "leat paint needs WALL", "Usage: leat paint WALL; see leat paint --help");
    assert_refused(PARSE("a", "b", "c"), "leat paint does not know what to do with \"c\"",
                   "See leat paint --help");
}

static void help_shows_every_option(void **state)
{
    (void)state;
    leat_buffer out = {0};
    leat_options_help(&command, &out);
    assert_string_equal(leat_buffer_string(&out), "usage: leat paint WALL [OPTION]...\n"
                                                  "\n"
                                                  "Paints walls.\n"
                                                  "\n"
                                                  "options:\n"
                                                  "  --loud           say it loudly\n"
                                                  "  --limit N        how many\n"
                                                  "  --colour COLOUR  which: red, green or blue\n"
                                                  "  --varnish NAME   with what\n"
                                                  "  --help           show this\n"
                                                  "\n"
                                                  "example:\n"
                                                  "  leat paint north\n");
    leat_buffer_free(&out);
}

/* The real commands: each can be explained, and each has an example that begins with its name. */
static void every_command_is_explained(void **state)
{
    (void)state;
    const leat_command *const commands[] = {&leat_command_demo, &leat_command_check, &leat_command_run,
                                            &leat_command_status, &leat_command_cat};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        leat_buffer example = {0};
        leat_buffer help = {0};
        leat_buffer_printf(&example, "  leat %s", commands[i]->name);
        leat_options_help(commands[i], &help);
        assert_non_null(strstr(leat_buffer_string(&help), leat_buffer_string(&example)));
        for (size_t j = 0; j < commands[i]->option_count; j++)
            assert_non_null(strstr(leat_buffer_string(&help), commands[i]->options[j].name));
        leat_buffer_free(&example);
        leat_buffer_free(&help);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_options_between_operands),
        cmocka_unit_test(leaves_defaults_alone),
        cmocka_unit_test(texts_are_taken_as_they_are),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(help_comes_before_everything_else),
        cmocka_unit_test(names_the_nearest_option),
        cmocka_unit_test(refuses_values_that_make_no_sense),
        cmocka_unit_test(refuses_single_letters),
        cmocka_unit_test(counts_operands),
        cmocka_unit_test(help_shows_every_option),
        cmocka_unit_test(every_command_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
