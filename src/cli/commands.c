#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/signals.h"
#include "cli/cli.h"
#include "leat/leat.h"
#include "terminal/layout.h"
#include "terminal/output.h"

static const leat_command *const commands[] = {
    &leat_command_demo, &leat_command_check, &leat_command_run, &leat_command_status, &leat_command_cat,
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void write_overview(leat_buffer *out)
{
    static const leat_layout_column columns[] = {{0}, {0}, {0}};
    leat_buffer_printf(out,
                       "leat %s replicates the changes of a database, as Avro, exactly once.\n\n"
                       "usage: leat COMMAND [OPTION]... [ARGUMENT]...\n\ncommands:\n",
                       leat_version());
    leat_layout list = {.columns = columns, .column_count = 3};
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        leat_layout_add(&list, "%s", commands[i]->name);
        leat_layout_add(&list, "%s", commands[i]->operands);
        leat_layout_add(&list, "%s", commands[i]->summary);
    }
    leat_layout_render(&list, 2, out);
    leat_layout_free(&list);
    leat_buffer_append_string(out, "\n`leat COMMAND --help` tells more of each; `leat --version` says which "
                                   "leat this is.\n\nexample:\n  leat demo\n");
}

static int show_overview(void)
{
    leat_buffer text = {0};
    write_overview(&text);
    int exit_code = leat_cli_show(&text);
    leat_buffer_free(&text);
    return exit_code;
}

static int show_version(void)
{
    leat_buffer text = {0};
    leat_buffer_printf(&text, "leat %s\n", leat_version());
    int exit_code = leat_cli_show(&text);
    leat_buffer_free(&text);
    return exit_code;
}

static int no_command(void)
{
    leat_buffer text = {0};
    write_overview(&text);
    fprintf(stderr, "%s", leat_buffer_string(&text));
    leat_buffer_free(&text);
    return leat_status_exit_code(LEAT_USAGE);
}

static int unknown_word(const char *word)
{
    const char *names[COMMAND_COUNT + 2] = {"--help", "--version"};
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i + 2] = commands[i]->name;
    const char *nearest = leat_nearest(word, names, COMMAND_COUNT + 2);
    leat_error error = {0};
    leat_error_set(&error, LEAT_USAGE, "there is no %s %s", word[0] == '-' ? "option" : "command", word);
    if (nearest != NULL)
        leat_error_mend(&error, "Did you mean leat %s?", nearest);
    else
        leat_error_mend(&error, "See leat --help");
    return leat_output_failure(&error);
}

static const leat_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

/* `leat help` and `leat help COMMAND`: what people try who do not know --help. */
static int help_word(int count, char **words)
{
    if (count < 1)
        return show_overview();
    const leat_command *command = find_command(words[0]);
    return command == NULL ? unknown_word(words[0]) : leat_cli_show_help(command);
}

int leat_cli_main(int count, char **words)
{
    leat_signals_install();
    if (count < 2)
        return no_command();
    const char *word = words[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return show_overview();
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return show_version();
    if (strcmp(word, "help") == 0)
        return help_word(count - 2, words + 2);
    const leat_command *command = find_command(word);
    if (command == NULL)
        return unknown_word(word);
    return command->execute(command, words[0], count - 2, words + 2);
}
