/* libleat's public header: run a pipeline from a config file, inside a program of your own. */
#ifndef LEAT_LEAT_H
#define LEAT_LEAT_H

#include <stdbool.h>
#include <stddef.h>

#include "leat/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0"; static storage. */
const char *leat_version(void);

/* What `leat run` does, for a program that embeds it: runs the pipeline of the config file at `config_path`
 * until it is asked to stop, fails, or, with `until_current`, has delivered everything that stood in the log
 * at the start. `stop` is asked several times a second, from any thread, and outlives the call; with one each, pipelines
 * that run in several threads are stopped apart. The log goes to standard error, as the config says. `message` (of `message_size` bytes, may be NULL) gets one
 * sentence on failure. Returns the exit code of `leat run`. */
int leat_run(const char *config_path, bool until_current, leat_stop stop, char *message, size_t message_size);

#ifdef __cplusplus
}
#endif

#endif
