#include "cli/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "terminal/layout.h"

/* One word "--name" or "--name=value", taken apart. */
typedef struct option_word {
    char *name;        /* heap */
    const char *value; /* behind the '='; NULL without one */
} option_word;

static option_word take_apart(const char *word)
{
    const char *name = word + 2;
    const char *equals = strchr(name, '=');
    if (equals == NULL)
        return (option_word){.name = leat_duplicate_string(name)};
    return (option_word){.name = leat_duplicate_bytes(name, (size_t)(equals - name)), .value = equals + 1};
}

static const leat_option *find_option(const leat_command *command, const char *name)
{
    for (size_t i = 0; i < command->option_count; i++) {
        if (strcmp(command->options[i].name, name) == 0)
            return &command->options[i];
    }
    return NULL;
}

static leat_status unknown_option(const leat_command *command, const char *name, leat_error *error)
{
    const char **names = leat_allocate_array(command->option_count + 1, sizeof *names);
    for (size_t i = 0; i < command->option_count; i++)
        names[i] = command->options[i].name;
    names[command->option_count] = "help";
    const char *nearest = leat_nearest(name, names, command->option_count + 1);
    leat_error_set(error, LEAT_USAGE, "leat %s has no option --%s", command->name, name);
    if (nearest != NULL)
        leat_error_mend(error, "Did you mean --%s?", nearest);
    else
        leat_error_mend(error, "See leat %s --help", command->name);
    leat_release(names);
    return LEAT_USAGE;
}

static leat_status refuse_number(const leat_option *option, const char *value, leat_error *error)
{
    leat_error_set(error, LEAT_USAGE, "--%s cannot be \"%s\"", option->name, value);
    leat_error_mend(error, "It is a whole number from %" PRIu64 " to %" PRIu64, option->least, option->most);
    return LEAT_USAGE;
}

static leat_status read_number(const leat_option *option, const char *value, uint64_t *number,
                               leat_error *error)
{
    char *end = NULL;
    errno = 0;
    uint64_t read = strtoull(value, &end, 10);
    bool digits = value[0] >= '0' && value[0] <= '9' && *end == '\0';
    if (!digits || errno != 0 || read < option->least || read > option->most)
        return refuse_number(option, value, error);
    *number = read;
    return LEAT_OK;
}

static size_t count_choices(const leat_option *option)
{
    size_t count = 0;
    while (option->choices[count] != NULL)
        count++;
    return count;
}

static void list_choices(const leat_option *option, leat_buffer *out)
{
    size_t count = count_choices(option);
    for (size_t i = 0; i < count; i++)
        leat_buffer_printf(out, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", option->choices[i]);
}

static leat_status read_choice(const leat_option *option, const char *value, int *choice, leat_error *error)
{
    size_t count = count_choices(option);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(option->choices[i], value) == 0) {
            *choice = (int)i;
            return LEAT_OK;
        }
    }
    leat_buffer choices = {0};
    list_choices(option, &choices);
    leat_error_set(error, LEAT_USAGE, "--%s cannot be \"%s\"", option->name, value);
    leat_error_mend(error, "It is %s", leat_buffer_string(&choices));
    leat_buffer_free(&choices);
    return LEAT_USAGE;
}

static leat_status set_option(const leat_option *option, const char *value, void *settings, leat_error *error)
{
    void *variable = (char *)settings + option->offset;
    switch (option->kind) {
    case LEAT_OPTION_FLAG:
        if (value != NULL)
            return leat_error_set(error, LEAT_USAGE, "--%s takes no value, but was given \"%s\"",
                                  option->name, value);
        *(bool *)variable = true;
        return LEAT_OK;
    case LEAT_OPTION_NUMBER:
        return read_number(option, value, variable, error);
    case LEAT_OPTION_CHOICE:
        return read_choice(option, value, variable, error);
    case LEAT_OPTION_TEXT:
        *(const char **)variable = value;
        return LEAT_OK;
    }
    return LEAT_OK;
}

/* One option at words[*at]; moves on over its value where that is the next word. */
static leat_status parse_option(const leat_command *command, int count, char **words, int *at, void *settings,
                                leat_arguments *arguments, leat_error *error)
{
    option_word word = take_apart(words[*at]);
    const leat_option *option = find_option(command, word.name);
    leat_status status = LEAT_OK;
    if (strcmp(word.name, "help") == 0)
        arguments->help = true;
    else if (option == NULL)
        status = unknown_option(command, word.name, error);
    else if (option->kind == LEAT_OPTION_FLAG || word.value != NULL)
        status = set_option(option, word.value, settings, error);
    else if (*at + 1 < count)
        status = set_option(option, words[++*at], settings, error);
    else
        status = leat_error_set(error, LEAT_USAGE, "--%s needs a value: --%s %s", option->name, option->name,
                                option->argument);
    leat_release(word.name);
    return status;
}

static leat_status check_operands(const leat_command *command, const leat_arguments *arguments,
                                  leat_error *error)
{
    if (arguments->operand_count < command->least_operands) {
        leat_error_set(error, LEAT_USAGE, "leat %s needs %s", command->name, command->operands);
        leat_error_mend(error, "Usage: leat %s %s; see leat %s --help", command->name, command->operands,
                        command->name);
        return LEAT_USAGE;
    }
    if (arguments->operand_count > command->most_operands) {
        leat_error_set(error, LEAT_USAGE, "leat %s does not know what to do with \"%s\"", command->name,
                       arguments->operands[command->most_operands]);
        leat_error_mend(error, "See leat %s --help", command->name);
        return LEAT_USAGE;
    }
    return LEAT_OK;
}

/* "-" alone is an operand (by custom, standard input). */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

static leat_status parse_dashed(const leat_command *command, int count, char **words, int *at, void *settings,
                                leat_arguments *arguments, leat_error *error)
{
    if (words[*at][1] == '-')
        return parse_option(command, count, words, at, settings, arguments, error);
    if (strcmp(words[*at], "-h") == 0) {
        arguments->help = true;
        return LEAT_OK;
    }
    leat_error_set(error, LEAT_USAGE, "leat %s has no option %s", command->name, words[*at]);
    leat_error_mend(error, "Options have two dashes and whole names; see leat %s --help", command->name);
    return LEAT_USAGE;
}

leat_status leat_options_parse(const leat_command *command, int count, char **words, void *settings,
                               leat_arguments *arguments, leat_error *error)
{
    *arguments = (leat_arguments){.operands = leat_allocate_array((size_t)count + 1, sizeof(char *))};
    bool operands_only = false;
    for (int at = 0; at < count; at++) {
        if (operands_only || !is_option(words[at])) {
            arguments->operands[arguments->operand_count++] = words[at];
        } else if (strcmp(words[at], "--") == 0) {
            operands_only = true;
        } else {
            leat_status status = parse_dashed(command, count, words, &at, settings, arguments, error);
            if (status != LEAT_OK || arguments->help)
                return status;
        }
    }
    return check_operands(command, arguments, error);
}

void leat_arguments_free(leat_arguments *arguments)
{
    leat_release(arguments->operands);
    *arguments = (leat_arguments){0};
}

static void add_option_help(leat_layout *layout, const leat_option *option)
{
    if (option->argument == NULL)
        leat_layout_add(layout, "--%s", option->name);
    else
        leat_layout_add(layout, "--%s %s", option->name, option->argument);
    if (option->kind == LEAT_OPTION_CHOICE) {
        leat_buffer choices = {0};
        list_choices(option, &choices);
        leat_layout_add(layout, "%s: %s", option->help, leat_buffer_string(&choices));
        leat_buffer_free(&choices);
    } else {
        leat_layout_add(layout, "%s", option->help);
    }
}

void leat_options_help(const leat_command *command, leat_buffer *out)
{
    static const leat_layout_column columns[] = {{0}, {0}};
    leat_buffer_printf(out, "usage: leat %s%s%s%s\n\n%s\n\noptions:\n", command->name,
                       command->operands[0] == '\0' ? "" : " ", command->operands,
                       command->option_count == 0 ? "" : " [OPTION]...", command->about);
    leat_layout options = {.columns = columns, .column_count = 2};
    for (size_t i = 0; i < command->option_count; i++)
        add_option_help(&options, &command->options[i]);
    leat_layout_add(&options, "--help");
    leat_layout_add(&options, "show this");
    leat_layout_render(&options, 2, out);
    leat_layout_free(&options);
    leat_buffer_printf(out, "\n%s:\n%s\n", strchr(command->example, '\n') == NULL ? "example" : "examples",
                       command->example);
}
