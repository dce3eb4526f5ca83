/* A source without a pump, for check and status: it reads the pipeline's notebook, where there is
 * one, and writes nothing. */
#include <unistd.h>

#include "pipeline/assembly.h"
#include "pipeline/pipeline.h"
#include "pipeline/probe.h"

static leat_status notebook_get(void *context, const char *key, char **value, leat_error *error)
{
    leat_probe *probe = context;
    *value = NULL;
    if (probe->state == NULL)
        return LEAT_OK;
    return probe->stored.get(probe->stored.context, key, value, error);
}

static leat_status notebook_put(void *context, const char *key, const char *value, leat_error *error)
{
    (void)context;
    (void)value;
    return leat_error_set(error, LEAT_FAILED, "a check does not change what the pipeline remembers (%s)",
                          key);
}

static leat_status open_state(leat_probe *probe, const leat_config *config, leat_error *error)
{
    if (access(config->state, F_OK) != 0)
        return LEAT_OK;
    leat_status status = leat_state_open(config->state, config->name, true, &probe->state, error);
    if (status == LEAT_OK)
        probe->stored = leat_state_notebook(probe->state);
    return status;
}

leat_status leat_probe_open(leat_probe *probe, const leat_config *config, leat_log *log, leat_stop stop,
                            leat_error *error)
{
    const leat_source_kind *kind = config->source.kind;
    *probe = (leat_probe){0};
    leat_status status = open_state(probe, config, error);
    if (status != LEAT_OK)
        return status;
    probe->notebook = (leat_notebook){.context = probe, .get = notebook_get, .put = notebook_put};
    probe->options = leat_assembly_source_options(config, log, &probe->notebook, stop);
    status = kind->open(kind, &probe->options, &probe->source, error);
    if (status != LEAT_OK)
        leat_probe_close(probe);
    return status;
}

void leat_probe_close(leat_probe *probe)
{
    leat_source_close(probe->source);
    leat_state_close(probe->state);
    *probe = (leat_probe){0};
}
