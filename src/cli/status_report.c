#include "cli/status_report.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/signals.h"
#include "pipeline/probe.h"

static leat_status read_position(leat_state *state, leat_status_report *report, char **log, leat_error *error)
{
    leat_position position = {0};
    leat_status status = leat_state_position_get(state, &position, error);
    if (status == LEAT_OK)
        status = leat_state_position_facts(state, &report->committed_at, &report->records, error);
    if (status == LEAT_OK && position.log != NULL) {
        char *text = leat_position_format(&position);
        report->durable = leat_arena_string(&report->arena, text);
        leat_release(text);
        *log = leat_duplicate_string(position.log);
    }
    leat_position_clear(&position);
    return status;
}

static leat_status read_tables(leat_state *state, leat_status_report *report, leat_error *error)
{
    leat_status status =
        leat_state_table_list(state, &report->arena, &report->tables, &report->table_count, error);
    if (status != LEAT_OK)
        return status;
    return leat_state_version_list(state, NULL, &report->arena, &report->versions, &report->version_count,
                                   error);
}

static leat_status read_files(leat_state *state, leat_status_report *report, leat_error *error)
{
    leat_state_file *open;
    leat_status status =
        leat_state_file_totals(state, &report->files, &report->file_records, &report->file_bytes, error);
    if (status != LEAT_OK)
        return status;
    return leat_state_file_list(state, LEAT_FILE_OPEN, &report->arena, &open, &report->open_files, error);
}

/* `log` gets the durable log text (heap), or stays NULL. */
static leat_status read_store(const leat_config *config, leat_status_report *report, char **log,
                              leat_error *error)
{
    struct stat found;
    report->ever_ran = stat(config->state, &found) == 0 && found.st_size > 0;
    if (!report->ever_ran)
        return LEAT_OK;
    leat_state *state;
    leat_status status = leat_state_open(config->state, config->name, true, &state, error);
    if (status != LEAT_OK)
        return status;
    report->process = leat_state_holder(state);
    status = read_position(state, report, log, error);
    if (status == LEAT_OK)
        status = read_tables(state, report, error);
    if (status == LEAT_OK)
        status = read_files(state, report, error);
    leat_state_close(state);
    return status;
}

static void keep_progress(leat_status_report *report, leat_source_progress *progress)
{
    report->reachable = true;
    report->current = leat_arena_string(&report->arena, progress->current);
    report->bytes_behind = progress->bytes_behind;
    report->bytes_retained = progress->bytes_retained;
    leat_release(progress->current);
}

static leat_status ask_progress(const leat_config *config, const char *log, leat_source_progress *progress,
                                leat_error *error)
{
    leat_probe probe;
    leat_status status = leat_probe_open(&probe, config, NULL, leat_signals_stop(), error);
    if (status != LEAT_OK)
        return status;
    status = leat_source_ask_progress(probe.source, log, progress, error);
    leat_probe_close(&probe);
    return status;
}

static void ask_source(const leat_config *config, const char *log, leat_status_report *report)
{
    leat_error error = {0};
    leat_source_progress progress = {.bytes_behind = -1, .bytes_retained = -1};
    leat_status status = ask_progress(config, log, &progress, &error);
    if (status == LEAT_OK) {
        keep_progress(report, &progress);
        return;
    }
    report->source_message = leat_arena_string(&report->arena, error.message);
    report->source_mend = leat_arena_string(&report->arena, error.mend);
}

/* The position is committed as it moves, and now and then when the source is idle: what is beyond it cannot
 * be older than that. */
static int64_t lag_of(const leat_status_report *report)
{
    if (report->bytes_behind == 0)
        return 0;
    if (report->bytes_behind < 0 || report->committed_at == 0)
        return -1;
    int64_t lag = report->made_at - report->committed_at;
    return lag < 0 ? 0 : lag;
}

leat_status leat_status_report_make(const leat_config *config, leat_status_report *report, leat_error *error)
{
    *report = (leat_status_report){
        .made_at = leat_clock_wall(), .bytes_behind = -1, .bytes_retained = -1, .lag = -1};
    char *log = NULL;
    leat_status status = read_store(config, report, &log, error);
    if (status == LEAT_OK) {
        ask_source(config, log, report);
        report->lag = lag_of(report);
    }
    leat_release(log);
    return status;
}

void leat_status_report_free(leat_status_report *report)
{
    leat_arena_free(&report->arena);
    *report = (leat_status_report){0};
}
