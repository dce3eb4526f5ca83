/* A run as it is watched: a live line on a terminal, a line in the log now and then elsewhere, a summary at
 * the end. */
#ifndef LEAT_CLI_PROGRESS_H
#define LEAT_CLI_PROGRESS_H

#include "base/log.h"
#include "pipeline/pipeline.h"
#include "terminal/terminal.h"

/* Opaque. */
typedef struct leat_progress leat_progress;

/* Shows a live line on `terminal` where that is interactive and `live`; the log's lines push it aside. Both
 * outlive it. */
leat_progress *leat_progress_open(leat_log *log, const leat_terminal *terminal, bool live);

/* A leat_pipeline_observer's status function; `context` is the leat_progress. */
void leat_progress_status(void *context, const leat_pipeline_status *status);

/* Takes the live line away and logs what the run did. */
void leat_progress_summarise(leat_progress *progress);

/* Takes the live line away and lets go of the log. */
void leat_progress_close(leat_progress *progress);

#endif
