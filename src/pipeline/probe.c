/* A source or a sink without a pump, for check and status: it reads the pipeline's notebook, where there is
 * one, and writes nothing.
 *
 * Commands see an ordinary source; behind it stands the connector's own, and the state store that its
 * notebook is read from, closed together. */
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "pipeline/assembly.h"
#include "pipeline/pipeline.h"

struct probe {
    const leat_source_ops *ops;
    leat_source *source;
    leat_state *state; /* NULL where the pipeline never ran */
    leat_notebook stored;
    leat_notebook notebook;
    leat_source_options options;
};

static struct probe *probe_of(leat_source *source)
{
    return (struct probe *)(void *)source;
}

static leat_status notebook_get(void *context, const char *key, char **value, leat_error *error)
{
    struct probe *probe = context;
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

static leat_status probe_check(leat_source *source, leat_findings *findings, leat_error *error)
{
    struct probe *probe = probe_of(source);
    return probe->ops->check(probe->source, findings, error);
}

static leat_status probe_discover(leat_source *source, leat_discovery *discovery, leat_error *error)
{
    struct probe *probe = probe_of(source);
    return probe->ops->discover(probe->source, discovery, error);
}

static leat_status probe_progress(leat_source *source, const char *acknowledged,
                                  leat_source_progress *progress, leat_error *error)
{
    struct probe *probe = probe_of(source);
    return probe->ops->progress(probe->source, acknowledged, progress, error);
}

static void probe_close(leat_source *source)
{
    struct probe *probe = probe_of(source);
    if (probe->source != NULL)
        probe->ops->close(probe->source);
    leat_state_close(probe->state);
    leat_release(probe);
}

/* The rest of the contract is for a pump; a command has no use for it. */
static const leat_source_ops probe_ops = {
    .type = "probe",
    .check = probe_check,
    .discover = probe_discover,
    .progress = probe_progress,
    .close = probe_close,
};

static leat_status open_probe(struct probe *probe, const leat_config *config, leat_log *log,
                              bool (*stop_requested)(void), leat_error *error)
{
    probe->ops = leat_assembly_source_ops(config->source.type);
    if (probe->ops == NULL)
        return leat_error_set(error, LEAT_USAGE, "there is no source of type %s", config->source.type);
    if (access(config->state, F_OK) == 0) {
        leat_status status = leat_state_open(config->state, config->name, true, &probe->state, error);
        if (status != LEAT_OK)
            return status;
        probe->stored = leat_state_notebook(probe->state);
    }
    probe->notebook = (leat_notebook){.context = probe, .get = notebook_get, .put = notebook_put};
    probe->options = leat_assembly_source_options(config, log, &probe->notebook, stop_requested);
    return probe->ops->open(&probe->options, &probe->source, error);
}

leat_status leat_pipeline_open_source(const leat_config *config, leat_log *log, bool (*stop_requested)(void),
                                      const leat_source_ops **ops, leat_source **source, leat_error *error)
{
    struct probe *probe = leat_allocate(sizeof *probe);
    *ops = &probe_ops;
    *source = (leat_source *)(void *)probe;
    leat_status status = open_probe(probe, config, log, stop_requested, error);
    if (status != LEAT_OK) {
        probe_close(*source);
        *source = NULL;
    }
    return status;
}

leat_status leat_pipeline_check_sink(const leat_config *config, leat_log *log, bool (*stop_requested)(void),
                                     const char *const *tables, size_t table_count, leat_findings *findings,
                                     leat_error *error)
{
    if (config->sink.type != LEAT_SINK_KAFKA)
        return LEAT_OK;
    const leat_assembly_lent lent = {.log = log, .stop_requested = stop_requested};
    const leat_sink_kafka_options options = leat_assembly_kafka_options(config, &lent);
    return leat_sink_kafka_check(&options, tables, table_count, findings, error);
}
