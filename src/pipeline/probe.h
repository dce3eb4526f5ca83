/* A source without a pump, for commands that look (check, status). */
#ifndef LEAT_PIPELINE_PROBE_H
#define LEAT_PIPELINE_PROBE_H

#include "config/config.h"
#include "leat/source.h"
#include "leat/stop.h"
#include "state/state.h"

/* The source of a config, whose notebook is what the pipeline remembers, read-only. `source` can check,
 * discover and tell its progress; for the rest of the contract it takes a pump. Stays where it was opened,
 * as the source borrows from it. */
typedef struct leat_probe {
    leat_source *source;
    leat_state *state; /* NULL where the pipeline never ran */
    leat_notebook stored;
    leat_notebook notebook;
    leat_source_options options;
} leat_probe;

/* The config and the log outlive the probe. On failure there is nothing to close. */
leat_status leat_probe_open(leat_probe *probe, const leat_config *config, leat_log *log, leat_stop stop,
                            leat_error *error);
void leat_probe_close(leat_probe *probe);

#endif
