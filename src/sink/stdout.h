/* The stdout sink: events as JSON lines on a file descriptor; its position lives in the state store. */
#ifndef LEAT_SINK_STDOUT_H
#define LEAT_SINK_STDOUT_H

#include "leat/sink.h"
#include "state/state.h"

extern const leat_sink_ops leat_sink_stdout_ops;

/* Lines go to `descriptor` (not closed). A commit writes what is buffered before it commits the position:
 * after a crash between the two, lines come again (at least once: a pipe has no transactions). LEAT_STOPPED
 * when the reader has gone. */
leat_status leat_sink_stdout_open(int descriptor, leat_state *state, leat_sink **sink, leat_error *error);

#endif
