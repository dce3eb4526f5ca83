/* The transaction numbers that a GTID set has of one (uuid, tag). */
#ifndef LEAT_MYSQL_GTID_INTERVALS_H
#define LEAT_MYSQL_GTID_INTERVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From `first` to `last`, both inside. */
typedef struct leat_mysql_gtid_interval {
    uint64_t first;
    uint64_t last;
} leat_mysql_gtid_interval;

/* Sorted, and neither touching nor overlapping. Zero-initialise; leat_mysql_gtid_intervals_free ends it.
 * Numbers are below 2^63, so that the one after any is one too. */
typedef struct leat_mysql_gtid_intervals {
    leat_mysql_gtid_interval *items;
    size_t count;
    size_t capacity;
} leat_mysql_gtid_intervals;

void leat_mysql_gtid_intervals_free(leat_mysql_gtid_intervals *intervals);
void leat_mysql_gtid_intervals_copy(leat_mysql_gtid_intervals *to,
                                    const leat_mysql_gtid_intervals *from); /* `to` is empty */

void leat_mysql_gtid_intervals_add(leat_mysql_gtid_intervals *intervals, leat_mysql_gtid_interval interval);
void leat_mysql_gtid_intervals_union(leat_mysql_gtid_intervals *intervals,
                                     const leat_mysql_gtid_intervals *other);
void leat_mysql_gtid_intervals_subtract(leat_mysql_gtid_intervals *intervals,
                                        const leat_mysql_gtid_intervals *other);

bool leat_mysql_gtid_intervals_contain(const leat_mysql_gtid_intervals *intervals,
                                       leat_mysql_gtid_interval part);

#endif
