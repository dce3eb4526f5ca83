#include "mysql/stream/place.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

void leat_mysql_place_open(leat_mysql_place *place, const leat_mysql_position *from)
{
    leat_mysql_position_copy(&place->position, from);
    place->moved_said = leat_clock_monotonic();
}

void leat_mysql_place_clear(leat_mysql_place *place)
{
    leat_mysql_position_clear(&place->position);
    leat_buffer_free(&place->position_text);
    leat_buffer_free(&place->file);
}

const char *leat_mysql_place_position_text(leat_mysql_place *place)
{
    if (!place->position_text_valid) {
        leat_buffer_reset(&place->position_text);
        leat_mysql_position_format(&place->position, &place->position_text);
        place->position_text_valid = true;
    }
    return leat_buffer_string(&place->position_text);
}

bool leat_mysql_place_enter_file(leat_mysql_place *place, leat_slice file, uint64_t offset)
{
    place->next_offset = offset;
    if (leat_slice_equal(leat_buffer_slice(&place->file), file))
        return false;
    leat_buffer_reset(&place->file);
    leat_buffer_append_slice(&place->file, file);
    (void)leat_buffer_string(&place->file);
    if (!leat_mysql_file_number(file, &place->file_number))
        place->file_number = 0;
    return true;
}

/* ---- The position ---- */

static void move_position(leat_mysql_place *place, leat_slice file, uint64_t offset)
{
    leat_mysql_position_set_file(&place->position, file, offset);
    place->position_text_valid = false;
    place->moved = true;
    place->moves++;
}

void leat_mysql_place_reach(leat_mysql_place *place, leat_slice file, uint64_t offset)
{
    const leat_mysql_position *position = &place->position;
    leat_slice at = leat_slice_of_string(position->file == NULL ? "" : position->file);
    if (!leat_slice_equal(at, file) || position->offset < offset)
        move_position(place, file, offset);
}

static void add_gtid(leat_mysql_position *position, const leat_mysql_transaction_gtid *gtid)
{
    if (gtid->kind == LEAT_MYSQL_SET_GTID && position->set != NULL)
        leat_mysql_gtid_set_add(position->set, &gtid->set);
    if (gtid->kind == LEAT_MYSQL_STATE_GTID && position->state != NULL)
        leat_mariadb_gtid_state_advance(position->state, &gtid->state);
}

static leat_status refuse_backward(const leat_mysql_place *place, const leat_mariadb_gtid *gtid,
                                   leat_error *error)
{
    leat_buffer came = {0};
    leat_buffer stands = {0};
    leat_mariadb_gtid_format(gtid, &came);
    leat_mariadb_gtid_state_format(place->position.state, &stands);
    leat_error_set(error, LEAT_FAILED, "the source went back in its log: %s came after %s had been received",
                   leat_buffer_string(&came), leat_buffer_string(&stands));
    leat_buffer_free(&came);
    leat_buffer_free(&stands);
    return LEAT_FAILED;
}

leat_status leat_mysql_place_cover(leat_mysql_place *place, const leat_mysql_transaction_gtid *gtid,
                                   uint64_t end, leat_error *error)
{
    if (gtid->kind == LEAT_MYSQL_STATE_GTID && place->position.state != NULL &&
        leat_mariadb_gtid_state_is_behind(place->position.state, &gtid->state))
        return refuse_backward(place, &gtid->state, error);
    add_gtid(&place->position, gtid);
    place->next_offset = end;
    place->covered++;
    move_position(place, leat_buffer_slice(&place->file), end);
    return LEAT_OK;
}

/* ---- Its key ---- */

/* The most significant byte first: sorts bytewise like the number. */
static void put_number(uint8_t *at, uint64_t number)
{
    for (size_t i = 0; i < sizeof number; i++)
        at[i] = (uint8_t)(number >> (8 * (sizeof number - 1 - i)));
}

/* A position by file goes forward by the file's number and the offset. One by GTIDs is a set that grows, or a
 * state that goes on, with each transaction, so that how many have come says which of two is further; where they
 * stood in the files does not: another server's files are others. */
leat_slice leat_mysql_place_order(leat_mysql_place *place)
{
    const leat_mysql_position *position = &place->position;
    uint64_t number = 0;
    if (position->set == NULL && position->state == NULL) {
        (void)leat_mysql_file_number(leat_slice_of_string(position->file), &number);
        put_number(place->order, number);
        put_number(place->order + sizeof number, position->offset);
    } else {
        put_number(place->order, 0);
        put_number(place->order + sizeof number, place->covered);
    }
    return leat_slice_of(place->order, sizeof place->order);
}

void leat_mysql_place_format_behind(const leat_mysql_place *place, const leat_mysql_transaction_gtid *gtid,
                                    uint64_t end, leat_buffer *out)
{
    leat_mysql_position behind = {0};
    leat_mysql_position_copy(&behind, &place->position);
    add_gtid(&behind, gtid);
    leat_mysql_position_set_file(&behind, leat_buffer_slice(&place->file), end);
    leat_mysql_position_format(&behind, out);
    leat_mysql_position_clear(&behind);
}

void leat_mysql_place_said(leat_mysql_place *place)
{
    place->moved = false;
    place->moves = 0;
}

/* ---- Sequences ---- */

void leat_mysql_sequence(unsigned epoch, uint64_t file_number, uint64_t offset, char *text)
{
    snprintf(text, LEAT_MYSQL_SEQUENCE_SIZE, "%04X%08" PRIX32 "%012" PRIX64, epoch & 0xffffU,
             (uint32_t)file_number, offset & UINT64_C(0xffffffffffff));
}
