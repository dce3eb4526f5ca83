/* ${NAME} and ${file:PATH} in the values of a config file. */
#ifndef LEAT_CONFIG_SUBSTITUTE_H
#define LEAT_CONFIG_SUBSTITUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

/* What a config's substitutions share. */
typedef struct leat_substitution {
    leat_arena *arena;  /* results live in it */
    const char *folder; /* relative paths of ${file:…} are taken from here */
    size_t used;        /* bytes put in so far: the whole config has a bound */
} leat_substitution;

/* `text` with every ${NAME} replaced by the environment variable and every ${file:PATH} by the file's content
 * less one line end behind it; "$${" gives "${". What is put in is not looked at again. `result` lives in the
 * arena; `hidden` is set when anything was put in: such a text must never be shown. LEAT_USAGE for a variable
 * that is not set, a file that cannot be read, content that is no UTF-8 text. */
leat_status leat_substitute(leat_substitution *substitution, const char *text, const char **result,
                            bool *hidden, leat_error *error);

/* `path`, or `folder`/`path` when it is relative; in the arena. An empty folder is the present one. */
const char *leat_path_from(leat_arena *arena, const char *folder, const char *path);

#endif
