/* GTID_LIST: MariaDB's state at the start of a file, and where a stream that asked for GTIDs begins. */
#include "mysql/binlog/read.h"

enum {
    COUNT_BITS = 28, /* flags are above */
    ENTRY_SIZE = 16,
    EMPTY_PADDING = 2, /* behind a list without entries (sql/log_event.h, Gtid_list_log_event) */
};

leat_status leat_binlog_parse_gtid_list(const leat_binlog_event *event, leat_mariadb_gtid_state *state,
                                        leat_error *error)
{
    leat_cursor cursor = leat_cursor_open(event->body);
    size_t count = leat_cursor_little_endian(&cursor, 4) & ((1U << COUNT_BITS) - 1);
    leat_cursor entries = leat_cursor_narrow(&cursor, count * ENTRY_SIZE);
    if (count == 0)
        (void)leat_cursor_bytes(&cursor, EMPTY_PADDING);
    leat_status status = leat_binlog_finish(&cursor, event, error);
    for (size_t i = 0; i < count && status == LEAT_OK; i++) {
        leat_mariadb_gtid gtid = {.domain = (uint32_t)leat_cursor_little_endian(&entries, 4)};
        gtid.server_id = (uint32_t)leat_cursor_little_endian(&entries, 4);
        gtid.sequence = leat_cursor_little_endian(&entries, 8);
        /* A domain may be listed once for each server; the one that was last comes last. */
        leat_mariadb_gtid_state_advance(state, &gtid);
    }
    return status;
}
