#include "trigger/announce.h"

#include "base/memory.h"
#include "trigger/event.h"

static leat_status announce_change(void *context, const leat_schema_change *change, leat_error *error)
{
    const leat_announcer *announcer = context;
    char *event = leat_trigger_event_of_change(announcer->pipeline, change);
    const leat_announcement announcement = {.table = change->version.table, .event = event};
    leat_status status = leat_sink_announce(announcer->sink, &announcement, error);
    leat_release(event);
    return status;
}

void leat_announcer_subscribe(leat_announcer *announcer, leat_trigger *trigger, leat_sink *sink,
                              const char *pipeline)
{
    *announcer = (leat_announcer){
        .subscriber = {.context = announcer, .schema_change = announce_change},
        .sink = sink,
        .pipeline = pipeline,
    };
    if (leat_sink_announces(sink))
        leat_trigger_subscribe(trigger, &announcer->subscriber);
}
