#include "cli/progress.h"

#include <inttypes.h>
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "cli/progress_text.h"
#include "cli/rate.h"
#include "terminal/human.h"

enum {
    SECOND = 1000 * 1000,
    LINE_EVERY = 10 * SECOND, /* where nobody watches live */
    IDLE_AFTER = 2 * SECOND,
};

/* What the summary needs; statuses do not outlive their call. */
typedef struct run_totals {
    uint64_t records;
    uint64_t snapshot_records;
    uint64_t transactions;
    uint64_t notes;
    uint64_t versions;
    uint64_t files;
    size_t tables; /* that had records */
    int64_t running_for;
    char *durable; /* the newest that was known; NULL: none */
} run_totals;

struct leat_progress {
    leat_log *log;
    const leat_terminal *terminal;
    bool live;
    pthread_mutex_t lock; /* guards `line` and what the terminal shows; taken under the log's lock */
    leat_buffer line;
    bool drawn;
    /* The pump's thread only. */
    leat_rate rate;
    int64_t newest_commit; /* last_commit_time as it was when it last changed… */
    int64_t newest_at;     /* …running_for then… */
    int64_t lag;           /* …and how old it was; -1 before the first */
    int64_t last_line;
    uint64_t records_at_last_line;
    run_totals totals;
};

static void write_to(const leat_progress *progress, const leat_buffer *text)
{
    /* A terminal that has gone is the log's trouble, not the line's. */
    ssize_t ignored = write(progress->terminal->descriptor, text->data, text->length);
    (void)ignored;
}

/* Under the lock. */
static void erase(leat_progress *progress)
{
    static const char sequence[] = "\r\033[K";
    if (!progress->drawn)
        return;
    leat_buffer text = {0};
    leat_buffer_append_string(&text, sequence);
    write_to(progress, &text);
    leat_buffer_free(&text);
    progress->drawn = false;
}

/* Under the lock. One write, so that nothing else of the terminal's comes in between. The last column stays
 * free: a full line would wrap. */
static void draw(leat_progress *progress)
{
    if (progress->line.length == 0)
        return;
    leat_buffer text = {0};
    leat_buffer_append_byte(&text, '\r');
    leat_text_clip(&text, leat_buffer_string(&progress->line), leat_terminal_width(progress->terminal) - 1,
                   progress->terminal->unicode);
    leat_buffer_append_string(&text, "\033[K");
    write_to(progress, &text);
    leat_buffer_free(&text);
    progress->drawn = true;
}

/* The log writes a line between the two calls, which come from one thread: the lock is held over both, so
 * that the pump does not draw into it. */
static void step_aside(void *context, bool before)
{
    leat_progress *progress = context;
    if (before) {
        pthread_mutex_lock(&progress->lock);
        erase(progress);
    } else {
        draw(progress);
        pthread_mutex_unlock(&progress->lock);
    }
}

leat_progress *leat_progress_open(leat_log *log, const leat_terminal *terminal, bool live)
{
    leat_progress *progress = leat_allocate(sizeof *progress);
    progress->log = log;
    progress->terminal = terminal;
    progress->live = live && terminal->interactive;
    progress->lag = -1;
    pthread_mutex_init(&progress->lock, NULL);
    if (progress->live)
        leat_log_set_hook(log, step_aside, progress);
    return progress;
}

static void remember_totals(run_totals *totals, const leat_pipeline_status *status)
{
    totals->records = status->records;
    totals->transactions = status->transactions;
    totals->notes = status->notes;
    totals->versions = status->versions;
    totals->files = status->sink.files;
    totals->running_for = status->running_for;
    totals->snapshot_records = 0;
    totals->tables = 0;
    for (size_t i = 0; i < status->table_count; i++) {
        totals->snapshot_records += status->tables[i].snapshot_records;
        totals->tables += status->tables[i].records > 0;
    }
    if (status->durable[0] != '\0') {
        leat_release(totals->durable);
        totals->durable = leat_duplicate_string(status->durable);
    }
}

static leat_progress_pace measure(leat_progress *progress, const leat_pipeline_status *status)
{
    int64_t now = status->running_for;
    leat_rate_sample(&progress->rate, now, status->records);
    if (status->last_commit_time != progress->newest_commit) {
        progress->newest_commit = status->last_commit_time;
        progress->newest_at = now;
        progress->lag = leat_clock_wall() - status->last_commit_time;
    }
    return (leat_progress_pace){
        .rate = leat_rate_per_second(&progress->rate, now, status->records),
        .lag = progress->lag,
        .idle = now - progress->newest_at > IDLE_AFTER,
    };
}

static void show_live(leat_progress *progress, const leat_pipeline_status *status,
                      const leat_progress_pace *pace)
{
    pthread_mutex_lock(&progress->lock);
    leat_buffer_reset(&progress->line);
    leat_progress_describe(status, pace, &progress->line);
    draw(progress);
    pthread_mutex_unlock(&progress->lock);
}

/* A daemon that has nothing to say says nothing. */
static void log_now_and_then(leat_progress *progress, const leat_pipeline_status *status,
                             const leat_progress_pace *pace)
{
    if (status->running_for - progress->last_line < LINE_EVERY ||
        status->records == progress->records_at_last_line)
        return;
    progress->last_line = status->running_for;
    progress->records_at_last_line = status->records;
    leat_buffer line = {0};
    leat_progress_describe(status, pace, &line);
    leat_log_write(progress->log, LEAT_LOG_INFO, "%s", leat_buffer_string(&line));
    leat_buffer_free(&line);
}

void leat_progress_status(void *context, const leat_pipeline_status *status)
{
    leat_progress *progress = context;
    leat_progress_pace pace = measure(progress, status);
    remember_totals(&progress->totals, status);
    if (progress->live)
        show_live(progress, status, &pace);
    else
        log_now_and_then(progress, status, &pace);
}

static void take_line_away(leat_progress *progress)
{
    pthread_mutex_lock(&progress->lock);
    erase(progress);
    leat_buffer_reset(&progress->line);
    pthread_mutex_unlock(&progress->lock);
}

static void describe_counts(const run_totals *totals, leat_buffer *out)
{
    char text[LEAT_HUMAN_SIZE];
    leat_buffer_printf(out, "%s %s", leat_human_count(totals->records, text),
                       leat_human_plural(totals->records, "record", "records"));
    leat_buffer_printf(out, " of %zu %s", totals->tables,
                       leat_human_plural(totals->tables, "table", "tables"));
    if (totals->snapshot_records > 0)
        leat_buffer_printf(out, ", %s of them by the snapshot",
                           leat_human_count(totals->snapshot_records, text));
    leat_buffer_printf(out, ", %s %s", leat_human_count(totals->transactions, text),
                       leat_human_plural(totals->transactions, "transaction", "transactions"));
    if (totals->files > 0)
        leat_buffer_printf(out, ", %s %s", leat_human_count(totals->files, text),
                           leat_human_plural(totals->files, "file", "files"));
    if (totals->versions > 0)
        leat_buffer_printf(out, ", %s new table %s", leat_human_count(totals->versions, text),
                           leat_human_plural(totals->versions, "version", "versions"));
    if (totals->notes > 0)
        leat_buffer_printf(out, ", %s %s on values", leat_human_count(totals->notes, text),
                           leat_human_plural(totals->notes, "note", "notes"));
}

void leat_progress_summarise(leat_progress *progress)
{
    take_line_away(progress);
    char text[LEAT_HUMAN_SIZE];
    leat_buffer line = {0};
    describe_counts(&progress->totals, &line);
    if (progress->totals.durable != NULL)
        leat_buffer_printf(&line, "; durable to %s", progress->totals.durable);
    leat_buffer_printf(&line, "; ran for %s", leat_human_duration(progress->totals.running_for, text));
    leat_log_write(progress->log, LEAT_LOG_INFO, "ended: %s", leat_buffer_string(&line));
    leat_buffer_free(&line);
}

void leat_progress_close(leat_progress *progress)
{
    take_line_away(progress);
    leat_log_set_hook(progress->log, NULL, NULL);
    pthread_mutex_destroy(&progress->lock);
    leat_buffer_free(&progress->line);
    leat_release(progress->totals.durable);
    leat_release(progress);
}
