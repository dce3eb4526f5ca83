#include "mysql/setup/progress.h"

#include <string.h>

#include "base/number.h"
#include "mysql/gtid/position.h"

/* Adds up what lies behind the position: the rest of its file, and all later ones. */
static int64_t add_up(MYSQL_RES *logs, const leat_mysql_position *position)
{
    uint64_t behind = 0;
    bool found = false;
    for (MYSQL_ROW row; (row = mysql_fetch_row(logs)) != NULL;) {
        uint64_t size;
        if (row[0] == NULL || row[1] == NULL ||
            !leat_number_parse_unsigned(leat_slice_of_string(row[1]), &size))
            return -1;
        if (found)
            behind += size;
        if (strcmp(row[0], position->file) != 0)
            continue;
        found = true;
        behind = size > position->offset ? size - position->offset : 0;
    }
    return found ? (int64_t)behind : -1;
}

leat_status leat_mysql_bytes_behind(leat_mysql_session *session, const char *log, int64_t *bytes,
                                    leat_error *error)
{
    leat_mysql_position position = {0};
    leat_error refused;
    MYSQL_RES *logs;
    *bytes = -1;
    leat_status status =
        leat_mysql_position_parse(log, leat_mysql_session_server(session)->mariadb, &position, error);
    if (status == LEAT_OK && position.file != NULL &&
        leat_mysql_query(session, "SHOW BINARY LOGS", &logs, &refused) == LEAT_OK) {
        *bytes = add_up(logs, &position);
        mysql_free_result(logs);
    }
    leat_mysql_position_clear(&position);
    return status;
}
