#include "mysql/snapshot/read.h"

#include "mysql/server/failure.h"
#include "mysql/snapshot/units.h"

/* ---- Blocks ---- */

/* A block for at least `bytes`; a row larger than usual gets one of its own. */
static void start_block(leat_mysql_snapshot_reader *reader, size_t table, size_t bytes)
{
    leat_parcel *spare = bytes > LEAT_MYSQL_SNAPSHOT_BLOCK_BYTES ? NULL : leat_pool_spare(reader->pool);
    reader->block = spare == NULL ? leat_mysql_snapshot_block_new(bytes) : (leat_mysql_snapshot_block *)spare;
    reader->block->parcel.table = table;
    reader->block->value_count = 0;
    reader->block->byte_count = 0;
}

static leat_status send_block(leat_mysql_snapshot_reader *reader, bool last, leat_error *error)
{
    leat_mysql_snapshot_block *block = reader->block;
    reader->block = NULL;
    block->parcel.last = last;
    return leat_pool_send(reader->pool, &block->parcel, leat_mysql_snapshot_block_size(block), error);
}

/* What the reader has in hand is not to be sent. */
static void drop_block(leat_mysql_snapshot_reader *reader)
{
    if (reader->block != NULL)
        leat_mysql_snapshot_block_return(reader->pool, &reader->block->parcel);
    reader->block = NULL;
}

/* The block in hand is too full for a row of so many bytes. */
static leat_status replace_block(leat_mysql_snapshot_reader *reader, size_t bytes, leat_error *error)
{
    size_t table = reader->block->parcel.table;
    leat_status status = LEAT_OK;
    if (reader->block->value_count > 0)
        status = send_block(reader, false, error);
    drop_block(reader);
    if (status == LEAT_OK)
        start_block(reader, table, bytes);
    return status;
}

/* ---- Rows ---- */

static leat_status keep_row(leat_mysql_snapshot_reader *reader, const char *const *row,
                            const unsigned long *lengths, size_t count, leat_error *error)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += lengths[i];
    if (leat_mysql_snapshot_block_add(reader->block, row, lengths, count, bytes))
        return LEAT_OK;
    leat_status status = replace_block(reader, bytes, error);
    if (status == LEAT_OK)
        (void)leat_mysql_snapshot_block_add(reader->block, row, lengths, count, bytes);
    return status;
}

static leat_status keep_rows(leat_mysql_snapshot_reader *reader, MYSQL_RES *result, leat_error *error)
{
    size_t count = mysql_num_fields(result);
    leat_status status = LEAT_OK;
    MYSQL_ROW row;
    while (status == LEAT_OK && (row = mysql_fetch_row(result)) != NULL)
        status = keep_row(reader, (const char *const *)row, mysql_fetch_lengths(result), count, error);
    if (status != LEAT_OK)
        return status;
    MYSQL *connection = leat_mysql_session_connection(reader->session);
    unsigned number = mysql_errno(connection);
    if (number == 0)
        return LEAT_OK;
    return leat_mysql_failure(number, mysql_error(connection), error, "the rows broke off");
}

/* ---- A unit ---- */

/* What the server says of a table that is no longer what it was, and of one that is just being changed. */
enum {
    UNKNOWN_DATABASE = 1049,
    UNKNOWN_COLUMN = 1054,
    NO_SUCH_TABLE = 1146,
    DEFINITION_CHANGED = 1412,
    LOCK_WAIT_TIMEOUT = 1205,
};

static leat_status explain(leat_mysql_snapshot_reader *reader, const char *table, leat_status status,
                           leat_error *error)
{
    switch (mysql_errno(leat_mysql_session_connection(reader->session))) {
    case UNKNOWN_DATABASE:
    case UNKNOWN_COLUMN:
    case NO_SUCH_TABLE:
    case DEFINITION_CHANGED:
        leat_error_set(error, LEAT_RETRY,
                       "table %s was changed after the snapshot's point and before it was read: the snapshot "
                       "begins again",
                       table);
        break;
    case LOCK_WAIT_TIMEOUT:
        leat_error_set(error, LEAT_RETRY,
                       "a schema change of table %s is under way while the snapshot is about to read it: the "
                       "snapshot gives way and begins again",
                       table);
        break;
    default:
        leat_error_context(error, status, "reading %s", table);
        return status;
    }
    leat_error_mend(error, "hold schema changes of the captured tables back until the snapshot is over");
    return LEAT_RETRY;
}

static leat_status read_rows(leat_mysql_snapshot_reader *reader, const leat_mysql_snapshot_unit *unit,
                             leat_error *error)
{
    leat_buffer sql = {0};
    MYSQL_RES *result = NULL;
    leat_mysql_snapshot_append_select(&sql, reader->plan, unit);
    leat_status status = leat_mysql_select(reader->session, leat_buffer_string(&sql), &result, error);
    leat_buffer_free(&sql);
    if (status == LEAT_OK)
        status = keep_rows(reader, result, error);
    if (status != LEAT_OK && status != LEAT_STOPPED)
        status = explain(reader, reader->plan->tables[unit->table].listed->full_name, status, error);
    /* Freeing a result reads what is left of it, which may be the most of a table that nobody wants. */
    if (status != LEAT_OK)
        leat_mysql_session_interrupt(reader->session);
    mysql_free_result(result);
    return status;
}

leat_status leat_mysql_snapshot_read_unit(leat_mysql_snapshot_reader *reader,
                                          const leat_mysql_snapshot_unit *unit, leat_error *error)
{
    start_block(reader, unit->table, 0);
    leat_status status = read_rows(reader, unit, error);
    if (status == LEAT_OK)
        status = leat_mysql_snapshot_guard_check(reader->guard, unit->table, error);
    if (status == LEAT_OK)
        return send_block(reader, true, error);
    drop_block(reader);
    return status;
}
