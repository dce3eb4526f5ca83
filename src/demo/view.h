/* The demo as it is watched: events as they arrive, new versions of tables, and what there was of each. */
#ifndef LEAT_DEMO_VIEW_H
#define LEAT_DEMO_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "leat/sink.h"
#include "leat/table.h"
#include "terminal/terminal.h"

/* Opaque. The pump's thread; another one may say things, tell arrivals and events, and ask for counts. */
typedef struct leat_demo_view leat_demo_view;

/* Writes to standard output, which is what `terminal` looked at; it outlives the view. */
leat_demo_view *leat_demo_view_open(const leat_terminal *terminal);
void leat_demo_view_close(leat_demo_view *view);

/* Any text of the demo's own. */
void leat_demo_view_say(leat_demo_view *view, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A record arrived, which is counted: a row of the snapshot, or a change whose commit was asked for then
 * (monotonic; -1 where that is not known). Any thread. */
void leat_demo_view_arrived(leat_demo_view *view, bool existing, int64_t committed);

/* An event in a line, as leat_demo_event_line has it. Any thread. */
void leat_demo_view_event(leat_demo_view *view, const char *table, leat_operation operation,
                          int64_t commit_time, leat_slice json);

/* A record arrived: shown in a line where there is room for it, counted in any case. `committed` is when its
 * commit was asked for (monotonic); -1 where that is not known. */
void leat_demo_view_record(leat_demo_view *view, const leat_table_version *version, const leat_record *record,
                           int64_t committed);

/* A new version of a table: what it has, or how it differs from the one before. Appended to `out` as a line,
 * to be said now or later. */
void leat_demo_view_version(leat_demo_view *view, const leat_table_version *version, leat_buffer *out);

/* The existing rows are read; what comes now are changes. */
void leat_demo_view_streaming(leat_demo_view *view);

/* What was counted. */
typedef struct leat_demo_counts {
    uint64_t existing; /* rows of the snapshot */
    uint64_t changes;
    bool nobody_is_watching; /* standard output cannot be written to; nothing more is */
    int64_t moved_at;        /* monotonic; when the newest record arrived; 0: none has */
    int exit_code;           /* what that makes of the demo: a closed pipe is nobody's mistake */
} leat_demo_counts;

void leat_demo_view_counts(leat_demo_view *view, leat_demo_counts *counts);

/* Microseconds from commit to arrival: what half of the changes stayed below, and the longest. -1, both,
 * where that is known of none. */
void leat_demo_view_lags(leat_demo_view *view, int64_t *typical, int64_t *longest);

#endif
