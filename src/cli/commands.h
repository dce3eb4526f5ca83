/* The command line: which commands there are, and which of them is asked for. */
#ifndef LEAT_CLI_COMMANDS_H
#define LEAT_CLI_COMMANDS_H

#include "cli/options.h"

extern const leat_command leat_command_demo;
extern const leat_command leat_command_check;
extern const leat_command leat_command_run;
extern const leat_command leat_command_status;
extern const leat_command leat_command_cat;

/* The whole program but for main(): finds the command and runs it. Gives the exit code. */
int leat_cli_main(int count, char **words);

#endif
