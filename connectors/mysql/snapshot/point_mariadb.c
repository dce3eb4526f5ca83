/* MariaDB's way: a transaction that begins with a consistent snapshot knows where in the log it stands,
 * without any lock. Transactions that stand at the same place see the same. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/number.h"
#include "mysql/snapshot/locks.h"
#include "mysql/snapshot/point.h"
#include "mysql/snapshot/xa.h"

/* How often all readers are begun anew because the log moved on between the first and the last. */
enum { COMMON_PLACE_TRIES = 30 };

typedef struct log_place {
    char *file; /* heap */
    uint64_t offset;
} log_place;

static leat_status read_place(leat_mysql_session *session, log_place *place, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    leat_status status = leat_mysql_query(session, "SHOW STATUS LIKE 'binlog\\_snapshot\\_%'", &rows, error);
    if (status != LEAT_OK)
        return status;
    MYSQL_ROW row;
    while (rows != NULL && (row = mysql_fetch_row(rows)) != NULL) {
        if (strcasecmp(row[0], "Binlog_snapshot_file") == 0) {
            leat_release(place->file);
            place->file = leat_duplicate_string(row[1]);
        } else if (strcasecmp(row[0], "Binlog_snapshot_position") == 0) {
            (void)leat_number_parse_unsigned(leat_slice_of_string(row[1]), &place->offset);
        }
    }
    mysql_free_result(rows);
    if (place->file != NULL && place->file[0] != '\0' && place->offset > 0)
        return LEAT_OK;
    leat_error_fail(error, LEAT_OPERATOR,
                    "start the server with log_bin; leat check lists all settings it needs",
                    "the server writes no binary log, so that a snapshot has no place in it");
    return LEAT_OPERATOR;
}

/* All readers stand where the first does. */
static leat_status compare_places(leat_mysql_snapshot_point *point, log_place *common, bool *same,
                                  leat_error *error)
{
    leat_status status = read_place(point->readers[0], common, error);
    *same = true;
    for (size_t i = 1; i < point->reader_count && status == LEAT_OK && *same; i++) {
        log_place place = {0};
        status = read_place(point->readers[i], &place, error);
        *same = status == LEAT_OK && place.offset == common->offset && strcmp(place.file, common->file) == 0;
        leat_release(place.file);
    }
    return status;
}

static void keep_one_reader(leat_mysql_snapshot_point *point)
{
    leat_log_write(
        point->options->log, LEAT_LOG_INFO,
        "the server commits too often for %zu snapshot workers to begin at one point: one reads all",
        point->reader_count);
    while (point->reader_count > 1)
        leat_mysql_session_close(point->readers[--point->reader_count]);
}

static leat_status start_together(leat_mysql_snapshot_point *point, log_place *place, leat_error *error)
{
    bool same = false;
    leat_status status = LEAT_OK;
    for (int i = 0; i < COMMON_PLACE_TRIES && status == LEAT_OK && !same; i++) {
        status = leat_mysql_snapshot_start_readers(point, error);
        if (status == LEAT_OK)
            status = compare_places(point, place, &same, error);
    }
    if (status == LEAT_OK && !same)
        keep_one_reader(point);
    return status;
}

/* ---- Position ---- */

/* The GTIDs of everything before a place in the log. */
static leat_status read_gtids(leat_mysql_session *session, const log_place *place, char **gtids,
                              leat_error *error)
{
    leat_buffer sql = {0};
    leat_buffer_append_string(&sql, "SELECT BINLOG_GTID_POS(");
    leat_mysql_append_literal(&sql, place->file);
    leat_buffer_printf(&sql, ", %" PRIu64 ")", place->offset);
    leat_status status = leat_mysql_value(session, leat_buffer_string(&sql), gtids, error);
    leat_buffer_free(&sql);
    if (status == LEAT_OK && *gtids == NULL)
        return leat_error_set(error, LEAT_RETRY,
                              "the server cannot tell the GTIDs at %s:%" PRIu64
                              " of its own log: it may have been "
                              "purged or reset in this moment",
                              place->file, place->offset);
    return status;
}

static leat_status set_position(leat_mysql_snapshot_point *point, const log_place *place, leat_error *error)
{
    char *gtids = NULL;
    leat_status status = read_gtids(point->control, place, &gtids, error);
    leat_mysql_position_clear(&point->position);
    if (status == LEAT_OK) {
        point->position.state = leat_mariadb_gtid_state_new();
        status = leat_mariadb_gtid_state_parse(point->position.state, leat_slice_of_string(gtids), error);
    }
    if (status == LEAT_OK)
        leat_mysql_position_set_file(&point->position, leat_slice_of_string(place->file), place->offset);
    leat_release(gtids);
    return status;
}

/* ---- The whole ---- */

static leat_status take(leat_mysql_snapshot_point *point, leat_error *error)
{
    log_place place = {0};
    leat_status status = start_together(point, &place, error);
    if (status == LEAT_OK)
        status = set_position(point, &place, error);
    leat_release(place.file);
    return status;
}

leat_status leat_mysql_snapshot_take_mariadb(leat_mysql_snapshot_point *point, bool *again, leat_error *error)
{
    leat_mysql_xa_watch watch;
    leat_status status = leat_mysql_snapshot_lock_others(point, again, error);
    if (status != LEAT_OK)
        return status;
    status = leat_mysql_xa_watch_begin(point->control, point->options->log, &watch, error);
    *again = status == LEAT_RETRY;
    if (status == LEAT_OK)
        status = take(point, error);
    if (status != LEAT_OK)
        return status;
    status = leat_mysql_xa_watch_end(point->control, &watch, error);
    *again = status == LEAT_RETRY;
    return status;
}
