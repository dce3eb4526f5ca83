#include "cli/progress_text.h"

#include "terminal/human.h"

enum { TABLES_NAMED = 4 };

/* The tables of a snapshot, taken together. */
typedef struct snapshot_sums {
    size_t tables;
    size_t done;
    uint64_t rows;
    uint64_t expected; /* rows of the tables whose size is known, at least those that came */
    uint64_t left;
    bool all_known;
} snapshot_sums;

/* Estimates are of the last analyze: a table may turn out larger, and a finished one has what it has. */
static uint64_t expected_rows(const leat_pipeline_table *table)
{
    uint64_t estimate = table->snapshot_estimate < 0 ? 0 : (uint64_t)table->snapshot_estimate;
    return table->snapshot_done || estimate < table->snapshot_records ? table->snapshot_records : estimate;
}

static snapshot_sums sum_snapshot(const leat_pipeline_status *status)
{
    snapshot_sums sums = {.all_known = true};
    for (size_t i = 0; i < status->table_count; i++) {
        const leat_pipeline_table *table = &status->tables[i];
        if (!table->in_snapshot)
            continue;
        sums.tables++;
        sums.done += table->snapshot_done;
        sums.rows += table->snapshot_records;
        sums.expected += expected_rows(table);
        sums.left += expected_rows(table) - table->snapshot_records;
        sums.all_known = sums.all_known && (table->snapshot_done || table->snapshot_estimate >= 0);
    }
    return sums;
}

int64_t leat_progress_time_left(const leat_pipeline_status *status, uint64_t rate)
{
    snapshot_sums sums = sum_snapshot(status);
    if (sums.tables == 0 || !sums.all_known || rate == 0)
        return -1;
    uint64_t seconds = sums.left / rate;
    if (seconds > INT64_MAX / 2000000)
        return -1;
    return (int64_t)(seconds * 1000000 + sums.left % rate * 1000000 / rate);
}

/* While rows still come a table is never "100%", whatever was estimated. */
static unsigned percent_of(const leat_pipeline_table *table)
{
    unsigned percent = leat_human_percent(table->snapshot_records, expected_rows(table));
    return percent > 99 ? 99 : percent;
}

static void describe_table(const leat_pipeline_table *table, leat_buffer *out)
{
    char count[LEAT_HUMAN_SIZE];
    if (table->snapshot_estimate >= 0)
        leat_buffer_printf(out, "%s %u%%", table->name, percent_of(table));
    else
        leat_buffer_printf(out, "%s %s", table->name, leat_human_short(table->snapshot_records, count));
}

/* The tables that are being read: few, as there are few workers. */
static void describe_open_tables(const leat_pipeline_status *status, leat_buffer *out)
{
    size_t open = 0;
    for (size_t i = 0; i < status->table_count; i++) {
        const leat_pipeline_table *table = &status->tables[i];
        if (!table->in_snapshot || table->snapshot_done || table->snapshot_records == 0)
            continue;
        if (open++ >= TABLES_NAMED)
            continue;
        leat_buffer_append_string(out, open == 1 ? " | " : ", ");
        describe_table(table, out);
    }
    if (open > TABLES_NAMED)
        leat_buffer_printf(out, " and %zu more", open - TABLES_NAMED);
}

static void describe_snapshot(const leat_pipeline_status *status, const leat_progress_pace *pace,
                              leat_buffer *out)
{
    char text[LEAT_HUMAN_SIZE];
    snapshot_sums sums = sum_snapshot(status);
    leat_buffer_printf(out, "snapshot: %zu of %zu %s done, %s %s", sums.done, sums.tables,
                       leat_human_plural(sums.tables, "table", "tables"), leat_human_count(sums.rows, text),
                       leat_human_plural(sums.rows, "row", "rows"));
    if (sums.all_known && sums.left > 0)
        leat_buffer_printf(out, " (%u%%)", leat_human_percent(sums.rows, sums.expected));
    leat_buffer_printf(out, ", %s rows/s", leat_human_short(pace->rate, text));
    int64_t left = leat_progress_time_left(status, pace->rate);
    if (left > 0)
        leat_buffer_printf(out, ", ETA %s", leat_human_duration(left, text));
    describe_open_tables(status, out);
}

static void describe_sink(const leat_pipeline_status *status, leat_buffer *out)
{
    char text[LEAT_HUMAN_SIZE];
    if (status->sink.files > 0)
        leat_buffer_printf(out, ", %s %s", leat_human_count(status->sink.files, text),
                           leat_human_plural(status->sink.files, "file", "files"));
    if (status->durable[0] != '\0')
        leat_buffer_printf(out, ", durable to %s", status->durable);
}

static void describe_stream(const leat_pipeline_status *status, const leat_progress_pace *pace,
                            leat_buffer *out)
{
    char text[LEAT_HUMAN_SIZE];
    leat_buffer_printf(out, "streaming: %s %s", leat_human_count(status->records, text),
                       leat_human_plural(status->records, "record", "records"));
    if (pace->idle) {
        leat_buffer_append_string(out, ", nothing new");
    } else {
        leat_buffer_printf(out, ", %s/s", leat_human_short(pace->rate, text));
        if (pace->lag >= 0)
            leat_buffer_printf(out, ", lag %s", leat_human_duration(pace->lag, text));
    }
    describe_sink(status, out);
}

void leat_progress_describe(const leat_pipeline_status *status, const leat_progress_pace *pace,
                            leat_buffer *out)
{
    char text[LEAT_HUMAN_SIZE];
    switch (status->phase) {
    case LEAT_PHASE_CONNECTING:
        leat_buffer_printf(out, "connecting, since %s", leat_human_duration(status->running_for, text));
        return;
    case LEAT_PHASE_SNAPSHOT:
        describe_snapshot(status, pace, out);
        return;
    case LEAT_PHASE_STREAMING:
        describe_stream(status, pace, out);
        return;
    case LEAT_PHASE_RETRYING:
        leat_buffer_append_string(out, "waiting to try again");
        return;
    case LEAT_PHASE_STOPPING:
        leat_buffer_append_string(out, "finishing what has arrived");
        return;
    }
}
