/* Assembly: from the config to a source. */
#ifndef LEAT_PIPELINE_ASSEMBLY_H
#define LEAT_PIPELINE_ASSEMBLY_H

#include "config/config.h"
#include "leat/source.h"
#include "leat/stop.h"

/* What the connector is opened with. Borrows from all arguments. */
leat_source_options leat_assembly_source_options(const leat_config *config, leat_log *log,
                                                 const leat_notebook *notebook, leat_stop stop);

/* What schemas are made with: the config's envelope and prefix, the connector's facts. */
leat_schema_options leat_assembly_schema_options(const leat_config *config);

#endif
