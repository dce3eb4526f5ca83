/* The sink as a subscriber: what happens to tables is announced to its readers. */
#ifndef LEAT_TRIGGER_ANNOUNCE_H
#define LEAT_TRIGGER_ANNOUNCE_H

#include "leat/sink.h"
#include "trigger/trigger.h"

/* The owner keeps it where it is while the trigger is open. */
typedef struct leat_announcer {
    leat_subscriber subscriber;
    leat_sink *sink;
    const char *pipeline;
} leat_announcer;

/* Subscribes a sink that announces, and does nothing for one that does not. All lent; outlives the trigger. */
void leat_announcer_subscribe(leat_announcer *announcer, leat_trigger *trigger, leat_sink *sink,
                              const char *pipeline);

#endif
