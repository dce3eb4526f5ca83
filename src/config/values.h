/* Numbers, sizes and durations as people write them. */
#ifndef LEAT_CONFIG_VALUES_H
#define LEAT_CONFIG_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* A unit and how much of the smallest one it is. */
typedef struct leat_unit {
    const char *name;
    uint64_t factor;
} leat_unit;

/* The units of sizes (in bytes) and of durations (in microseconds), smallest first. */
extern const leat_unit leat_size_units[];
extern const size_t leat_size_unit_count;
extern const leat_unit leat_duration_units[];
extern const size_t leat_duration_unit_count;

/* Each reads the whole of `text`; false when it is not of the form. What does not fit becomes UINT64_MAX,
 * which no setting allows, so that a range check refuses it. No sign, no leading zero, no fraction. */
bool leat_value_parse_integer(const char *text, uint64_t *value);
bool leat_value_parse_size(const char *text, uint64_t *bytes); /* "256MiB", "64kB", "1000" */
bool leat_value_parse_duration(const char *text,
                               uint64_t *microseconds); /* "250ms", "5m"; "0" needs no unit */

/* Appends a size or duration in the largest unit that divides it: "256MiB", "60s". */
void leat_value_format_size(leat_buffer *out, uint64_t bytes);
void leat_value_format_duration(leat_buffer *out, uint64_t microseconds);

#endif
