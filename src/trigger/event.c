#include "trigger/event.h"

#include <jansson.h>

#include "avro/json_build.h"
#include "base/clock.h"

static json_t *change_json(const leat_definition_change *change)
{
    json_t *object = json_object();
    leat_json_put(object, "change", json_string(leat_change_kind_name(change->kind)));
    leat_json_put(object, "column", change->column != NULL ? leat_json_text(change->column) : json_null());
    leat_json_put(object, "from", change->from != NULL ? leat_json_text(change->from) : json_null());
    leat_json_put(object, "to", change->to != NULL ? leat_json_text(change->to) : json_null());
    return object;
}

static json_t *changes_json(const leat_schema_change *change)
{
    json_t *list = json_array();
    for (size_t i = 0; i < change->change_count; i++)
        leat_json_add(list, change_json(&change->changes[i]));
    return list;
}

static json_t *schema_json(const char *text)
{
    json_t *schema = json_loads(text, JSON_DECODE_ANY, NULL);
    return schema != NULL ? schema : json_null();
}

char *leat_trigger_event_of_change(const char *pipeline, const leat_schema_change *change)
{
    const leat_state_version *version = &change->version;
    char time[LEAT_CLOCK_TEXT_SIZE];
    leat_clock_format(version->seen_at, time);
    json_t *event = json_object();
    leat_json_put_text(event, "pipeline", pipeline);
    leat_json_put_text(event, "table", version->table);
    leat_json_put(event, "from_version",
                  change->has_previous ? json_integer(change->previous.number) : json_null());
    leat_json_put(event, "to_version", json_integer(version->number));
    leat_json_put_text(event, "position", version->position);
    leat_json_put(event, "ts", json_string(time));
    leat_json_put(event, "ddl", json_null());
    leat_json_put(event, "by", json_null());
    leat_json_put(event, "changes", changes_json(change));
    leat_json_put(event, "compatibility", json_null());
    leat_json_put_text(event, "fingerprint", version->fingerprint);
    leat_json_put(event, "schema", schema_json(version->value_schema));
    leat_json_put(event, "held", json_false());
    return leat_json_finish(event, 0);
}
