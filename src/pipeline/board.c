#include "pipeline/board.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/memory.h"

enum { SHOW_EVERY_MICROSECONDS = 100 * 1000 };

void leat_board_open(leat_board *board, const leat_pipeline_observer *observer)
{
    *board = (leat_board){.observer = *observer, .started = leat_clock_monotonic()};
    board->status.received = board->status.durable = board->status.acknowledged = "";
}

void leat_board_close(leat_board *board)
{
    leat_release(board->tables);
    leat_map_free(&board->places);
    leat_arena_free(&board->names);
}

size_t leat_board_table(leat_board *board, const char *name)
{
    size_t place;
    if (!leat_map_add(&board->places, leat_slice_of_string(name), &place))
        return place;
    board->tables = leat_list_room(board->tables, board->status.table_count, &board->table_capacity,
                                   sizeof *board->tables);
    board->status.tables = board->tables;
    board->tables[place] =
        (leat_pipeline_table){.name = leat_arena_string(&board->names, name), .snapshot_estimate = -1};
    board->status.table_count++;
    return place;
}

/* The sinks before a restart count too: a summary is of the whole run. */
static leat_sink_counters counters_of(const leat_board *board)
{
    leat_sink_counters counters = {0};
    if (board->sink != NULL)
        counters = board->sink->counters;
    counters.records += board->earlier.records;
    counters.bytes += board->earlier.bytes;
    counters.files += board->earlier.files;
    return counters;
}

void leat_board_attach(leat_board *board, const leat_ledger *ledger, const leat_sink *sink)
{
    board->ledger = ledger;
    board->sink = sink;
}

void leat_board_detach(leat_board *board)
{
    board->earlier = counters_of(board);
    board->earlier.open_files = 0;
    board->ledger = NULL;
    board->source = NULL;
    board->sink = NULL;
    board->status.received = board->status.durable = board->status.acknowledged = "";
}

void leat_board_follow(leat_board *board, leat_source *source)
{
    board->source = source;
}

void leat_board_show(leat_board *board, int64_t now, bool always)
{
    if (board->observer.status == NULL || (!always && now - board->last_shown < SHOW_EVERY_MICROSECONDS))
        return;
    board->last_shown = now;
    board->status.running_for = now - board->started;
    board->status.sink = counters_of(board);
    if (board->ledger != NULL) {
        board->status.durable = leat_ledger_durable(board->ledger).log;
        board->status.received =
            board->source != NULL ? leat_source_place(board->source).log : board->status.durable;
        board->status.acknowledged = leat_ledger_acknowledged(board->ledger);
    }
    board->observer.status(board->observer.context, &board->status);
}
