/* What both ways to a point need: the readers' beginning, and waiting for what is in the way. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "mysql/snapshot/point.h"

static leat_status read_time(leat_mysql_snapshot_point *point, leat_error *error)
{
    char *text = NULL;
    leat_status status = leat_mysql_value(
        point->control, "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)", &text, error);
    if (status == LEAT_OK &&
        (text == NULL || !leat_number_parse_integer(leat_slice_of_string(text), &point->time)))
        status = leat_error_set(error, LEAT_FAILED, "the server does not tell the time");
    leat_release(text);
    return status;
}

leat_status leat_mysql_snapshot_start_readers(leat_mysql_snapshot_point *point, leat_error *error)
{
    leat_status status = read_time(point, error);
    for (size_t i = 0; i < point->reader_count && status == LEAT_OK; i++)
        status = leat_mysql_execute(point->readers[i],
                                    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", error);
    return status;
}

static bool stop_requested(const leat_mysql_snapshot_point *point)
{
    return leat_stop_requested(point->options->stop);
}

bool leat_mysql_snapshot_pause(const leat_mysql_snapshot_point *point, int64_t microseconds)
{
    if (!stop_requested(point))
        leat_clock_sleep(microseconds);
    return !stop_requested(point);
}
