/* GTID sets from text. */
#include "base/hex.h"
#include "mysql/gtid/set_groups.h"
#include "mysql/gtid/text.h"

static const uint64_t most_number = INT64_MAX - 1; /* the server's last; its intervals end before INT64_MAX */

/* Takes `byte`, and blanks behind it, where it stands. */
static bool take(leat_cursor *cursor, char byte)
{
    if (leat_cursor_peek(cursor) != byte)
        return false;
    leat_cursor_u8(cursor);
    leat_gtid_skip_blanks(cursor);
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
    leat_gtid_skip_blanks(cursor);
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
    uint64_t number = leat_gtid_read_number(cursor, most_number);
    if (number == 0)
        leat_cursor_fail(cursor);
    leat_gtid_skip_blanks(cursor);
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
    leat_gtid_skip_blanks(cursor);
}

static leat_gtid_interval read_interval(leat_cursor *cursor)
{
    uint64_t first = read_number(cursor);
    uint64_t last = take(cursor, '-') ? read_number(cursor) : first;
    if (last < first)
        leat_cursor_fail(cursor);
    return (leat_gtid_interval){first, last};
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
        leat_gtid_interval interval = read_interval(cursor);
        if (leat_cursor_failed(cursor))
            return;
        leat_gtid_group *group = leat_gtid_set_group(set, at.uuid, at.tag);
        leat_gtid_intervals_add(&group->intervals, interval);
        group->stale = true;
        bare = false;
    }
    if (bare)
        leat_cursor_fail(cursor);
}

static void read_set(leat_cursor *cursor, leat_mysql_gtid_set *set)
{
    leat_gtid_skip_blanks(cursor);
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
