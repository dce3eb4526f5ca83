/* What the demo has to say at its end. */
#ifndef LEAT_DEMO_SUMMARY_H
#define LEAT_DEMO_SUMMARY_H

#include <stdint.h>

#include "base/buffer.h"
#include "config/config.h"

typedef struct leat_demo_outcome {
    int64_t typical_lag; /* as leat_demo_view_lags gives them */
    int64_t longest_lag;
    uint64_t existing_made; /* rows that stood in the tables before the start */
    uint64_t changes_made;  /* rows changed by the workload */
    const char *schema;     /* what the names of its tables begin with */
    const char *folder;     /* everything that is kept */
    const char *program;    /* how the user called leat */
    const char *server;     /* the command that starts the kept server again; NULL: it is gone */
} leat_demo_outcome;

/* Appends tables, versions, files and lag, as the state store and the files themselves tell, and the commands
 * to look at them. LEAT_FAILED when the files do not hold every row and every change once. */
leat_status leat_demo_summarise(const leat_demo_outcome *outcome, const leat_config *config, leat_buffer *out,
                                leat_error *error);

#endif
