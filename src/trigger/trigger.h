/* Triggers: whoever wants to know of what happens to tables subscribes here, and is told.
 *
 *   trigger.h    subscribers, and who is told what and when
 *   event.h      a change of a table as an event, for programs
 *   announce.h   the sink as a subscriber: it sends those events to its readers
 *
 * May use the history and the state; knows neither what reads the log nor where records go. */
#ifndef LEAT_TRIGGER_TRIGGER_H
#define LEAT_TRIGGER_TRIGGER_H

#include "base/error.h"
#include "history/change.h"
#include "state/state.h"

/* Opaque. Pump thread. */
typedef struct leat_trigger leat_trigger;

/* Somebody who is told. Outlives the trigger. */
typedef struct leat_subscriber {
    void *context;
    /* A table has a version that was not told of before: its first, or one that changes it. `change` lives
     * for the call. What becomes of it must be durable with the batch at hand, as then the version counts as
     * told; so who may have to wait for his receiver keeps it in the state's unit of work. A failure ends the
     * run, and the version comes again in the next. */
    leat_status (*schema_change)(void *context, const leat_schema_change *change, leat_error *error);
} leat_subscriber;

/* `state` outlives it. */
leat_trigger *leat_trigger_open(leat_state *state);
void leat_trigger_close(leat_trigger *trigger);

/* All are told, in the order in which they subscribed. */
void leat_trigger_subscribe(leat_trigger *trigger, const leat_subscriber *subscriber);

/* The pipeline goes on with version `number` of `table` ("schema.table"), which the history has settled, and
 * has given no record of it so far: tells the subscribers, unless they were told before. Errors name the
 * table. */
leat_status leat_trigger_version(leat_trigger *trigger, const char *table, unsigned number,
                                 leat_error *error);

/* The batch that what was told belongs to is durable, or becomes so with the state's unit of work: puts into
 * that what counts as told from now on. `any` says whether there was something. A crash after the batch and
 * before that unit of work tells twice; none tells never. */
leat_status leat_trigger_settle(leat_trigger *trigger, bool *any, leat_error *error);

#endif
