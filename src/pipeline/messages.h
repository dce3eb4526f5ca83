/* Logical messages as rows of a table of their own, "leat.message". */
#ifndef LEAT_PIPELINE_MESSAGES_H
#define LEAT_PIPELINE_MESSAGES_H

#include "leat/event.h"

enum { LEAT_MESSAGE_COLUMNS = 3 };

/* The definition: prefix (string), content (bytes), transactional (boolean); no key. Held once by the caller.
 */
leat_table *leat_message_table(void);

/* The row that an event of kind LEAT_EVENT_MESSAGE makes; its slices are the event's. */
void leat_message_row(const leat_event *event, leat_datum row[LEAT_MESSAGE_COLUMNS]);

#endif
