#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "leat/leat.h"
#include "terminal/layout.h"

static const leat_command *const commands[] = {
    &leat_command_demo, &leat_command_check, &leat_command_run, &leat_command_status, &leat_command_cat,
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

int leat_cli_fail(const leat_error *error)
{
    fprintf(stderr, "leat: %s\n", error->message);
    if (error->mend[0] != '\0')
        fprintf(stderr, "      %s\n", error->mend);
    return leat_status_exit_code(error->status);
}

static int say_write_failed(int number)
{
    leat_error error = {0};
    leat_error_system(&error, LEAT_FAILED, number, "cannot write to standard output");
    return leat_cli_fail(&error);
}

bool leat_cli_write(const leat_buffer *text, int *exit_code)
{
    size_t written = 0;
    while (written < text->length) {
        ssize_t now = write(STDOUT_FILENO, text->data + written, text->length - written);
        if (now < 0 && errno == EINTR)
            continue;
        if (now <= 0) {
            *exit_code = errno == EPIPE ? 0 : say_write_failed(errno);
            return false;
        }
        written += (size_t)now;
    }
    return true;
}

bool leat_cli_write_json(json_t *object, int *exit_code)
{
    leat_buffer line = {0};
    char *text = json_dumps(object, JSON_COMPACT);
    leat_buffer_printf(&line, "%s\n", text);
    free(text);
    json_decref(object);
    bool written = leat_cli_write(&line, exit_code);
    leat_buffer_free(&line);
    return written;
}

json_t *leat_cli_json_text(const char *text)
{
    if (text == NULL)
        return json_null();
    leat_buffer escaped = {0};
    leat_utf8_append_escaped(&escaped, leat_slice_of_string(text));
    json_t *value = json_string(leat_buffer_string(&escaped));
    leat_buffer_free(&escaped);
    return value;
}

static int show(const leat_buffer *text)
{
    int exit_code = 0;
    leat_cli_write(text, &exit_code);
    return exit_code;
}

static int show_command_help(const leat_command *command)
{
    leat_buffer text = {0};
    leat_options_help(command, &text);
    int exit_code = show(&text);
    leat_buffer_free(&text);
    return exit_code;
}

bool leat_cli_parse(const leat_command *command, int count, char **words, void *settings,
                    leat_arguments *arguments, int *exit_code)
{
    leat_error error = {0};
    leat_status status = leat_options_parse(command, count, words, settings, arguments, &error);
    if (status == LEAT_OK && !arguments->help)
        return true;
    *exit_code = status != LEAT_OK ? leat_cli_fail(&error) : show_command_help(command);
    leat_arguments_free(arguments);
    return false;
}

static json_t *lines_as_json(const char *text)
{
    json_t *lines = json_array();
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char *line = leat_duplicate_bytes(text, length);
        json_array_append_new(lines, leat_cli_json_text(line));
        leat_release(line);
        text += text[length] == '\n' ? length + 1 : length;
    }
    return lines;
}

/* One line each; but a single one that the error repeats (a file that cannot be opened) is said by that. */
static void say_problems(const char *problems, const leat_error *error)
{
    char *first = leat_duplicate_bytes(problems, strcspn(problems, "\n"));
    if (strstr(error->message, first) == NULL)
        fprintf(stderr, "%s", problems);
    leat_release(first);
}

bool leat_cli_load_config(const char *path, bool json, leat_config *config, int *exit_code)
{
    leat_error error = {0};
    leat_buffer problems = {0};
    leat_status status = leat_config_load(path, config, &problems, &error);
    if (status != LEAT_OK) {
        say_problems(leat_buffer_string(&problems), &error);
        *exit_code = leat_cli_fail(&error);
        int ignored;
        if (json)
            leat_cli_write_json(json_pack("{s:o, s:b, s:o, s:o}", "config", leat_cli_json_text(path), "ok", 0,
                                          "error", leat_cli_json_text(error.message), "problems",
                                          lines_as_json(leat_buffer_string(&problems))),
                                &ignored);
    }
    leat_buffer_free(&problems);
    return status == LEAT_OK;
}

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
    int exit_code = show(&text);
    leat_buffer_free(&text);
    return exit_code;
}

static int show_version(void)
{
    leat_buffer text = {0};
    leat_buffer_printf(&text, "leat %s\n", leat_version());
    int exit_code = show(&text);
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
    return leat_cli_fail(&error);
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
    return command == NULL ? unknown_word(words[0]) : show_command_help(command);
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
