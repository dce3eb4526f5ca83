/* Which kinds of sinks there are: a new one is a folder beside this file, and a line in it. */
#include <string.h>

#include "sink/file/sink.h"
#include "sink/kafka/sink.h"
#include "sink/kind.h"
#include "sink/stdout/sink.h"

const leat_sink_kind *const leat_sinks[] = {
    &leat_sink_file,
    &leat_sink_kafka,
    &leat_sink_stdout,
};
const size_t leat_sink_count = sizeof leat_sinks / sizeof leat_sinks[0];

const leat_sink_kind *leat_sink_kind_find(const char *type)
{
    for (size_t i = 0; i < leat_sink_count; i++)
        if (strcmp(type, leat_sinks[i]->type) == 0)
            return leat_sinks[i];
    return NULL;
}

leat_status leat_sink_open(const leat_sink_config *config, const leat_sink_lent *lent, leat_sink **sink,
                           leat_error *error)
{
    return config->kind->open(config, lent, sink, error);
}

leat_status leat_sink_check(const leat_sink_config *config, const leat_sink_lent *lent,
                            const char *const *tables, size_t table_count, leat_findings *findings,
                            leat_error *error)
{
    if (config->kind->check == NULL)
        return LEAT_OK;
    return config->kind->check(config, lent, tables, table_count, findings, error);
}

void leat_sink_identity(const leat_sink_config *config, leat_buffer *out)
{
    if (config->kind->identity != NULL)
        config->kind->identity(config, out);
    else
        leat_buffer_append_string(out, config->kind->type);
}

void leat_sink_place(const leat_sink_config *config, leat_buffer *out)
{
    if (config->kind->place != NULL)
        config->kind->place(config, out);
    else
        leat_buffer_append_string(out, config->kind->address(config));
}
