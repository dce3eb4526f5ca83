/* Whether a server can go on from a position of file and offset: it is the same, and has that much of the
 * file. */
#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "mysql/setup/setup_internal.h"

/* What the list of logs says of one file. */
typedef struct log_file {
    bool listed;
    uint64_t size;
    bool after_last; /* its number is above all that are listed */
} log_file;

static leat_status refuse_another(const leat_mysql_verification *now, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR,
                   "%s is another server (%s) than the one read before: position %s:%" PRIu64
                   " means nothing there",
                   now->server->address, now->server->identity, now->position->file, now->position->offset);
    leat_error_mend(error,
                    "point source.url back at the right one, or %s; a server with GTIDs can be followed "
                    "over a failover (gtid_mode = ON)",
                    LEAT_MYSQL_BEGIN_ANEW);
    return LEAT_OPERATOR;
}

static leat_status refuse_file(const leat_mysql_verification *now, const log_file *file, leat_error *error)
{
    leat_error_set(error, LEAT_OPERATOR, "%s has no binary log file %s %s", now->server->address,
                   now->position->file,
                   file->after_last ? "yet: its logs were reset, or it was set back to an earlier state"
                                    : "any more: it was purged before this pipeline had read it");
    leat_error_mend(error, "%s%s", LEAT_MYSQL_BEGIN_ANEW,
                    file->after_last ? "" : "; to keep logs longer raise binlog_expire_logs_seconds");
    return LEAT_OPERATOR;
}

static leat_status refuse_offset(const leat_mysql_verification *now, const log_file *file, leat_error *error)
{
    return leat_error_fail(error, LEAT_OPERATOR, LEAT_MYSQL_BEGIN_ANEW,
                           "binary log file %s on %s ends at %" PRIu64
                           ", before this pipeline's position %" PRIu64
                           ": the logs were reset, or the server was set back to an earlier state",
                           now->position->file, now->server->address, file->size, now->position->offset);
}

static void look_at_row(const leat_mysql_verification *now, const char *name, const char *size,
                        log_file *file)
{
    uint64_t wanted = 0;
    uint64_t number = 0;
    uint64_t bytes = 0;
    if (strcmp(name, now->position->file) == 0 &&
        leat_number_parse_digits(leat_slice_of_string(size), &bytes)) {
        file->listed = true;
        file->size = bytes;
    }
    if (leat_mysql_file_number(leat_slice_of_string(now->position->file), &wanted) &&
        leat_mysql_file_number(leat_slice_of_string(name), &number) && number >= wanted)
        file->after_last = false;
}

/* Columns: name, size, and more. */
static leat_status look_at_logs(const leat_mysql_verification *now, log_file *file, leat_error *error)
{
    MYSQL_RES *rows = NULL;
    *file = (log_file){.after_last = true};
    leat_status status = leat_mysql_query(now->session, "SHOW BINARY LOGS", &rows, error);
    if (status != LEAT_OK)
        return status;
    for (MYSQL_ROW row = rows == NULL ? NULL : mysql_fetch_row(rows); row != NULL;
         row = mysql_fetch_row(rows))
        if (mysql_num_fields(rows) >= 2 && row[0] != NULL && row[1] != NULL)
            look_at_row(now, row[0], row[1], file);
    mysql_free_result(rows);
    return LEAT_OK;
}

leat_status leat_mysql_verify_file(const leat_mysql_verification *now, leat_error *error)
{
    log_file file;
    if (now->another)
        return refuse_another(now, error);
    leat_status status = look_at_logs(now, &file, error);
    if (status != LEAT_OK)
        return status;
    if (!file.listed)
        return refuse_file(now, &file, error);
    return file.size < now->position->offset ? refuse_offset(now, &file, error) : LEAT_OK;
}
