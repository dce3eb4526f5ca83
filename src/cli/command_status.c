/* leat status: where a pipeline stands. */
#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/signals.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/status_report.h"
#include "terminal/output.h"
#include "terminal/terminal.h"

enum {
    WATCH_EVERY = 2 * 1000 * 1000,
    STOP_LOOK = 50 * 1000, /* how soon a Ctrl-C is seen between two looks */
};

typedef struct status_settings {
    bool json;
    bool watch;
} status_settings;

static const leat_option options[] = {
    {.name = "json",
     .kind = LEAT_OPTION_FLAG,
     .offset = offsetof(status_settings, json),
     .help = "as one JSON object (with --watch: one a line)"},
    {.name = "watch",
     .kind = LEAT_OPTION_FLAG,
     .offset = offsetof(status_settings, watch),
     .help = "again every two seconds, until stopped"},
};

static bool show_text(const leat_status_report *report, const leat_config *config, bool watch, int *exit_code)
{
    leat_terminal terminal = leat_terminal_look(STDOUT_FILENO);
    leat_buffer out = {0};
    if (watch && terminal.interactive)
        leat_buffer_append_string(&out, "\033[H\033[J");
    leat_status_report_text(report, config, &out);
    if (watch && !terminal.interactive)
        leat_buffer_append_byte(&out, '\n');
    bool written = leat_output_write(&out, exit_code);
    leat_buffer_free(&out);
    return written;
}

/* One look. False when there shall be no other. */
static bool look(const status_settings *settings, const leat_config *config, int *exit_code)
{
    leat_status_report report;
    leat_error error = {0};
    leat_status status = leat_status_report_make(config, &report, &error);
    bool go_on = false;
    if (status != LEAT_OK)
        *exit_code = leat_output_failure(&error);
    else if (settings->json)
        go_on = leat_output_write_json(leat_status_report_json(&report, config), exit_code);
    else
        go_on = show_text(&report, config, settings->watch, exit_code);
    leat_status_report_free(&report);
    return go_on;
}

/* False when somebody wants us to stop. */
static bool wait_for_next(void)
{
    int64_t until = leat_clock_monotonic() + WATCH_EVERY;
    while (leat_clock_monotonic() < until && !leat_signals_stopping())
        leat_clock_sleep(STOP_LOOK);
    return !leat_signals_stopping();
}

static int show_status(const status_settings *settings, const leat_config *config)
{
    int exit_code = 0;
    bool go_on = look(settings, config, &exit_code) && settings->watch;
    while (go_on && wait_for_next())
        go_on = look(settings, config, &exit_code);
    return exit_code;
}

static int execute(const leat_command *command, const char *program, int count, char **words)
{
    (void)program;
    status_settings settings = {0};
    leat_arguments arguments;
    int exit_code;
    if (!leat_cli_parse(command, count, words, &settings, &arguments, &exit_code))
        return exit_code;
    leat_config config = {0};
    if (leat_cli_load_config(arguments.operands[0], settings.json, &config, &exit_code))
        exit_code = show_status(&settings, &config);
    leat_config_free(&config);
    leat_arguments_free(&arguments);
    return exit_code;
}

const leat_command leat_command_status = {
    .name = "status",
    .operands = "CONFIG",
    .least_operands = 1,
    .most_operands = 1,
    .summary = "where it stands: position, lag, tables, files",
    .about = "Shows what is durable, how far behind the server's log that is, how much log the server keeps\n"
             "for it, and its tables and files. Works while the pipeline runs and while it does not, and\n"
             "changes nothing. A server that cannot be reached is said; the rest is shown all the same.",
    .example = "  leat status shop.yaml\n"
               "  leat status shop.yaml --json | jq .lag.bytes",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .execute = execute,
};
