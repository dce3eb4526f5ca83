/* What happens to a table as an event, for programs. */
#ifndef LEAT_TRIGGER_EVENT_H
#define LEAT_TRIGGER_EVENT_H

#include "history/change.h"

/* The schema-change event, JSON as schemas/schema-change.schema.json has it. leat_release it. */
char *leat_trigger_event_of_change(const char *pipeline, const leat_schema_change *change);

#endif
