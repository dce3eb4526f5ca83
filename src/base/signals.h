/* Signals: one question, "has somebody asked us to stop?", answered without touching the pipeline from a
 * handler. */
#ifndef LEAT_BASE_SIGNALS_H
#define LEAT_BASE_SIGNALS_H

#include <stdbool.h>

#include "leat/stop.h"

/* SIGINT and SIGTERM ask for a clean stop; the second one ends the process at once (exit code 130 or 143).
 * SIGPIPE is ignored, so that a closed pipe is an error of write(2). Call once, from main. */
void leat_signals_install(void);

/* How many times a stop was asked for, by signals and by leat_signals_request_stop. Any thread. */
int leat_signals_stop_requests(void);

/* Whether a stop was asked for. Any thread. */
bool leat_signals_stopping(void);

/* The same question for pipelines and sources. */
leat_stop leat_signals_stop(void);

/* Asks for the same clean stop from within; a signal that follows still counts as the first one. Any thread.
 */
void leat_signals_request_stop(void);

#endif
