#include "pipeline/destination.h"

#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "sink/kind.h"

static const char sink_key[] = "pipeline.sink";

static leat_status refuse(const char *position, const char *former, const char *present, leat_error *error)
{
    return leat_error_fail(
        error, LEAT_OPERATOR,
        "Each would miss what the other got. Go back to the former sink; or give the new one a pipeline with "
        "a name and a state file of its own, which begins with a snapshot",
        "the state file stands at %s for the sink %s, and the config now names %s", position, former,
        present);
}

static leat_status compare(const leat_position *position, const char *former, const char *present,
                           const leat_notebook *notebook, leat_error *error)
{
    bool same = former != NULL && strcmp(former, present) == 0;
    if (same)
        return LEAT_OK;
    if (position->log != NULL && former != NULL)
        return refuse(position->log, former, present, error);
    return notebook->put(notebook->context, sink_key, present, error);
}

leat_status leat_destination_settle(const leat_config *config, leat_state *state, leat_error *error)
{
    leat_buffer present = {0};
    leat_position position = {0};
    char *former = NULL;
    const leat_notebook notebook = leat_state_notebook(state);
    const leat_sink_config sink = leat_config_sink(config);
    leat_sink_identity(&sink, &present);
    leat_status status = leat_state_position_get(state, &position, error);
    if (status == LEAT_OK)
        status = notebook.get(notebook.context, sink_key, &former, error);
    if (status == LEAT_OK)
        status = compare(&position, former, leat_buffer_string(&present), &notebook, error);
    leat_release(former);
    leat_position_clear(&position);
    leat_buffer_free(&present);
    return status;
}
