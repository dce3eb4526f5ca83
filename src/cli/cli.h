/* What the commands have in common: how they read their words and their config, and how they show help. */
#ifndef LEAT_CLI_CLI_H
#define LEAT_CLI_CLI_H

#include <stdbool.h>

#include "base/buffer.h"
#include "cli/options.h"
#include "config/config.h"

/* Parses a command's words. False when the command is over (help was shown, or a mistake was named) with
 * `exit_code`; `arguments` then need no freeing. */
bool leat_cli_parse(const leat_command *command, int count, char **words, void *settings,
                    leat_arguments *arguments, int *exit_code);

/* Writes the text to standard output; gives the exit code. */
int leat_cli_show(const leat_buffer *text);

/* What `leat COMMAND --help` says, likewise. */
int leat_cli_show_help(const leat_command *command);

/* Loads a config. False when that failed, with the command's `exit_code`: every mistake in it has then been
 * named on standard error, and with `json` on standard output for programs as well. The caller frees `config`
 * whatever the outcome. */
bool leat_cli_load_config(const char *path, bool json, leat_config *config, int *exit_code);

#endif
