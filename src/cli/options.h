/* Commands and their options: one table for each drives parsing, help and mistakes. */
#ifndef LEAT_CLI_OPTIONS_H
#define LEAT_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

typedef enum leat_option_kind {
    LEAT_OPTION_FLAG,   /* sets a bool */
    LEAT_OPTION_NUMBER, /* a uint64_t between `least` and `most` */
    LEAT_OPTION_CHOICE, /* an int: the place of the word in `choices` */
    LEAT_OPTION_TEXT,   /* a const char *: the caller's word, or behind the '=' of one */
} leat_option_kind;

typedef struct leat_option {
    const char *name; /* without the dashes */
    leat_option_kind kind;
    size_t offset;        /* of its variable in the command's settings */
    const char *argument; /* what help calls its argument; NULL for a flag */
    const char *help;
    uint64_t least;
    uint64_t most;
    const char *const *choices; /* ended by NULL */
} leat_option;

typedef struct leat_command leat_command;

struct leat_command {
    const char *name;
    const char *operands; /* as usage shows them, "CONFIG"; "" for none */
    size_t least_operands;
    size_t most_operands; /* SIZE_MAX: any number */
    const char *summary;  /* one line, for the list of commands */
    const char *about;    /* whole sentences, lines ready broken */
    const char *example;  /* lines ready indented */
    const leat_option *options;
    size_t option_count;
    /* Runs it; `program` is how the user called us. Gives the exit code. */
    int (*execute)(const leat_command *command, const char *program, int count, char **words);
};

/* What stands on a command line besides options. `operands` are the caller's words, in order. */
typedef struct leat_arguments {
    const char **operands;
    size_t operand_count;
    bool help; /* --help was among them; nothing else was checked */
} leat_arguments;

/* Reads the words behind the command's name into `settings` (already holding defaults) and `arguments`.
 * "--name value", "--name=value", and "--" before operands that begin with a dash. LEAT_USAGE with the
 * nearest right name as the mend. leat_arguments_free whatever the outcome. */
leat_status leat_options_parse(const leat_command *command, int count, char **words, void *settings,
                               leat_arguments *arguments, leat_error *error);
void leat_arguments_free(leat_arguments *arguments);

/* The text of `leat COMMAND --help`. */
void leat_options_help(const leat_command *command, leat_buffer *out);

#endif
