/* The stdout sink: events as JSON lines on a file descriptor; its position lives in the state store.
 *
 * One line a record, {"table":"public.orders","version":3,"event":{…}}: the event as avro/json.h shows it,
 * in the envelope of the config, under a name of its own, so that no column can hide the table's name. Try
 * jq 'select(.table == "public.orders") | .event'. */
#ifndef LEAT_SINK_STDOUT_SINK_H
#define LEAT_SINK_STDOUT_SINK_H

#include "sink/kind.h"

extern const leat_sink_kind leat_sink_stdout;

/* Lines go to `descriptor` (not closed), at a commit or when a buffer of them is full. A commit writes what
 * is buffered before it commits the position: after a crash between the two, lines come again (at least once:
 * a pipe has no transactions). LEAT_STOPPED when the reader has gone. */
leat_status leat_sink_stdout_open(int descriptor, leat_state *state, leat_sink **sink, leat_error *error);

#endif
