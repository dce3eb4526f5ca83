#include "mysql/gtid/gtid_set.h"

#include <string.h>

#include "base/memory.h"
#include "mysql/gtid/set_groups.h"

leat_mysql_gtid_set *leat_mysql_gtid_set_new(void)
{
    return leat_allocate(sizeof(leat_mysql_gtid_set));
}

leat_mysql_gtid_set *leat_mysql_gtid_set_copy(const leat_mysql_gtid_set *set)
{
    leat_mysql_gtid_set *copy = leat_mysql_gtid_set_new();
    copy->groups = leat_allocate_array(set->count, sizeof *copy->groups);
    copy->capacity = copy->count = set->count;
    for (size_t i = 0; i < set->count; i++) {
        leat_gtid_group *group = &copy->groups[i];
        *group = set->groups[i];
        leat_gtid_intervals_copy(&group->intervals, &set->groups[i].intervals);
        group->head = (leat_buffer){0};
        leat_buffer_append_slice(&group->head, leat_buffer_slice(&set->groups[i].head));
    }
    return copy;
}

static void free_group(leat_gtid_group *group)
{
    leat_gtid_intervals_free(&group->intervals);
    leat_buffer_free(&group->head);
}

void leat_mysql_gtid_set_free(leat_mysql_gtid_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++)
        free_group(&set->groups[i]);
    leat_release(set->groups);
    leat_release(set);
}

static int compare_group(const leat_gtid_group *group, const uint8_t *uuid, const char *tag)
{
    int order = memcmp(group->uuid, uuid, LEAT_MYSQL_UUID_SIZE);
    return order != 0 ? order : strcmp(group->tag, tag);
}

/* The place of (uuid, tag), or where it would go. */
static size_t locate(const leat_mysql_gtid_set *set, const uint8_t *uuid, const char *tag, bool *found)
{
    size_t low = 0;
    size_t high = set->count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_group(&set->groups[middle], uuid, tag);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const leat_gtid_group *leat_gtid_set_find(const leat_mysql_gtid_set *set, const uint8_t *uuid,
                                          const char *tag)
{
    bool found;
    size_t at = locate(set, uuid, tag, &found);
    return found ? &set->groups[at] : NULL;
}

static void make_room(leat_mysql_gtid_set *set)
{
    if (set->count < set->capacity)
        return;
    set->capacity = set->capacity == 0 ? 4 : 2 * set->capacity;
    leat_gtid_group *groups = leat_allocate_array(set->capacity, sizeof *groups);
    if (set->count > 0)
        memcpy(groups, set->groups, set->count * sizeof *groups);
    leat_release(set->groups);
    set->groups = groups;
}

static bool is_last(const leat_mysql_gtid_set *set, const uint8_t *uuid, const char *tag)
{
    return set->last < set->count && compare_group(&set->groups[set->last], uuid, tag) == 0;
}

leat_gtid_group *leat_gtid_set_group(leat_mysql_gtid_set *set, const uint8_t *uuid, const char *tag)
{
    if (is_last(set, uuid, tag))
        return &set->groups[set->last];
    bool found;
    size_t at = locate(set, uuid, tag, &found);
    set->last = at;
    if (found)
        return &set->groups[at];
    make_room(set);
    leat_gtid_group *group = &set->groups[at];
    memmove(group + 1, group, (set->count - at) * sizeof *group);
    set->count++;
    *group = (leat_gtid_group){.stale = true};
    memcpy(group->uuid, uuid, sizeof group->uuid);
    memcpy(group->tag, tag, strlen(tag));
    leat_gtid_uuid_format(uuid, group->uuid_text);
    return group;
}

void leat_mysql_gtid_set_add(leat_mysql_gtid_set *set, const leat_mysql_gtid *gtid)
{
    leat_gtid_group *group = leat_gtid_set_group(set, gtid->uuid, gtid->tag);
    leat_gtid_intervals *intervals = &group->intervals;
    if (intervals->count > 0 && intervals->items[intervals->count - 1].last + 1 == gtid->number) {
        intervals->items[intervals->count - 1].last = gtid->number;
        return;
    }
    leat_gtid_intervals_add(intervals, (leat_gtid_interval){gtid->number, gtid->number});
    group->stale = true;
    leat_gtid_set_refresh(set);
}

void leat_mysql_gtid_set_union(leat_mysql_gtid_set *set, const leat_mysql_gtid_set *other)
{
    for (size_t i = 0; i < other->count; i++) {
        leat_gtid_group *group = leat_gtid_set_group(set, other->groups[i].uuid, other->groups[i].tag);
        leat_gtid_intervals_union(&group->intervals, &other->groups[i].intervals);
        group->stale = true;
    }
    leat_gtid_set_refresh(set);
}

/* Takes out the groups that have nothing left. */
static void drop_empty_groups(leat_mysql_gtid_set *set)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (set->groups[i].intervals.count > 0)
            set->groups[kept++] = set->groups[i];
        else
            free_group(&set->groups[i]);
    }
    set->count = kept;
}

void leat_mysql_gtid_set_subtract(leat_mysql_gtid_set *set, const leat_mysql_gtid_set *other)
{
    for (size_t i = 0; i < set->count; i++) {
        leat_gtid_group *group = &set->groups[i];
        const leat_gtid_group *gone = leat_gtid_set_find(other, group->uuid, group->tag);
        if (gone == NULL)
            continue;
        leat_gtid_intervals_subtract(&group->intervals, &gone->intervals);
        group->stale = true;
    }
    drop_empty_groups(set);
    leat_gtid_set_refresh(set);
}

static bool contains_group(const leat_mysql_gtid_set *set, const leat_gtid_group *part)
{
    const leat_gtid_group *group = leat_gtid_set_find(set, part->uuid, part->tag);
    bool contained = group != NULL;
    for (size_t i = 0; contained && i < part->intervals.count; i++)
        contained = leat_gtid_intervals_contain(&group->intervals, part->intervals.items[i]);
    return contained;
}

bool leat_mysql_gtid_set_contains(const leat_mysql_gtid_set *set, const leat_mysql_gtid_set *part)
{
    for (size_t i = 0; i < part->count; i++)
        if (!contains_group(set, &part->groups[i]))
            return false;
    return true;
}

bool leat_mysql_gtid_set_contains_gtid(const leat_mysql_gtid_set *set, const leat_mysql_gtid *gtid)
{
    const leat_gtid_group *group = leat_gtid_set_find(set, gtid->uuid, gtid->tag);
    leat_gtid_interval one = {gtid->number, gtid->number};
    return group != NULL && leat_gtid_intervals_contain(&group->intervals, one);
}

bool leat_mysql_gtid_set_empty(const leat_mysql_gtid_set *set)
{
    return set->count == 0;
}
