/* The stdout sink from a config. */
#include "sink/kind.h"
#include "sink/stdout/sink.h"

static leat_status open_sink(const leat_sink_config *config, const leat_sink_lent *lent, leat_sink **sink,
                             leat_error *error)
{
    (void)config;
    return leat_sink_stdout_open(lent->output, lent->state, sink, error);
}

static const char *address(const leat_sink_config *config)
{
    (void)config;
    return "standard output";
}

const leat_sink_kind leat_sink_stdout = {
    .type = "stdout",
    .summary =
        "JSON lines on standard output, to look at or to pipe; after a crash the last lines may come again",
    .takes_output = true,
    .open = open_sink,
    .address = address,
};
