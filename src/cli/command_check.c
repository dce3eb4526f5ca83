/* leat check: everything that would go wrong, each with its mend. */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/signals.h"
#include "cli/check_storage.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "pipeline/probe.h"
#include "sink/kind.h"
#include "terminal/human.h"
#include "terminal/output.h"
#include "terminal/terminal.h"

typedef struct check_settings {
    bool json;
} check_settings;

static const leat_option options[] = {
    {.name = "json",
     .kind = LEAT_OPTION_FLAG,
     .offset = offsetof(check_settings, json),
     .help = "the findings as one JSON object"},
};

/* How a level of finding looks. */
typedef struct level_look {
    const char *name; /* for programs */
    const char *sign; /* where Unicode can be shown… */
    const char *word; /* …and where not */
    leat_style style;
} level_look;

static const level_look looks[] = {
    [LEAT_FINDING_FINE] = {"fine", "✓", "ok  ", LEAT_STYLE_GREEN},
    [LEAT_FINDING_WARNING] = {"warning", "!", "warn", LEAT_STYLE_YELLOW},
    [LEAT_FINDING_ERROR] = {"error", "✗", "FAIL", LEAT_STYLE_RED},
};

static size_t widest_object(const leat_findings *findings)
{
    size_t widest = 0;
    for (size_t i = 0; i < findings->count; i++) {
        size_t width = leat_text_width(findings->items[i].object);
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* Nothing stands before or behind the lines but blanks: they are there to be copied. */
static void put_mend(leat_buffer *out, const char *mend)
{
    while (*mend != '\0') {
        int length = (int)strcspn(mend, "\n");
        leat_buffer_printf(out, "          %.*s\n", length, mend);
        mend += mend[length] == '\n' ? length + 1 : length;
    }
}

static void put_finding(leat_buffer *out, const leat_terminal *terminal, const leat_finding *finding,
                        size_t object_width)
{
    const level_look *look = &looks[finding->level];
    size_t padding = object_width - leat_text_width(finding->object);
    leat_buffer_printf(out, "  %s%s%s  %s%*s  %s\n", leat_terminal_style(terminal, look->style),
                       terminal->unicode ? look->sign : look->word,
                       leat_terminal_style(terminal, LEAT_STYLE_PLAIN), finding->object, (int)padding, "",
                       finding->message);
    if (finding->mend != NULL)
        put_mend(out, finding->mend);
}

static void put_counts(leat_buffer *out, const leat_findings *findings)
{
    size_t errors = leat_findings_count(findings, LEAT_FINDING_ERROR);
    size_t warnings = leat_findings_count(findings, LEAT_FINDING_WARNING);
    leat_buffer_printf(
        out, "\n%zu %s, %zu %s, %zu fine\n", errors, leat_human_plural(errors, "error", "errors"), warnings,
        leat_human_plural(warnings, "warning", "warnings"), leat_findings_count(findings, LEAT_FINDING_FINE));
}

static bool show_text(const leat_config *config, const leat_findings *findings, int *exit_code)
{
    leat_terminal terminal = leat_terminal_look(STDOUT_FILENO);
    leat_buffer out = {0};
    char *url = leat_config_redact(config->source.url);
    leat_buffer_printf(&out, "checking pipeline %s: %s\n\n", config->name, url);
    leat_release(url);
    size_t object_width = widest_object(findings);
    for (size_t i = 0; i < findings->count; i++)
        put_finding(&out, &terminal, &findings->items[i], object_width);
    put_counts(&out, findings);
    bool written = leat_output_write(&out, exit_code);
    leat_buffer_free(&out);
    return written;
}

static json_t *finding_as_json(const leat_finding *finding)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o}", "level", looks[finding->level].name, "code", finding->code,
                     "object", leat_output_json_text(finding->object), "message",
                     leat_output_json_text(finding->message), "mend", leat_output_json_text(finding->mend));
}

static bool show_json(const leat_config *config, const leat_findings *findings, const leat_error *failure,
                      int *exit_code)
{
    json_t *list = json_array();
    for (size_t i = 0; i < findings->count; i++)
        json_array_append_new(list, finding_as_json(&findings->items[i]));
    size_t errors = leat_findings_count(findings, LEAT_FINDING_ERROR);
    json_t *object = json_pack(
        "{s:o, s:o, s:b, s:o, s:I, s:I, s:I, s:o}", "pipeline", leat_output_json_text(config->name), "config",
        leat_output_json_text(config->file), "ok", errors == 0 && failure == NULL, "error",
        leat_output_json_text(failure == NULL ? NULL : failure->message), "errors", (json_int_t)errors,
        "warnings", (json_int_t)leat_findings_count(findings, LEAT_FINDING_WARNING), "fine",
        (json_int_t)leat_findings_count(findings, LEAT_FINDING_FINE), "findings", list);
    return leat_output_write_json(object, exit_code);
}

/* The full names of the captured tables, in the discovery's arena. A source that cannot say has been found
 * wanting already. */
static const char *const *list_tables(leat_source *source, leat_discovery *discovery)
{
    leat_error unsaid = {0};
    if (leat_source_discover(source, discovery, &unsaid) != LEAT_OK)
        discovery->count = 0;
    const char **names = leat_arena_allocate_array(&discovery->arena, discovery->count + 1, sizeof *names);
    for (size_t i = 0; i < discovery->count; i++)
        names[i] = discovery->tables[i].name;
    return names;
}

/* Whether the sink has something to say of each table, which the source names; else it needs no source. */
static bool sink_asks_for_tables(const leat_config *config)
{
    return config->sink.kind->checks_by_table;
}

static leat_status check_sink(const leat_config *config, const char *const *tables, size_t table_count,
                              leat_findings *findings, leat_error *error)
{
    leat_sink_lent lent = {.stop = leat_signals_stop()};
    const leat_sink_config sink = leat_config_sink(config);
    return leat_sink_check(&sink, &lent, tables, table_count, findings, error);
}

static leat_status check_tables_in_sink(const leat_config *config, leat_source *source,
                                        leat_findings *findings, leat_error *error)
{
    leat_discovery discovery = {0};
    const char *const *tables = list_tables(source, &discovery);
    leat_status status = check_sink(config, tables, discovery.count, findings, error);
    leat_arena_free(&discovery.arena);
    return status;
}

static leat_status check_ends(const leat_config *config, leat_findings *findings, leat_error *error)
{
    leat_probe probe;
    leat_status status = leat_probe_open(&probe, config, NULL, leat_signals_stop(), error);
    if (status != LEAT_OK)
        return status;
    status = leat_source_check(probe.source, findings, error);
    if (status == LEAT_OK && sink_asks_for_tables(config))
        status = check_tables_in_sink(config, probe.source, findings, error);
    leat_probe_close(&probe);
    return status;
}

/* What is at hand is looked at whatever came of the source; its failure is the first to be told. */
static leat_status check_all(const leat_config *config, leat_findings *findings, leat_error *error)
{
    leat_error later = {0};
    leat_status status = check_ends(config, findings, error);
    if (!sink_asks_for_tables(config)) {
        leat_error *place = status == LEAT_OK ? error : &later;
        leat_status found = check_sink(config, NULL, 0, findings, place);
        status = status == LEAT_OK ? found : status;
    }
    leat_check_storage(config, findings);
    return status;
}

static int check(const check_settings *settings, const leat_config *config)
{
    leat_findings findings = {0};
    leat_error error = {0};
    leat_status status = check_all(config, &findings, &error);
    if (status == LEAT_STOPPED)
        leat_error_set(&error, LEAT_FAILED, "the check was interrupted");
    bool failed = status != LEAT_OK;
    int exit_code = 0;
    bool shown = settings->json ? show_json(config, &findings, failed ? &error : NULL, &exit_code)
                                : show_text(config, &findings, &exit_code);
    if (failed)
        exit_code = leat_output_failure(&error);
    else if (shown && leat_findings_count(&findings, LEAT_FINDING_ERROR) > 0)
        exit_code = leat_status_exit_code(LEAT_OPERATOR);
    leat_findings_free(&findings);
    return exit_code;
}

static int execute(const leat_command *command, const char *program, int count, char **words)
{
    (void)program;
    check_settings settings = {0};
    leat_arguments arguments;
    int exit_code;
    if (!leat_cli_parse(command, count, words, &settings, &arguments, &exit_code))
        return exit_code;
    leat_config config = {0};
    if (leat_cli_load_config(arguments.operands[0], settings.json, &config, &exit_code))
        exit_code = check(&settings, &config);
    leat_config_free(&config);
    leat_arguments_free(&arguments);
    return exit_code;
}

const leat_command leat_command_check = {
    .name = "check",
    .operands = "CONFIG",
    .least_operands = 1,
    .most_operands = 1,
    .summary = "everything that would go wrong, each with its mend",
    .about =
        "Looks at the database, its tables, where the events go (the folder for the files, or Kafka and\n"
        "the schema registry) and the state store, and says what\n"
        "would keep a run from working or would surprise somebody, each with the SQL or the setting\n"
        "that mends it. Changes nothing. The exit code is 0 without errors, 3 when somebody has to act,\n"
        "2 for mistakes in the config, 1 when the check itself could not be made.",
    .example = "  leat check shop.yaml\n"
               "  leat check shop.yaml --json | jq '.findings[] | select(.level == \"error\")'",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .execute = execute,
};
