/* The board: what a running pipeline counts, and who watches it. Outlives the restarts of the pump. */
#ifndef LEAT_PIPELINE_BOARD_H
#define LEAT_PIPELINE_BOARD_H

#include "base/arena.h"
#include "base/map.h"
#include "pipeline/ledger.h"
#include "pipeline/pipeline.h"

typedef struct leat_board {
    leat_pipeline_observer observer;
    leat_pipeline_status status;
    leat_pipeline_table *tables; /* what status.tables shows */
    size_t table_capacity;
    leat_map places; /* of the tables, by their names */
    leat_arena names;
    int64_t started;            /* monotonic */
    int64_t last_shown;         /* monotonic */
    uint64_t commits;           /* of the sink, that succeeded */
    leat_sink_counters earlier; /* of sinks before the last restart */
    const leat_ledger *ledger;  /* while a pump runs */
    leat_source *source;        /* while it streams */
    const leat_sink *sink;
} leat_board;

void leat_board_open(leat_board *board, const leat_pipeline_observer *observer);
void leat_board_close(leat_board *board);

/* The place of the table of that name in board->tables, made when missing. */
size_t leat_board_table(leat_board *board, const char *name);

/* A pump begins or ends to lend its ledger and sink. */
void leat_board_attach(leat_board *board, const leat_ledger *ledger, const leat_sink *sink);
void leat_board_detach(leat_board *board);

/* Its stream has begun: what is received is what the source says. */
void leat_board_follow(leat_board *board, leat_source *source);

/* Calls the observer when a tenth of a second has passed since the last time, or when `always`. */
void leat_board_show(leat_board *board, int64_t now, bool always);

#endif
