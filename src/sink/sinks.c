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

static leat_status kind_of(const leat_config *config, const leat_sink_kind **kind, leat_error *error)
{
    *kind = leat_sink_kind_find(config->sink.type);
    if (*kind == NULL)
        return leat_error_set(error, LEAT_USAGE, "there is no sink of type %s", config->sink.type);
    return LEAT_OK;
}

leat_status leat_sink_open(const leat_config *config, const leat_sink_lent *lent, leat_sink **sink,
                           leat_error *error)
{
    const leat_sink_kind *kind;
    leat_status status = kind_of(config, &kind, error);
    return status == LEAT_OK ? kind->open(config, lent, sink, error) : status;
}

leat_status leat_sink_check(const leat_config *config, const leat_sink_lent *lent, const char *const *tables,
                            size_t table_count, leat_findings *findings, leat_error *error)
{
    const leat_sink_kind *kind;
    leat_status status = kind_of(config, &kind, error);
    if (status != LEAT_OK || kind->check == NULL)
        return status;
    return kind->check(config, lent, tables, table_count, findings, error);
}

leat_status leat_sink_identity(const leat_config *config, leat_buffer *out, leat_error *error)
{
    const leat_sink_kind *kind;
    leat_status status = kind_of(config, &kind, error);
    if (status != LEAT_OK)
        return status;
    if (kind->identity != NULL)
        kind->identity(config, out);
    else
        leat_buffer_append_string(out, kind->type);
    return LEAT_OK;
}

void leat_sink_place(const leat_config *config, leat_buffer *out)
{
    const leat_sink_kind *kind = leat_sink_kind_find(config->sink.type);
    if (kind->place != NULL)
        kind->place(config, out);
    else
        leat_buffer_append_string(out, kind->address(config));
}
