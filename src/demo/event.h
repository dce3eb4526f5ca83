/* One event on one line. */
#ifndef LEAT_DEMO_EVENT_H
#define LEAT_DEMO_EVENT_H

#include <stdint.h>

#include "base/buffer.h"
#include "leat/event.h"
#include "terminal/terminal.h"

/* Appends "12:03:04.123  insert  orders       id=7 status=new …", cut to `width` columns, with colour and a
 * newline; the time to the second where the log knows no more of it. `json` is the record in the flat
 * envelope as leat_json_decoder gives it; its fields of leat's own and its nulls are left out. */
void leat_demo_event_line(const char *table, leat_operation operation, int64_t commit_time, leat_slice json,
                          const leat_terminal *terminal, size_t width, leat_buffer *out);

#endif
