/* Clocks. */
#ifndef LEAT_BASE_CLOCK_H
#define LEAT_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Microseconds on a clock that only goes forward; for intervals and deadlines. Any thread. */
int64_t leat_clock_monotonic(void);

/* Microseconds since 1970-01-01 UTC; for people and events, never for intervals. Any thread. */
int64_t leat_clock_wall(void);

/* CPU microseconds this process has used (user and system, all threads). */
int64_t leat_clock_cpu(void);

/* Sleeps; ends early when a signal arrives. */
void leat_clock_sleep(int64_t microseconds);

enum { LEAT_CLOCK_TEXT_SIZE = 40 };

/* ISO 8601 UTC with microseconds, "2026-03-10T08:00:00.000000Z", for a wall time. `text` holds
 * LEAT_CLOCK_TEXT_SIZE. */
void leat_clock_format(int64_t wall_microseconds, char *text);

/* The UTC date, "2026-03-10", of a wall time. `text` holds LEAT_CLOCK_TEXT_SIZE. */
void leat_clock_format_date(int64_t wall_microseconds, char *text);

#endif
