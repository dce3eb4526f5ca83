/* The command line: which commands there are, and what they have in common. */
#ifndef LEAT_CLI_CLI_H
#define LEAT_CLI_CLI_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "cli/options.h"
#include "config/config.h"

extern const leat_command leat_command_demo;
extern const leat_command leat_command_check;
extern const leat_command leat_command_run;
extern const leat_command leat_command_status;
extern const leat_command leat_command_cat;

/* The whole program but for main(): finds the command and runs it. Gives the exit code. */
int leat_cli_main(int count, char **words);

/* Parses a command's words. False when the command is over (help was shown, or a mistake was named) with
 * `exit_code`; `arguments` then need no freeing. */
bool leat_cli_parse(const leat_command *command, int count, char **words, void *settings,
                    leat_arguments *arguments, int *exit_code);

/* Says on standard error what went wrong and what mends it; gives the exit code. */
int leat_cli_fail(const leat_error *error);

/* Loads a config. False when that failed, with the command's `exit_code`: every mistake in it has then been
 * named on standard error, and with `json` on standard output for programs as well. The caller frees `config`
 * whatever the outcome. */
bool leat_cli_load_config(const char *path, bool json, leat_config *config, int *exit_code);

/* Writes to standard output. False when that did not work, which has then been said, unless the reader has
 * gone: a closed pipe is nobody's mistake. `exit_code` then is the command's. */
bool leat_cli_write(const leat_buffer *text, int *exit_code);

/* The object on one line; it is released. As leat_cli_write. */
bool leat_cli_write_json(json_t *object, int *exit_code);

/* A text as JSON; bytes that are not UTF-8 are written as \xHH. NULL gives null. */
json_t *leat_cli_json_text(const char *text);

#endif
