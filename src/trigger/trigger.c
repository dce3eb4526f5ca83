#include "trigger/trigger.h"

#include "base/list.h"
#include "base/memory.h"

/* A version that was told of with the batch at hand. */
typedef struct told {
    const char *table;
    unsigned number;
} told;

struct leat_trigger {
    leat_state *state;
    const leat_subscriber **subscribers;
    size_t subscriber_count;
    size_t subscriber_capacity;
    told *told;
    size_t told_count;
    size_t told_capacity;
    leat_arena names; /* those of `told` */
};

leat_trigger *leat_trigger_open(leat_state *state)
{
    leat_trigger *trigger = leat_allocate(sizeof *trigger);
    trigger->state = state;
    return trigger;
}

void leat_trigger_close(leat_trigger *trigger)
{
    if (trigger == NULL)
        return;
    leat_release(trigger->subscribers);
    leat_release(trigger->told);
    leat_arena_free(&trigger->names);
    leat_release(trigger);
}

void leat_trigger_subscribe(leat_trigger *trigger, const leat_subscriber *subscriber)
{
    trigger->subscribers = leat_list_room(trigger->subscribers, trigger->subscriber_count,
                                          &trigger->subscriber_capacity, sizeof *trigger->subscribers);
    trigger->subscribers[trigger->subscriber_count++] = subscriber;
}

/* ---- To tell ---- */

static leat_status tell_all(const leat_trigger *trigger, const leat_schema_change *change, leat_error *error)
{
    leat_status status = LEAT_OK;
    for (size_t i = 0; status == LEAT_OK && i < trigger->subscriber_count; i++)
        status = trigger->subscribers[i]->schema_change(trigger->subscribers[i]->context, change, error);
    return status;
}

static void note(leat_trigger *trigger, const leat_schema_change *change)
{
    trigger->told =
        leat_list_room(trigger->told, trigger->told_count, &trigger->told_capacity, sizeof *trigger->told);
    trigger->told[trigger->told_count++] = (told){
        .table = leat_arena_string(&trigger->names, change->version.table), .number = change->version.number};
}

static leat_status tell(leat_trigger *trigger, const char *table, unsigned number, leat_error *error)
{
    leat_arena scratch = {0};
    leat_schema_change change;
    bool found;
    leat_status status =
        leat_schema_change_find(trigger->state, table, number, &scratch, &change, &found, error);
    if (status == LEAT_OK && found) {
        status = tell_all(trigger, &change, error);
        note(trigger, &change);
    }
    leat_arena_free(&scratch);
    return status;
}

leat_status leat_trigger_version(leat_trigger *trigger, const char *table, unsigned number, leat_error *error)
{
    if (trigger->subscriber_count == 0)
        return LEAT_OK;
    bool before;
    leat_status status = leat_state_announced_get(trigger->state, table, number, &before, error);
    if (status == LEAT_OK && !before)
        status = tell(trigger, table, number, error);
    return leat_error_context(error, status, "table %s", table);
}

/* ---- To have told ---- */

leat_status leat_trigger_settle(leat_trigger *trigger, bool *any, leat_error *error)
{
    leat_status status = LEAT_OK;
    *any = trigger->told_count > 0;
    for (size_t i = 0; status == LEAT_OK && i < trigger->told_count; i++)
        status =
            leat_state_announced_put(trigger->state, trigger->told[i].table, trigger->told[i].number, error);
    if (status == LEAT_OK && *any) {
        trigger->told_count = 0;
        leat_arena_free(&trigger->names);
    }
    return status;
}
