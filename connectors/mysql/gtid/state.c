#include "mysql/gtid/state.h"

#include <string.h>

#include "base/digits.h"
#include "base/list.h"
#include "base/memory.h"
#include "mysql/gtid/text.h"

struct leat_mariadb_gtid_state {
    leat_mariadb_gtid *items; /* one a domain, sorted by it */
    size_t count;
    size_t capacity;
};

void leat_mariadb_gtid_format(const leat_mariadb_gtid *gtid, leat_buffer *out)
{
    leat_digits_append(out, gtid->domain);
    leat_buffer_append_byte(out, '-');
    leat_digits_append(out, gtid->server_id);
    leat_buffer_append_byte(out, '-');
    leat_digits_append(out, gtid->sequence);
}

leat_mariadb_gtid_state *leat_mariadb_gtid_state_new(void)
{
    return leat_allocate(sizeof(leat_mariadb_gtid_state));
}

leat_mariadb_gtid_state *leat_mariadb_gtid_state_copy(const leat_mariadb_gtid_state *state)
{
    leat_mariadb_gtid_state *copy = leat_mariadb_gtid_state_new();
    for (size_t i = 0; i < state->count; i++)
        leat_mariadb_gtid_state_advance(copy, &state->items[i]);
    return copy;
}

void leat_mariadb_gtid_state_free(leat_mariadb_gtid_state *state)
{
    if (state == NULL)
        return;
    leat_release(state->items);
    leat_release(state);
}

/* The first place whose domain is `domain` or behind it. Domains are few. */
static size_t locate(const leat_mariadb_gtid_state *state, uint32_t domain)
{
    size_t at = 0;
    while (at < state->count && state->items[at].domain < domain)
        at++;
    return at;
}

static bool stands_at(const leat_mariadb_gtid_state *state, size_t at, uint32_t domain)
{
    return at < state->count && state->items[at].domain == domain;
}

void leat_mariadb_gtid_state_advance(leat_mariadb_gtid_state *state, const leat_mariadb_gtid *gtid)
{
    size_t at = locate(state, gtid->domain);
    if (!stands_at(state, at, gtid->domain)) {
        state->items = leat_list_room(state->items, state->count, &state->capacity, sizeof *state->items);
        memmove(&state->items[at + 1], &state->items[at], (state->count - at) * sizeof *state->items);
        state->count++;
    }
    state->items[at] = *gtid;
}

bool leat_mariadb_gtid_state_is_behind(const leat_mariadb_gtid_state *state, const leat_mariadb_gtid *gtid)
{
    size_t at = locate(state, gtid->domain);
    return stands_at(state, at, gtid->domain) && gtid->sequence < state->items[at].sequence;
}

static leat_mariadb_gtid read_gtid(leat_cursor *cursor)
{
    leat_mariadb_gtid gtid = {.domain = (uint32_t)leat_mysql_gtid_read_number(cursor, UINT32_MAX)};
    if (leat_cursor_u8(cursor) != '-')
        leat_cursor_fail(cursor);
    gtid.server_id = (uint32_t)leat_mysql_gtid_read_number(cursor, UINT32_MAX);
    if (leat_cursor_u8(cursor) != '-')
        leat_cursor_fail(cursor);
    gtid.sequence = leat_mysql_gtid_read_number(cursor, UINT64_MAX);
    return gtid;
}

/* A domain that is named twice is refused: which of the two is the last cannot be told. */
static void read_state(leat_cursor *cursor, leat_mariadb_gtid_state *state)
{
    leat_mysql_gtid_skip_blanks(cursor);
    if (leat_cursor_remaining(cursor) == 0)
        return;
    bool more = true;
    while (more && !leat_cursor_failed(cursor)) {
        leat_mysql_gtid_skip_blanks(cursor);
        leat_mariadb_gtid gtid = read_gtid(cursor);
        leat_mysql_gtid_skip_blanks(cursor);
        if (stands_at(state, locate(state, gtid.domain), gtid.domain))
            leat_cursor_fail(cursor);
        leat_mariadb_gtid_state_advance(state, &gtid);
        more = leat_cursor_remaining(cursor) > 0;
        if (more && leat_cursor_u8(cursor) != ',')
            leat_cursor_fail(cursor);
    }
}

leat_status leat_mariadb_gtid_state_parse(leat_mariadb_gtid_state *state, leat_slice text, leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(text);
    leat_mariadb_gtid_state *read = leat_mariadb_gtid_state_new();
    read_state(&cursor, read);
    leat_status status = LEAT_OK;
    if (leat_cursor_failed(&cursor))
        status = leat_error_set(error, LEAT_FAILED,
                                "this is no list of GTIDs, one a domain, from its character %zu on: \"%.*s\"",
                                (size_t)(cursor.failed_at - cursor.start) + 1, LEAT_SLICE_FORMAT(text));
    for (size_t i = 0; status == LEAT_OK && i < read->count; i++)
        leat_mariadb_gtid_state_advance(state, &read->items[i]);
    leat_mariadb_gtid_state_free(read);
    return status;
}

bool leat_mariadb_gtid_state_contains(const leat_mariadb_gtid_state *state,
                                      const leat_mariadb_gtid_state *part)
{
    for (size_t i = 0; i < part->count; i++) {
        const leat_mariadb_gtid *wanted = &part->items[i];
        size_t at = locate(state, wanted->domain);
        if (!stands_at(state, at, wanted->domain) || state->items[at].sequence < wanted->sequence)
            return false;
    }
    return true;
}

void leat_mariadb_gtid_state_format(const leat_mariadb_gtid_state *state, leat_buffer *out)
{
    for (size_t i = 0; i < state->count; i++) {
        if (i > 0)
            leat_buffer_append_byte(out, ',');
        leat_mariadb_gtid_format(&state->items[i], out);
    }
}
