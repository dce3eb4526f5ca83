#include "demo/view.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "avro/json.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/memory.h"
#include "demo/event.h"
#include "terminal/human.h"
#include "terminal/output.h"

enum {
    SHOW_EVERY =
        300 * 1000, /* microseconds between two transactions that are shown: faster nobody can read */
    ROWS_SHOWN_OF_TABLE = 2, /* of the snapshot, to show what they look like */
    WIDTH_ELSEWHERE = 160,   /* of lines that do not go to a terminal */
};

/* What is known of a table: its newest version, and how to read its records. */
typedef struct known_table {
    leat_table *table;          /* held */
    leat_json_decoder *decoder; /* NULL when the schema could not be understood */
    uint64_t rows_shown;
} known_table;

struct leat_demo_view {
    const leat_terminal *terminal;
    known_table *tables;
    size_t table_count;
    size_t table_capacity;
    leat_buffer json;
    leat_buffer transaction; /* the newest record's, as its sequence begins */
    bool shows_transaction;
    int64_t last_shown; /* monotonic; when a transaction began to be shown */

    pthread_mutex_t lock; /* of what follows */
    leat_buffer out;
    int64_t *lags; /* one a change whose commit is known */
    size_t lag_count;
    size_t lag_capacity;
    leat_demo_counts counts;
};

leat_demo_view *leat_demo_view_open(const leat_terminal *terminal)
{
    leat_demo_view *view = leat_allocate(sizeof *view);
    view->terminal = terminal;
    pthread_mutex_init(&view->lock, NULL);
    return view;
}

void leat_demo_view_close(leat_demo_view *view)
{
    for (size_t i = 0; i < view->table_count; i++) {
        leat_json_decoder_close(view->tables[i].decoder);
        leat_table_release(view->tables[i].table);
    }
    leat_release(view->tables);
    leat_release(view->lags);
    leat_buffer_free(&view->json);
    leat_buffer_free(&view->out);
    leat_buffer_free(&view->transaction);
    pthread_mutex_destroy(&view->lock);
    leat_release(view);
}

/* With the lock held. */
static void flush(leat_demo_view *view)
{
    if (!view->counts.nobody_is_watching && !leat_output_write(&view->out, &view->counts.exit_code))
        view->counts.nobody_is_watching = true;
    leat_buffer_reset(&view->out);
}

void leat_demo_view_say(leat_demo_view *view, const char *format, ...)
{
    va_list arguments;
    pthread_mutex_lock(&view->lock);
    va_start(arguments, format);
    leat_buffer_vprintf(&view->out, format, arguments);
    va_end(arguments);
    flush(view);
    pthread_mutex_unlock(&view->lock);
}

static size_t line_width(const leat_demo_view *view)
{
    return view->terminal->interactive ? leat_terminal_width(view->terminal) : WIDTH_ELSEWHERE;
}

static known_table *find_table(leat_demo_view *view, const leat_table *table)
{
    for (size_t i = 0; i < view->table_count; i++) {
        if (strcmp(view->tables[i].table->name, table->name) == 0)
            return &view->tables[i];
    }
    return NULL;
}

static known_table *add_table(leat_demo_view *view)
{
    view->tables =
        leat_list_room(view->tables, view->table_count, &view->table_capacity, sizeof *view->tables);
    view->tables[view->table_count] = (known_table){0};
    return &view->tables[view->table_count++];
}

/* ---- Versions ---- */

static const leat_column *find_column(const leat_table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    }
    return NULL;
}

/* "+ gift boolean" for each column that `table` has and `other` has not. */
static void list_columns_beyond(leat_buffer *out, char sign, const leat_table *table, const leat_table *other)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const leat_column *column = &table->columns[i];
        if (find_column(other, column->name) == NULL)
            leat_buffer_printf(out, "  %c %s %s", sign, column->name, column->type_text);
    }
}

static void list_columns(leat_buffer *out, const leat_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        leat_buffer_printf(out, "%s%s %s", i == 0 ? "" : ", ", table->columns[i].name,
                           table->columns[i].type_text);
}

static void put_version(const leat_demo_view *view, const leat_table_version *version,
                        const leat_table *before, leat_buffer *out)
{
    leat_buffer line = {0};
    leat_buffer_printf(&line, "  %s is at version %u:%s", version->table->name, version->number,
                       before == NULL ? " " : "");
    if (before == NULL) {
        list_columns(&line, version->table);
    } else {
        list_columns_beyond(&line, '+', version->table, before);
        list_columns_beyond(&line, '-', before, version->table);
    }
    leat_buffer_append_string(
        out, leat_terminal_style(view->terminal, before == NULL ? LEAT_STYLE_CYAN : LEAT_STYLE_BOLD));
    leat_text_clip(out, leat_buffer_string(&line), line_width(view), view->terminal->unicode);
    leat_buffer_printf(out, "%s\n", leat_terminal_style(view->terminal, LEAT_STYLE_PLAIN));
    leat_buffer_free(&line);
}

void leat_demo_view_version(leat_demo_view *view, const leat_table_version *version, leat_buffer *out)
{
    leat_error ignored;
    known_table *known = find_table(view, version->table);
    put_version(view, version, known == NULL ? NULL : known->table, out);
    if (known == NULL)
        known = add_table(view);
    leat_json_decoder_close(known->decoder);
    leat_table_release(known->table);
    *known = (known_table){.table = leat_table_hold(version->table)};
    /* What cannot be shown is still counted. */
    (void)leat_json_decoder_open(version->value_schema, &known->decoder, &ignored);
}

void leat_demo_view_streaming(leat_demo_view *view)
{
    char text[LEAT_HUMAN_SIZE];
    leat_demo_counts counts;
    leat_demo_view_counts(view, &counts);
    leat_demo_view_say(view, "\n%s existing rows are read. Now the changes, as they are committed:\n\n",
                       leat_human_count(counts.existing, text));
}

/* ---- Records ---- */

/* A sequence is its transaction's, a point, and the record's own number. */
static leat_slice transaction_of(leat_slice sequence)
{
    size_t length = sequence.length;
    while (length > 0 && sequence.data[length - 1] != '.')
        length--;
    return leat_slice_of(sequence.data, length);
}

/* Transactions are shown whole or not at all. */
static void enter_transaction(leat_demo_view *view, leat_slice transaction)
{
    if (leat_slice_equal(leat_buffer_slice(&view->transaction), transaction))
        return;
    leat_buffer_reset(&view->transaction);
    leat_buffer_append_slice(&view->transaction, transaction);
    int64_t now = leat_clock_monotonic();
    view->shows_transaction = now - view->last_shown >= SHOW_EVERY;
    if (view->shows_transaction)
        view->last_shown = now;
}

/* Whether there is room for the record: a few of each table's existing rows, and of changes what can be read.
 */
static bool has_room(leat_demo_view *view, known_table *known, const leat_record *record)
{
    if (record->snapshot)
        return known->rows_shown++ < ROWS_SHOWN_OF_TABLE;
    enter_transaction(view, transaction_of(record->sequence));
    return view->shows_transaction;
}

void leat_demo_view_event(leat_demo_view *view, const char *table, leat_operation operation,
                          int64_t commit_time, leat_slice json)
{
    pthread_mutex_lock(&view->lock);
    leat_demo_event_line(table, operation, commit_time, json, view->terminal, line_width(view), &view->out);
    flush(view);
    pthread_mutex_unlock(&view->lock);
}

static void show(leat_demo_view *view, const known_table *known, const leat_record *record)
{
    leat_error ignored;
    leat_slice bytes = record->value;
    leat_buffer_reset(&view->json);
    if (known->decoder == NULL ||
        leat_json_decoder_next(known->decoder, &bytes, &view->json, &ignored) != LEAT_OK)
        return;
    leat_demo_view_event(view, known->table->name, record->operation, record->commit_time,
                         leat_buffer_slice(&view->json));
}

static void keep_lag(leat_demo_view *view, int64_t lag)
{
    view->lags = leat_list_room(view->lags, view->lag_count, &view->lag_capacity, sizeof *view->lags);
    view->lags[view->lag_count++] = lag;
}

void leat_demo_view_arrived(leat_demo_view *view, bool existing, int64_t committed)
{
    int64_t now = leat_clock_monotonic();
    pthread_mutex_lock(&view->lock);
    view->counts.moved_at = now;
    if (existing)
        view->counts.existing++;
    else
        view->counts.changes++;
    if (!existing && committed >= 0)
        keep_lag(view, now - committed);
    pthread_mutex_unlock(&view->lock);
}

void leat_demo_view_record(leat_demo_view *view, const leat_table_version *version, const leat_record *record,
                           int64_t committed)
{
    known_table *known = find_table(view, version->table);
    leat_demo_view_arrived(view, record->snapshot, committed);
    if (known != NULL && has_room(view, known, record))
        show(view, known, record);
}

static int compare_lags(const void *left, const void *right)
{
    const int64_t *a = left;
    const int64_t *b = right;
    return (*a > *b) - (*a < *b);
}

void leat_demo_view_counts(leat_demo_view *view, leat_demo_counts *counts)
{
    pthread_mutex_lock(&view->lock);
    *counts = view->counts;
    pthread_mutex_unlock(&view->lock);
}

void leat_demo_view_lags(leat_demo_view *view, int64_t *typical, int64_t *longest)
{
    *typical = *longest = -1;
    if (view->lag_count == 0)
        return;
    qsort(view->lags, view->lag_count, sizeof *view->lags, compare_lags);
    *typical = view->lags[view->lag_count / 2];
    *longest = view->lags[view->lag_count - 1];
}
