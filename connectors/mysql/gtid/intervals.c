#include "mysql/gtid/intervals.h"

#include <string.h>

#include "base/list.h"
#include "base/memory.h"

void leat_mysql_gtid_intervals_free(leat_mysql_gtid_intervals *intervals)
{
    leat_release(intervals->items);
    *intervals = (leat_mysql_gtid_intervals){0};
}

static void make_room(leat_mysql_gtid_intervals *intervals)
{
    intervals->items =
        leat_list_room(intervals->items, intervals->count, &intervals->capacity, sizeof *intervals->items);
}

void leat_mysql_gtid_intervals_copy(leat_mysql_gtid_intervals *to, const leat_mysql_gtid_intervals *from)
{
    *to = (leat_mysql_gtid_intervals){0};
    if (from->count == 0)
        return;
    to->items = leat_allocate_array(from->count, sizeof *to->items);
    memcpy(to->items, from->items, from->count * sizeof *to->items);
    to->count = to->capacity = from->count;
}

/* The first place whose interval ends at `number` or behind it; `count` when there is none. */
static size_t first_ending_from(const leat_mysql_gtid_intervals *intervals, uint64_t number)
{
    size_t low = 0;
    size_t high = intervals->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (intervals->items[middle].last < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert_interval(leat_mysql_gtid_intervals *intervals, size_t at,
                            leat_mysql_gtid_interval interval)
{
    make_room(intervals);
    leat_mysql_gtid_interval *place = &intervals->items[at];
    memmove(place + 1, place, (intervals->count - at) * sizeof *place);
    *place = interval;
    intervals->count++;
}

/* Takes out the places from `from` up to `to`. */
static void cut_interval(leat_mysql_gtid_intervals *intervals, size_t from, size_t to)
{
    if (from == to)
        return;
    memmove(&intervals->items[from], &intervals->items[to],
            (intervals->count - to) * sizeof *intervals->items);
    intervals->count -= to - from;
}

void leat_mysql_gtid_intervals_add(leat_mysql_gtid_intervals *intervals, leat_mysql_gtid_interval interval)
{
    /* One that ends right before the new one touches it. */
    size_t from = first_ending_from(intervals, interval.first - 1);
    size_t to = from;
    while (to < intervals->count && intervals->items[to].first <= interval.last + 1)
        to++;
    if (from == to) {
        insert_interval(intervals, from, interval);
        return;
    }
    leat_mysql_gtid_interval *merged = &intervals->items[from];
    uint64_t last = intervals->items[to - 1].last;
    merged->last = last > interval.last ? last : interval.last;
    if (merged->first > interval.first)
        merged->first = interval.first;
    cut_interval(intervals, from + 1, to);
}

/* Appends to a list that is built in order. */
static void append_interval(leat_mysql_gtid_intervals *intervals, leat_mysql_gtid_interval interval)
{
    leat_mysql_gtid_interval *last = intervals->count == 0 ? NULL : &intervals->items[intervals->count - 1];
    if (last == NULL || interval.first > last->last + 1) {
        make_room(intervals);
        intervals->items[intervals->count++] = interval;
    } else if (interval.last > last->last) {
        last->last = interval.last;
    }
}

void leat_mysql_gtid_intervals_union(leat_mysql_gtid_intervals *intervals,
                                     const leat_mysql_gtid_intervals *other)
{
    leat_mysql_gtid_intervals merged = {0};
    size_t left = 0;
    size_t right = 0;
    while (left < intervals->count || right < other->count) {
        bool from_left = right == other->count || (left < intervals->count &&
                                                   intervals->items[left].first <= other->items[right].first);
        append_interval(&merged, from_left ? intervals->items[left++] : other->items[right++]);
    }
    leat_mysql_gtid_intervals_free(intervals);
    *intervals = merged;
}

/* Appends what is left of `interval` when the intervals of `other` are taken away. `at` is the first of those
 * that can matter, and moves on. */
static void append_rest(leat_mysql_gtid_intervals *rest, leat_mysql_gtid_interval interval,
                        const leat_mysql_gtid_intervals *other, size_t *at)
{
    while (*at < other->count && other->items[*at].last < interval.first)
        ++*at;
    for (size_t i = *at; i < other->count && other->items[i].first <= interval.last; i++) {
        leat_mysql_gtid_interval gone = other->items[i];
        if (gone.first > interval.first)
            append_interval(rest, (leat_mysql_gtid_interval){interval.first, gone.first - 1});
        if (gone.last >= interval.last)
            return;
        interval.first = gone.last + 1;
    }
    append_interval(rest, interval);
}

void leat_mysql_gtid_intervals_subtract(leat_mysql_gtid_intervals *intervals,
                                        const leat_mysql_gtid_intervals *other)
{
    leat_mysql_gtid_intervals rest = {0};
    size_t at = 0;
    for (size_t i = 0; i < intervals->count; i++)
        append_rest(&rest, intervals->items[i], other, &at);
    leat_mysql_gtid_intervals_free(intervals);
    *intervals = rest;
}

bool leat_mysql_gtid_intervals_contain(const leat_mysql_gtid_intervals *intervals,
                                       leat_mysql_gtid_interval part)
{
    size_t at = first_ending_from(intervals, part.last);
    return at < intervals->count && intervals->items[at].first <= part.first;
}
