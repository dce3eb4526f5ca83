/* Standard output and standard error: texts and JSON for who called us, failures in words. */
#ifndef LEAT_TERMINAL_OUTPUT_H
#define LEAT_TERMINAL_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"

/* Says on standard error what went wrong and what mends it; gives the exit code. */
int leat_output_failure(const leat_error *error);

/* Writes to standard output. False when that did not work, which has then been said, unless the reader has
 * gone: a closed pipe is nobody's mistake. `exit_code` then is the command's. */
bool leat_output_write(const leat_buffer *text, int *exit_code);

/* The object on one line; it is released. As leat_output_write. */
bool leat_output_write_json(json_t *object, int *exit_code);

/* A text as JSON; bytes that are not UTF-8 are written as \xHH. NULL gives null. */
json_t *leat_output_json_text(const char *text);

#endif
