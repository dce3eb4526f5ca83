/* leat run: the daemon, and with --until-current a batch. */
#include <stddef.h>
#include <unistd.h>

#include "base/log.h"
#include "base/signals.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "pipeline/pipeline.h"
#include "sink/kind.h"
#include "terminal/output.h"

typedef struct run_settings {
    bool until_current;
    bool quiet;
    int log_level;  /* a leat_log_level; -1: the config's */
    int log_format; /* a leat_log_format; -1: the config's */
} run_settings;

static const char *const log_levels[] = {"debug", "info", "warning", "error", NULL};
static const char *const log_formats[] = {"text", "json", NULL};

static const leat_option options[] = {
    {.name = "until-current",
     .kind = LEAT_OPTION_FLAG,
     .offset = offsetof(run_settings, until_current),
     .help = "deliver what stands in the log now, then end"},
    {.name = "log-level",
     .kind = LEAT_OPTION_CHOICE,
     .offset = offsetof(run_settings, log_level),
     .argument = "LEVEL",
     .choices = log_levels,
     .help = "least of what is logged, whatever the config says"},
    {.name = "log-format",
     .kind = LEAT_OPTION_CHOICE,
     .offset = offsetof(run_settings, log_format),
     .argument = "FORMAT",
     .choices = log_formats,
     .help = "how it is logged, whatever the config says"},
    {.name = "quiet",
     .kind = LEAT_OPTION_FLAG,
     .offset = offsetof(run_settings, quiet),
     .help = "only warnings and errors; no progress, no summary"},
};

static leat_log *open_log(const run_settings *settings, const leat_config *config)
{
    leat_log_level level = config->log.level;
    if (settings->quiet && level < LEAT_LOG_WARNING)
        level = LEAT_LOG_WARNING;
    if (settings->log_level >= 0)
        level = (leat_log_level)settings->log_level;
    leat_log_format format =
        settings->log_format >= 0 ? (leat_log_format)settings->log_format : config->log.format;
    return leat_log_open(STDERR_FILENO, level, format);
}

/* Programs that read the log as JSON lines must find the last word in it too. */
static int say_failure(const run_settings *settings, const leat_config *config, leat_log *log,
                       const leat_error *error)
{
    bool json = settings->log_format >= 0 ? settings->log_format == LEAT_LOG_JSON
                                          : config->log.format == LEAT_LOG_JSON;
    if (!json)
        return leat_output_failure(error);
    leat_log_error(log, LEAT_LOG_ERROR, error);
    return leat_status_exit_code(error->status);
}

static int run_pipeline(const run_settings *settings, const leat_config *config)
{
    leat_terminal terminal = leat_terminal_look(STDERR_FILENO);
    leat_log *log = open_log(settings, config);
    /* Events on the same screen would run through the live line. */
    bool screen_is_taken = config->sink.kind->takes_output && isatty(STDOUT_FILENO);
    leat_progress *progress = leat_progress_open(log, &terminal, !settings->quiet && !screen_is_taken);
    const leat_pipeline_options pipeline = {
        .config = config,
        .log = log,
        .until_current = settings->until_current,
        .stop = leat_signals_stop(),
        .observer = {.context = progress, .status = leat_progress_status},
        .output = STDOUT_FILENO,
    };
    leat_error error = {0};
    leat_status status = leat_pipeline_run(&pipeline, &error);
    leat_progress_summarise(progress);
    leat_progress_close(progress);
    int exit_code = leat_status_exit_code(status);
    if (exit_code != 0)
        exit_code = say_failure(settings, config, log, &error);
    leat_log_close(log);
    return exit_code;
}

static int execute(const leat_command *command, const char *program, int count, char **words)
{
    (void)program;
    run_settings settings = {.log_level = -1, .log_format = -1};
    leat_arguments arguments;
    int exit_code;
    if (!leat_cli_parse(command, count, words, &settings, &arguments, &exit_code))
        return exit_code;
    leat_config config = {0};
    if (leat_cli_load_config(arguments.operands[0], false, &config, &exit_code))
        exit_code = run_pipeline(&settings, &config);
    leat_config_free(&config);
    leat_arguments_free(&arguments);
    return exit_code;
}

const leat_command leat_command_run = {
    .name = "run",
    .operands = "CONFIG",
    .least_operands = 1,
    .most_operands = 1,
    .summary = "replicate, until stopped",
    .about = "Replicates as the config file says: existing rows at the first start, then every change as it\n"
             "is committed. Stops cleanly on SIGTERM or Ctrl-C (a second one ends it at once) and goes on\n"
             "where it stopped. On a terminal a line shows how it is getting on; elsewhere the log does.",
    .example = "  leat run shop.yaml\n"
               "  leat run shop.yaml --until-current --log-format json",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .execute = execute,
};
