/* Where a run stands, in one sentence. */
#ifndef LEAT_CLI_PROGRESS_TEXT_H
#define LEAT_CLI_PROGRESS_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pipeline/pipeline.h"

/* What one look at the status cannot tell. */
typedef struct leat_progress_pace {
    uint64_t rate; /* records in a second */
    int64_t lag;   /* microseconds from a commit at the source to here; -1 unknown */
    bool idle;     /* nothing has come for a while: all that there was is here */
} leat_progress_pace;

/* Appends the sentence, without a newline: phase, tables, rows, rate and time left of a snapshot; records,
 * rate and lag of a stream. */
void leat_progress_describe(const leat_pipeline_status *status, const leat_progress_pace *pace,
                            leat_buffer *out);

/* Microseconds that a snapshot will still take at `rate` rows in a second, by the estimates of its tables; -1
 * where that is unknown. */
int64_t leat_progress_time_left(const leat_pipeline_status *status, uint64_t rate);

#endif
