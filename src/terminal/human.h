/* Numbers as people read them. Integer arithmetic, cut and never rounded up, so that "100%" means all. */
#ifndef LEAT_TERMINAL_HUMAN_H
#define LEAT_TERMINAL_HUMAN_H

#include <stdint.h>

enum { LEAT_HUMAN_SIZE = 40 };

/* Each writes into `text` (LEAT_HUMAN_SIZE bytes) and returns it, to be an argument of printf. */

/* All digits, in groups: "1,234,567". */
const char *leat_human_count(uint64_t count, char *text);

/* Three digits and a unit: "999", "1.23k", "45.6M". For rates. */
const char *leat_human_short(uint64_t count, char *text);

/* Bytes in binary units: "512 B", "1.5 KiB", "64 MiB". */
const char *leat_human_size(uint64_t bytes, char *text);

/* Microseconds in the two largest units that matter: "850 us", "350 ms", "4.2 s", "1 min 12 s", "2 h 5 min",
 * "3 d 4 h". What is negative (two clocks that differ) is "0 ms". */
const char *leat_human_duration(int64_t microseconds, char *text);

/* A wall time to the second: "2026-03-10 08:00:00 UTC"; "-" for 0, which stands for none. */
const char *leat_human_time(int64_t wall_microseconds, char *text);

/* `part` of `whole` in percent, at most 100; 0 when there is no whole. */
unsigned leat_human_percent(uint64_t part, uint64_t whole);

/* "row" or "rows". `one` and `many` are the two forms. */
const char *leat_human_plural(uint64_t count, const char *one, const char *many);

#endif
