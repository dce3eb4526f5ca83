/* GTID sets as text, and as COM_BINLOG_DUMP_GTID has them. */
#include <string.h>

#include "base/digits.h"
#include "mysql/gtid/set_groups.h"

void leat_gtid_uuid_format(const uint8_t *uuid, char *text)
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

void leat_mysql_gtid_format(const leat_mysql_gtid *gtid, leat_buffer *out)
{
    char uuid[LEAT_MYSQL_UUID_TEXT_SIZE];
    leat_gtid_uuid_format(gtid->uuid, uuid);
    leat_buffer_append(out, uuid, sizeof uuid);
    leat_buffer_append_byte(out, ':');
    if (*gtid->tag != '\0') {
        leat_buffer_append_string(out, gtid->tag);
        leat_buffer_append_byte(out, ':');
    }
    leat_digits_append(out, gtid->number);
}

static void append_end(leat_buffer *out, leat_gtid_interval interval)
{
    if (interval.last == interval.first)
        return;
    leat_buffer_append_byte(out, '-');
    leat_digits_append(out, interval.last);
}

static void refresh_head(leat_gtid_group *group)
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

void leat_gtid_set_refresh(leat_mysql_gtid_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->groups[i].stale)
            refresh_head(&set->groups[i]);
}

void leat_mysql_gtid_set_format(const leat_mysql_gtid_set *set, leat_buffer *out)
{
    for (size_t i = 0; i < set->count; i++) {
        const leat_gtid_group *group = &set->groups[i];
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
        const leat_gtid_group *group = &set->groups[i];
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
