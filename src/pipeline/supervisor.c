/* Supervision: runs the pump, and decides after each of its ends whether to run it again. */
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/retry.h"
#include "pipeline/assembly.h"
#include "pipeline/board.h"
#include "pipeline/destination.h"
#include "pipeline/pipeline.h"
#include "pipeline/pump.h"
#include "sink/kind.h"

enum { STOP_LOOK_MICROSECONDS = 50 * 1000 };

/* A stream that has held for so long was a success, whether or not there was anything to deliver. */
static const int64_t quiet_success_microseconds = 60 * INT64_C(1000000);

/* Everything one run of the pump needs is opened anew each time from what is durable: so a restart after a
 * failure and a restart of the process are the same thing, and tested together. */
struct attempt {
    const leat_pipeline_options *options;
    leat_board *board;
    leat_state *state;
    leat_notebook notebook;
    leat_source_options source_options;
    leat_schema_options schema;
    leat_source *source;
    leat_sink *sink;
};

static leat_status open_run(struct attempt *attempt, leat_error *error)
{
    const leat_config *config = attempt->options->config;
    leat_status status = leat_state_open(config->state, config->name, false, &attempt->state, error);
    if (status == LEAT_OK)
        status = leat_destination_settle(config, attempt->state, error);
    if (status != LEAT_OK)
        return status;
    attempt->notebook = leat_state_notebook(attempt->state);
    attempt->schema = leat_assembly_schema_options(config);
    attempt->source_options = leat_assembly_source_options(config, attempt->options->log, &attempt->notebook,
                                                           attempt->options->stop);
    const leat_sink_lent lent = {
        .state = attempt->state,
        .log = attempt->options->log,
        .stop = attempt->options->stop,
        .output = attempt->options->output,
    };
    const leat_sink_config sink = leat_config_sink(config);
    status = leat_sink_open(&sink, &lent, &attempt->sink, error);
    if (status != LEAT_OK)
        return status;
    return config->source.kind->open(config->source.kind, &attempt->source_options, &attempt->source, error);
}

static void close_run(struct attempt *attempt)
{
    leat_source_close(attempt->source);
    leat_sink_close(attempt->sink);
    leat_state_close(attempt->state);
}

static leat_status pump_once(struct attempt *attempt, leat_error *error)
{
    const leat_config *config = attempt->options->config;
    const leat_pump_parts parts = {
        .source = attempt->source,
        .sink = attempt->sink,
        .state = attempt->state,
        .board = attempt->board,
        .log = attempt->options->log,
        .schema = &attempt->schema,
        .pipeline = config->name,
        .snapshot = config->source.snapshot,
        .until_current = attempt->options->until_current,
        .commit_every = config->sink.commit_every,
        .heartbeat_every = config->source.heartbeat_every,
        .stop = attempt->options->stop,
    };
    return leat_pump_run(&parts, error);
}

static leat_status run_once(const leat_pipeline_options *options, leat_board *board, leat_error *error)
{
    struct attempt attempt = {.options = options, .board = board};
    board->status.phase = LEAT_PHASE_CONNECTING;
    leat_status status = open_run(&attempt, error);
    if (status == LEAT_OK)
        status = pump_once(&attempt, error);
    close_run(&attempt);
    return status;
}

static bool stop_requested(const leat_pipeline_options *options)
{
    return leat_stop_requested(options->stop);
}

static void wait_unless_stopped(const leat_pipeline_options *options, leat_board *board, int64_t delay)
{
    int64_t until = leat_clock_monotonic() + delay;
    for (int64_t now; (now = leat_clock_monotonic()) < until && !stop_requested(options);) {
        leat_board_show(board, now, false);
        leat_clock_sleep(until - now < STOP_LOOK_MICROSECONDS ? until - now : STOP_LOOK_MICROSECONDS);
    }
}

/* Says what failed and waits. False: the policy gives up, and `error` stands. */
static bool retry(const leat_pipeline_options *options, leat_board *board, leat_retry *state,
                  const leat_error *error)
{
    const leat_retry_policy policy = {
        .first_delay = options->config->retry.first_delay,
        .longest_delay = options->config->retry.longest_delay,
        .give_up_after = options->config->retry.give_up_after,
    };
    int64_t delay;
    if (!leat_retry_failed(state, &policy, leat_clock_monotonic(), &delay))
        return false;
    leat_log_error(options->log, LEAT_LOG_WARNING, error);
    leat_log_write(options->log, LEAT_LOG_INFO, "trying again in %lld ms (try %u)", (long long)(delay / 1000),
                   state->tries + 1);
    board->status.phase = LEAT_PHASE_RETRYING;
    wait_unless_stopped(options, board, delay);
    return true;
}

/* Whether the run that has just failed got on before. What was only read does not count: it will be read
 * again, and fail again. */
static bool got_on(const leat_board *board, uint64_t commits_before, int64_t started)
{
    return board->commits > commits_before ||
           (board->status.phase == LEAT_PHASE_STREAMING &&
            leat_clock_monotonic() - started >= quiet_success_microseconds);
}

leat_status leat_pipeline_run(const leat_pipeline_options *options, leat_error *error)
{
    leat_board board;
    leat_board_open(&board, &options->observer);
    leat_retry state = {0};
    leat_status status;
    for (;;) {
        uint64_t commits = board.commits;
        int64_t started = leat_clock_monotonic();
        status = run_once(options, &board, error);
        if (status != LEAT_RETRY)
            break;
        if (got_on(&board, commits, started))
            leat_retry_succeeded(&state); /* this is a new failure, not the old one */
        if (!retry(options, &board, &state, error) || stop_requested(options))
            break;
    }
    /* Stopped while something failed: that was logged, and everything durable is in order. */
    if (status == LEAT_STOPPED || (status == LEAT_RETRY && stop_requested(options)))
        status = LEAT_OK;
    leat_board_show(&board, leat_clock_monotonic(), true);
    leat_board_close(&board);
    return status;
}
