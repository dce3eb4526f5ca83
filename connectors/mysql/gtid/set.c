#include "mysql/gtid/set.h"

#include <string.h>

#include "base/digits.h"
#include "base/hex.h"
#include "base/list.h"
#include "base/memory.h"
#include "mysql/gtid/intervals.h"
#include "mysql/gtid/text.h"

/* The transactions of one (uuid, tag).
 *
 * A set's text is asked for after every transaction, which nearly always moves the end of one group's last
 * interval by one. So a group keeps its text but for that end: `head`, ":tag:1-5:7", is as of `intervals`
 * whenever a function of set.h returns. */
typedef struct gtid_group {
    uint8_t uuid[LEAT_MYSQL_UUID_SIZE];
    char uuid_text[LEAT_MYSQL_UUID_TEXT_SIZE];
    char tag[LEAT_MYSQL_TAG_SIZE + 1];
    leat_mysql_gtid_intervals intervals; /* never empty when a function of set.h returns */
    leat_buffer head;
    bool stale; /* `head` is not as of `intervals` */
} gtid_group;

struct leat_mysql_gtid_set {
    gtid_group *groups; /* sorted by uuid, then tag, bytewise: the server's order */
    size_t count;
    size_t capacity;
    size_t last; /* the group that was added to last */
};

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
        gtid_group *group = &copy->groups[i];
        *group = set->groups[i];
        leat_mysql_gtid_intervals_copy(&group->intervals, &set->groups[i].intervals);
        group->head = (leat_buffer){0};
        leat_buffer_append_slice(&group->head, leat_buffer_slice(&set->groups[i].head));
    }
    return copy;
}

static void free_group(gtid_group *group)
{
    leat_mysql_gtid_intervals_free(&group->intervals);
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

static int compare_group(const gtid_group *group, const uint8_t *uuid, const char *tag)
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

/* The group of (uuid, tag), or NULL. */
static const gtid_group *find_group(const leat_mysql_gtid_set *set, const uint8_t *uuid, const char *tag)
{
    bool found;
    size_t at = locate(set, uuid, tag, &found);
    return found ? &set->groups[at] : NULL;
}

/* "3e11fa47-71ca-11e1-9e33-c80aa9429562", without a NUL. */
static void format_uuid(const uint8_t *uuid, char *text)
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;
    for (size_t i = 0; i < LEAT_MYSQL_UUID_SIZE; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[at++] = '-';
        text[at++] = digits[uuid[i] >> 4];
        text[at++] = digits[uuid[i] & 15];
    }
}

static bool is_last(const leat_mysql_gtid_set *set, const uint8_t *uuid, const char *tag)
{
    return set->last < set->count && compare_group(&set->groups[set->last], uuid, tag) == 0;
}

/* The group of (uuid, tag), made where there is none. Valid until the next one is made. */
static gtid_group *group_of(leat_mysql_gtid_set *set, const uint8_t *uuid, const char *tag)
{
    if (is_last(set, uuid, tag))
        return &set->groups[set->last];
    bool found;
    size_t at = locate(set, uuid, tag, &found);
    set->last = at;
    if (found)
        return &set->groups[at];
    set->groups = leat_list_room(set->groups, set->count, &set->capacity, sizeof *set->groups);
    gtid_group *group = &set->groups[at];
    memmove(group + 1, group, (set->count - at) * sizeof *group);
    set->count++;
    *group = (gtid_group){.stale = true};
    memcpy(group->uuid, uuid, sizeof group->uuid);
    memcpy(group->tag, tag, strlen(tag));
    format_uuid(uuid, group->uuid_text);
    return group;
}

/* ---- Heads ---- */

static void append_end(leat_buffer *out, leat_mysql_gtid_interval interval)
{
    if (interval.last == interval.first)
        return;
    leat_buffer_append_byte(out, '-');
    leat_digits_append(out, interval.last);
}

static void refresh_head(gtid_group *group)
{
    leat_buffer *head = &group->head;
    leat_buffer_reset(head);
    if (*group->tag != '\0') {
        leat_buffer_append_byte(head, ':');
        leat_buffer_append_string(head, group->tag);
    }
    for (size_t i = 0; i < group->intervals.count; i++) {
        leat_buffer_append_byte(head, ':');
        leat_digits_append(head, group->intervals.items[i].first);
        if (i + 1 < group->intervals.count)
            append_end(head, group->intervals.items[i]);
    }
    group->stale = false;
}

/* Makes the heads of stale groups anew. */
static void refresh_heads(leat_mysql_gtid_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->groups[i].stale)
            refresh_head(&set->groups[i]);
}

/* ---- Sets ---- */

void leat_mysql_gtid_set_add(leat_mysql_gtid_set *set, const leat_mysql_gtid *gtid)
{
    gtid_group *group = group_of(set, gtid->uuid, gtid->tag);
    leat_mysql_gtid_intervals *intervals = &group->intervals;
    if (intervals->count > 0 && intervals->items[intervals->count - 1].last + 1 == gtid->number) {
        intervals->items[intervals->count - 1].last = gtid->number;
        return;
    }
    leat_mysql_gtid_intervals_add(intervals, (leat_mysql_gtid_interval){gtid->number, gtid->number});
    group->stale = true;
    refresh_heads(set);
}

void leat_mysql_gtid_set_union(leat_mysql_gtid_set *set, const leat_mysql_gtid_set *other)
{
    for (size_t i = 0; i < other->count; i++) {
        gtid_group *group = group_of(set, other->groups[i].uuid, other->groups[i].tag);
        leat_mysql_gtid_intervals_union(&group->intervals, &other->groups[i].intervals);
        group->stale = true;
    }
    refresh_heads(set);
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
        gtid_group *group = &set->groups[i];
        const gtid_group *gone = find_group(other, group->uuid, group->tag);
        if (gone == NULL)
            continue;
        leat_mysql_gtid_intervals_subtract(&group->intervals, &gone->intervals);
        group->stale = true;
    }
    drop_empty_groups(set);
    refresh_heads(set);
}

static bool contains_group(const leat_mysql_gtid_set *set, const gtid_group *part)
{
    const gtid_group *group = find_group(set, part->uuid, part->tag);
    bool contained = group != NULL;
    for (size_t i = 0; contained && i < part->intervals.count; i++)
        contained = leat_mysql_gtid_intervals_contain(&group->intervals, part->intervals.items[i]);
    return contained;
}

bool leat_mysql_gtid_set_contains(const leat_mysql_gtid_set *set, const leat_mysql_gtid_set *part)
{
    for (size_t i = 0; i < part->count; i++)
        if (!contains_group(set, &part->groups[i]))
            return false;
    return true;
}

/* ---- As text, and as COM_BINLOG_DUMP_GTID has them ---- */

void leat_mysql_gtid_format(const leat_mysql_gtid *gtid, leat_buffer *out)
{
    char uuid[LEAT_MYSQL_UUID_TEXT_SIZE];
    format_uuid(gtid->uuid, uuid);
    leat_buffer_append(out, uuid, sizeof uuid);
    leat_buffer_append_byte(out, ':');
    if (*gtid->tag != '\0') {
        leat_buffer_append_string(out, gtid->tag);
        leat_buffer_append_byte(out, ':');
    }
    leat_digits_append(out, gtid->number);
}

void leat_mysql_gtid_set_format(const leat_mysql_gtid_set *set, leat_buffer *out)
{
    for (size_t i = 0; i < set->count; i++) {
        const gtid_group *group = &set->groups[i];
        bool same_uuid = i > 0 && memcmp(set->groups[i - 1].uuid, group->uuid, sizeof group->uuid) == 0;
        if (!same_uuid) {
            if (i > 0)
                leat_buffer_append_byte(out, ',');
            leat_buffer_append(out, group->uuid_text, sizeof group->uuid_text);
        }
        leat_buffer_append_slice(out, leat_buffer_slice(&group->head));
        append_end(out, group->intervals.items[group->intervals.count - 1]);
    }
}

static void append_little_endian(leat_buffer *out, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        leat_buffer_append_byte(out, (uint8_t)(value >> (8 * i)));
}

/* A tag's length is a varint of MySQL's serialization library: below 128 it is one byte, length << 1. */
static void append_tag(leat_buffer *out, const char *tag)
{
    size_t length = strlen(tag);
    leat_buffer_append_byte(out, (uint8_t)(length << 1));
    leat_buffer_append(out, tag, length);
}

/* Source: MySQL 9.7, Gtid_set::encode in sql/rpl_gtid_set.cc. The first number is the count of groups; with
 * tags it stands in the middle six bytes, between two that say "format 1". An interval's end is the number
 * behind it. */
void leat_mysql_gtid_set_encode(const leat_mysql_gtid_set *set, leat_buffer *out)
{
    static const uint64_t tagged_format = UINT64_C(1) | UINT64_C(1) << 56;
    bool tagged = false;
    for (size_t i = 0; i < set->count; i++)
        tagged = tagged || *set->groups[i].tag != '\0';
    append_little_endian(out, tagged ? tagged_format | (uint64_t)set->count << 8 : set->count);
    for (size_t i = 0; i < set->count; i++) {
        const gtid_group *group = &set->groups[i];
        leat_buffer_append(out, group->uuid, sizeof group->uuid);
        if (tagged)
            append_tag(out, group->tag);
        append_little_endian(out, group->intervals.count);
        for (size_t j = 0; j < group->intervals.count; j++) {
            append_little_endian(out, group->intervals.items[j].first);
            append_little_endian(out, group->intervals.items[j].last + 1);
        }
    }
}

/* ---- From text ---- */

static const uint64_t most_number = INT64_MAX - 1; /* the server's last; its intervals end before INT64_MAX */

/* Takes `byte`, and blanks behind it, where it stands. */
static bool take(leat_cursor *cursor, char byte)
{
    if (leat_cursor_peek(cursor) != byte)
        return false;
    leat_cursor_u8(cursor);
    leat_mysql_gtid_skip_blanks(cursor);
    return true;
}

static void read_uuid(leat_cursor *cursor, uint8_t *uuid)
{
    for (size_t i = 0; i < LEAT_MYSQL_UUID_SIZE; i++) {
        bool behind_dash = i == 4 || i == 6 || i == 8 || i == 10;
        if (behind_dash && leat_cursor_u8(cursor) != '-')
            leat_cursor_fail(cursor);
        leat_slice digits = leat_cursor_bytes(cursor, 2);
        if (digits.length == 0 || !leat_hex_decode(digits, &uuid[i]))
            leat_cursor_fail(cursor);
    }
    leat_mysql_gtid_skip_blanks(cursor);
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_tag_start(int byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static uint64_t read_number(leat_cursor *cursor)
{
    uint64_t number = leat_mysql_gtid_read_number(cursor, most_number);
    if (number == 0)
        leat_cursor_fail(cursor);
    leat_mysql_gtid_skip_blanks(cursor);
    return number;
}

/* A tag is kept in lower case, as the server keeps it. */
static void read_tag(leat_cursor *cursor, char *tag)
{
    size_t length = 0;
    while (is_tag_start(leat_cursor_peek(cursor)) || is_digit(leat_cursor_peek(cursor))) {
        uint8_t byte = leat_cursor_u8(cursor);
        if (length == LEAT_MYSQL_TAG_SIZE) {
            leat_cursor_fail(cursor);
            return;
        }
        tag[length++] = (char)(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
    }
    tag[length] = '\0';
    leat_mysql_gtid_skip_blanks(cursor);
}

static leat_mysql_gtid_interval read_interval(leat_cursor *cursor)
{
    uint64_t first = read_number(cursor);
    uint64_t last = take(cursor, '-') ? read_number(cursor) : first;
    if (last < first)
        leat_cursor_fail(cursor);
    return (leat_mysql_gtid_interval){first, last};
}

/* The intervals, and the tags that bind those behind them, of one uuid. A uuid or tag without any is refused:
 * it names nothing, so whoever wrote it meant something else. */
static void read_group(leat_cursor *cursor, leat_mysql_gtid_set *set)
{
    leat_mysql_gtid at = {0};
    bool bare = true; /* nothing was said yet of the uuid, or tag, at hand */
    read_uuid(cursor, at.uuid);
    while (!leat_cursor_failed(cursor) && take(cursor, ':')) {
        if (is_tag_start(leat_cursor_peek(cursor))) {
            if (bare && *at.tag != '\0')
                leat_cursor_fail(cursor);
            read_tag(cursor, at.tag);
            bare = true;
            continue;
        }
        leat_mysql_gtid_interval interval = read_interval(cursor);
        if (leat_cursor_failed(cursor))
            return;
        gtid_group *group = group_of(set, at.uuid, at.tag);
        leat_mysql_gtid_intervals_add(&group->intervals, interval);
        group->stale = true;
        bare = false;
    }
    if (bare)
        leat_cursor_fail(cursor);
}

static void read_set(leat_cursor *cursor, leat_mysql_gtid_set *set)
{
    leat_mysql_gtid_skip_blanks(cursor);
    while (leat_cursor_remaining(cursor) > 0) {
        if (take(cursor, ','))
            continue;
        read_group(cursor, set);
        if (leat_cursor_remaining(cursor) > 0 && leat_cursor_peek(cursor) != ',')
            leat_cursor_fail(cursor);
    }
}

leat_status leat_mysql_gtid_set_parse(leat_mysql_gtid_set *set, leat_slice text, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(text);
    leat_mysql_gtid_set *read = leat_mysql_gtid_set_new();
    read_set(&cursor, read);
    leat_status status = LEAT_OK;
    if (leat_cursor_failed(&cursor))
        status =
            leat_error_set(error, LEAT_FAILED, "this is no GTID set, from its character %zu on: \"%.*s\"",
                           (size_t)(cursor.failed_at - cursor.start) + 1, LEAT_SLICE_FORMAT(text));
    else
        leat_mysql_gtid_set_union(set, read);
    leat_mysql_gtid_set_free(read);
    return status;
}
