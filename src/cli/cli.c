#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "terminal/output.h"

int leat_cli_show(const leat_buffer *text)
{
    int exit_code = 0;
    leat_output_write(text, &exit_code);
    return exit_code;
}

int leat_cli_show_help(const leat_command *command)
{
    leat_buffer text = {0};
    leat_options_help(command, &text);
    int exit_code = leat_cli_show(&text);
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
    *exit_code = status != LEAT_OK ? leat_output_failure(&error) : leat_cli_show_help(command);
    leat_arguments_free(arguments);
    return false;
}

static json_t *lines_as_json(const char *text)
{
    json_t *lines = json_array();
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char *line = leat_duplicate_bytes(text, length);
        json_array_append_new(lines, leat_output_json_text(line));
        leat_release(line);
        text += text[length] == '\n' ? length + 1 : length;
    }
    return lines;
}

bool leat_cli_load_config(const char *path, bool json, leat_config *config, int *exit_code)
{
    leat_error error = {0};
    leat_buffer problems = {0};
    leat_status status = leat_config_load(path, config, &problems, &error);
    if (status != LEAT_OK) {
        /* Of a file that cannot be read the error itself says why. */
        if (leat_error_has_code(&error, LEAT_CONFIG_MISTAKES))
            fprintf(stderr, "%s", leat_buffer_string(&problems));
        *exit_code = leat_output_failure(&error);
        int ignored;
        if (json)
            leat_output_write_json(json_pack("{s:o, s:b, s:o, s:o}", "config", leat_output_json_text(path),
                                             "ok", 0, "error", leat_output_json_text(error.message),
                                             "problems", lines_as_json(leat_buffer_string(&problems))),
                                   &ignored);
    }
    leat_buffer_free(&problems);
    return status == LEAT_OK;
}
