/* News of a table's version, for readers and for errors. */
#include <jansson.h>
#include <string.h>

#include "avro/json_build.h"
#include "base/clock.h"
#include "base/memory.h"
#include "history/compare.h"
#include "sink/kafka/sink_internal.h"

/* What the history has of a version and of the one before it. */
typedef struct version_news {
    leat_arena arena;
    bool found;
    leat_state_version version;
    bool has_previous;
    leat_state_version previous;
    leat_definition_change *changes; /* NULL where there was none before */
    size_t change_count;
} version_news;

static leat_status look_up(const leat_kafka_sink *sink, const leat_kafka_table *table, version_news *news,
                           leat_error *error)
{
    leat_state_version *versions;
    size_t count;
    leat_status status = leat_state_version_list(sink->options.state, table->base.name, &news->arena,
                                                 &versions, &count, error);
    for (size_t i = 0; status == LEAT_OK && i < count; i++) {
        if (versions[i].number == table->base.version->number) {
            news->found = true;
            news->version = versions[i];
        } else if (versions[i].number < table->base.version->number) {
            news->has_previous = true; /* they are in order */
            news->previous = versions[i];
        }
    }
    if (status == LEAT_OK && news->found && news->has_previous)
        status = leat_history_compare(news->previous.definition, news->version.definition, &news->arena,
                                      &news->changes, &news->change_count, error);
    return status;
}

/* ---- The event ---- */

static json_t *change_json(const leat_definition_change *change)
{
    json_t *object = json_object();
    leat_json_put(object, "change", json_string(leat_change_kind_name(change->kind)));
    leat_json_put(object, "column", change->column != NULL ? leat_json_text(change->column) : json_null());
    leat_json_put(object, "from", change->from != NULL ? leat_json_text(change->from) : json_null());
    leat_json_put(object, "to", change->to != NULL ? leat_json_text(change->to) : json_null());
    return object;
}

static json_t *changes_json(const version_news *news)
{
    json_t *list = json_array();
    for (size_t i = 0; i < news->change_count; i++)
        leat_json_add(list, change_json(&news->changes[i]));
    return list;
}

static json_t *schema_json(const char *text)
{
    json_t *schema = json_loads(text, JSON_DECODE_ANY, NULL);
    return schema != NULL ? schema : json_null();
}

/* The schema-change event, as schemas/schema-change.schema.json has it. */
static char *event_text(const leat_kafka_sink *sink, const version_news *news)
{
    char time[LEAT_CLOCK_TEXT_SIZE];
    leat_clock_format(news->version.seen_at, time);
    json_t *event = json_object();
    leat_json_put_text(event, "pipeline", sink->options.pipeline);
    leat_json_put_text(event, "table", news->version.table);
    leat_json_put(event, "from_version",
                  news->has_previous ? json_integer(news->previous.number) : json_null());
    leat_json_put(event, "to_version", json_integer(news->version.number));
    leat_json_put_text(event, "position", news->version.position);
    leat_json_put(event, "ts", json_string(time));
    leat_json_put(event, "ddl", json_null());
    leat_json_put(event, "by", json_null());
    leat_json_put(event, "changes", changes_json(news));
    leat_json_put(event, "compatibility", json_null());
    leat_json_put_text(event, "fingerprint", news->version.fingerprint);
    leat_json_put(event, "schema", schema_json(news->version.value_schema));
    leat_json_put(event, "held", json_false());
    return leat_json_finish(event, 0);
}

static leat_status send_event(leat_kafka_sink *sink, const leat_kafka_table *table, const version_news *news,
                              leat_error *error)
{
    char *text = event_text(sink, news);
    leat_kafka_notice_waits(sink);
    leat_status status = leat_kafka_notice_send(sink, &sink->changes, leat_slice_of_string(table->base.name),
                                                leat_slice_of_string(text), error);
    leat_release(text);
    return status;
}

/* It counts as told only with the batch that the message is in. */
static void note_announcement(leat_kafka_sink *sink, const leat_kafka_table *table)
{
    if (sink->announcement_count == sink->announcement_capacity) {
        sink->announcement_capacity = sink->announcement_capacity == 0 ? 16 : sink->announcement_capacity * 2;
        sink->announcements =
            leat_reallocate(sink->announcements, sink->announcement_capacity * sizeof *sink->announcements);
    }
    sink->announcements[sink->announcement_count++] = (leat_kafka_announcement){
        .table = leat_duplicate_string(table->base.name), .number = table->base.version->number};
}

leat_status leat_kafka_changes_announce(leat_kafka_sink *sink, const leat_kafka_table *table,
                                        leat_error *error)
{
    bool announced;
    leat_status status = leat_state_announced_get(sink->options.state, table->base.name,
                                                  table->base.version->number, &announced, error);
    if (status != LEAT_OK || announced)
        return status;
    version_news news = {0};
    status = look_up(sink, table, &news, error);
    if (status == LEAT_OK && news.found) {
        status = send_event(sink, table, &news, error);
        note_announcement(sink, table);
    }
    leat_arena_free(&news.arena);
    return status;
}

/* ---- For errors ---- */

static const char *list_changes(version_news *news)
{
    leat_buffer text = {0};
    for (size_t i = 0; i < news->change_count; i++) {
        const leat_definition_change *change = &news->changes[i];
        leat_buffer_printf(&text, "%s%s %s", i > 0 ? ", " : "",
                           change->column != NULL ? change->column : "the table's",
                           leat_change_kind_name(change->kind));
    }
    const char *kept = leat_arena_string(&news->arena, leat_buffer_string(&text));
    leat_buffer_free(&text);
    return kept;
}

void leat_kafka_changes_explain(leat_kafka_sink *sink, const leat_kafka_table *table, leat_error *error)
{
    version_news news = {0};
    leat_error ignored;
    if (look_up(sink, table, &news, &ignored) == LEAT_OK && news.change_count > 0)
        (void)leat_error_context(error, "version %u (since version %u: %.400s)", news.version.number,
                                 news.previous.number, list_changes(&news));
    leat_arena_free(&news.arena);
}
