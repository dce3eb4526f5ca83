/* The log: sentences for whoever runs leat, as text or as JSON lines, on one file descriptor. */
#ifndef LEAT_BASE_LOG_H
#define LEAT_BASE_LOG_H

#include <stdbool.h>

#include "base/error.h"

typedef enum leat_log_level {
    LEAT_LOG_DEBUG,
    LEAT_LOG_INFO,
    LEAT_LOG_WARNING,
    LEAT_LOG_ERROR
} leat_log_level;
typedef enum leat_log_format { LEAT_LOG_TEXT, LEAT_LOG_JSON } leat_log_format;

/* Opaque; made once by the command and passed down. Safe from every thread; one line is one write(2). */
typedef struct leat_log leat_log;

/* A log that writes lines of at least `level` to `descriptor` (not closed by leat_log_close). */
leat_log *leat_log_open(int descriptor, leat_log_level level, leat_log_format format);
void leat_log_close(leat_log *log);

/* Called before a line is written and after: the progress line uses it to get out of the way. May be NULL. */
typedef void (*leat_log_hook)(void *context, bool before);
void leat_log_set_hook(leat_log *log, leat_log_hook hook, void *context);

/* Writes one line. `log` may be NULL (nothing is written). The same format string (an error: the same
 * message) more than five times within ten seconds is held back and counted; the count follows when the ten
 * seconds are over or at close. */
void leat_log_write(leat_log *log, leat_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Writes an error's message and mend. Errors are logged once, where they are handled. */
void leat_log_error(leat_log *log, leat_log_level level, const leat_error *error);

/* "debug", "info", "warning", "error"; false for anything else. */
bool leat_log_level_parse(const char *text, leat_log_level *level);

#endif
