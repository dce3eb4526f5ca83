/* A status report as text and as JSON. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "cli/status_report.h"
#include "sink/kind.h"
#include "terminal/human.h"
#include "terminal/layout.h"
#include "terminal/output.h"

static const leat_layout_column facts_columns[] = {{0}, {0}};

static const leat_layout_column table_columns[] = {
    {.heading = "table"},
    {.heading = "version", .right = true},
    {.heading = "records", .right = true},
    {.heading = "by snapshot", .right = true},
    {.heading = "last change"},
};

static void add_fact(leat_layout *layout, const char *name, const char *value)
{
    leat_layout_add(layout, "%s", name);
    leat_layout_add(layout, "%s", value);
}

static void add_sink(leat_layout *facts, const leat_config *config)
{
    leat_buffer place = {0};
    const leat_sink_config sink = leat_config_sink(config);
    leat_sink_place(&sink, &place);
    add_fact(facts, "sink", leat_buffer_string(&place));
    leat_buffer_free(&place);
}

static void add_pipeline(leat_layout *facts, const leat_config *config)
{
    char *url = leat_config_redact(config->source.url);
    add_fact(facts, "pipeline", config->name);
    add_fact(facts, "source", url);
    add_sink(facts, config);
    add_fact(facts, "state", config->state);
    leat_release(url);
}

static void add_running(leat_layout *facts, const leat_status_report *report)
{
    leat_layout_add(facts, "running");
    if (report->process > 0)
        leat_layout_add(facts, "yes, as process %ld", report->process);
    else
        leat_layout_add(facts, "no");
}

static void add_durable(leat_layout *facts, const leat_status_report *report)
{
    char when[LEAT_HUMAN_SIZE];
    char ago[LEAT_HUMAN_SIZE];
    if (!report->ever_ran) {
        add_fact(facts, "durable", "nothing: this pipeline has never run");
    } else if (report->durable == NULL) {
        add_fact(facts, "durable", "nothing yet");
    } else {
        leat_layout_add(facts, "durable");
        leat_layout_add(facts, "%s, since %s (%s ago)", report->durable,
                        leat_human_time(report->committed_at, when),
                        leat_human_duration(report->made_at - report->committed_at, ago));
    }
}

static void add_lag(leat_layout *facts, const leat_status_report *report)
{
    char size[LEAT_HUMAN_SIZE];
    char time[LEAT_HUMAN_SIZE];
    if (report->bytes_behind < 0)
        return;
    leat_layout_add(facts, "lag");
    if (report->lag > 0)
        leat_layout_add(facts, "%s of log, at most %s", leat_human_size((uint64_t)report->bytes_behind, size),
                        leat_human_duration(report->lag, time));
    else
        leat_layout_add(facts, "%s of log", leat_human_size((uint64_t)report->bytes_behind, size));
}

static void add_source(leat_layout *facts, const leat_status_report *report)
{
    char size[LEAT_HUMAN_SIZE];
    if (!report->reachable) {
        add_fact(facts, "server", report->source_message);
        if (report->source_mend[0] != '\0')
            add_fact(facts, "", report->source_mend);
        return;
    }
    leat_layout_add(facts, "server");
    leat_layout_add(facts, "its log ends at %s", report->current == NULL ? "?" : report->current);
    add_lag(facts, report);
    if (report->bytes_retained >= 0) {
        leat_layout_add(facts, "log kept");
        leat_layout_add(facts, "%s by the server, for this pipeline",
                        leat_human_size((uint64_t)report->bytes_retained, size));
    }
}

static void add_files(leat_layout *facts, const leat_status_report *report)
{
    char count[LEAT_HUMAN_SIZE];
    char records[LEAT_HUMAN_SIZE];
    char size[LEAT_HUMAN_SIZE];
    leat_layout_add(facts, "files");
    leat_layout_add(facts, "%s finished with %s %s in %s, %zu growing",
                    leat_human_count(report->files, count), leat_human_count(report->file_records, records),
                    leat_human_plural(report->file_records, "record", "records"),
                    leat_human_size(report->file_bytes, size), report->open_files);
}

static void put_tables(const leat_status_report *report, leat_buffer *out)
{
    char text[LEAT_HUMAN_SIZE];
    leat_layout tables = {.columns = table_columns,
                          .column_count = sizeof table_columns / sizeof table_columns[0]};
    for (size_t i = 0; i < report->table_count; i++) {
        const leat_state_table *table = &report->tables[i];
        leat_layout_add(&tables, "%s", table->name);
        leat_layout_add(&tables, "%u", table->version);
        leat_layout_add(&tables, "%s", leat_human_count(table->records, text));
        leat_layout_add(&tables, "%s", leat_human_count(table->snapshot_records, text));
        leat_layout_add(&tables, "%s", leat_human_time(table->last_change, text));
    }
    leat_layout_render(&tables, 0, out);
    leat_layout_free(&tables);
}

void leat_status_report_text(const leat_status_report *report, const leat_config *config, leat_buffer *out)
{
    leat_layout facts = {.columns = facts_columns, .column_count = 2};
    add_pipeline(&facts, config);
    add_running(&facts, report);
    add_durable(&facts, report);
    add_source(&facts, report);
    if (report->ever_ran && config->sink.kind->keeps_files)
        add_files(&facts, report);
    leat_layout_render(&facts, 0, out);
    leat_layout_free(&facts);
    if (report->table_count > 0) {
        leat_buffer_append_byte(out, '\n');
        put_tables(report, out);
    }
}

/* ISO 8601, or null for 0, which stands for none. */
static json_t *time_as_json(int64_t wall_microseconds)
{
    char text[LEAT_CLOCK_TEXT_SIZE];
    if (wall_microseconds == 0)
        return json_null();
    leat_clock_format(wall_microseconds, text);
    return json_string(text);
}

static json_t *known_as_json(int64_t number)
{
    return number < 0 ? json_null() : json_integer(number);
}

static json_t *versions_as_json(const leat_status_report *report, const char *table)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->version_count; i++) {
        const leat_state_version *version = &report->versions[i];
        if (strcmp(version->table, table) == 0)
            json_array_append_new(list,
                                  json_pack("{s:I, s:o, s:o, s:o}", "version", (json_int_t)version->number,
                                            "position", leat_output_json_text(version->position), "seen_at",
                                            time_as_json(version->seen_at), "fingerprint",
                                            leat_output_json_text(version->fingerprint)));
    }
    return list;
}

static json_t *tables_as_json(const leat_status_report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->table_count; i++) {
        const leat_state_table *table = &report->tables[i];
        json_array_append_new(
            list,
            json_pack("{s:o, s:I, s:I, s:I, s:o, s:o}", "table", leat_output_json_text(table->name),
                      "version", (json_int_t)table->version, "records", (json_int_t)table->records,
                      "snapshot_records", (json_int_t)table->snapshot_records, "last_change",
                      time_as_json(table->last_change), "versions", versions_as_json(report, table->name)));
    }
    return list;
}

static json_t *source_as_json(const leat_status_report *report, const leat_config *config)
{
    char *url = leat_config_redact(config->source.url);
    json_t *source = json_pack(
        "{s:o, s:o, s:b, s:o, s:o, s:o, s:o}", "type", leat_output_json_text(config->source.type), "url",
        leat_output_json_text(url), "reachable", report->reachable, "message",
        leat_output_json_text(report->source_message), "mend", leat_output_json_text(report->source_mend),
        "current", leat_output_json_text(report->current), "bytes_retained",
        known_as_json(report->bytes_retained));
    leat_release(url);
    return source;
}

static json_t *sink_as_json(const leat_config *config)
{
    const leat_sink_config sink = leat_config_sink(config);
    return json_pack("{s:s, s:o}", "type", config->sink.type, "to",
                     leat_output_json_text(sink.kind->address(&sink)));
}

static json_t *files_as_json(const leat_status_report *report)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "finished", (json_int_t)report->files, "records",
                     (json_int_t)report->file_records, "bytes", (json_int_t)report->file_bytes, "growing",
                     (json_int_t)report->open_files);
}

json_t *leat_status_report_json(const leat_status_report *report, const leat_config *config)
{
    json_t *lag = json_pack("{s:o, s:o}", "bytes", known_as_json(report->bytes_behind), "microseconds",
                            known_as_json(report->lag));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o}", "pipeline",
                     leat_output_json_text(config->name), "config", leat_output_json_text(config->file),
                     "state", leat_output_json_text(config->state), "time", time_as_json(report->made_at),
                     "process", report->process > 0 ? json_integer(report->process) : json_null(), "ever_ran",
                     report->ever_ran, "durable", leat_output_json_text(report->durable), "durable_since",
                     time_as_json(report->committed_at), "records", (json_int_t)report->records, "lag", lag,
                     "source", source_as_json(report, config), "sink", sink_as_json(config), "files",
                     files_as_json(report), "tables", tables_as_json(report));
}
