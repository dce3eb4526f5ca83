/* libleat's public header. */
#include "leat/leat.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "config/config.h"
#include "pipeline/pipeline.h"

const char *leat_version(void)
{
    return LEAT_VERSION;
}

static leat_status run(const leat_config *config, bool until_current, leat_stop stop, leat_error *error)
{
    leat_log *log = leat_log_open(STDERR_FILENO, config->log.level, config->log.format);
    const leat_pipeline_options options = {
        .config = config,
        .log = log,
        .until_current = until_current,
        .stop = stop,
        .output = STDOUT_FILENO,
    };
    leat_status status = leat_pipeline_run(&options, error);
    leat_log_close(log);
    return status;
}

/* The first mistake says more than how many there are. */
static void say_problem(const leat_error *error, leat_buffer *problems, char *message, size_t message_size)
{
    const char *text = problems->length > 0 ? leat_buffer_string(problems) : error->message;
    int length = (int)strcspn(text, "\n");
    bool mend = problems->length == 0 && error->mend[0] != '\0';
    snprintf(message, message_size, "%.*s%s%s", length, text, mend ? ". " : "", mend ? error->mend : "");
}

int leat_run(const char *config_path, bool until_current, leat_stop stop, char *message, size_t message_size)
{
    leat_config config = {0};
    leat_buffer problems = {0};
    leat_error error = {0};
    leat_status status = leat_config_load(config_path, &config, &problems, &error);
    if (status == LEAT_OK)
        status = run(&config, until_current, stop, &error);
    int exit_code = leat_status_exit_code(status);
    if (exit_code != 0 && message != NULL)
        say_problem(&error, &problems, message, message_size);
    leat_buffer_free(&problems);
    leat_config_free(&config);
    return exit_code;
}
