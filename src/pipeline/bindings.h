/* Bindings: what the pump keeps for each table version: its encoder, its place in the sink, its counts. */
#ifndef LEAT_PIPELINE_BINDINGS_H
#define LEAT_PIPELINE_BINDINGS_H

#include "base/map.h"
#include "event/envelope.h"
#include "history/history.h"
#include "leat/sink.h"
#include "pipeline/board.h"
#include "trigger/trigger.h"

/* A definition's `attachment` points to its binding; many definitions with the same content share one. */
typedef struct leat_binding {
    const leat_table_version *version;
    const leat_table *table; /* that `envelope` encodes the rows of; the same definition as the version's */
    leat_envelope *envelope;
    leat_sink_table *sink_table;
    size_t place; /* among the bindings */
    size_t board_place;
    uint64_t transaction_number; /* the transaction that transaction_changes counts in */
    uint64_t transaction_changes;
} leat_binding;

/* Everything lent; it outlives the bindings. */
typedef struct leat_bindings {
    leat_history *history;
    leat_sink *sink;
    leat_trigger *trigger;
    leat_board *board;
    const leat_schema_options *schema;
    const char *connector;
    const char *pipeline;
    leat_binding **items;
    size_t count;
    size_t capacity;
    leat_map places; /* of the bindings, by the addresses of their versions */
} leat_bindings;

/* Settles the version of a new definition seen at `position` (text form) and attaches its binding to it.
 * `replayed`: see leat_history_settle. */
leat_status leat_bindings_attach(leat_bindings *bindings, leat_table *table, const char *position,
                                 bool replayed, leat_error *error);

/* Frees all bindings. Definitions that still point to them must not be used any more. */
void leat_bindings_free(leat_bindings *bindings);

#endif
